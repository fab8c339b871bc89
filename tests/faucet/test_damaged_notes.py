"""What programs note for themselves may be damaged: it is told, or made anew; nothing breaks."""

from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.answers.outbox import is_current
from pipeline.faucet.batches.asking_now import _answered
from pipeline.faucet.clones.branch import _rows_of
from pipeline.faucet.clones.claims import _claim
from pipeline.faucet.queues.leases import _remembered
from pipeline.faucet.work.collecting import _noted
from pipeline.faucet.work.orphans import end_orphans
from pipeline.workspace.layout import CLAIMS_SEEN, WORK_RUNNING, WORK_TAKEN
from pipeline.workspace.lock_file import listed_files, lock_fault
from pipeline.workspace.workspace import Workspace
from tests.workspaces import bare

DAMAGED = (b"", b"{", b"\xff\xfe", b"[1, 2]", b'{"host": 1}', b"null", b"3", b"[" * 100_000)


@pytest.mark.parametrize("content", DAMAGED)
def test_a_note_that_is_none_is_no_traceback(tmp_path: Path, content: bytes) -> None:
    """Of claims seen, of what runs, of receipts: what cannot be read is not known."""
    root = bare(tmp_path)
    for path in (CLAIMS_SEEN, WORK_RUNNING / "a.json"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    assert _remembered(root) == {}
    assert end_orphans(root, "a") is False
    assert is_current(root) is True
    (tmp_path / "list.dir").write_bytes(content)
    assert listed_files(tmp_path / "list.dir") == []
    assert _rows_of(content) is None


@pytest.mark.parametrize("content", DAMAGED)
def test_what_would_be_lost_or_paid_again_is_told(tmp_path: Path, content: bytes) -> None:
    """Of deliveries that count for a task, of answers that are paid, of claims of others."""
    root: Workspace = bare(tmp_path)
    note = WORK_TAKEN / "a.json"
    (root / note).parent.mkdir(parents=True)
    (root / note).write_bytes(content)
    with pytest.raises(UserError, match=r"a\.json says no more what was taken over"):
        _noted(root, note)
    if content:
        (tmp_path / "journal").write_bytes(content + b"\n")
        with pytest.raises(UserError, match="is damaged: mend the line, or remove it"):
            _answered(tmp_path / "journal")
    if content[:6] != b'{"host':
        with pytest.raises(UserError, match="refs/faucet/a of the remote holds no claim"):
            _claim("refs/faucet/a", content)


@pytest.mark.parametrize("held", ["deps: 3", "outs: {a: b}", "outs: [1]", "deps: [a]"])
def test_a_lock_of_other_types_is_damaged(held: str) -> None:
    """What is no list of files is said to be none, whoever reads it."""
    content = f"schema: '2.0'\nstages:\n  qa:\n    cmd: a\n    {held}\n".encode()
    assert lock_fault(content, {"qa": ["a"]})
