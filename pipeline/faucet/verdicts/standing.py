"""Where a verdict of a person stands: applied, waiting for the next run, or replaced."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from pipeline.faucet.lookup import Row
from pipeline.faucet.verdicts.book import NOTE, OF_ONE, Verdict

State = Literal["applied", "waits", "replaced", "note"]

_CAREFUL_LAST = (NOTE, "accept", "merge", "reject", "keep_apart")
_ACTIONS = {"merge": ("merge", "alias"), "keep_apart": ("keep",)}


class Standing(NamedTuple):
    """A verdict about a pair: who said what and when, about which other pair, and its state.

    state is `applied` where the last run followed it, `waits` where it did not yet, `replaced`
    where a later verdict about the same counts, and `note` where it decides nothing.
    """

    when: str
    who: str
    verdict: str
    other_id: str
    note: str
    state: State


def in_force(book: Iterable[Verdict]) -> dict[tuple[str, ...], Verdict]:
    """Return the verdict that counts about each pair, (pair_id,), and each two, (id, id), sorted.

    The latest counts; of two at the same moment the more careful one, as stages read them.
    """
    ordered = sorted(book, key=lambda line: (line.when, _CAREFUL_LAST.index(line.verdict)))
    return {subject(line): line for line in ordered if line.verdict != NOTE}


def subject(verdict: Verdict) -> tuple[str, ...]:
    """Return what a verdict is about: the ids of one pair or of two, sorted."""
    return tuple(sorted(filter(None, (verdict.pair_id, verdict.other_id))))


def standings(
    pair_id: str, book: Sequence[Verdict], scores: Row | None, decisions: Sequence[Row]
) -> list[Standing]:
    """Return the verdicts about a pair in order of time, each with its state.

    scores is the pair's row of data/qa/scores.parquet, decisions are those that name the pair.
    """
    counting = set(in_force(book).values())
    about = sorted(line for line in book if pair_id in (line.pair_id, line.other_id))
    return [
        Standing(
            line.when,
            line.who,
            line.verdict,
            next((member for member in subject(line) if member != pair_id), ""),
            line.note,
            _state(line, counting, scores, decisions),
        )
        for line in about
    ]


def _state(
    line: Verdict, counting: set[Verdict], scores: Row | None, decisions: Sequence[Row]
) -> State:
    if line.verdict == NOTE:
        return "note"
    if line not in counting:
        return "replaced"
    if line.verdict in OF_ONE:
        said = scores and (scores["decided_by"], scores["verdict"])
        return "applied" if said == ("reviewer", line.verdict) else "waits"
    return "applied" if any(_follows(decision, line) for decision in decisions) else "waits"


def _follows(decision: Row, line: Verdict) -> bool:
    """Return whether a decision does what a reviewer said of two pairs.

    Two that are merged may both have gone into a third one, the anchor of their cluster.
    """
    if decision["action"] not in _ACTIONS[line.verdict] or decision["decided_by"] != "reviewer":
        return False
    return line.verdict == "merge" or set(decision["members"]) == {line.pair_id, line.other_id}
