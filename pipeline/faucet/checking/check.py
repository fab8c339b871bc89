"""Files checked before they are delivered: what would be accepted, and what it is worth."""

import os
from collections.abc import Iterator, Sequence
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, NamedTuple

import daft
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.memo import NoMemo
from pipeline.core.schemas import arrow_schema
from pipeline.faucet.answers.mending import mend_flag
from pipeline.faucet.checking.counted import reasons_not_to_count, task_named
from pipeline.faucet.checking.files import Drop, FileLook, FoundPair, look_at, read_file
from pipeline.faucet.checking.gates_ahead import gates_ahead
from pipeline.faucet.checking.joins import with_requests
from pipeline.faucet.checking.neighbours import Neighbour, neighbours
from pipeline.faucet.lookup import PAIRS, Row
from pipeline.faucet.reading import reader
from pipeline.quality.redaction import redacted
from pipeline.stages.qa import qa
from pipeline.store.inputs import read_input
from pipeline.store.plan import read_groups
from pipeline.workspace.layout import schema_path
from pipeline.workspace.params import read_params
from pipeline.workspace.workspace import Workspace

_DIGITS = 2
_OF_RECEIPT = (
    *("name", "bytes", "family", "declared", "mapping", "found", "accepted", "repeated"),
    *("quarantined", "to_mend"),
)
_BY_NAME = (Parameter.KEYWORD_ONLY,)


class CheckedPair(NamedTuple):
    """A pair of a file: what the books would say of it, what it is worth, what it is like.

    books is accepted or repeated; verdict and flags are those of qa, each flag with what mends
    it; score is 0-100. nearest is the kept pair nearest to a new one, None where none is kept.
    why_not says why it would not count for a task (gates/counting.py), None where it would.
    """

    pointer: str
    pair_id: str
    books: str
    question: str
    score: float
    verdict: str
    flags: list[Json]
    nearest: Neighbour | None
    why_not: str | None = None


class CheckedFile(NamedTuple):
    """A file as landing, integrate, qa and dedup would take it (files.FileLook, CheckedPair).

    is_for_task says that it was checked for a task, for which each pair must count. gates has a row
    for each of its gates, on all files that were checked at once (gates_ahead.py).
    """

    looked: FileLook
    pairs: list[CheckedPair]
    is_for_task: bool = False
    gates: list[Json] | None = None

    @property
    def is_clean(self) -> bool:
        """Return whether it would land, nothing is to be mended, and no pair has a flag.

        Checked for a task, all of its pairs would count besides.
        """
        is_fine = all(not pair.flags and pair.verdict == "accept" for pair in self.pairs)
        is_fine = is_fine and not (self.is_for_task and any(pair.why_not for pair in self.pairs))
        return is_fine and self.looked.stays is None and not self.looked.receipt["to_mend"]

    def as_json(self) -> Json:
        """Return it as one JSON object: its receipt, and every record that it holds."""
        return {
            **{name: self.looked.receipt[name] for name in _OF_RECEIPT},
            "file": self.looked.file,
            "is_clean": self.is_clean,
            "stays": self.looked.stays,
            "landed_as": self.looked.known,
            "refused": self.looked.refused,
            "would_count": sum(pair.why_not is None for pair in self.pairs),
            "gates": self.gates,
            "pairs": [
                {**pair._asdict(), "nearest": pair.nearest and pair.nearest._asdict()}
                for pair in self.pairs
            ],
        }


