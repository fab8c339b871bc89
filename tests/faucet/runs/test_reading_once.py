"""What DVC is given from memory is what it would have read."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.runs.reading_once import read_once
from tests.faucet.runs.test_lock_writing import VALUES, WORDS, serialize
from tests.lazy_modules import LazyModule

scmrepo = LazyModule("scmrepo.git")


@given(values=st.dictionaries(WORDS, VALUES, max_size=4), others=st.dictionaries(WORDS, VALUES))
def test_a_text_says_what_dvc_reads_in_it(
    values: dict[str, Any], others: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever its readers do to what they were given, and whatever the file held before."""
    path = tmp_path_factory.getbasetemp() / "some.yaml"
    with read_once():
        for held in (others, values, values):
            path.write_text(serialize.dumps_yaml(held), encoding="utf-8")
            found = serialize.load_yaml(str(path))
            found["mine"] = "a change"
        again = serialize.load_yaml(str(path))
    assert again == serialize.load_yaml(str(path))


def test_the_index_is_read_again_where_it_changed(tmp_path: Path) -> None:
    """Files, folders and what is not there are tracked as git says, before and after an add."""
    git = scmrepo.Git.init(str(tmp_path))
    names = ["one", "folder", "folder/two", "fold", "none"]

    def tracked() -> list[bool]:
        return [git.is_tracked(str(tmp_path / name)) for name in names]

    (tmp_path / "folder").mkdir()
    for name in ("one", "folder/two"):
        (tmp_path / name).write_text(name)
    with read_once():
        assert tracked() == [False] * 5
        git.add([str(tmp_path / "one")])
        assert tracked() == [True, False, False, False, False]
        git.add([str(tmp_path / "folder/two")])
        assert tracked() == [True, True, True, False, False]
    assert tracked() == [True, True, True, False, False]
    git.close()
