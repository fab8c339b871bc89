"""Why a row is not among those that are kept."""

from typing import NamedTuple


class WhyDropped(NamedTuple):
    """Why one row was dropped.

    row is its position in the rows (in read: in dropped). reason is a code: one of docs/
    deliveries.md where the row holds no pair, "repeated" where an earlier row is the same, a
    decision's kind where it is a duplicate, a verdict or the name of what it is in place of a
    split. message says it in one sentence. match is the position of the row that it is like, in
    "rows" or in what it was held "against", as source says; likeness that of the two questions,
    0-100, None where nothing was measured.
    """

    row: int
    reason: str
    message: str
    source: str | None = None
    match: int | None = None
    likeness: float | None = None