def check(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    agent: str | None,
    mapping: str,
    task_id: str | None = None,
) -> list[CheckedFile]:
    """Return what would become of files if they were delivered now, in this order.

    Nothing lands and no stage runs; the rules are those of the stages, the data set that pairs
    are compared with is that of the last run. mapping is what the files' keys mean, as YAML;
    task_id names a queued task that the pairs are to count for.

    Raises UserError where a path is no file, where the task is not queued, and where params or
    books of the workspace cannot be read.
    """
    _refuse_others(paths)
    task = task_named(workspace, task_id) if task_id else None
    drop = Drop(workspace, reader(workspace), agent, mapping)
    known = _known(workspace)
    looked = []
    for file in with_requests([read_file(path, drop) for path in paths], workspace):
        looked.append(look_at(file, known))
        known |= {one.pair.pair_id for one in looked[-1].found}
    found = [one for each in looked for one in each.found]
    receipts = [each.receipt for each in looked]
    if not found:
        gates = gates_ahead(workspace, task, receipts, [], {}, {}) if task else None
        return [CheckedFile(each, [], task is not None, gates) for each in looked]
    pairs, params = _pairs(workspace, found), read_params(workspace)
    grades = _grades(workspace, pairs, params["qa"])
    new = sorted({one.pair.pair_id for one in found if one.books == "accepted"})
    near = neighbours(workspace, _only(pairs, new), params["dedup"]) if new else {}
    rows = [pair._asdict() for pair in {one.pair.pair_id: one.pair for one in found}.values()]
    reasons = reasons_not_to_count(workspace, rows, grades, near, task)
    gates = gates_ahead(workspace, task, receipts, rows, grades, reasons) if task else None
    return [
        CheckedFile(each, list(_all_checked(each, grades, near, reasons)), task is not None, gates)
        for each in looked
    ]


def _refuse_others(paths: Sequence[Path]) -> None:
    for path in paths:
        if not os.path.lexists(path):
            raise UserError(f"{path} does not exist")
        if path.is_dir():
            raise UserError(f"{path} is a folder: name the files in it")


def _known(workspace: Workspace) -> set[str]:
    """Return the ids of all pairs that the last run accepted."""
    if not workspace.has(PAIRS):
        return set()
    table = pq.read_table(workspace / workspace.output(PAIRS), columns=["pair_id"])
    return set(table["pair_id"].to_pylist())


def _pairs(workspace: Workspace, found: list[FoundPair]) -> daft.DataFrame:
    """Return the distinct pairs of the files as integrate gives them, with their origins here."""
    rows: dict[str, Row] = {}
    groups = read_groups(workspace)
    for one in found:
        group = groups.of(one.pair.category, one.pair.topic)
        row = {**one.pair._asdict(), "group": group, "origins": []}
        rows.setdefault(one.pair.pair_id, row)["origins"].append(one.origin)
    columns = arrow_schema(read_input(workspace, schema_path("pairs")))
    return daft.from_arrow(pa.Table.from_pylist(list(rows.values()), schema=columns)).collect()


def _only(pairs: daft.DataFrame, pair_ids: list[str]) -> daft.DataFrame:
    return pairs.where(pairs["pair_id"].is_in(pair_ids)).collect()


def _grades(workspace: Workspace, pairs: daft.DataFrame, params: dict[str, Any]) -> dict[str, Row]:
    """Return the scores of each pair by its id, as qa gives them."""
    paths = workspace.dag.stage("qa").inputs
    _, *tables = (p.name for p in signature(qa).parameters.values() if p.kind not in _BY_NAME)
    inputs = [read_input(workspace, paths[name]) for name in tables]
    scores = qa(pairs, *inputs, **params, memo=NoMemo()).scores
    return {row["pair_id"]: row for row in scores.to_pylist()}


def _all_checked(
    looked: FileLook,
    grades: dict[str, Row],
    near: dict[str, Neighbour],
    reasons: dict[str, str | None],
) -> Iterator[CheckedPair]:
    """Yield the pairs of a file; one that stands there before counts where it stands first."""
    for one in looked.found:
        key = one.pair.pair_id
        why_not = reasons[key] if one.books == "accepted" else reasons[key] or "same_question"
        yield _checked(one, grades, near)._replace(why_not=why_not)


def _checked(one: FoundPair, grades: dict[str, Row], near: dict[str, Neighbour]) -> CheckedPair:
    grade = grades[one.pair.pair_id]
    is_new = one.books == "accepted"
    return CheckedPair(
        pointer=one.origin["pointer"],
        pair_id=one.pair.pair_id,
        books=one.books,
        question=redacted(one.pair.question),
        score=round(grade["score"], _DIGITS),
        verdict=grade["verdict"],
        flags=[_flag(flag) for flag in grade["flags"]],
        nearest=near.get(one.pair.pair_id) if is_new else None,
    )


def _flag(flag: Row) -> Json:
    shown = {**flag, "evidence": redacted(flag["evidence"])}
    return {**shown, "mend": mend_flag(flag["code"])}
