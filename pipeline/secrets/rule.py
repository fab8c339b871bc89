"""What a rule about one kind of secret is, and where it finds one in a text."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import re2

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 64 << 20
_ANY_NAME_BEFORE = r"[\w.-]{0,50}?"
_LONGEST_NAME_CHARS = 50


def compiled(pattern: str | bytes) -> Any:
    """Return a pattern of RE2, whose time grows with the text alone, whatever stands in it."""
    return re2.compile(pattern, _OPTIONS)


class Allowed(NamedTuple):
    """What makes a finding harmless: words in it, or patterns of it, of its match or its line.

    Where all is true, words and patterns must both say so.
    """

    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    target: str = "secret"
    all: bool = False

    def covers(self, secret: str, match: str, line: str) -> bool:
        """Return whether a finding is a placeholder or another harmless thing."""
        lowered = secret.lower()
        text = {"match": match, "line": line}.get(self.target, secret)
        verdicts = []
        if self.words:
            verdicts.append(any(word in lowered for word in self.words))
        if self.patterns:
            verdicts.append(any(compiled(pattern).search(text) for pattern in self.patterns))
        return bool(verdicts) and (all(verdicts) if self.all else any(verdicts))


class SecretRule:
    """One kind of secret: a pattern, words of which a text must hold one, and what is left out.

    entropy is the least Shannon entropy of a secret in bits a character, group the group of the
    pattern that holds the secret (0: the first group that took part). is_secret decides what no
    pattern can: checksums.
    """

    def __init__(
        self,
        name: str,
        pattern: str,
        keywords: tuple[str, ...],
        *,
        entropy: float = 0.0,
        group: int = 0,
        allowed: tuple[Allowed, ...] = (),
        is_secret: Callable[[str], bool] | None = None,
    ) -> None:
        """Take the rule; its pattern is compiled when a text first holds one of its keywords."""
        self.name, self.keywords = name, keywords
        self._has_name_before = _ANY_NAME_BEFORE in pattern
        self._pattern = pattern.replace(_ANY_NAME_BEFORE, "", 1)  # it would try every place
        self._entropy, self._group = entropy, group
        self._allowed, self._is_secret = allowed, is_secret

    def _start(self, text: str, start: int) -> int:
        """Return where a match starts together with the name that it is the end of."""
        least = max(0, start - _LONGEST_NAME_CHARS) if self._has_name_before else start
        while start > least and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
            start -= 1
        return start

    @cached_property
    def _compiled(self) -> Any:
        return compiled(self._pattern)

    def spans(self, text: str, everywhere: tuple[Allowed, ...]) -> Iterator[tuple[int, int]]:
        """Yield (start, end) of each secret of this kind; everywhere holds what no rule reports."""
        for match in self._compiled.finditer(text):
            group = self._group or next(
                (number for number, part in enumerate(match.groups(), start=1) if part), 0
            )
            start, end = match.span(group)
            secret = text[start:end]
            if not secret or (self._entropy and entropy(secret) <= self._entropy):
                continue
            line = text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0]
            found = (secret, text[self._start(text, match.start()) : match.end()], line)
            if any(allowed.covers(*found) for allowed in (*self._allowed, *everywhere)):
                continue
            if self._is_secret is None or self._is_secret(secret):
                yield start, end


def entropy(text: str) -> float:
    """Return the Shannon entropy of a text in bits a character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
