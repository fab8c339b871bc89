"""What a stage is given, read by the suffix of the file that dvc.yaml names."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import daft
import orjson
from daft import col

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.core.whole_file import whole_file
from pipeline.deliveries.stored import Stored, mapping_path
from pipeline.domain.documents import document
from pipeline.domain.lists import listed_names, listed_words
from pipeline.domain.plan_table import plan_table
from pipeline.domain.topics_table import topics_table
from pipeline.reviews.reading import read_edits, read_removals, read_verdicts
from pipeline.reviews.tables import verdict_table
from pipeline.store.delivered import whole_deliveries
from pipeline.store.models import read_models
from pipeline.store.recorded import read_recorded
from pipeline.store.tables import read_table
from pipeline.store.test_sets import read_test_sets
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import (
    DELIVERIES,
    DOMAIN,
    EDITS,
    ENCODERS,
    GENERIC_WORDS,
    LOOK_ALIKES,
    PLAN,
    RECORDED,
    REMOVED,
    TERMS,
    TEST_SETS,
    TOPICS,
    VERDICTS,
    schema_path,
)

if TYPE_CHECKING:
    import pandas as pd


def read_input(folder: Folder, path: Path) -> Any:
    """Return the content of an input of a workspace, in the form that stages take it.

    Raises UserError where the file is missing, or is a book of reviews or a file of the domain
    that cannot be read whole. A file that the domain has not is read as an empty one.
    """
    root = Path(folder)
    if path in _FOLDERS:
        return _FOLDERS[path](root)
    if path.parent == DOMAIN:
        return _read_domain(root, path)
    content = whole_file(root, path) if path in _BOOKS else None
    if content is not None:
        return _BOOKS[path](content, path.as_posix())
    if not (root / path).exists():
        raise UserError(f"{path} is missing: run `faucet repro`, which makes what it depends on")
    return _READERS[path.suffix](root / path)


def _read_domain(root: Path, path: Path) -> Any:
    """Return what a file of data/domain says; empty where there is no such file."""
    content = whole_file(root, path) or b""
    if path in _LISTS:
        return _LISTS[path](content, path.as_posix())
    return document(content, path, _read_json(root / schema_path(DOMAIN.name)))


def _read_deliveries(folder: Path) -> daft.DataFrame:
    """Return one row per landed delivery; the file at its path is read where it is processed.

    Raises UserError where one is not what its name says.
    """
    stored = whole_deliveries(folder)
    mappings = [mapping_text(delivery) for delivery in stored]
    table = daft.from_pydict(
        {
            "place": [_place(*both) for both in zip(stored, mappings, strict=True)],
            "agent": [delivery.agent for delivery in stored],
            "delivery": [delivery.delivery for delivery in stored],
            "name": [delivery.name for delivery in stored],
            "bytes": [delivery.path.stat().st_size for delivery in stored],
            "path": [str(delivery.path) for delivery in stored],
            "mapping": mappings,
        }
    )
    if not stored:
        text = daft.DataType.string()
        for name in ("place", "agent", "delivery", "name", "path", "mapping"):
            table = table.with_column(name, col(name).cast(text))
        table = table.with_column("bytes", col("bytes").cast(daft.DataType.int64()))
    return table


def mapping_text(delivery: Stored) -> str:
    """Return what people say about a delivery's keys, "" where they say nothing."""
    path = mapping_path(delivery.path)
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _place(delivery: Stored, mapping: str) -> str:
    """Return what a delivery's entries are kept by: another mapping gives other entries."""
    digest = f"#{content_digest(mapping.encode())[:12]}" if mapping else ""
    return f"{delivery.agent}/{delivery.delivery}{digest}"


def _read_json(path: Path) -> Any:
    return orjson.loads(path.read_bytes())


def _read_jsonl(path: Path) -> Iterator[Any]:
    with path.open("rb") as lines:
        yield from (orjson.loads(line) for line in lines)


def _read_csv(path: Path) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - half of the stages read no CSV

    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


_FOLDERS: dict[Path, Callable[[Path], Any]] = {
    DELIVERIES: _read_deliveries,
    TEST_SETS: read_test_sets,
    RECORDED: read_recorded,
    ENCODERS: read_models,
}
"""Inputs of many files, each folder with a reader of its own that takes the workspace's root."""

_BOOKS: dict[Path, Callable[[bytes, str], Any]] = {
    VERDICTS: lambda content, name: verdict_table(read_verdicts(content, name)),
    EDITS: lambda content, name: [edit._asdict() for edit in read_edits(content, name)],
    REMOVED: lambda content, name: [entry._asdict() for entry in read_removals(content, name)],
}
"""What people write by hand, too: read as strictly as the commands read it."""

_LISTS: dict[Path, Callable[[bytes, str], Any]] = {
    PLAN: plan_table,
    TOPICS: topics_table,
    LOOK_ALIKES: listed_names,
    TERMS: listed_words,
    GENERIC_WORDS: listed_words,
}
"""What the domain has in rows and lines; all else of it is a document."""

_READERS: dict[str, Callable[[Path], Any]] = {
    ".csv": _read_csv,
    ".json": _read_json,
    ".jsonl": lambda path: list(_read_jsonl(path)),
    ".parquet": read_table,
}
