"""topics.csv: which group a delivered topic belongs to, as a table."""

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.core.errors import UserError
from pipeline.core.text import excerpt, singular
from pipeline.domain.csv_rows import Cells, domain_rows, split_aliases

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("topic", "group", "aliases", "status")
"""What a row says; topic and group must be there. Other columns are people's own."""

NO_GROUP = "none"
"""The group of what no category and no listed topic places; a topic may be listed under it."""

PROPOSED = "proposed"
"""Status of a row that a program wrote: it places nothing until a person empties the cell."""

_NEEDED = ("topic", "group")
_WORD = re.compile(r"[\w%&+#]+")


def topics_table(content: bytes, name: str) -> "pd.DataFrame":
    """Return one row per listed topic, in order: the columns COLUMNS, all of them text.

    name is how sentences call the file; content without a byte lists nothing. Raises UserError
    with file, line, column and rule: no such header, a torn row, a topic or group that is empty,
    a topic or alias that another row has, an unknown status.
    """
    import pandas as pd  # noqa: PLC0415 - a run with nothing to do reads no topics

    return pd.DataFrame(list(_rows(content, name)), columns=list(COLUMNS)).astype("object")


def topic_key(topic: str) -> str:
    """Return what topics are compared by: their words in small letters, without a plural "s".

    "Layer-2 Bridges" and "layer 2 bridge" have one key; "" where a topic has no word.
    """
    spelled = unicodedata.normalize("NFKC", topic).casefold().replace("_", " ")
    return " ".join(map(singular, _WORD.findall(spelled)))


def _rows(content: bytes, name: str) -> Iterator[tuple[str, ...]]:
    lines: dict[str, int] = {}
    for number, row in domain_rows(content, name, COLUMNS, _NEEDED):
        fault = _fault(row, number, lines)
        if fault:
            raise UserError(f"{name} line {number}: column {fault}")
        yield tuple(row.get(column, "") for column in COLUMNS)


def _fault(row: Cells, number: int, lines: dict[str, int]) -> str | None:
    """Return what is wrong with a row; lines has the line of every key so far, and takes its."""
    if not row["group"]:
        return f"group is empty: name one, or {NO_GROUP} for a topic that belongs to none"
    status = row.get("status", "")
    if status not in ("", PROPOSED):
        return f"status is {status[:40]!r}, must be empty or {PROPOSED}"
    if not topic_key(row["topic"]):
        return "topic has no word: name what deliveries call it"
    for column, called in (
        ("topic", [row["topic"]]),
        ("aliases", split_aliases(row.get("aliases", ""))),
    ):
        for one in called:
            known = lines.setdefault(topic_key(one), number)
            if known != number:
                rule = "a topic belongs to one group"
                return f"{column}: {excerpt(one, 60)!r} stands in line {known} already: {rule}"
    return None
