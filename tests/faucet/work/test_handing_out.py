"""What a task made stands in its agent's outbox under the task's name, as it was handed in."""

from dataclasses import replace
from pathlib import Path

from pipeline.faucet.gates.facts import digest_of
from pipeline.faucet.work import handing_out
from pipeline.faucet.work.handing_out import hand_out
from tests.faucet.team import task
from tests.workspaces import bare


def test_deliverables_are_kept_by_digest(tmp_path: Path) -> None:
    """Copies and links hold the handed-in bytes after a later run; changed files are left out."""
    root = bare(tmp_path)
    for name in ("data/split/a.json", "data/split/b.json", "data/outbox/zai/c.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    names = ("data/split/a.json", "data/split/b.json", "data/outbox/zai/c.md")
    outputs = [digest_of(root, name) for name in names]
    (root / "data/split/b.json").write_text("another run")
    one = replace(task("splits"), submission={"outputs": outputs, "result": None})
    handing_out._COPIED_BYTES, before = 1, handing_out._COPIED_BYTES
    try:
        assert hand_out(root, one) == [Path("data/outbox/zai/splits/a.json")]
    finally:
        handing_out._COPIED_BYTES = before
    new = root / "data/split/a.new"
    new.write_text("a later run")
    new.replace(root / "data/split/a.json")
    assert (root / "data/outbox/zai/splits/a.json").read_text() == "data/split/a.json"
