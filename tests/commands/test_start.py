import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="no SIGINT for one child: CI has it"
)

SLOW = "import sys, time\nprint('loading', flush=True)\ntime.sleep(600)\n"
AS_IN_A_TERMINAL = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)  # shells ignore it in the background
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
FIRST_LOADED = "click"
"""A library that the commands load among the first; here it takes its time."""


def program() -> list[str]:
    """Return how the installed script calls what pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["scripts"]["faucet"].partition(":")
    return ["-c", f"from {module} import {function}; {function}()"]


@pytest.mark.parametrize("called", [["-m", "pipeline.cli"], program()], ids=["module", "script"])
def test_ctrl_c_while_it_loads_is_one_sentence(tmp_path: Path, called: list[str]) -> None:
    """A command that is stopped while its modules load ends like one that is stopped later."""
    (tmp_path / f"{FIRST_LOADED}.py").write_text(SLOW)
    with subprocess.Popen(
        [sys.executable, "-c", AS_IN_A_TERMINAL, *called, "summary"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "loading\n"
        started.send_signal(signal.SIGINT)
        said = started.communicate()
    assert (said, started.returncode) == (("", "\nfaucet: stopped by Ctrl-C\n"), 130)
