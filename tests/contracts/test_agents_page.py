"""AGENTS.md shows commands that exist, with options that they have."""

import re
import shlex
from pathlib import Path

import click

from pipeline.cli import faucet
from pipeline.faucet.sessions.install import install_for_all
from pipeline.workspace.workspace import Workspace

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "AGENTS.md").read_text(encoding="utf-8")
BLOCKS = "\n".join(re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL))
INLINE = "\n".join(re.findall(r"`(faucet [^`]+)`", PAGE))


def commands() -> list[list[str]]:
    told = f"{BLOCKS}\n{INLINE}".replace("...", "")
    lines = [part for line in told.splitlines() for part in line.split("&&")]
    words = [shlex.split(line, comments=True) for line in lines]
    return [line for line in words if line]


def check(command: click.Command, words: list[str]) -> None:
    """Fail where words are no way to call a command; a group alone is one."""
    if not isinstance(command, click.Group):
        command.make_context(command.name, words)
    elif words:
        assert words[0] in command.commands, words
        check(command.commands[words[0]], words[1:])


def test_commands_of_the_page_exist() -> None:
    """Every command on the page is one, and takes the options and words that are shown."""
    assert len(commands()) > 10
    for name, *words in commands():
        assert name == "faucet"
        check(faucet, words)


def test_links_of_the_page_exist() -> None:
    """Every link leads to a file."""
    linked = re.findall(r"\]\((?!http)([^)]+)\)", PAGE)
    assert [link for link in linked if not (ROOT / link).exists()] == []


def test_our_root_has_what_command_lines_read(tmp_path: Path) -> None:
    """`faucet agents install` would change nothing here, and no file names a place of a machine."""
    program = tmp_path / ".venv/bin/faucet"
    program.parent.mkdir(parents=True)
    program.touch()
    for name in ("faucet.yaml", "params.yaml", "schemas"):
        (tmp_path / name).symlink_to(ROOT / name)
    written = {one.path for one in install_for_all(Workspace(tmp_path))}
    assert {"AGENTS.md", "CLAUDE.md", ".mcp.json", ".gemini/settings.json"} < written
    for path in sorted(written):
        assert (ROOT / path).read_bytes() == (tmp_path / path).read_bytes(), path
        assert str(tmp_path) not in (tmp_path / path).read_text(encoding="utf-8")
