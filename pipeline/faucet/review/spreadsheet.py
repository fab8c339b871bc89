"""A review in a spreadsheet: what is open as CSV, and the CSV with its verdicts back."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from daft import col

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.lookup import PAIRS, table
from pipeline.faucet.review.items import Item
from pipeline.faucet.terminal import paragraphs
from pipeline.faucet.verdicts.book import append, now, read_book
from pipeline.reviews.cells import from_cell, to_cell
from pipeline.reviews.force import in_force, precedence
from pipeline.reviews.records import NOTE, WITHDRAWN, Verdict, fault, plain_line
from pipeline.store.atomic import write_bytes
from pipeline.workspace.workspace import Workspace

COLUMNS = (
    *("verdict", "note", "kind", "pair_id", "other_id", "rules_say", "score", "flags", "evidence"),
    *(
        "indicator",
        "question",
        "answer",
        "other_question",
        "other_answer",
        "guards",
        "difference",
        "why",
    ),
)
_LONGEST_CELL_CHARS = 32_000
"""A spreadsheet takes 32,767 characters a cell and cuts or spoils the row beyond that."""

_BOM = "\ufeff"


class Imported(NamedTuple):
    """What became of the rows of an import: lines of the file are counted from 1.

    taken were new and are in the book; known stood there already, word for word; left_open have
    no verdict and no note; refused has one sentence per row that is wrong, with its line.
    """

    taken: list[Verdict]
    known: int
    left_open: int
    refused: list[str]


def export_items(items: Iterable[Item], path: Path) -> int:
    """Write items as a CSV for spreadsheets, one row each, verdict and note empty; count them.

    Raises UserError where path exists: it may hold verdicts that nobody imported yet.
    """
    if path.exists():
        raise UserError(f"{path} exists: import what it holds, or name another file")
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    rows = [_row(item) for item in items]
    lines.writerows([to_cell(paragraphs(cell)) for cell in row] for row in rows)
    write_bytes(path, (_BOM + text.getvalue()).encode("utf-8"))
    return len(rows)


def import_verdicts(workspace: Workspace, path: Path, who: str) -> Imported:
    """Append the verdicts of a CSV to the book of the workspace at root; every good row is taken.

    The file needs the columns verdict and pair_id; other_id, note, who and when are read where
    they are there. who signs the rows that name nobody. Importing a file twice changes nothing.

    Raises UserError where the file cannot be read as such a CSV.
    """
    rows = list(_read(path, who))
    present = set(_present(workspace, [pair_id for _, line in rows for pair_id in line.subject]))
    book = read_book(workspace)
    last = {_key(line): line._replace(when="") for line in sorted(book, key=precedence)}
    decided = in_force(book).lines
    taken: dict[tuple[str, ...], tuple[int, Verdict]] = {}
    known = left_open = 0
    refused = []
    for number, line in rows:
        if not line.verdict:
            left_open += 1
        elif (wrong := _wrong(line, present)) is not None:
            refused.append(f"line {number}: {wrong}")
        elif line in book or line._replace(when="") == last.get(_key(line)):
            known += 1
        elif line.verdict == WITHDRAWN and line.subject not in decided:
            refused.append(f"line {number}: nothing to withdraw: no verdict is in force on it")
        elif (earlier := taken.setdefault(_key(line), (number, line))) != (number, line):
            refused.append(f"line {number}: line {earlier[0]} decides the same")
    good = [line for _, line in taken.values()]
    if good:
        append(workspace, good)
    return Imported(good, known, left_open, refused)


def _row(item: Item) -> list[str]:
    silent: Json = {"action": item.verdict, "guards": [], "difference": "", "why": ""}
    decision: Json = item.decision or silent
    grave = [flag for flag in item.flags if flag["severity"] != "info"]
    return [
        *("", "", item.kind, item.pair_id, item.other_id, decision["action"]),
        f"{item.score:.2f}",
        "|".join(flag["code"] for flag in grave),
        grave[0]["evidence"] if grave else "",
        item.indicator or "",
        *(
            text[:_LONGEST_CELL_CHARS]
            for text in (item.question, item.answer, item.other_question, item.other_answer)
        ),
        "|".join(decision["guards"]),
        decision["difference"],
        decision["why"],
    ]


def _read(path: Path, who: str) -> Iterator[tuple[int, Verdict]]:
    """Yield (line, verdict) of each row; the verdict is empty where the row was left open."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path} is no UTF-8: save it as CSV UTF-8") from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = [name.strip().lower() for name in next(lines, [])]
    lacking = [name for name in ("verdict", "pair_id") if name not in header]
    if lacking:
        raise UserError(f"{path} has no column {' and '.join(lacking)} in its first line")
    moment, number = now(), lines.line_num + 1
    try:
        for cells in lines:
            if any(cells):
                yield number, _verdict(dict(zip(header, cells, strict=False)), who, moment)
            number = lines.line_num + 1
    except csv.Error as broken:
        raise UserError(f"{path} line {lines.line_num}: {broken}") from None


def _verdict(row: dict[str, str], who: str, moment: str) -> Verdict:
    cells = {name: plain_line(from_cell(row.get(name, ""))) for name in Verdict._fields}
    word = cells["verdict"].lower().replace(" ", "_").replace("-", "_")
    word = WITHDRAWN if word == "withdraw" else word
    return Verdict(
        when=cells["when"] or moment,
        who=cells["who"] or who,
        verdict=word or (NOTE if cells["note"] else ""),
        pair_id=cells["pair_id"].lower(),
        other_id=cells["other_id"].lower(),
        note=cells["note"],
    )


def _key(line: Verdict) -> tuple[str, ...]:
    """Return what makes a line another one's successor: its writer and what it is about."""
    return (line.who, NOTE if line.verdict == NOTE else "", *line.subject)


def _wrong(line: Verdict, present: set[str]) -> str | None:
    unknown = [pair_id for pair_id in line.subject if pair_id not in present]
    return fault(line) or (f"no pair has the id {unknown[0]}" if unknown else None)


def _present(workspace: Workspace, pair_ids: list[str]) -> list[str]:
    """Return those of the ids that pairs have."""
    known = (
        table(workspace, PAIRS).select("pair_id").where(col("pair_id").is_in(sorted(set(pair_ids))))
    )
    found: list[str] = known.to_pydict()["pair_id"]
    return found
