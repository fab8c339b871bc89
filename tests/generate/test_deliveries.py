import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.generate.__main__ import generate
from pipeline.generate.deliveries import Delivery, delivery
from pipeline.generate.examples import worked_examples
from pipeline.generate.starter import PLAN, starter

ROOT = Path(__file__).parents[2]


@cache
def made_once() -> list[Delivery]:
    """Return the starter's deliveries, in a small form."""
    return list(starter("droid", "claude_code", seed=4, pairs_per_indicator=3))


def pairs(made: Delivery) -> Iterator[dict[str, Any]]:
    """Yield the pairs of a delivery, whatever its shape."""
    if made.name.endswith(".jsonl"):
        yield from (json.loads(line) for line in made.text.splitlines())
        return
    document = json.loads(made.text)
    for session in document.get("sessions", [document]):
        yield from session["qa_pairs"]


@pytest.mark.parametrize("shape", ["indicator", "batch", "lines", "sessions"])
def test_every_shape_holds_every_pair(shape: str) -> None:
    """Questions and answers arrive verbatim and in order, and declared counts are true."""
    examples = worked_examples("Parabolic SAR", 3, 1) + worked_examples("Williams %R", 2, 1)
    made = delivery(examples, shape=shape, agent="droid", name="some", created="2025-10-01")
    found = list(pairs(made))
    assert [(pair["question"], pair["answer"]) for pair in found] == [
        (example.question, example.answer) for example in examples
    ]
    if made.name.endswith(".json"):
        document = json.loads(made.text)
        declared = document.get("qa_count", document.get("total_pairs", len(examples)))
        assert declared == len(examples)
    assert made.text.endswith("\n")
    assert "2025-10-01" in made.text


def test_an_unknown_shape_is_refused() -> None:
    """A shape that no agent uses raises and is not guessed."""
    with pytest.raises(KeyError, match="poem"):
        delivery([], shape="poem", agent="droid", name="some", created="2025-10-01")


def test_the_starter_is_distinct_and_dated() -> None:
    """No question or file name occurs twice, dates run from October 1 to November 10 of 2025."""
    questions = [pair["question"] for made in made_once() for pair in pairs(made)]
    assert len(questions) == len(set(questions)) == 3 * sum(len(plan.indicators) for plan in PLAN)
    assert len({made.name for made in made_once()}) == len(made_once())
    dates = [planned.created for planned in PLAN]
    assert dates == sorted(dates)
    assert dates[0] >= "2025-10-01"
    assert dates[-1] <= "2025-11-10"
    assert {made.agent for made in made_once()} == {"droid", "claude_code"}


def test_the_command_writes_what_the_starter_yields(tmp_path: Path) -> None:
    """One file per delivery under its agent's folder, the text byte for byte."""
    arguments = ["--out", str(tmp_path), "--seed", "4", "--per-indicator", "3"]
    result = CliRunner().invoke(generate, arguments)
    assert result.exit_code == 0, result.output
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json*")}
    assert written == {f"{made.agent}/{made.name}" for made in made_once()}
    for made in made_once():
        assert (tmp_path / made.agent / made.name).read_bytes() == made.text.encode()


def test_bytes_do_not_depend_on_the_process(tmp_path: Path) -> None:
    """Another process with another hash seed, time zone and locale writes the same bytes."""
    command = [sys.executable, "-m", "pipeline.generate", "--out", str(tmp_path)]
    command += ["--seed", "4", "--per-indicator", "3"]
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    for made in made_once():
        written = (tmp_path / made.agent / made.name).read_bytes()
        assert hashlib.sha256(written).digest() == hashlib.sha256(made.text.encode()).digest()


def test_another_seed_gives_other_pairs() -> None:
    """Two seeds share no pair."""
    other = starter("droid", "claude_code", seed=5, pairs_per_indicator=3)
    mine = {pair["question"] for made in made_once() for pair in pairs(made)}
    assert not mine & {pair["question"] for made in other for pair in pairs(made)}
