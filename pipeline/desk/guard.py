"""Who is let in: this machine alone, by the address that was printed, from the desk's own pages.

A page of a stranger in the same browser can send requests to this machine, and a name of its own
can be made to lead here. So every request names the desk as its host, carries the cookie that the
printed address gave, and one that writes comes from the desk and has the token of its forms.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "token"  # noqa: S105 - the name of the field, not a token
CSRF = "csrf"
CSRF_HEADER = "x-desk-csrf"
MOST_BODY_BYTES = 1_000_000

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True)
class Keys:
    """What one desk is opened with; everything is drawn anew for every desk.

    hosts are the names and ports that the desk answers to, as a browser writes them.
    """

    hosts: tuple[str, ...]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def cookie_name(self) -> str:
        """Return the cookie's name; cookies know no ports, and two desks must not share one."""
        return f"desk-{self.hosts[0].rpartition(':')[2]}"

    @property
    def cookie(self) -> str:
        """Return what the cookie holds: it shows that the token was known, and is not it."""
        return self._derived("cookie")

    @property
    def csrf(self) -> str:
        """Return the token of the desk's forms."""
        return self._derived("csrf")

    def _derived(self, purpose: str) -> str:
        return hmac.new(self.token.encode(), purpose.encode(), sha256).hexdigest()


class Guard:
    """The application behind a door: what is refused gets one sentence and reaches no page."""

    def __init__(self, app: ASGIApp, keys: Keys, *, is_read_only: bool) -> None:
        """Guard app; with is_read_only nothing that writes comes through."""
        self._app = app
        self._keys = keys
        self._is_read_only = is_read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in _HEADERS.items():
                    headers[name] = value
                message["headers"] = headers.raw
            await send(message)

        answer = self._entered(request) or self._refused(request)
        await (answer or self._app)(scope, receive, with_headers)

    def _entered(self, request: Request) -> Response | None:
        """Return the answer to an address with the token: a cookie, and the address without it."""
        given = request.query_params.get(TOKEN)
        if given is None or request.method not in _SAFE or not self._is_host(request):
            return None
        if not hmac.compare_digest(given.encode(), self._keys.token.encode()):
            return None
        pairs = parse_qsl(request.url.query, keep_blank_values=True)
        rest = urlencode([pair for pair in pairs if pair[0] != TOKEN])
        path = "/" + request.url.path.lstrip("/")
        answer = RedirectResponse(path + (f"?{rest}" if rest else ""), status_code=303)
        answer.set_cookie(
            self._keys.cookie_name, self._keys.cookie, httponly=True, samesite="lax", path="/"
        )
        return answer

    def _refused(self, request: Request) -> Response | None:
        """Return the answer to a request that is not let through, None for one that is."""
        if not self._is_host(request):
            return _refusal("this desk answers to its own address alone, not to this host name")
        held = request.cookies.get(self._keys.cookie_name, "")
        if not hmac.compare_digest(held.encode(), self._keys.cookie.encode()):
            return _refusal("open the address with its token that `faucet desk` printed")
        return self._reading(request) if request.method in _SAFE else self._writing(request)

    def _reading(self, request: Request) -> Response | None:
        is_foreign = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        is_visit = request.headers.get("sec-fetch-mode") == "navigate"
        if is_foreign and not is_visit:
            return _refusal("only the desk's own pages may load this")
        return None

    def _writing(self, request: Request) -> Response | None:
        if self._is_read_only:
            return _refusal("this desk is for reading only: nothing was written")
        if request.headers.get("origin") != f"http://{request.headers['host']}":
            return _refusal("nothing was written: the request came from another page")
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
            return _refusal("nothing was written: the request is too long", 413)
        return None

    def _is_host(self, request: Request) -> bool:
        return request.headers.get("host", "") in self._keys.hosts


def is_from_form(keys: Keys, request: Request, form: dict[str, str]) -> bool:
    """Return whether a request that writes has the token of the desk's forms."""
    given = request.headers.get(CSRF_HEADER) or form.get(CSRF, "")
    return hmac.compare_digest(given.encode(), keys.csrf.encode())


def _refusal(sentence: str, status: int = 403) -> Response:
    return PlainTextResponse(f"faucet desk: {sentence}\n", status_code=status)
