"""dvc.lock and the stand-ins of inputs that DVC holds: read whole, or said to be damaged.

DVC empties such a file and then writes it in pieces, so that a killed run may leave the start of
one. A start that is valid YAML still lacks something: its last line end, a field of its last
entry, the outputs of its last stage, or stages.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser, Error
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.params.yaml_text import parse_yaml
from pipeline.workspace.digest import list_of, md5_hex
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import DVC, DVC_LOCK

_SCHEMA = "2.0"
_MD5 = re.compile(r"[0-9a-f]{32}(\.dir)?")
_FOLDER = ".dir"


def lock_fault(content: bytes, outs: Mapping[str, Iterable[str]] | None = None) -> str | None:
    """Return what shows that content is no whole dvc.lock, None where it is one.

    outs has the paths that stages write, by stage: a recorded stage must have all of its own.
    """
    return next(_lock_faults(content, outs), None) if outs else _fault_of_form(content)


@lru_cache(maxsize=2)
def _fault_of_form(content: bytes) -> str | None:
    """Return what shows by itself that content is no whole dvc.lock; a run asks five times."""
    return next(_lock_faults(content, {}), None)


def stand_in_fault(content: bytes) -> str | None:
    """Return what shows that content is no whole file of `dvc add`, None where it is one."""
    value, fault = _parsed(content)
    if fault is not None:
        return fault
    listed = value.get("outs")
    if not isinstance(listed, list) or len(listed) != 1:
        return "it names no output"
    return _entry_fault(listed[0])


def read_lock(folder: Folder) -> dict[str, Json]:
    """Return the stages that dvc.lock of a workspace records, none where there is no dvc.lock.

    Raises UserError where it is cut or damaged.
    """
    path = Path(folder) / DVC_LOCK
    return recorded_stages(path.read_bytes(), DVC_LOCK.name) if path.is_file() else {}


def recorded_stages(content: bytes, name: str) -> dict[str, Json]:
    """Return the stages that a dvc.lock records; name is how sentences call it.

    Raises UserError where it is cut or damaged.
    """
    fault = lock_fault(content)
    if fault is not None:
        raise UserError(f"{name} is damaged: {fault}; `faucet repro` brings a whole one back")
    stages: dict[str, Json] = _parsed(content)[0].get("stages") or {}
    return stages


def recorded_files(folder: Folder, outs: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """Yield (path, md5) of every file of outputs.

    A folder's list is in DVC's cache, or is made of the folder where that is the one recorded; a
    folder with neither has none.
    """
    for out in outs:
        if not out["md5"].endswith(_FOLDER):
            yield out["path"], out["md5"]
            continue
        yield from files_in(out, folder_list(folder, out) or b"[]")


def files_in(out: Json, listed: bytes) -> Iterator[tuple[str, str]]:
    """Yield (path, md5) of every file that the list of an output's folder names."""
    for entry in json.loads(listed):
        yield f"{out['path']}/{entry['relpath']}", entry["md5"]


def is_as_recorded(folder: Folder, out: Json) -> bool:
    """Tell whether a file or folder lies there with the bytes that its entry records."""
    path, md5 = Path(str(out["path"])), str(out["md5"])
    if md5.endswith(_FOLDER):
        return f"{md5_hex(list_of(folder, path))}{_FOLDER}" == md5
    place = Path(folder) / path
    return place.is_file() and md5_hex(place.read_bytes()) == md5


def folder_list(folder: Folder, out: Json) -> bytes | None:
    """Return the list of a folder that is an output, as DVC keeps it; None where there is none."""
    held = cached(folder, out["md5"])
    if held.is_file() and listed_files(held):
        return held.read_bytes()
    made = list_of(folder, Path(out["path"]))
    return made if f"{md5_hex(made)}{_FOLDER}" == out["md5"] else None


def cached(folder: Folder, md5: str) -> Path:
    """Return where DVC's cache keeps what has this md5."""
    return cache_folder(folder) / "files" / "md5" / md5[:2] / md5[2:]


def cache_folder(folder: Folder) -> Path:
    """Return DVC's cache of a workspace: .dvc/cache, or what its configuration names."""
    home = Path(folder) / DVC
    for name in ("config.local", "config"):
        config = ConfigParser(interpolation=None, strict=False)
        try:
            config.read(home / name, encoding="utf-8")
        except (Error, UnicodeDecodeError):
            continue
        if config.has_option("cache", "dir"):
            return home / config.get("cache", "dir")
    return home / "cache"


def listed_files(path: Path) -> list[dict[str, str]]:
    """Return what a list of a folder in DVC's cache names; nothing where it is none."""
    try:
        entries: list[dict[str, str]] = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    is_list = isinstance(entries, list) and all(
        isinstance(one, dict) and {"md5", "relpath"} <= one.keys() for one in entries
    )
    return entries if is_list else []


def _lock_faults(content: bytes, outs: Mapping[str, Iterable[str]]) -> Iterator[str]:
    value, fault = _parsed(content)
    if fault is not None:
        yield fault
        return
    if value.get("schema") != _SCHEMA:
        yield f"its schema is {value.get('schema')!r}, must be {_SCHEMA!r}"
    stages = value.get("stages", {})
    if not isinstance(stages, dict):
        yield "its stages are no mapping"
        return
    for name, stage in stages.items():
        yield from _stage_faults(name, stage, outs.get(name, ()))


def _parsed(content: bytes) -> tuple[dict[str, Any], str | None]:
    """Return the mapping that content holds, or what is wrong with it."""
    if not content.strip():
        return {}, "it is empty"
    if not content.endswith(b"\n"):
        return {}, "its last line has no end"
    try:
        value = parse_yaml(content, "it")
    except (UserError, ValueError):
        return {}, "it is no YAML"
    return (value, None) if isinstance(value, dict) else ({}, "it is no mapping")


def _stage_faults(name: object, stage: object, outs: Iterable[str]) -> Iterator[str]:
    if not isinstance(stage, dict) or not isinstance(stage.get("cmd"), str | list):
        yield f"stage {name} has no command"
        return
    if not all(isinstance(stage.get(name) or [], list) for name in ("deps", "outs")):
        yield f"stage {name} lists no files"
        return
    entries = [*(stage.get("deps") or ()), *(stage.get("outs") or ())]
    yield from (f"stage {name}: {fault}" for one in entries if (fault := _entry_fault(one)))
    recorded = {one["path"] for one in stage.get("outs") or () if "path" in one}
    missing = sorted(set(outs) - recorded)
    if missing:
        yield f"stage {name} lacks its output {missing[0]}"


def _entry_fault(entry: object) -> str | None:
    """Return what an entry of a file or folder lacks, None where it is whole."""
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        return "an entry has no path"
    md5 = str(entry.get("md5"))
    if not _MD5.fullmatch(md5):
        return f"{entry['path']} has no md5"
    numbers = ("size", "nfiles") if md5.endswith(_FOLDER) else ("size",)
    lacking = [name for name in numbers if not isinstance(entry.get(name), int)]
    return f"{entry['path']} has no {lacking[0]}" if lacking else None
