"""Addresses of the desk, as static pages link to them: they lead there while it is open."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

HOST = "127.0.0.1"
DEFAULT_PORT = 8765
"""Where `faucet desk` listens unless it is told otherwise: pages made earlier lead there."""

ORIGIN = f"http://{HOST}:{DEFAULT_PORT}"
NONE = "-"
"""The value of a filter that stands for pairs without one: no indicator, no split."""


def pairs_address(*chosen: tuple[str, str], **more: str) -> str:
    """Return the path of the list of pairs that meet conditions, each a field and its value."""
    return _with("/pairs", [*chosen, *more.items()])


def pair_address(pair_id: str) -> str:
    """Return the path of the page of one pair."""
    return f"/pair/{quote(pair_id, safe='')}"


def delivery_address(agent: str, delivery: str) -> str:
    """Return the path of the page of one delivery."""
    return f"/deliveries/{quote(agent, safe='')}/{quote(delivery, safe='')}"


def _with(path: str, chosen: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(chosen))
    return f"{path}?{query}" if query else path
