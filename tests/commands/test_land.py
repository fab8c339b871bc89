"""`faucet land` brings in all that it is given, or says why not."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import faucet
from tests.faucet import made_up

PAIR = {"question": "What is mulch?", "answer": "What covers the soil, to keep it moist."}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = made_up.workspace(tmp_path / "workspace")
    monkeypatch.chdir(root)
    return root


def land(*paths: Path) -> Result:
    return CliRunner().invoke(faucet, ["land", *map(str, paths), "--agent", "zai"])


def stored(root: Path) -> int:
    return len(list((root / "data/deliveries/zai").glob("*-new_*")))


def test_several_files_land_at_once(root: Path, tmp_path: Path) -> None:
    """Each file given is a delivery of its own; the counts are of all of them."""
    files = [tmp_path / f"new_{number}.json" for number in range(3)]
    for number, file in enumerate(files):
        file.write_text(json.dumps({**PAIR, "id": number}))
    result = land(*files)
    assert result.exit_code == 0, result.output
    assert "3 files landed" in result.stdout
    assert stored(root) == 3


def test_a_file_that_is_not_there_stops_before_anything_lands(root: Path, tmp_path: Path) -> None:
    """Half of a list never lands: the sentence names what is missing."""
    there = tmp_path / "new_0.json"
    there.write_text(json.dumps(PAIR))
    result = land(there, tmp_path / "gone.json")
    assert result.exit_code == 1
    assert "gone.json does not exist; nothing was brought in" in result.stderr
    assert stored(root) == 0
