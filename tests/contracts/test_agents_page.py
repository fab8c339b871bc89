"""AGENTS.md shows commands that exist, with options that they have."""

import re
import shlex
from pathlib import Path

import click

from pipeline.cli import faucet

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
