"""A folder's list is the one of DVC: in order of paths as text, without ignored files."""

import hashlib
import json
from pathlib import Path

from pipeline.workspace.digest import dvc_digest, list_of
from pipeline.workspace.lock_file import folder_list, is_as_recorded


def test_a_list_is_in_order_of_paths_as_text(tmp_path: Path) -> None:
    """Agents a and a-b have a folder each: as parts of paths they would stand the other way."""
    names = ["a-b/one.json", "a/one.json"]
    for name in (*names, "a/skipped.pyc"):
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_bytes(b"[]")
    (tmp_path / ".dvcignore").write_text("*.pyc\n", encoding="utf-8")
    listed = list_of(tmp_path, Path("data"))
    assert [entry["relpath"] for entry in json.loads(listed)] == names
    md5 = f"{hashlib.md5(listed).hexdigest()}.dir"
    assert dvc_digest(tmp_path, Path("data")) == md5
    assert is_as_recorded(tmp_path, {"path": "data", "md5": md5})
    assert folder_list(tmp_path, {"path": "data", "md5": md5}) == listed
