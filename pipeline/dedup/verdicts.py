"""What people decided, as the rules apply it."""

from typing import NamedTuple

import pandas as pd

_OF_ONE = ("accept", "reject")
_OF_TWO = ("merge", "keep_apart")


class Verdicts(NamedTuple):
    """The verdicts in force: the latest about each pair and about each two pairs."""

    of_one: dict[str, str]  # pair_id -> accept | reject
    of_two: dict[tuple[str, str], str]  # two pair_ids, sorted -> merge | keep_apart
    notes: dict[tuple[str, str], str]  # what was written beside a verdict about two


def in_force(verdicts: pd.DataFrame) -> Verdicts:
    """Return the latest verdict about each pair and about each two pairs.

    verdicts has the columns when, verdict, pair_id and other_id. Of two verdicts at the same
    moment the more careful one counts: reject before accept, keep_apart before merge.
    """
    of_one: dict[str, str] = {}
    of_two: dict[tuple[str, str], str] = {}
    notes: dict[tuple[str, str], str] = {}
    careful_last = ("accept", "merge", "reject", "keep_apart")
    columns = verdicts.reindex(columns=["when", "verdict", "pair_id", "other_id", "note"]).fillna(
        ""
    )
    rows = [tuple(map(str, row)) for row in columns.itertuples(index=False)]
    known = (row for row in rows if row[1] in careful_last)
    for _, verdict, pair_id, other_id, note in sorted(
        known, key=lambda row: (row[0], careful_last.index(row[1]), row[2:])
    ):
        if verdict in _OF_ONE:
            of_one[pair_id] = verdict
        elif other_id and other_id != pair_id:
            first, second = sorted((pair_id, other_id))
            of_two[first, second] = verdict
            notes[first, second] = note
    return Verdicts(of_one, of_two, notes)
