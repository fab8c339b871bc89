"""Commands that die between any two steps."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.faucet.jobs import ledger
from pipeline.faucet.jobs.job import Job
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.faucet.batches.asking import PROTOCOLS, account, asked, fetched, workspace
from tests.programs import loaded
from tests.providers.loopback import Fault, Loopback
from tests.thoroughness import LONG


class Killed(BaseException):
    """Stands for a kill: nothing catches it."""


def everything(root: Workspace) -> None:
    asked(root)
    fetched(root)


def steps(monkeypatch: pytest.MonkeyPatch, die_at: int) -> Callable[[], int]:
    """Let a process die at the n-th step: before or behind a request, or a line of the ledger."""
    done = [0]

    def step() -> None:
        done[0] += 1
        if done[0] == die_at:
            raise Killed

    import httpx2  # noqa: PLC0415 - an extra

    send, write = httpx2.Client.send, ledger._write

    def sent(self: httpx2.Client, *given: Any, **named: Any) -> object:
        step()
        answer = send(self, *given, **named)
        step()
        return answer

    def written(root: Workspace, job: Job) -> Job:
        step()
        made = write(root, job)
        step()
        return made

    monkeypatch.setattr(httpx2.Client, "send", sent)
    monkeypatch.setattr(ledger, "_write", written)
    return lambda: done[0]


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_killed_between_any_two_steps_it_goes_on(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch, protocol: str
) -> None:
    """Died at each step in turn and called again: each text is paid once and has its vector."""
    die_at = 0
    while True:
        die_at += 1 if LONG else 4
        loopback.files.clear()
        loopback.batches.clear()
        loopback.billed.clear()
        loopback.uploads.clear()
        root = workspace(tmp_path / str(die_at), loopback, protocol, PAIR)
        with monkeypatch.context() as patch:
            count = steps(patch, die_at)
            try:
                everything(root)
            except Killed:
                pass
            else:
                assert count() < die_at
                break
        everything(root)
        assert dict(loopback.billed) == dict.fromkeys(loopback.billed, 1), die_at
        assert len(loopback.batches) == 1, die_at
        assert account(root).collected == 2, die_at
    assert die_at > 25


PAIR = [("What is one?", "A number.")]


def faucet(root: Workspace, *words: str, path: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "embed", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path, "DAFT_PROGRESS_BAR": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


POINTS = [
    ("submit", "POST .*(asyncBatch|/v1/batches$)", True),
    ("submit", "POST .*(upload-to|/v1/files$)", True),
    ("submit", "POST .*(asyncBatch|/v1/batches$)", False),
    ("collect", "GET .*(:download|/content)", True),
]


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PROTOCOLS if LONG else ["gemini"])
@pytest.mark.parametrize("point", POINTS if LONG else POINTS[:1])
def test_a_killed_process_leaves_nothing_to_pay_twice(
    tmp_path: Path, loopback: Loopback, protocol: str, point: tuple[str, str, bool]
) -> None:
    """SIGKILL from the server's side, before or behind what it does; the same command goes on."""
    root = workspace(tmp_path, loopback, protocol, PAIR)
    word, pattern, is_done = point
    if word == "collect":
        asked(root)
    victim: list[subprocess.Popen[str]] = []

    def kill() -> None:
        victim[0].send_signal(signal.SIGKILL)
        victim[0].wait()

    fault = Fault(pattern, 1, drop=True)
    if is_done:
        fault.after = kill
    else:
        fault.before = kill
    if not is_done:
        fault.status = 500
    loopback.faults = [fault]
    victim.append(faucet(root, word, path=str(ROOT)))
    victim[0].communicate()
    assert victim[0].returncode == -signal.SIGKILL
    for words in ("submit", "collect"):
        again = faucet(root, words, path=loaded())
        _, told = again.communicate()
        assert again.returncode == 0, told
    assert account(root).collected == 2
    assert len(loopback.batches) == 1
    assert set(loopback.billed.values()) == {1}
