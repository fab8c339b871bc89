"""On a real terminal only this project speaks: no line of Daft, DVC or Ray."""

import io
import json
import re
import shutil
from pathlib import Path

import pytest

from pipeline.faucet.runs.progress import ProgressLine, StageClock
from pipeline.workspace.git import git
from tests.faucet import made_up, tasks_only, toy_dag

pytest.importorskip("pty", reason="no pseudo-terminals here: CI has them")
from tests.terminal import screen, shown
from tests.thoroughness import LONG

pytestmark = pytest.mark.slow

DVC = re.compile(r"Running stage|Verifying|dvc push|git add|autostage|To track|Updating lock")
DELIVERED = {
    "question": "What does a candle of one hour show?",
    "answer": "A candle of one hour shows the first, the highest, the lowest and the last price.",
}
TASK = tasks_only.entry("by_hand", command=["true"])


@pytest.fixture(scope="module")
def workspace(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a built workspace in which all calls follow one another, as a person makes them."""
    root = tmp_path_factory.mktemp("terminal") / "here"
    shutil.copytree(built_once, root, symlinks=True)
    tasks_only.write_queues(root, tasks_only.queue("zai", TASK))
    (root / "faucet.local.yaml").write_text("rescan_s: 0.2\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "a queue")
    (root / "data/inbox/zai").mkdir(parents=True)
    (root / "new.json").write_text(json.dumps(DELIVERED))
    return root


CALLS = (
    ("repro", 0, "up to date: nothing had to run"),
    ("repro -f -s integrate", 0, "integrate: done in"),
    ("summary", 0, "pairs ="),
    ("ask funding --limit 1", 0, ""),
    ("check new.json --agent zai", None, "new.json"),
    ("fsck", 0, ""),
    ("exp -S format.lines_per_file=9000", 0, "format: done in"),
    ("exp -S format.lines_per_file=x", 1, "Error: params.yaml: format.lines_per_file is 'x'"),
    ("exp --back", 0, "params.yaml: as the last commit has it"),
    ("work --agent zai --once", 0, "by_hand"),
    ("work --agent zai --once", 75, "nothing to do for zai now"),
    ("run --until-idle", 0, "nobody can do anything more now"),
    ("checkpoint --tag quiet", 0, ""),
    ("log --limit 3", 0, ""),
    ("remove", 0, "no delivery is removed"),
    ("remove 000000", 1, "Error: "),
    ("land new.json --agent zai", 0, "1 file landed"),
    ("land nowhere.json", 1, "Error: nowhere.json"),
)
ON_TINY_STAGES = ("repro", "exp -S format.lines_per_file=9000", "exp --back")
"""What the short form calls in a workspace of tiny stages alone (the last but one test)."""
CALLED = [call for call in CALLS if LONG or call[0] not in ON_TINY_STAGES]


@pytest.mark.parametrize(("words", "code", "line"), CALLED, ids=[words for words, *_ in CALLED])
def test_every_command_shows_its_own_words_alone(
    workspace: Path, words: str, code: int | None, line: str
) -> None:
    """No library speaks, nothing of the progress line stays, the exit code says how it ended."""
    ended, left = shown(workspace, *words.split())
    assert ended == code or (code is None and ended in (0, 1)), left
    assert line in left
    assert not DVC.search(left)


def test_dvc_called_directly_shows_nothing_of_daft(workspace: Path) -> None:
    """Under `dvc repro` the stages are as quiet; what DVC itself says is DVC's."""
    code, left = shown(workspace, "repro", "-f", "-s", "integrate", module="dvc")
    assert code == 0, left
    assert "integrate: done in" in left


@pytest.mark.parametrize(
    "words", [["trace", made_up.KEPT], ["dup", made_up.KEPT], ["review", "--agreement"]]
)
def test_look_ups_show_their_answer_alone(finished: Path, words: list[str]) -> None:
    """Daft's query ids and progress bars stay out of what a person reads."""
    git(finished, "init", "-q")
    assert shown(finished, *words)[0] == 0


def test_runs_show_stages_and_how_they_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run, a second one, an experiment, a failure: one line each, no hint that does not apply."""
    root = toy_dag.workspace(tmp_path, monkeypatch)
    code, left = shown(root, "repro")
    assert code == 0, left
    assert "2 stages: 2 ran" in left
    assert not DVC.search(left)
    assert shown(root, "repro")[1].splitlines()[-1] == "up to date: nothing had to run"
    git(root, "add", "-A")
    git(root, "commit", "-qm", "ran")
    for words, told in zip(ON_TINY_STAGES[1:], ("up to date", "as the last commit"), strict=True):
        code, left = shown(root, *words.split())
        assert code == 0, left
        assert told in left
        assert not DVC.search(left)
    (root / "toy.py").write_text("import sys\nsys.exit('Error: integrate: no good')\n")
    code, left = shown(root, "repro")
    assert (code, left.splitlines()[-1]) == (1, "Error: integrate: no good")


class Screen(io.StringIO):
    """A terminal that keeps what it is sent."""

    def isatty(self) -> bool:
        return True


def test_what_is_over_at_once_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress waits for its moment; drawn, it is taken away and the lines above it stay."""
    monkeypatch.setenv("TERM", "xterm")
    quick, slow = Screen(), Screen()
    ProgressLine("land", StageClock({}), quick).close()
    assert quick.getvalue() == ""
    line = ProgressLine("land", StageClock({}), slow)
    line.print("left: a.json")
    line._show()
    assert "land" in slow.getvalue()
    line.close()
    assert screen(slow.getvalue()) == ["left: a.json"]


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    return made_up.workspace(tmp_path).root
