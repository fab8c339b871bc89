"""The rules of gitleaks, as that project publishes them (gitleaks.toml, MIT licence beside it).

The file is taken as it is; a newer one takes its place. Rules that only hold in files of certain
names are left out where their patterns alone say too little. The patterns are written for RE2,
which reads them here as well.
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from pipeline.secrets.rule import Allowed, SecretRule

_OF_FILES = frozenset({"freemius-secret-key", "hashicorp-tf-password", "nuget-config-password"})
"""Any text in quotes behind a certain key: a secret in one file, a placeholder in most others."""

_GENERIC = "generic-api-key"
_FEWEST_GENERIC_CHARS = 20
_HARMLESS = Allowed(
    patterns=(
        r"\.\.\.$|^[xX.*]+$",  # cut short, or blotted out
        r"^0x(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$|^(?:bc|tb|ltc)1[a-z0-9]{25,60}$",  # public
    )
)
"""Placeholders; addresses and transactions of chains, which a text on tokens is full of."""


@cache
def published() -> tuple[tuple[SecretRule, ...], tuple[Allowed, ...]]:
    """Return the published rules, and what none of them reports."""
    text = resources.files(__package__).joinpath("gitleaks.toml").read_text("utf-8")
    published_file = tomllib.loads(text)
    rules = tuple(_rule(entry) for entry in published_file["rules"] if _is_of_texts(entry))
    return rules, (*_allowed(published_file["allowlist"]), _HARMLESS)


def _is_of_texts(entry: dict[str, Any]) -> bool:
    return "regex" in entry and entry["id"] not in _OF_FILES


def _rule(entry: dict[str, Any]) -> SecretRule:
    return SecretRule(
        entry["id"],
        entry["regex"],
        tuple(word.lower() for word in entry["keywords"]),
        entropy=entry.get("entropy", 0.0),
        group=entry.get("secretGroup", 0),
        allowed=tuple(one for item in entry.get("allowlists", ()) for one in _allowed(item)),
        is_secret=_is_no_word if entry["id"] == _GENERIC else None,
    )


def _allowed(entry: dict[str, Any]) -> list[Allowed]:
    """Return an allow list as one entry, or none where it is about paths."""
    is_all = entry.get("condition") == "AND"
    if is_all and "paths" in entry:
        return []
    words, patterns = entry.get("stopwords", ()), entry.get("regexes", ())
    if not words and not patterns:
        return []
    target = entry.get("regexTarget", "secret")
    return [Allowed(tuple(word.lower() for word in words), tuple(patterns), target, is_all)]


def _is_no_word(secret: str) -> bool:
    """Return whether a text behind a word like "key" is one: long, and with a digit."""
    return len(secret) >= _FEWEST_GENERIC_CHARS and any(char.isdigit() for char in secret)
