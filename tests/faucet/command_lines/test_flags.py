"""The flags of presets that no model here can drive are those that their programs have."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PRESETS = yaml.safe_load((ROOT / "faucet.yaml").read_text(encoding="utf-8"))["presets"]
HELP = {
    "opencode": (["opencode", "run", "--help"], "npm install --global opencode-ai"),
    "llm": (["llm", "prompt", "--help"], "pipx install llm"),
    "aider": (["aider", "--help"], "pipx install aider-chat"),
}


@pytest.mark.parametrize("line", HELP)
def test_flags_are_those_of_the_program(tmp_path: Path, line: str) -> None:
    """Every flag and subcommand that a preset gives stands in the program's own help."""
    command, source = HELP[line]
    if shutil.which(line) is None:
        pytest.skip(f"{line} is not on the PATH; CI has it by `{source}` (job agents)")
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    known = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", done.stdout + done.stderr))
    given = {word for word in PRESETS[line]["command"] if word.startswith("--")}
    assert given - known == set()
    subcommands = [word for word in command[1:] if word != "--help"]
    assert PRESETS[line]["command"][1 : 1 + len(subcommands)] == subcommands


def test_no_message_stands_where_it_is_taken_for_a_file() -> None:
    """The flag --file of opencode takes all words after it: the brief alone follows it."""
    command = PRESETS["opencode"]["command"]
    assert command[command.index("--file") + 1 :] == ["{brief}"]
    assert command[command.index("--file") - 1] == "Do what the brief says."
