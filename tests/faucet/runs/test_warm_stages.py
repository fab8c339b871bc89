"""A stage that forks from a process with everything loaded ends as one of its own would."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.faucet.runs.warm_stages import warm_stages
from pipeline.run.warm import PLACE, address, ended_elsewhere

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="CI has Linux, where stages fork")

SERVER = """
import os, signal, socket, sys, time
from pipeline.run.serving import serve
def command(arguments):
    print(arguments[0], os.getcwd(), flush=True)
    if arguments[0] == "abort":
        os.kill(os.getpid(), signal.SIGKILL)
    if arguments[0] == "sleep":
        time.sleep(60)
    if arguments[0] == "fail":
        raise ValueError("a fault of ours")
    sys.exit(3)
serve(socket.socket(fileno=int(sys.argv[1])), command)
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psutil.Process]:
    """Yield a process that forks for a command of the tests in place of a stage."""
    monkeypatch.chdir(tmp_path)
    name = f"tests-{os.getpid()}-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address(name))
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(listener.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
    monkeypatch.setenv(PLACE, name)
    with process:
        yield psutil.Process(process.pid)
        assert process.stdin
        process.stdin.close()
        assert process.wait(10) == 0


def ask(what: str) -> "subprocess.Popen[str]":
    """Run what dvc.yaml runs for a stage."""
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.run", what], stdout=subprocess.PIPE, text=True
    )


def ends(process: psutil.Process) -> bool:
    """Tell whether a process has no children within a few seconds."""
    deadline = time.monotonic() + 10
    while process.children() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not process.children()


@pytest.mark.usefixtures("server")
def test_exit_codes_signals_and_lines_are_those_of_the_stage(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Who asks sees the stage's exit code, the signal that ended it, its lines and tracebacks."""
    assert ended_elsewhere(["three"]) == 3
    assert ended_elsewhere(["fail"]) == 1
    said = capfd.readouterr()
    assert said.out == f"three {tmp_path}\nfail {tmp_path}\n"
    assert said.err.endswith("ValueError: a fault of ours\n")
    with ask("abort") as killed:
        assert killed.wait(10) == -signal.SIGKILL


def test_a_stage_ends_with_who_asked_for_it_and_with_the_server(server: psutil.Process) -> None:
    """No stage outlives the run that wanted it, whichever of the three processes ends first."""
    with ask("sleep") as asker:
        assert asker.stdout
        asker.stdout.readline()
        asker.kill()
    assert ends(server)


def test_another_folder_and_a_server_that_is_gone_are_declined(
    server: psutil.Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage of another workspace, or without the server, runs where it was asked for."""
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert ended_elsewhere(["three"]) is None
    monkeypatch.setenv(PLACE, f"{os.environ[PLACE]}-of-nobody")
    assert ended_elsewhere(["three"]) is None
    assert server.is_running()


def test_a_dag_of_others_and_a_run_without_stages_start_nothing(tmp_path: Path) -> None:
    """The process is there where a stage of ours runs, and gone with the run."""
    (tmp_path / "dvc.yaml").write_text("stages: {one: {cmd: touch one}}\n")
    us = psutil.Process()
    before = us.children()
    with warm_stages(tmp_path) as start:
        start()
        assert us.children() == before
    (tmp_path / "dvc.yaml").write_text("stages: {one: {cmd: python -m pipeline.run one}}\n")
    with warm_stages(tmp_path) as start:
        assert us.children() == before
        assert PLACE not in os.environ
    assert us.children() == before
