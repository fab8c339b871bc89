"""A server of one provider over HTTP: patient, and never a word of the key.

Requests go to base_url alone: no redirect is followed, no address that an answer names is called.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.providers.server import Server, cleaned, client_of

if TYPE_CHECKING:
    import httpx2

_BUSY = frozenset({429, 500, 502, 503, 504, 529})
_CERTAINLY_NOT_DONE = frozenset({429})
_FIRST_ERROR = 400
_FIRST_REDIRECT = 300

_Repeat = Literal["always", "refused"]


class UnclearOutcomeError(Exception):
    """A request was sent and no answer says whether it was carried out; its text says what was."""


class RefusedError(UserError):
    """A request that the provider refuses for good; status is HTTP's, message its own words."""

    def __init__(self, sentence: str, status: int, message: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.message = message


class BusyError(UserError):
    """A server that is busy or away for longer than was to be waited.

    retry_after_s is how long it asks to wait, None where it does not say.
    """

    def __init__(self, sentence: str, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class Connection:
    """Sends requests to one provider; every fault that a person can mend is a UserError.

    Answers that say "later" (429, 5xx) and connections that break are asked again after the time
    that the server names, else after waits that double.
    """

    def __init__(self, provider: Server, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Raise UserError where the key is not set, or would be sent in clear over a network."""
        self._provider = provider
        self._sleep = sleep
        self._client = client_of(provider)

    def close(self) -> None:
        """Close the connection to the server."""
        self._client.close()

    def json(self, method: str, path: str, *, repeat: _Repeat = "always", **request: Any) -> Json:
        """Return the JSON object that the server answers with.

        Raises UserError where it refuses, has none, or is busy for longer than was to be waited.
        With repeat "refused" a request that may have been carried out is not sent again:
        UnclearOutcomeError is raised instead.
        """
        response = self.send(method, path, repeat=repeat, **request)
        try:
            value = response.json()
        except ValueError:
            value = None
        if not isinstance(value, dict):
            problem = f"{self._place(path)}: the answer is no JSON object"
            raise UnclearOutcomeError(problem) if repeat == "refused" else UserError(problem)
        return value

    def send(
        self, method: str, path: str, *, repeat: _Repeat = "always", **request: Any
    ) -> "httpx2.Response":
        """Return the server's answer, whose status is below 300; raises as `json` does."""
        import httpx2  # noqa: PLC0415 - few commands talk to a provider

        for wait in self._waits():
            try:
                response = self._client.request(method, path, **request)
            except httpx2.TransportError as fault:
                problem, status, after = type(fault).__name__, 0, None
                if repeat == "refused" and not isinstance(fault, httpx2.ConnectError):
                    raise UnclearOutcomeError(f"{self._place(path)}: {problem}") from None
            else:
                status, after = response.status_code, response.headers.get("retry-after")
                if status not in _BUSY:
                    self._refuse(response, path)
                    return response
                problem = self._message(response)
                if repeat == "refused" and status not in _CERTAINLY_NOT_DONE:
                    raise UnclearOutcomeError(f"{self._place(path)}: {problem}")
            self._pause(wait, after, path, problem)
        raise BusyError(
            f"{self._place(path)}: {problem}: nothing is lost, call again later", _seconds(after)
        )

    @contextmanager
    def stream(self, path: str, **request: Any) -> Iterator["httpx2.Response"]:
        """Give an answer whose body is still to be read; raises UserError where it is refused.

        The caller asks again where reading breaks off.
        """
        with self._client.stream("GET", path, **request) as response:
            if response.status_code >= _FIRST_REDIRECT:
                response.read()
            if response.status_code not in _BUSY:
                self._refuse(response, path)
            yield response

    def attempts(self, path: str) -> Iterator[Callable[[str, str | None], None]]:
        """Yield for each attempt what is called when it failed: with a problem and Retry-After.

        Raises UserError when all have failed.
        """
        problems: list[str] = []
        for wait in self._waits():

            def failed(problem: str, after: str | None = None, wait: float | None = wait) -> None:
                problems.append(problem)
                self._pause(wait, after, path, problem)

            yield failed
        raise UserError(f"{self._place(path)}: {problems[-1]}: nothing is lost, call again later")

    def cleaned(self, text: str) -> str:
        """Return a provider's words on one line, without key or other secrets."""
        return cleaned(text, self._provider)

    def upload_path(self, url: str) -> str:
        """Return path and query of an address for an upload, which must be on the same server.

        Raises UserError where it is on another one.
        """
        ours, theirs = urlsplit(self._provider.base_url), urlsplit(url)
        if (theirs.scheme, theirs.netloc) != (ours.scheme, ours.netloc):
            raise UserError(
                f"{self._provider.name}: the upload is to go to another server: refused"
            )
        return f"{theirs.path}?{theirs.query}" if theirs.query else theirs.path

    def _waits(self) -> Iterator[float | None]:
        """Yield how long to wait after each attempt, None after the last."""
        for number in range(self._provider.attempts - 1):
            yield min(self._provider.wait_s * 2**number, self._provider.longest_wait_s)
        yield None

    def _pause(self, wait: float | None, after: str | None, path: str, problem: str) -> None:
        if wait is None:
            return
        asked = _seconds(after)
        if asked is not None and asked > self._provider.longest_wait_s:
            later = f"asks to wait {asked:,.0f} s ({problem})"
            raise BusyError(
                f"{self._place(path)}: {later}: nothing is lost, call again then", asked
            )
        self._sleep(wait if asked is None else asked)

    def _refuse(self, response: "httpx2.Response", path: str) -> None:
        status = response.status_code
        if status >= _FIRST_ERROR:
            message = self._message(response)
            raise RefusedError(f"{self._place(path)}: {message}{_mend(status)}", status, message)
        if status >= _FIRST_REDIRECT:
            raise UserError(f"{self._place(path)}: sends elsewhere ({status}): mend base_url")

    def _message(self, response: "httpx2.Response") -> str:
        """Return status and message of an answer, without secrets."""
        try:
            error = response.json()["error"]
            text = error if isinstance(error, str) else error["message"]
        except (ValueError, KeyError, TypeError):
            text = response.text
        return self.cleaned(f"{response.status_code} {text}")

    def _place(self, path: str) -> str:
        return f"{self._provider.name}: {path.partition('?')[0]}"


def _seconds(after: str | None) -> float | None:
    """Return how long a Retry-After asks to wait, in seconds; None where it says nothing."""
    if after is None:
        return None
    try:
        return max(float(after), 0.0)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _mend(status: int) -> str:
    hints = {401: "key", 403: "key", 404: "model and base_url"}
    return f": mend {hints[status]}" if status in hints else ""
