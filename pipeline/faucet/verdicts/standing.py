"""Where a verdict of a person stands: applied, waiting for the next run, or replaced."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pipeline.faucet.lookup import Row
from pipeline.reviews.force import deciding, precedence
from pipeline.reviews.records import NOTE, OF_ONE, WITHDRAWN, Verdict

State = Literal["applied", "waits", "replaced", "note"]

_MERGES = ("merge", "alias")
_KINDS = {
    "keep_apart": "look_alike",
    "keep_both": "same_question_other_answer",
    "better_of_rerun": "same_question_other_answer",
}
"""What a decision that follows a reviewer's verdict on two pairs does, or is about."""


class Standing(NamedTuple):
    """A verdict about a pair: who said what and when, about which other pair, and its state.

    state is `applied` where the last run followed it, `waits` where it did not yet, `replaced`
    where a later one about the same counts, and `note` where it decides nothing. What withdraws is
    applied once the rules decide again.
    """

    when: str
    who: str
    verdict: str
    other_id: str
    note: str
    state: State


def standings(
    pair_id: str, book: Sequence[Verdict], scores: Row | None, decisions: Sequence[Row]
) -> list[Standing]:
    """Return the verdicts about a pair in order of time, each with its state.

    scores is the pair's row of data/qa/scores.parquet, decisions are those that name the pair.
    """
    counting = set(deciding(book).values())
    about = sorted((line for line in book if pair_id in line.subject), key=precedence)
    return [
        Standing(
            line.when,
            line.who,
            line.verdict,
            next((member for member in line.subject if member != pair_id), ""),
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
        by = scores and (scores["decided_by"], scores["verdict"])
        return "applied" if by == ("reviewer", line.verdict) else "waits"
    if line.verdict == WITHDRAWN:
        return "waits" if _is_followed(line, scores, decisions) else "applied"
    return "applied" if any(_follows(decision, line) for decision in decisions) else "waits"


def _is_followed(withdrawn: Verdict, scores: Row | None, decisions: Sequence[Row]) -> bool:
    """Return whether the last run still followed what was withdrawn since."""
    if not withdrawn.other_id:
        return scores is not None and scores["decided_by"] == "reviewer"
    return any(
        decision["decided_by"] == "reviewer" and set(withdrawn.subject) <= set(decision["members"])
        for decision in decisions
    )


def _follows(decision: Row, line: Verdict) -> bool:
    """Return whether a decision does what a reviewer said of two pairs.

    Two that are merged may both have gone into a third one, the anchor of their cluster.
    """
    if decision["decided_by"] != "reviewer":
        return False
    if line.verdict == "merge":
        return decision["action"] in _MERGES
    if decision["action"] != "keep" or decision["kind"] != _KINDS[line.verdict]:
        return False
    return set(decision["members"]) == {line.pair_id, line.other_id}
