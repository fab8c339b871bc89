"""Which of several verdicts and edits counts: the one definition that every reader follows.

The latest counts. Of two at the same moment the more careful one does: reject and all that keep
two pairs before a withdrawal, a withdrawal before accept and merge. Where even that is equal, the
one that sorts last as text. So the order of the lines in the books means nothing, and git may
merge the books of two reviewers line by line.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.reviews.records import OF_ONE, OF_TWO, WITHDRAWN, Edit, Verdict, moment_key

_CARE = {
    "accept": 0,
    "merge": 0,
    WITHDRAWN: 1,
    **dict.fromkeys(("reject", "keep_apart", "keep_both", "better_of_rerun"), 2),
}


class InForce(NamedTuple):
    """The verdicts in force; who withdraws one leaves none.

    lines are the verdicts themselves, by the ids of what they are about, sorted. The rest is the
    same for a look-up: the verdict on a pair, the verdict on two, and the note beside the latter.
    """

    lines: dict[tuple[str, ...], Verdict]
    of_one: dict[str, str]
    of_two: dict[tuple[str, str], str]
    notes: dict[tuple[str, str], str]


def in_force(verdicts: Iterable[Verdict]) -> InForce:
    """Return the verdict that counts about each pair and about each two pairs.

    Lines that decide nothing (notes) or name the wrong number of pairs are passed over; the
    readers of the books refuse the latter.
    """
    latest = sorted(deciding(verdicts).items())
    lines = {ids: line for ids, line in latest if line.verdict != WITHDRAWN}
    two = {(ids[0], ids[1]): line for ids, line in lines.items() if line.verdict in OF_TWO}
    return InForce(
        lines,
        {ids[0]: line.verdict for ids, line in lines.items() if line.verdict in OF_ONE},
        {ids: line.verdict for ids, line in two.items()},
        {ids: line.note for ids, line in two.items()},
    )


def deciding(verdicts: Iterable[Verdict]) -> dict[tuple[str, ...], Verdict]:
    """Return the last word about each pair and each two, withdrawals among them."""
    return {line.subject: line for line in sorted(filter(_decides, verdicts), key=precedence)}


def edits_in_force(edits: Iterable[Edit], accepted: Mapping[str, str]) -> dict[str, Edit]:
    """Return the edit that counts of each pair whose verdict in force is accept, by pair_id.

    accepted maps pair_id to the verdict in force (`InForce.of_one`).
    """
    ordered = sorted(edits, key=lambda edit: (moment_key(edit.when), edit))
    return {edit.pair_id: edit for edit in ordered if accepted.get(edit.pair_id) == "accept"}


def precedence(verdict: Verdict) -> tuple[tuple[str, str], int, Verdict]:
    """Return the key by which the verdict that counts comes last."""
    return moment_key(verdict.when), _CARE.get(verdict.verdict, -1), verdict


def _decides(verdict: Verdict) -> bool:
    pairs = len(verdict.subject)
    wanted = {1} if verdict.verdict in OF_ONE else {2} if verdict.verdict in OF_TWO else {1, 2}
    return verdict.verdict in _CARE and pairs in wanted
