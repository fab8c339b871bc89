"""Whether a pair speaks of the indicator that it is delivered for.

The name that a delivery gives its pairs proves nothing. A pair is about an indicator that its text
names, by one of the plan's spellings or by a telling word of the name.
"""

from collections import Counter, defaultdict

from pipeline.faucet.gates.likeness import words
from pipeline.plan.indicators import Plan
from pipeline.plan.indicators import words as plan_words

_COMMON_NAMES = 8
_STEM_CHARS = 5
_OFTEN = 3
_GENERIC = ("indicator", "metric", "analysis", "analytics", "tracking", "index", "data")
_SMALL = ("of", "the", "and", "a", "in", "on", "for", "to", "by", "not", "per")

NAMED, UNNAMED, OTHER = "named", "unnamed", "other"
"""A pair names the indicator, names none at all, or is about another one."""


class Subjects:
    """The plan's indicators, as texts speak of them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._names = {one.indicator: _stems(one.indicator) for one in plan.indicators}
        self._spread = Counter(stem for stems in self._names.values() for stem in stems)
        self._kinds = _kinds([one.indicator for one in plan.indicators])

    def about(self, indicator: str, question: str, answer: str) -> str:
        """Return NAMED, UNNAMED or OTHER for a pair that is delivered for an indicator.

        It is about another one where neither text names it and the question names another, where
        the question asks for its sibling ("Rosemary" for "Rose"), and where the answer
        speaks again and again of one that the question does not ask for.
        """
        asked, answered = _stems(question), _stems(answer)
        if self._asks_for_sibling(indicator, asked, asked | answered):
            return OTHER
        others_asked = self._named_in(question) - {indicator}
        if not self._names_it(indicator, question, asked):
            if self._names_it(indicator, answer, answered):
                return NAMED
            return OTHER if others_asked or self._named_in(answer) - {indicator} else UNNAMED
        strangers = (
            self._spoken_of(answer) if not self._names_it(indicator, answer, answered) else {}
        )
        again = [name for name, times in strangers.items() if times >= _OFTEN]
        return OTHER if set(again) - others_asked - {indicator} else NAMED

    def _names_it(self, indicator: str, text: str, stems: frozenset[str]) -> bool:
        return bool(self._telling(indicator) & stems) or indicator in self._named_in(text)

    def _telling(self, indicator: str) -> frozenset[str]:
        """Return the words of a name that few other names have; all where each is common."""
        own = self._names.get(indicator, _stems(indicator))
        few = frozenset(stem for stem in own if self._spread[stem] <= _COMMON_NAMES)
        return few or own

    def _asks_for_sibling(
        self, indicator: str, asked: frozenset[str], texts: frozenset[str]
    ) -> bool:
        siblings = self._kinds.get(indicator, {})
        if not siblings or siblings[indicator] & texts:
            return False
        return any(stems & asked for name, stems in siblings.items() if name != indicator)

    def _named_in(self, text: str) -> set[str]:
        found = self._plan.mentioned(text)
        return {found.indicator} if found else set(self._plan.candidates(text))

    def _spoken_of(self, text: str) -> Counter[str]:
        """Return how many sentences of a text name which indicator."""
        sentences = (part for line in text.splitlines() for part in line.split(". "))
        return Counter(name for sentence in sentences for name in self._named_in(sentence))


def _kinds(names: list[str]) -> dict[str, dict[str, frozenset[str]]]:
    """Return for names that differ in their brackets alone what tells each kind from the others."""
    families: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if "(" in name:
            families[name.partition("(")[0].strip()].append(name)
    return {
        name: {one: _own(one, family) for one in family}
        for family in families.values()
        if len(family) > 1
        for name in family
    }


def _own(name: str, family: list[str]) -> frozenset[str]:
    others = (_stems(other) for other in family if other != name)
    return _stems(name).difference(*others)


def _stems(text: str) -> frozenset[str]:
    """Return the words of a text, long ones by their first letters: aggressive, aggressor."""
    found = {*words(text), *plan_words(text)}.difference(_SMALL)
    return frozenset(_stem(word) for word in found if len(word) > 1) - _NO_NAMES


def _stem(word: str) -> str:
    if len(word) > _STEM_CHARS + 1:
        return word[:_STEM_CHARS]
    return word[:-1] if len(word) >= _STEM_CHARS else word


_NO_NAMES = frozenset(map(_stem, _GENERIC))
