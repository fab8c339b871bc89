"""Rows that a program proposes for topics.csv; what people wrote there stays as it is."""

import csv
import io
import re
from collections.abc import Iterable

from pipeline.core.spreadsheets import FORMULA_START
from pipeline.domain.topics_table import COLUMNS, PROPOSED, topic_key, topics_table

_BEFORE_A_WORD = re.compile(r"^[^\w%&+#]+")


def with_proposals(content: bytes, name: str, proposals: Iterable[tuple[str, str]]) -> bytes:
    """Return topics.csv with one more row per (topic, group), each with the status proposed.

    A topic comes from a delivery: it is written on one line, without what stands before its first
    word, and behind an apostrophe where a spreadsheet would run it; its key stays what it was.
    Topics without a word are left out. name is how sentences call the file.

    Raises UserError where content cannot be read, and where a topic is listed already.
    """
    topics_table(content, name)
    text = content.decode("utf-8") if content.strip() else ",".join(COLUMNS) + "\n"
    header = [cell.strip() for cell in next(csv.reader(io.StringIO(text)))]
    header += [column for column in COLUMNS if column not in header]
    ending = "\r\n" if "\r\n" in text else "\n"
    more = io.StringIO()
    rows = csv.DictWriter(more, header, restval="", lineterminator=ending)
    for topic, group in proposals:
        if topic_key(topic):
            rows.writerow({"topic": _cell(topic), "group": group, "status": PROPOSED})
    gap = "" if text.endswith("\n") else ending
    made = (text + gap + more.getvalue()).encode("utf-8")
    topics_table(made, name)
    return made


def _cell(topic: str) -> str:
    shown = " ".join("".join(c if c.isprintable() else " " for c in topic).split())
    bare = _BEFORE_A_WORD.sub("", shown)
    return f"'{bare}" if re.match(FORMULA_START, bare) else bare
