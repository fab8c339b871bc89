"""Which delivered pairs count for a task, and why the others do not.

A pair counts where it is sound (qa accepts it, dedup keeps it, it does not speak to its judges),
on its indicator, new beside the base and beside what the task brought already. Each pair has its
first reason alone. Asking in n ways for one answer, or padding and rewording one, is one pair.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pipeline.faucet.gates.figures import is_listing, is_mostly_sums, without_loose_sums
from pipeline.faucet.gates.likeness import Wording, words
from pipeline.faucet.gates.subjects import OTHER, UNNAMED

_SHORT_ANSWER_WORDS = 4
_SAME_SHORT_ANSWERS = 2
_NAMED_PER_UNNAMED = 4
_SEEN_RUNS = 0.6
_MOST_COMPARED = 400
_BELOW_ZERO = re.compile(r"(?<![\w)])[-−]\d+(?:[.,]\d+)*")  # noqa: RUF001 - a minus sign

_TO_THE_JUDGE = re.compile(
    r"\b(?:grader|evaluator|judge|reviewer|scorer|assessor|rater)s?\b[^.\n]{0,60}"
    r"\b(?:must|should|shall|please|accept|pass|approve|score|rate|give|award|assign)\b"
    r"|\b(?:score|rate|grade|mark|give|award|assign)\b[^.\n]{0,40}\b(?:this|it|me|the)\b[^.\n]{0,40}"
    r"(?:\b(?:100|10)\s*(?:/|of|out of|points?|percent)|\bfull (?:marks|score|points)"
    r"|\b(?:highest|maximum|perfect|top) (?:score|marks?|grade|rating))"
    r"|\b(?:accept|approve|pass)\b (?:this|the) (?:pair|answer|delivery|submission|entry)\b"
    r"|\b(?:as an? |the )(?:ai|language) (?:model|judge)[^.\n]{0,40}\b(?:must|should|will)\b"
    r"|\b(?:all|every) gates? (?:are|is|have|has|must)\b",
    re.IGNORECASE,
)

REASONS: Mapping[str, tuple[str, str]] = {
    "not_accepted": ("are not accepted by qa", "mend what their flags say"),
    "only_figures": ("are figures without a sentence", "say what they are and what follows"),
    "sums_put_on": (
        "are sums on figures that nothing states",
        "say where the figures come from and what follows, or leave the sums out",
    ),
    "to_the_judge": ("speak to whoever judges them", "leave such sentences out"),
    "merged": ("dedup merged with others", "ask and answer something else"),
    "off_indicator": ("are not about what the task asks for", "name it, and answer about it"),
    "known": ("are in the base already", "ask what the base does not have"),
    "said_in_base": ("answer what the base says in other words", "say what is not there yet"),
    "same_question": ("ask what another pair of the task asks", "ask each question once"),
    "same_answer": ("give another pair's answer", "give each question an answer of its own"),
    "other_question": ("answer another question of the task", "put answers under their questions"),
    "patched": (
        "are put together from answers to several questions",
        "give each question one answer, from its first sentence to its last",
    ),
}
"""Why a pair does not count: what is true of such pairs, and what lifts it."""

FIGURES: Mapping[str, frozenset[str]] = {
    "qa_rate": frozenset({"not_accepted", "only_figures", "sums_put_on", "to_the_judge"}),
    "kept_rate": frozenset({"merged"}),
    "on_indicator_rate": frozenset({"off_indicator"}),
    "new_rate": frozenset({"known", "said_in_base"}),
    "distinct_rate": frozenset({"same_question", "same_answer", "other_question", "patched"}),
    "counted_rate": frozenset(REASONS),
}
"""A share of the delivered pairs, and the reasons that take pairs out of it."""


class DeliveredPair(NamedTuple):
    """A pair that a task delivered, with what the stages say of it; texts without residue.

    flags are the codes that ask for a review or reject; neighbours are answers of the base that
    may say the same.
    """

    pair_id: str
    question: str
    answer: str
    indicator: str | None
    is_accepted: bool
    is_kept: bool = True
    is_known: bool = False
    score: float | None = None
    flags: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()


About = Callable[[str, str, str], str]
"""Whether question and answer are about an indicator (Subjects.about)."""


def standings(
    pairs: Sequence[DeliveredPair], owed: frozenset[str] | None, about: About
) -> dict[str, str | None]:
    """Return for each pair_id why it does not count, None where it does.

    pairs in the order of their delivery: of several that say the same the first counts. Pairs that
    name no indicator come last, and count beside four that name theirs. owed are
    the indicators that the task owes pairs for, None where it names none.
    """
    reasons = {pair.pair_id: _of_itself(pair, owed, about) for pair in pairs}
    misplaced = _misplaced([pair for pair in pairs if reasons[pair.pair_id] in (None, UNNAMED)])
    counted = _Counted()
    worded = cache(Wording)
    for pair in sorted(pairs, key=lambda one: reasons[one.pair_id] == UNNAMED):
        if reasons[pair.pair_id] not in (None, UNNAMED):
            continue
        near = [worded(text) for text in pair.neighbours]
        is_unnamed = reasons[pair.pair_id] == UNNAMED
        reason = counted.reason(pair, near, is_unnamed=is_unnamed)
        reasons[pair.pair_id] = reason or misplaced.get(pair.pair_id)
        if reasons[pair.pair_id] is None:
            counted.add(pair, is_unnamed=is_unnamed)
    return reasons


def _misplaced(pairs: Sequence[DeliveredPair]) -> Mapping[str, str]:
    """Return why answers are not their questions' (fit.misplaced)."""
    from pipeline.faucet.gates.fit import misplaced  # noqa: PLC0415 - loads vectors of words

    return misplaced([(pair.pair_id, pair.question, pair.answer) for pair in pairs])


