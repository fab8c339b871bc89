"""Who is asked: an entry of providers.yaml, its key, and a client that talks to it alone."""

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from pipeline.core.errors import UserError
from pipeline.core.extras import of_extra
from pipeline.core.text import excerpt
from pipeline.secrets.hiding import masked

if TYPE_CHECKING:
    import ssl

    import httpx2

_CONNECT_S = 10.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HIDDEN = "[key]"


class Server(Protocol):
    """What a connection needs to know of a server: an entry of providers.yaml has it."""

    @property
    def name(self) -> str: ...  # noqa: D102 - schemas/providers.schema.json describes each
    @property
    def protocol(self) -> str: ...  # noqa: D102
    @property
    def base_url(self) -> str: ...  # noqa: D102
    @property
    def key(self) -> str | None: ...  # noqa: D102
    @property
    def attempts(self) -> int: ...  # noqa: D102
    @property
    def wait_s(self) -> float: ...  # noqa: D102
    @property
    def longest_wait_s(self) -> float: ...  # noqa: D102
    @property
    def timeout_s(self) -> float: ...  # noqa: D102


def cleaned(text: str, provider: Server) -> str:
    """Return a provider's words on one line, without its key or other secrets."""
    return excerpt(masked(without_key(text, provider)))


def without_key(text: str, provider: Server) -> str:
    """Return a text in which the key of a provider does not stand."""
    key = os.environ.get(provider.key, "").strip() if provider.key else ""
    return text.replace(key, _HIDDEN) if key else text


def _key(provider: Server) -> str:
    if provider.key is None:
        return ""
    key = os.environ.get(provider.key, "").strip()
    if not key:
        raise UserError(f"{provider.name}: the environment variable {provider.key} is not set")
    if not key.isascii() or not key.isprintable():
        raise UserError(f"{provider.name}: {provider.key} holds characters that no key has")
    parts = urlsplit(provider.base_url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise UserError(f"{provider.name}: base_url must begin with https:// where a key is sent")
    return key


def _headers(provider: Server, key: str) -> Mapping[str, str]:
    if not key:
        return {}
    if provider.protocol == "gemini":
        return {"x-goog-api-key": key}
    return {"authorization": f"Bearer {key}"}


def client_of(provider: Server) -> "httpx2.Client":
    """Return a client that asks one server alone, with its key, and follows no redirect.

    Raises UserError where the key is not set, or would be sent in clear over a network.
    """
    headers = _headers(provider, _key(provider))
    with of_extra("providers", "asking a provider"):
        import httpx2  # noqa: PLC0415 - few commands talk to a provider
    is_here = urlsplit(provider.base_url).hostname in _LOOPBACK
    return httpx2.Client(
        base_url=provider.base_url,
        headers=headers,
        timeout=httpx2.Timeout(provider.timeout_s, connect=_CONNECT_S),
        follow_redirects=False,
        trust_env=not is_here,
        verify=_trusted(trust_env=not is_here),
    )


@cache
def _trusted(*, trust_env: bool) -> "ssl.SSLContext":
    """Return whose certificates are believed; a process reads the list of them once."""
    import httpx2  # noqa: PLC0415 - few commands talk to a provider

    return httpx2.create_ssl_context(trust_env=trust_env)
