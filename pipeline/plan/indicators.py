"""Which indicator of the master plan a delivered text speaks of.

Names are compared as sequences of words. A name answers to its full form ("Nitrogen and
Potassium (NK)"), to the form without parentheses, to the abbreviation inside them, and to the
plan's aliases; look-alikes are names that look like one of them and are none ("rosemary willow"
beside "Rosemary"). A form that two indicators share answers to neither:
ambiguous text stays unresolved, because a pair under the wrong indicator is worse than one under
none.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.core.text import singular
from pipeline.domain.csv_rows import split_aliases

if TYPE_CHECKING:
    import pandas as pd

_WORD = re.compile(r"[a-z0-9%&+]+")
_PARENTHESES = re.compile(r"\(([^)]*)\)")
_ABBREVIATION = re.compile(r"[A-Za-z]?[A-Z][A-Z0-9.&+-]{1,6}")
_LONGEST_FORM_WORDS = 12
_WORDS_BEFORE = 2
_SMALL_WORDS = frozenset(
    """
    a an the what which who why how when where is are was were do does did can could should would
    of in on for to with and or its it your my you i one be used use using exactly the between
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)


class Indicator(NamedTuple):
    """One indicator of the master plan."""

    indicator: str
    category: str
    subcategory: str
    aliases: tuple[str, ...] = ()


class Plan:
    """The master plan as a look-up from text to indicator.

    look_alikes are names of none of its indicators that hold the name of one of them.
    """

    def __init__(self, indicators: Iterable[Indicator], look_alikes: Iterable[str] = ()) -> None:
        self.indicators = sorted(set(indicators))
        owners: dict[tuple[str, ...], set[Indicator]] = defaultdict(set)
        for indicator in self.indicators:
            for form in _forms(indicator):
                owners[form].add(indicator)
        for indicator in self.indicators:  # a full name is its owner's, whoever else shortens to it
            owners[words(indicator.indicator)] = {indicator}
        for name in look_alikes:
            owners.setdefault(words(name), set())
        self._owners = dict(owners)
        self._first_words = frozenset(form[0] for form in owners if form)
        """Words that a form begins with: behind any other one nothing need be looked up."""

    def named(self, text: str) -> Indicator | None:
        """Return the indicator whose name or alias text is, None where there is none."""
        whole, bare = words(text), words(_without_brackets(text))
        return _only(self._owners.get(whole, ())) or _only(self._owners.get(bare, ()))

    def mentioned(self, text: str) -> Indicator | None:
        """Return the one indicator that text names; None where it names none or several.

        Longer names hide the shorter ones inside them: "Climbing Rose Trellis" is no mention
        of another indicator called "Rose". A form that several share names them all.
        """
        return _only(self._meant(words(text)))

    def asked(self, question: str) -> Indicator | None:
        """Return the one indicator that a question is about; None where it names none or several.

        A question is about what it names behind at most two words of content: "failed signals
        and slippage" is about signals, "how is the soil pH read" about the pH. Words of the
        indicator's own name count as none.
        """
        sequence = words(question)
        found = _only(self._meant(sequence))
        if found is None:
            return None
        before: list[str] = []
        own = _SMALL_WORDS.union(words(found.indicator))
        for start, word in enumerate(sequence):
            if word in self._first_words and any(
                self._owners.get(sequence[start:end]) for end in _ends(start, sequence)
            ):
                return found if len(before) <= _WORDS_BEFORE else None
            if word not in own:
                before.append(word)
        return None

    def candidates(self, text: str) -> tuple[str, ...]:
        """Return the names of the indicators that text may mean, sorted, where it may mean several.

        Those are the owners of a form that several share, and all that a text names where it
        names more than one. Text that means one indicator, or none at all, has no candidates.
        """
        if self.named(text) or self.mentioned(text):
            return ()
        return tuple(sorted(found.indicator for found in self._meant(words(text))))

    def _meant(self, sequence: tuple[str, ...]) -> set[Indicator]:
        """Return the owners of all forms in a sequence of words, longer forms before shorter."""
        meant: set[Indicator] = set()
        start = 0
        while start < len(sequence):
            if sequence[start] not in self._first_words:
                start += 1
                continue
            for length in range(min(_LONGEST_FORM_WORDS, len(sequence) - start), 0, -1):
                found = self._owners.get(sequence[start : start + length])
                if found is not None:
                    meant |= found
                    start += length - 1
                    break
            start += 1
        return meant


def _ends(start: int, sequence: tuple[str, ...]) -> range:
    return range(start + 1, min(len(sequence), start + _LONGEST_FORM_WORDS) + 1)


def _only(found: Collection[Indicator]) -> Indicator | None:
    return next(iter(found)) if len(found) == 1 else None


def plan_of(plan: "pd.DataFrame", look_alikes: Sequence[str]) -> Plan:
    """Return the look-up of a plan (columns name, category, subcategory, aliases)."""
    columns = (plan[name] for name in ("name", "category", "subcategory", "aliases"))
    indicators = (
        Indicator(name, category, subcategory, tuple(split_aliases(aliases)))
        for name, category, subcategory, aliases in zip(*columns, strict=True)
    )
    return Plan(indicators, look_alikes)


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, plural "s" dropped, punctuation ignored.

    An ampersand that stands alone is punctuation: "Pests & Diseases" is "Pests Diseases".
    """
    found = _WORD.findall(text.lower().replace("_", " ").replace("-", " "))
    return tuple(singular(word) for word in found if word != "&")


def _without_brackets(text: str) -> str:
    return _PARENTHESES.sub(" ", text)


def _forms(indicator: Indicator) -> Iterator[tuple[str, ...]]:
    name = indicator.indicator
    yield words(name)
    bare = words(_without_brackets(name))
    if len(bare) > 1:
        yield bare
    for inside in _PARENTHESES.findall(name):
        if _ABBREVIATION.fullmatch(inside):
            yield words(inside)
        yield bare + words(inside)
        yield words(inside) + bare
    for alias in indicator.aliases:
        yield words(alias)
