"""A program under watch ends when it should, with all that it started, and is told why."""

import sys
from pathlib import Path

import psutil
import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.runs import supervise
from pipeline.faucet.runs.supervise import NOT_FOUND, Bounds, Ended, run

LONG = Bounds(60, 60)


def python(tmp: Path, code: str, bounds: Bounds = LONG, text: str = "", **more: object) -> Ended:
    command = [sys.executable, "-u", "-c", code]
    return run(command, tmp, bounds, tmp / "log", text=text, **more)  # type: ignore[arg-type] - only watch and variables come


def test_what_a_program_says_and_its_exit_code_are_returned(tmp_path: Path) -> None:
    """Both streams go to the log, the end of them and the exit code come back."""
    code = "import sys; print(sys.stdin.read()); print('no', file=sys.stderr); sys.exit(3)"
    ended = python(tmp_path, code, text="the brief")
    assert ended == Ended(3, None, "the brief\nno\n")
    assert (tmp_path / "log").read_text() == "the brief\nno\n"


def test_a_program_that_does_not_read_is_not_waited_for(tmp_path: Path) -> None:
    """A brief larger than a pipe holds does not hang on a program that ignores it."""
    assert python(tmp_path, "pass", text="x" * 1_000_000).exit_code == 0


def test_bounds_in_time_and_in_silence_end_it(tmp_path: Path) -> None:
    """Too long a run and too long a silence are two reasons; who talks on is not silent."""
    sleeping = "import time; time.sleep(60)"
    assert python(tmp_path, sleeping, Bounds(0.4, 60)).why == "it ran for more than 0.4 s"
    assert python(tmp_path, sleeping, Bounds(60, 0.4)).why == "it printed nothing for 0.4 s"
    talking = "import time\nfor n in range(8): print(n); time.sleep(0.1)"
    assert python(tmp_path, talking, Bounds(60, 0.7)).exit_code == 0


def test_what_the_watch_raises_ends_the_whole_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller gets it; children end with the program, also those that ignore a request."""
    monkeypatch.setattr(supervise, "_GRACE_S", 0.2)
    code = (
        "import subprocess, sys, time\n"
        "stay = 'import signal as s, time; s.signal(15, s.SIG_IGN); print(1); time.sleep(99)'\n"
        "child = subprocess.Popen([sys.executable, '-u', '-c', stay])\n"
        "print(child.pid)\n"
        "time.sleep(99)\n"
    )
    log = tmp_path / "log"

    def watch() -> None:
        if log.read_text().count("\n") == 2:
            raise UserError("lost")

    with pytest.raises(UserError, match="lost"):
        python(tmp_path, code, watch=watch)
    child = max(int(line) for line in log.read_text().split())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


def test_what_a_program_leaves_behind_ends_too(tmp_path: Path) -> None:
    """A program that ends by itself takes the children along that it forgot."""
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])\n"
        "print(child.pid)\n"
    )
    ended = python(tmp_path, code)
    assert ended.exit_code == 0
    child = int(ended.tail)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


@pytest.mark.parametrize("name", ["no-such-program", "/"])
def test_a_program_that_cannot_start_is_told_by_name(tmp_path: Path, name: str) -> None:
    """A wrong command is a fault of its task, not of the worker."""
    ended = run([name], tmp_path, LONG, tmp_path / "log")
    assert ended.exit_code == NOT_FOUND
    assert ended.tail.startswith(f"{name}: ")


def test_no_shell_reads_arguments(tmp_path: Path) -> None:
    """What stands in an argument stays one, whatever a shell would make of it."""
    argument = "$(touch made); `touch made` | touch made > made"
    program = "import sys; print(sys.argv[1])"
    ended = run([sys.executable, "-c", program, argument], tmp_path, LONG, tmp_path / "log")
    assert ended.tail.strip() == argument
    assert not (tmp_path / "made").exists()


def test_a_flood_is_cut_in_the_log_and_its_end_is_kept(tmp_path: Path) -> None:
    """The log is bounded, the last words are not lost."""
    code = "import sys\nfor n in range(12): sys.stdout.write('x' * 1_000_000)\nprint('the end')"
    ended = python(tmp_path, code)
    assert ended.tail.endswith("the end\n")
    assert (tmp_path / "log").stat().st_size == 10_000_000
