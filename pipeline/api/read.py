"""qa.read: the pairs in files of any family, as integrate takes them."""

from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import daft
import orjson
import pyarrow as pa

from pipeline.api.inputs import Folder, call_stage, source_of
from pipeline.api.why import WhyDropped
from pipeline.core.errors import UserError
from pipeline.core.json_values import Json, compact
from pipeline.stages.integrate import integrate
from pipeline.store.spooled import DiskSpool
from pipeline.workspace.workspace import Workspace

_TEXT = pa.large_string()
_DELIVERIES = pa.schema(
    {
        **dict.fromkeys(("place", "agent", "delivery", "name"), _TEXT),
        "bytes": pa.int64(),
        **dict.fromkeys(("path", "mapping"), _TEXT),
    }
)
_SHORT_HEX = 12


class ReadRows(NamedTuple):
    """What files hold.

    kept has one dict per distinct pair (schemas/pairs.schema.json), dropped every refused record
    with its reason in why, accounting the books of every file: found = accepted + repeated +
    quarantined.
    """

    kept: list[Json]
    dropped: list[Any]
    why: list[WhyDropped]
    accounting: Json


def read(
    path: Folder,
    *,
    mapping: Mapping[str, str] | None = None,
    domain: Folder | None = None,
    workspace: Workspace | None = None,
    **params: Any,
) -> ReadRows:
    """Return the pairs in a file, or in all files of a folder, and what was refused.

    Files are read as deliveries are (docs/deliveries.md), whatever their format; nothing of them
    is run, and no link in a folder is followed. Names of files count as those of deliveries: they
    may say what pairs are about. Pairs come in order of their id.

    path: a file, or a folder of them; hidden files are passed over.
    mapping: what keys of these files mean: {"question": "Frage"}, as mapping.yaml has it.
    domain: a folder as data/domain, whose plan places the pairs; none places nothing.
    workspace: whose domain and params count instead of the packaged params.
    params: params of integrate, as max_delivery_mb (10^6 bytes).

    Raises UserError where path is neither, and for a param that is not allowed. What is wrong in
    a file raises nothing: it is dropped, and why says it.
    """
    source = source_of(("integrate",), params, domain, workspace)
    rows = [_delivery(file, name, mapping) for file, name in _files(Path(path))]
    deliveries = daft.from_arrow(pa.Table.from_pylist(rows, schema=_DELIVERIES))
    with TemporaryDirectory() as folder:
        result = call_stage(
            integrate,
            source,
            deliveries=deliveries,
            removed=[],
            spool=DiskSpool(Path(folder), "read"),
        )
        kept = [row for part in result.pairs.parts for row in part.sort("pair_id").to_pylist()]
        refused = list(result.quarantine)
    return ReadRows(
        kept,
        [orjson.loads(row["record"]) for row in refused],
        [_why(place, row) for place, row in enumerate(refused)],
        result.accounting,
    )


def _files(path: Path) -> list[tuple[Path, str]]:
    """Return the files to read with their names from path on, in order of these."""
    if path.is_file():
        return [(path, path.name)]
    if not path.is_dir():
        raise UserError(f"{path} is no file and no folder")
    inside = (file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
    named = ((file, file.relative_to(path)) for file in inside)
    return sorted(
        ((file, name.as_posix()) for file, name in named if not _is_hidden(name)),
        key=lambda one: one[1],
    )


def _is_hidden(name: Path) -> bool:
    return any(part.startswith(".") for part in name.parts)


def _delivery(file: Path, name: str, mapping: Mapping[str, str] | None) -> dict[str, Any]:
    """Return a file as a row of integrate's deliveries."""
    with file.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    delivery = f"{digest[:_SHORT_HEX]}-{name}"
    return {
        "place": delivery,
        "agent": "read",
        "delivery": delivery,
        "name": file.name,
        "bytes": file.stat().st_size,
        "path": str(file.resolve()),
        "mapping": compact(dict(mapping)) if mapping else "",
    }


def _why(place: int, refused: Json) -> WhyDropped:
    name = refused["delivery"].partition("-")[2]
    return WhyDropped(place, refused["reason"], f"{name}: {refused['message']}")
