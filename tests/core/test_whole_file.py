"""What is no file is neither read as an empty one nor passed over as missing."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.core.whole_file import whole_file

BOOK = Path("data/book.csv")
OTHER: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a link that leads nowhere": lambda place: place.symlink_to("nowhere"),
    "a link that leads in a circle": lambda place: place.symlink_to(place.name),
    "a pipe or a device": os.mkfifo,
}


@pytest.mark.parametrize("what", OTHER)
def test_something_else_in_its_place_is_told(tmp_path: Path, what: str) -> None:
    """One sentence says what stands there; nobody goes on without what people wrote."""
    (tmp_path / "data").mkdir()
    OTHER[what](tmp_path / BOOK)
    with pytest.raises(UserError, match=f"data/book.csv is {what}, no file"):
        whole_file(tmp_path, BOOK)


def test_a_file_is_read_and_a_missing_one_is_none(tmp_path: Path) -> None:
    """Also through a link, and where the folder is missing too; a file above it is told."""
    assert whole_file(tmp_path, BOOK) is None
    (tmp_path / "data").mkdir()
    assert whole_file(tmp_path, BOOK) is None
    (tmp_path / "there").write_bytes(b"a")
    (tmp_path / BOOK).symlink_to(tmp_path / "there")
    assert whole_file(tmp_path, BOOK) == b"a"
    with pytest.raises(UserError, match="below something that is no folder"):
        whole_file(tmp_path, Path("there/book.csv"))