def speaks_to_judges(*texts: str) -> bool:
    """Return whether texts speak to whoever judges them, to be let through."""
    return any(map(_TO_THE_JUDGE.search, texts))


def in_words(reasons: Iterable[str | None]) -> str:
    """Return how many pairs do not count for which reason, the most frequent first."""
    times = Counter(reason for reason in reasons if reason)
    listed = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    return "; ".join(f"{count} {REASONS[code][0]}: {REASONS[code][1]}" for code, count in listed)


def _of_itself(pair: DeliveredPair, owed: frozenset[str] | None, about: About) -> str | None:
    """Return why a pair does not count whatever else there is; UNNAMED where that is open."""
    checks = {
        "not_accepted": not pair.is_accepted,
        "only_figures": is_listing(pair.answer),
        "sums_put_on": is_mostly_sums(pair.answer, *without_loose_sums(pair.question, pair.answer)),
        "to_the_judge": speaks_to_judges(pair.question, pair.answer),
        "known": pair.is_known,
        "merged": not pair.is_kept,
    }
    spoke = next((code for code, holds in checks.items() if holds), None)
    if spoke or owed is None:
        return spoke
    if pair.indicator not in owed:
        return "off_indicator"
    found = about(str(pair.indicator), pair.question, pair.answer)
    return "off_indicator" if found == OTHER else UNNAMED if found == UNNAMED else None


def _asked(question: str) -> tuple[str, ...]:
    """Return what tells a question from others: its words, and the numbers below zero in it."""
    return (*words(question), *_BELOW_ZERO.findall(question))


def _wording(pair: DeliveredPair) -> Wording:
    """Return what an answer says without sums that were put on."""
    return Wording(without_loose_sums(pair.question, pair.answer)[0])


class _Counted:
    """The pairs of a task that count so far."""

    def __init__(self) -> None:
        self._answers: list[Wording] = []
        self._questions: set[tuple[str, ...]] = set()
        self._runs: set[int] = set()
        self._short: Counter[tuple[str, ...]] = Counter()
        self._unnamed = 0

    def reason(self, pair: DeliveredPair, base: list[Wording], *, is_unnamed: bool) -> str | None:
        """Return why one more pair does not count beside those."""
        own = _wording(pair)
        if is_unnamed and (self._unnamed + 1) * _NAMED_PER_UNNAMED > len(self._answers) + 1:
            return "off_indicator"
        if _asked(pair.question) in self._questions:
            return "same_question"
        if len(own.words) < _SHORT_ANSWER_WORDS:
            is_spent = self._short[own.words] >= _SAME_SHORT_ANSWERS
            return "same_answer" if is_spent else None
        if any(map(own.says_the_same, base)):
            return "said_in_base"
        return "same_answer" if self._is_given(own) else None

    def add(self, pair: DeliveredPair, *, is_unnamed: bool) -> None:
        """Count a pair."""
        own = _wording(pair)
        self._answers.append(own)
        self._questions.add(_asked(pair.question))
        self._runs |= own.runs
        self._short[own.words] += 1
        self._unnamed += is_unnamed

    def _is_given(self, own: Wording) -> bool:
        """Return whether an answer, or its parts put together anew, were given before."""
        if any(map(own.says_the_same, self._answers[-_MOST_COMPARED:])):
            return True
        is_patched = len(own.runs & self._runs) >= _SEEN_RUNS * len(own.runs)
        return is_patched and not own.calculates_anew(frozenset())
