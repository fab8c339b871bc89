"""A desk from its start to Ctrl-C, as a person runs it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.workspace.workspace import Workspace
from tests.workspaces import ROOT

BLOCKED = "import sys; sys.modules['uvicorn'] = None; from pipeline.cli import faucet; faucet()"


@contextmanager
def started(root: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a desk of its own process, which does not outlive the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.cli", "desk", "--no-browser", *options],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_desk_opens_and_ends_by_ctrl_c(written: Workspace) -> None:
    """It prints its address, answers there and on no other interface, and ends without a fault."""
    with started(written.root, "--port", "0", "--who", "nora") as process:
        assert process.stdout is not None
        address = urlsplit(re.findall(r"http://\S+", process.stdout.readline())[0])
        assert address.hostname == "127.0.0.1"
        assert "signed nora" in process.stdout.readline()
        connection = http.client.HTTPConnection("127.0.0.1", address.port or 0)
        connection.request("GET", f"/pairs?{address.query}")
        answer = connection.getresponse()
        answer.read()
        cookie = str(answer.headers["set-cookie"]).partition(";")[0]
        connection.request("GET", "/pairs", headers={"cookie": cookie})
        page = connection.getresponse()
        assert b"What is slippage?" in page.read()
        assert "uvicorn" not in str(page.headers).lower()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        connection.close()
        assert process.returncode == 0
        assert "the desk is closed" in out
        assert "Traceback" not in err
        assert address.query.partition("=")[2] not in err


def test_a_taken_port_is_said(written: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that was asked for is that port, or one sentence; nothing is opened beside it."""
    monkeypatch.chdir(written.root)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(faucet, ["desk", "--no-browser", "--port", port])
    assert result.exit_code == 1
    assert f"port {port} is taken" in result.output


def test_without_the_extra_one_sentence_says_what_to_install(written: Workspace) -> None:
    """Who has the base alone is told the command that brings the desk."""
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, "desk"],
        cwd=written.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "`make extra NAME=desk`" in done.stderr
    assert "Traceback" not in done.stderr
