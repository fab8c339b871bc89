"""What `faucet --help` shows: every command, whole sentences, an example that can be called."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import SECTIONS, faucet
from pipeline.commands.examples import EXAMPLES

NOT_FOR_PROGRAMS = {"completion", "queue", "agents", "agents hook", "mcp", "embed", "desk", "model"}


def commands(group: click.Group, words: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        path = f"{words} {name}".strip()
        yield path, command
        if isinstance(command, click.Group):
            yield from commands(command, path)


COMMANDS = dict(commands(faucet))


def shown(*words: str) -> str:
    result = CliRunner().invoke(faucet, [*words, "--help"], terminal_width=80)
    assert result.exit_code == 0
    return result.stdout


def test_every_command_stands_in_one_section() -> None:
    """The list in sections is the list of commands, none twice and none left out."""
    listed = [command.name for some in SECTIONS.values() for command in some]
    assert sorted(listed) == sorted(faucet.commands)
    page = shown()
    places = [page.index(f"{title}:") for title in SECTIONS]
    assert places == sorted(places)


@pytest.mark.parametrize("words", ["", *COMMANDS])
def test_help_is_whole_and_fits_80_columns(words: str) -> None:
    """No line is longer than the terminal and no sentence is cut off."""
    page = shown(*words.split())
    assert max(map(len, page.splitlines())) <= 80
    assert re.findall(r"\w\.\.\.$", page, re.MULTILINE) == []


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_examples_that_can_be_called(words: str) -> None:
    """An example takes options and words that its command has, and its help shows it."""
    page = shown(*words.split())
    for example in EXAMPLES[words]:
        assert f"  {example}" in page
        _, *called = shlex.split(example) if words != "completion" else ["", words, "bash"]
        path, command = words.split(), COMMANDS[words]
        assert called[: len(path)] == path
        if not isinstance(command, click.Group):
            command.make_context(path[-1], called[len(path) :])
    assert set(EXAMPLES) == set(COMMANDS)


def test_every_command_that_a_program_may_call_has_json() -> None:
    """`--json` is there wherever there is something to read."""
    without = {
        words
        for words, command in COMMANDS.items()
        if not any("--json" in param.opts for param in command.params)
    }
    assert without == NOT_FOR_PROGRAMS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_shells_own_script(shell: str) -> None:
    """The script calls faucet with the variable that click completes by."""
    result = CliRunner().invoke(faucet, ["completion", shell])
    assert result.exit_code == 0
    assert f"_FAUCET_COMPLETE={shell}_complete" in result.stdout
