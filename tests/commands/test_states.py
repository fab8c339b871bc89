"""Every command, in every state that a workspace may be in, ends with an answer or one sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.workspace.git import git
from tests.commands.test_help import commands
from tests.faucet import made_up
from tests.thoroughness import LONG

MARKS = "<<<<<<< HEAD\nours: 1\n=======\ntheirs: 2\n>>>>>>> other\n"
FOREIGN = (
    "data/deliveries",
    "data/qa",
    "data/inbox",
    "data/task_queues",
    "metrics",
    "data/reviews",
)
KEPT = made_up.KEPT[:12]


def never_built(root: Path) -> None:
    for name in ("integrate", "qa", "embed", "dedup", "format", "split", "export", "visualize"):
        shutil.rmtree(root / "data" / name, ignore_errors=True)
    (root / "dvc.lock").unlink()
    shutil.rmtree(root / "metrics")


def half_built(root: Path) -> None:
    for name in ("data/qa", "data/dedup", "data/split"):
        shutil.rmtree(root / name)
    (root / "metrics/qa.json").unlink()


def conflicted(root: Path) -> None:
    for name in ("dvc.lock", "metrics/qa.json", "metrics/dedup.json"):
        (root / name).write_text(MARKS)


def params_conflicted(root: Path) -> None:
    (root / "params.yaml").write_text(MARKS + (root / "params.yaml").read_text())


def params_broken(root: Path) -> None:
    (root / "params.yaml").write_text("qa: [unclosed\n")


def params_empty(root: Path) -> None:
    (root / "params.yaml").write_text("")


def dag_broken(root: Path) -> None:
    (root / "dvc.yaml").write_text("stages: 3\n")


def outputs_deleted(root: Path) -> None:
    for name in ("integrate", "qa", "dedup", "split"):
        shutil.rmtree(root / "data" / name)


def foreign_files(root: Path) -> None:
    for name in FOREIGN:
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "notes \x1b[31m.txt").write_text("\x00 not ours")
        (root / name / "folder.json").mkdir()


def no_git(root: Path) -> None:
    shutil.rmtree(root / ".git")


def no_commit(root: Path) -> None:
    shutil.rmtree(root / ".git")
    git(root, "init", "-q")


def empty_corpus(root: Path) -> None:
    shutil.rmtree(root / "data/deliveries", ignore_errors=True)


def params_no_text(root: Path) -> None:
    (root / "params.yaml").write_bytes(b"qa: \xff\n")


def lock_broken(root: Path) -> None:
    (root / "dvc.lock").write_text("schema: '2.0'\nstages:\n  qa:\n    cmd: [")


def whole(root: Path) -> None:
    assert root.is_dir()


STATES: tuple[Callable[[Path], None], ...] = (
    whole,
    never_built,
    half_built,
    conflicted,
    params_conflicted,
    params_broken,
    params_empty,
    params_no_text,
    dag_broken,
    outputs_deleted,
    foreign_files,
    no_git,
    no_commit,
    empty_corpus,
    lock_broken,
)
COMMANDS = (
    "init kb --json",
    "upgrade --json",
    "run --until-idle",
    "land",
    "summary",
    "summary --json",
    "receipts --json",
    "check params.yaml --json",
    "remove --json",
    "remove 0123456789ab --reason why --json",
    "remove --undo 0123456789ab",
    "ask question",
    "topics --json",
    f"trace {KEPT}",
    f"trace {KEPT} --json",
    f"dup {KEPT}",
    "review --json",
    "review --agreement",
    "review --export open.csv --json",
    "review --export open.json --form argilla",
    "review --import dvc.yaml --json",
    f"review {KEPT} --json",
    f"review --withdraw {KEPT} --json",
    "review --bulk accept --only pairs flag=refusal",
    "queue init --json",
    "queue show --json",
    "queue graph",
    "queue refill --json",
    "queue judge --json",
    "queue add by_hand --agent zai --json",
    "queue pause by_hand --json",
    "queue resume by_hand --json",
    "queue retry by_hand --json",
    "queue claim --agent zai --json",
    "queue submit by_hand --json",
    "queue fail by_hand --reason why --json",
    "queue release by_hand --json",
    "work --agent zai --once --json",
    "monitor --once",
    "monitor --json",
    "log --json",
    "restore HEAD~7",
    "archive backup.tar",
    "publish folder:../published --json",
    "publish folder:../published --dry-run",
    "gc --json",
    "report HEAD~7",
    "report HEAD --json",
    "verify HEAD~7",
    "fsck --json",
    "fsck --repair",
    "exp --back",
    "agents check --json",
    "agents hook --agent zai",
    "agents install --json",
    "model plan --json",
    "model judge --json",
    "model repair --json",
    "model status --json",
    "model collect --json",
    "model retry --json",
    "model cancel JOB --json",
    "model agreement --json",
    "import-base nowhere.json --json",
    "embed plan --json",
    "embed submit --json",
    "embed status --json",
    "embed collect --json",
    "embed retry --json",
    "embed cancel JOB --json",
    "embed import dvc.yaml --json",
    "embed now --json",
    "completion bash",
    "fresh --json",
)
"""Those that run no stage; runs have tests of their own."""

RUNS = ("repro", "exp", "checkpoint")
ELSEWHERE = ("desk", "mcp", "embed distill")
"""One ends when it is told to (tests/desk), one takes minutes (tests/embedding)."""

RUNS_NOTHING = {params_conflicted, params_broken, params_no_text, dag_broken, no_git}
"""States in which a run is refused before anything runs."""


def is_list_of_damage(words: str, answer: str) -> bool:
    return words.startswith("fsck") and bool(answer.strip())


def check(words: str) -> None:
    """Call a command; it gives an answer, or one sentence that says what is wrong."""
    result = CliRunner().invoke(faucet, words.split())
    assert isinstance(result.exception, SystemExit | None), (words, result.exc_info)
    assert result.exit_code in (0, 1, 75), (words, result.output)
    assert "Traceback" not in result.output
    if result.exit_code == 1:
        answered = json.loads(result.stdout or "{}") if words.startswith("check ") else {}
        if (answered and not answered["is_clean"]) or is_list_of_damage(words, result.stdout):
            return
        last = result.stderr.strip().splitlines()[-1]
        assert last.startswith("Error: ") or "left: " in result.stderr, (words, result.output)
        assert len(last) > 20, (words, last)


def test_every_command_is_tried_in_every_state() -> None:
    """A new command stands in the list, each of a group's as well."""
    called = {tuple(words.split()) for words in (*COMMANDS, *RUNS, *ELSEWHERE)}
    missing = [
        words
        for words, command in commands(faucet)
        if not isinstance(command, click.Group)
        and not any(one[: len(words.split())] == tuple(words.split()) for one in called)
    ]
    assert missing == []


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_a_command_ends_with_an_answer_or_one_sentence(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: Callable[[Path], None]
) -> None:
    """No state of a workspace gives a traceback in any command, nor an empty failure.

    In the short form every command meets every fourth state, and every state a quarter of them.
    """
    root = tmp_path / "workspace"
    shutil.copytree(built, root)
    state(root)
    monkeypatch.chdir(root)
    faults = []
    called = (*COMMANDS, *(RUNS if state in RUNS_NOTHING else ()))
    for words in called if LONG else called[STATES.index(state) % 4 :: 4]:
        try:
            check(words)
        except AssertionError as fault:
            faults.append(str(fault).split("\nassert")[0])
    assert not faults, "\n".join(faults)


def test_a_fault_of_its_own_is_not_laid_on_the_state(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has no name in git reads that, though the repository has no commit yet either."""
    root = tmp_path / "workspace"
    shutil.copytree(built, root)
    no_commit(root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    result = CliRunner().invoke(faucet, ["review", "--withdraw", KEPT])
    assert result.stderr == "Error: who decides? give --who NAME, or set git's user.name\n"
