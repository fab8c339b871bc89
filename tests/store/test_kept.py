"""Kept copies: what was written last is known again, and a damaged copy is none."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.store.kept import copies, forget, is_kept, keep, kept_paths, write_kept
from pipeline.workspace.layout import KEPT_COPIES

QUEUE = Path("data/task_queues/zai_queue.json")


def test_what_was_written_is_known(tmp_path: Path) -> None:
    """The file is one of its copies after every write, and the newest copy is what it holds."""
    for content in (b"one", b"", b"two\nlines\n"):
        write_kept(tmp_path, QUEUE, content)
        assert is_kept(tmp_path, QUEUE, (tmp_path / QUEUE).read_bytes())
        assert copies(tmp_path, QUEUE)[0] == content
    assert list(kept_paths(tmp_path)) == [QUEUE]
    forget(tmp_path, QUEUE)
    assert copies(tmp_path, QUEUE) == []


def test_killed_before_the_file_is_written_it_is_still_known(tmp_path: Path) -> None:
    """However many writers were killed after their copy, what the file holds is known."""
    write_kept(tmp_path, QUEUE, b"one")
    for content in (b"two", b"three", b"four"):
        keep(tmp_path, QUEUE, content)
        assert is_kept(tmp_path, QUEUE, b"one")


@given(st.data())
def test_a_damaged_copy_is_none(tmp_path: Path, data: st.DataObject) -> None:
    """One flipped bit anywhere in a copy takes it out."""
    write_kept(tmp_path, QUEUE, b'{"agent": "zai"}\n')
    place = tmp_path / KEPT_COPIES / QUEUE
    content = bytearray(place.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    place.write_bytes(content)
    assert copies(tmp_path, QUEUE) == []
