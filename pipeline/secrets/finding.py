"""Where secrets stand in a text: a quick look that rules most texts out, then every rule."""

from collections import defaultdict
from functools import cache
from typing import Any

import re2

from pipeline.secrets.checksums import seed_phrases
from pipeline.secrets.own import OWN
from pipeline.secrets.published import published
from pipeline.secrets.rule import SecretRule, compiled

_MIXED = "(?:[A-Za-z][0-9]|[0-9][A-Za-z])"
_PHRASE = r"(?:[A-Za-z]{3,8}[\s,;\"'|-]{1,4}(?:\d{1,2}[.):]?\s{1,3})?){11,}[A-Za-z]{3,8}"
_KEY = "|".join(
    (
        rf"{_MIXED}[A-Za-z0-9]{{8}}|[A-Za-z0-9]{{4}}{_MIXED}[A-Za-z0-9]{{4}}|[A-Za-z0-9]{{8}}{_MIXED}",
        r"[A-Za-z]{30}|\b[0-9a-f]{8}:[0-9a-f]{8}\b|\bA3-[A-Z0-9]{6}-",
        r"://[^\s/@]{1,200}@|(?:\d[ -]?){13}|(?:\d{1,3},\s?){20}|-----BEGIN",
        r"(?i:passw|pwd=|curl\s|mysql|rediscli_auth|sshpass|authorization|bearer\s)|_PWD=",
    )
)
SUSPECT = f"{_KEY}|{_PHRASE}"
"""Every secret holds one of these: a long word of letters and digits in turn, a very long one,
an address with a password, the digits of a card; or it is a phrase of a dozen short words."""

_LONGEST_READ_CHARS = 2_000_000
_BY_NAME = frozenset(("generic-api-key", "assigned"))
_SHORTEST_PREFIX_CHARS = 4


def secret_spans(text: str) -> list[tuple[int, int]]:
    """Return where secrets stand in text, as (start, end), in order and apart.

    Read are the rules of gitleaks and our own (own.py), seed phrases by their checksum. Time
    grows with the text alone. Addresses of chains, hashes of transactions and placeholders are
    none. Texts of more than two million characters are read in pieces of that length.
    """
    found: list[tuple[int, int]] = []
    for start in range(0, len(text), _LONGEST_READ_CHARS):
        part = _encodable(text[start : start + _LONGEST_READ_CHARS])
        signs = _signs().Match(part) or ()
        spans = [span for sign in signs for span in (_keys, _phrases)[sign](part)]
        found.extend((start + begin, start + end) for begin, end in spans)
    return _apart(found)


def _keys(text: str) -> list[tuple[int, int]]:
    lowered = text.lower()
    everywhere = published()[1]
    by_keyword, keywords = _by_keyword()
    found = keywords.Match(lowered) or ()
    rules = {id(rule): rule for place in found for rule in by_keyword[place]}
    spans = [(span, rule.name) for rule in rules.values() for span in rule.spans(text, everywhere)]
    known = [span for span, name in spans if name not in _BY_NAME]
    return [
        span
        for span, name in spans
        if name not in _BY_NAME or not _is_denied(lowered[slice(*span)], span, known)
    ]


def _is_denied(value: str, span: tuple[int, int], known: list[tuple[int, int]]) -> bool:
    """Return whether a value begins as a published kind does, and the rule of that kind says no.

    A rule that goes by the name before a value alone (`token = ...`) knows nothing of the value;
    where that says itself what it is, the rule of its kind decides.
    """
    return value.startswith(_prefixes()) and not any(
        start < span[1] and span[0] < end for start, end in known
    )


@cache
def _prefixes() -> tuple[str, ...]:
    """Return the words that published kinds of secrets are known by, but for those of any key."""
    rules = published()[0]
    general = {word for rule in rules if rule.name in _BY_NAME for word in rule.keywords}
    words = {word for rule in rules for word in rule.keywords} - general
    return tuple(sorted(word for word in words if len(word) >= _SHORTEST_PREFIX_CHARS))


def _phrases(text: str) -> list[tuple[int, int]]:
    return [
        (row.start() + start, row.start() + end)
        for row in compiled(_PHRASE).finditer(text)
        for start, end in seed_phrases(row[0])
    ]


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that overlap as one."""
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _encodable(text: str) -> str:
    """Return text with each half of a surrogate pair as one question mark: RE2 reads UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


@cache
def _signs() -> Any:
    """Return what tells in one look whether a text holds what _KEY, or what _PHRASE is of."""
    signs = re2.Set.SearchSet()
    for pattern in (_KEY, _PHRASE):
        signs.Add(pattern)
    signs.Compile()
    return signs


@cache
def _by_keyword() -> tuple[list[list[SecretRule]], Any]:
    """Return the rules by the number of their keyword, and the set that finds keywords at once."""
    rules: dict[str, list[SecretRule]] = defaultdict(list)
    for rule in (*published()[0], *OWN):
        for keyword in rule.keywords:
            rules[keyword].append(rule)
    keywords = re2.Set.SearchSet()
    for keyword in rules:
        keywords.Add(re2.escape(keyword))
    keywords.Compile()
    return list(rules.values()), keywords
