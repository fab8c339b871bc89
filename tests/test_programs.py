"""A program that is forked from a loaded process is what it is when it loads by itself."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loaded import server
from tests.programs import FORKS, ROOT, loaded

pytestmark = pytest.mark.skipif(not FORKS, reason="on Linux, in the short form alone: CI has both")


def called(path: str, folder: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [(("pipeline.cli", "nonsense"), 2), (("pipeline.cli", "summary"), 1), (("dvc", "root"), 253)],
)
def test_it_answers_alike(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    """Exit code, output and complaints are the same, and speak of the folder it was called in."""
    answers = [called(path, tmp_path, *words) for path in (loaded(), str(ROOT))]
    assert answers[0] == answers[1]
    assert answers[0][0] == code


@pytest.mark.parametrize(
    ("variable", "is_forked"),
    [
        ("RAY_CLIENT_MODE=0", True),
        ("RAY_CLIENT_MODE=1", False),
        ("TZ=Asia/Kathmandu", False),
        ("HOME=/nowhere", True),
    ],
)
def test_what_is_read_early_declines_a_fork_and_what_loading_leaves_does_not(
    variable: str, is_forked: bool
) -> None:
    """A process that has imported Ray, as those of tests do, has its programs forked all the same.

    Each of them would take a second otherwise, and no test would fail.
    """
    loaded_process = server._Loaded(server._code(ROOT), server._early({"LANG": "C"}), set())
    name, _, value = variable.partition("=")
    asked = {"prefix": sys.prefix, "variables": {"LANG": "C", name: value}, "folder": str(ROOT)}
    assert server._suits(asked, loaded_process) is is_forked


def started() -> tuple["subprocess.Popen[bytes]", socket.socket]:
    """Start what ends with its stdin, and return a connection that it holds an end of."""
    ours, its = socket.socketpair()
    with its:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.run.serving", str(its.fileno())],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": loaded()},
            stdin=subprocess.PIPE,
            pass_fds=[its.fileno()],
        )
    return process, ours


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_both(number: signal.Signals) -> None:
    """Who starts it sees the signal that ended it, and nothing of it is left."""
    process, held = started()
    with process, held:
        held.settimeout(0.2)
        with pytest.raises(TimeoutError):
            held.recv(1)
        process.send_signal(number)
        assert process.wait() == -number
        held.settimeout(60)
        assert held.recv(1) == b""
