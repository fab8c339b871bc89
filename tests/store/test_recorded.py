from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import UserError
from pipeline.embedding.recorded import of_space, role_text, text_key, texts_by_key
from pipeline.store.recorded import read_recorded, recorded_keys, write_part
from tests.conftest import pairs_table

SPACE = "embed-small/2-0a1b2c3d"
ONE, OTHER = text_key("question", "one"), text_key("document", "other")
VECTORS = {OTHER: np.array([0, 1], np.float32), ONE: np.array([1, 0], np.float32)}
JOB = "faucet-0123456789abcdef"


def rows(root: Path, space: str) -> dict[str, list[float]]:
    found = of_space(read_recorded(root), space).to_pydict()
    return dict(zip(found["key"], found["vector"], strict=True))


@pytest.mark.bytes
def test_the_same_vectors_are_the_same_part(tmp_path: Path) -> None:
    """Order means nothing; the bytes are those of the golden digest, wherever they are written."""
    names = [
        write_part(tmp_path / "a", SPACE, JOB, VECTORS),
        write_part(tmp_path / "b", SPACE, JOB, dict(reversed(VECTORS.items()))),
    ]
    assert names[0] == names[1] == GOLDEN_PART


GOLDEN_PART = "177255d57191f087-faucet-0123456789abcdef.parquet"


def test_what_is_recorded_is_read_back_by_key(tmp_path: Path) -> None:
    """Keys and numbers come back; a workspace without any has none."""
    assert recorded_keys(tmp_path, SPACE) == set()
    assert read_recorded(tmp_path).count_rows() == 0
    write_part(tmp_path, SPACE, JOB, VECTORS)
    assert recorded_keys(tmp_path, SPACE) == {ONE, OTHER}
    assert rows(tmp_path, SPACE) == {ONE: [1, 0], OTHER: [0, 1]}
    assert rows(tmp_path, "") == rows(tmp_path, SPACE)


def test_spaces_are_never_mixed(tmp_path: Path) -> None:
    """Two spaces and no name: an error that names both; each has its own vectors by name."""
    other = "embed-large/3-0a1b2c3d"
    write_part(tmp_path, SPACE, JOB, VECTORS)
    write_part(tmp_path, other, JOB, {ONE: np.array([0, 0, 1], np.float32)})
    assert rows(tmp_path, other) == {ONE: [0, 0, 1]}
    with pytest.raises(UserError, match=f"{other}, {SPACE}"):
        of_space(read_recorded(tmp_path), "")
    with pytest.raises(UserError, match="'x/y' is not among"):
        of_space(read_recorded(tmp_path), "x/y")


def test_a_key_recorded_twice_has_one_vector(tmp_path: Path) -> None:
    """After a merge of two branches the part that sorts first counts, in any order of reading."""
    write_part(tmp_path, SPACE, "faucet-b", {ONE: np.array([0, 1], np.float32)})
    write_part(tmp_path, SPACE, "faucet-a", {ONE: np.array([1, 0], np.float32)})
    assert rows(tmp_path, SPACE) == {ONE: [1, 0]}


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    """A part whose bytes are not those of its name stops whoever reads it."""
    name = write_part(tmp_path, SPACE, JOB, VECTORS)
    path = tmp_path / "data/embeddings/recorded" / SPACE / name
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match=f"{name} is damaged"):
        read_recorded(tmp_path)


@pytest.mark.parametrize("role", ["question", "document"])
def test_keys_are_those_of_the_texts(role: str) -> None:
    """Tables and single texts give the same keys, in every role."""
    table = pairs_table([{"question": "q?", "answer": "ä \ud7ff"}, {"question": "", "answer": ""}])
    pairs = table.to_pydict()
    wanted = {
        pair: text_key(role, role_text(role, question, answer))
        for pair, question, answer in zip(
            pairs["pair_id"], pairs["question"], pairs["answer"], strict=True
        )
    }
    found = texts_by_key(table, role).to_pydict()
    assert dict(zip(found["pair_id"], found["key"], strict=True)) == wanted
