"""A review in a spreadsheet: what is open as CSV, and the CSV with its verdicts back."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from daft import col

from pipeline.core.errors import UserError
from pipeline.faucet.lookup import PAIRS, table
from pipeline.faucet.review.exchange import read_answers
from pipeline.faucet.review.items import Item
from pipeline.faucet.review.shown import shown
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
    """What became of the rows of an import: lines or records of the file are counted from 1.

    taken were new and are in the book; known stood there already, word for word; left_open have
    no verdict and no note; refused has one sentence per row that is wrong, with its place.
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
    lines.writerows([to_cell(cell) for cell in row] for row in rows)
    write_bytes(path, (_BOM + text.getvalue()).encode("utf-8"))
    return len(rows)


def import_verdicts(workspace: Workspace, path: Path, who: str) -> Imported:
    """Append the verdicts of a file to the book of the workspace at root; every good row is taken.

    A JSON file is what an annotation tool exports (exchange.py), any other a CSV. That needs the
    columns verdict and pair_id; other_id, note, who and when are read where they are there. who
    signs the rows that name nobody. Importing a file twice changes nothing.

    Raises UserError where the file cannot be read as one of these.
    """
    rows = list(_answers(path, who) if path.suffix.lower() == ".json" else _read(path, who))
    read = [(place, line) for place, line in rows if isinstance(line, Verdict)]
    present = set(_present(workspace, [pair_id for _, line in read for pair_id in line.subject]))
    book = read_book(workspace)
    last = {_key(line): line._replace(when="") for line in sorted(book, key=precedence)}
    decided = in_force(book).lines
    taken: dict[tuple[str, ...], tuple[str, Verdict]] = {}
    known = left_open = 0
    refused = [f"{place}: {line}" for place, line in rows if isinstance(line, str)]
    for place, line in read:
        if not line.verdict:
            left_open += 1
        elif (wrong := _wrong(line, present)) is not None:
            refused.append(f"{place}: {wrong}")
        elif line in book or line._replace(when="") == last.get(_key(line)):
            known += 1
        elif line.verdict == WITHDRAWN and line.subject not in decided:
            refused.append(f"{place}: nothing to withdraw: no verdict is in force on it")
        elif (earlier := taken.setdefault(_key(line), (place, line))) != (place, line):
            refused.append(f"{place}: {earlier[0]} decides the same")
    good = [line for _, line in taken.values()]
    if good:
        append(workspace, good)
    return Imported(good, known, left_open, refused)


def _row(item: Item) -> list[str]:
    texts = shown(item)
    return [
        *("", "", item.kind, item.pair_id, item.other_id, texts["rules_say"], f"{item.score:.2f}"),
        *(texts[name][:_LONGEST_CELL_CHARS] for name in COLUMNS[COLUMNS.index("flags") :]),
    ]


def _answers(path: Path, who: str) -> Iterator[tuple[str, Verdict | str]]:
    """Yield (place, verdict) of each answer of an annotation tool, or what is wrong with it."""
    moment = now()
    for place, cells in read_answers(path):
        yield place, cells if isinstance(cells, str) else _verdict(cells, who, moment)


def _read(path: Path, who: str) -> Iterator[tuple[str, Verdict | str]]:
    """Yield (place, verdict) of each row; the verdict is empty where the row was left open."""
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
                row = dict(zip(header, cells, strict=False))
                yield f"line {number}", _verdict(row, who, moment)
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
