"""A dvc.lock that was cut is known as such, wherever the cut is."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.workspace.lock_file import (
    cache_folder,
    cached,
    lock_fault,
    read_lock,
    recorded_files,
    stand_in_fault,
)
from tests.conftest import ROOT
from tests.thoroughness import LONG

WHOLE_LOCK = (ROOT / "dvc.lock").read_bytes()
THIRD_STAGE = [found.start() for found in re.finditer(rb"^  \w+:$", WHOLE_LOCK, re.MULTILINE)][2]
LOCK = WHOLE_LOCK if LONG else WHOLE_LOCK[:THIRD_STAGE]
"""What is cut: in the short form the first stages, since every cut is read whole."""
OUTS = {
    name: [out["path"] for out in stage["outs"]]
    for name, stage in yaml.safe_load(LOCK)["stages"].items()
}
STAND_IN = b"outs:\n- md5: 0123456789abcdef0123456789abcdef.dir\n  size: 12\n  nfiles: 2\n"
STAND_IN += b"  hash: md5\n  path: deliveries\n"


def stages_of(content: bytes) -> list[str]:
    return list((yaml.safe_load(content) or {}).get("stages") or {})


def test_a_whole_lock_has_no_fault() -> None:
    """What DVC wrote to its end is believed, with and without the DAG."""
    assert lock_fault(WHOLE_LOCK) is None
    assert lock_fault(LOCK, OUTS) is None
    assert lock_fault(b"schema: '2.0'\n") is None


@given(st.integers(0, len(LOCK) - 1))
def test_any_cut_is_noticed(cut: int) -> None:
    """A start of dvc.lock has a fault, or is whole as far as it goes and lacks stages."""
    start = LOCK[:cut]
    assert lock_fault(start, OUTS) or len(stages_of(start)) < len(OUTS)


def test_cuts_at_line_ends_that_are_valid_yaml_are_noticed() -> None:
    """No cut inside of a stage is believed, though YAML would read it."""
    ends = [at + 1 for at, byte in enumerate(LOCK[:-1]) if byte == ord("\n")]
    believed = [end for end in ends if lock_fault(LOCK[:end], OUTS) is None]
    assert [len(stages_of(LOCK[:end])) for end in believed] == list(range(len(OUTS)))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (b"schema: '2.0'", "last line"),
        (b"a: [\n", "no YAML"),
        (b"\xff\n", "no YAML"),
        (b"3\n", "no mapping"),
        (b"schema: '3.0'\n", "schema is '3.0'"),
        (b"schema: '2.0'\nstages: 3\n", "stages are no mapping"),
        (b"schema: '2.0'\nstages: {a: 3}\n", "stage a has no command"),
        (b"schema: '2.0'\nstages: {a: {cmd: x, deps: [{path: b}]}}\n", "b has no md5"),
    ],
)
def test_another_form_is_told(tmp_path: Path, content: bytes, fault: str) -> None:
    """What is no dvc.lock is named in one sentence, and nobody reads on in it."""
    assert fault in (lock_fault(content) or "")
    (tmp_path / "dvc.lock").write_bytes(content)
    with pytest.raises(UserError, match=r"dvc\.lock is damaged"):
        read_lock(tmp_path)


def test_a_file_of_dvc_add_is_held_to_its_form() -> None:
    """Every start of a stand-in is noticed, and the whole one is believed."""
    assert stand_in_fault(STAND_IN) is None
    assert all(stand_in_fault(STAND_IN[:cut]) for cut in range(len(STAND_IN)))


def test_files_of_a_folder_come_from_the_list_in_the_cache(tmp_path: Path) -> None:
    """A recorded folder stands for its files, as the cache that is configured lists them."""
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").write_text(
        "['remote \"r\"']\n    url = x\n[cache]\n    dir = ../c\n"
    )
    assert cache_folder(tmp_path) == tmp_path / ".dvc/../c"
    folder = {"path": "data/format", "md5": "ab" * 16 + ".dir"}
    assert list(recorded_files(tmp_path, [folder])) == []
    place = cached(tmp_path, folder["md5"])
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps([{"md5": "cd" * 16, "relpath": "a/b.jsonl"}]))
    found = list(recorded_files(tmp_path, [folder, {"path": "x", "md5": "ef" * 16}]))
    assert found == [("data/format/a/b.jsonl", "cd" * 16), ("x", "ef" * 16)]
