"""README's commands exist: a command that is shown is a command that works."""

import re
from pathlib import Path

import click
import orjson

from pipeline.cli import faucet
from pipeline.core.validation import Validator
from pipeline.params.yaml_text import load_yaml, parse_yaml
from pipeline.workspace.dag import Dag

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = "\n".join(re.findall(r"```bash\n(.*?)```", README, re.DOTALL))


def test_commands_of_faucet_in_readme_exist() -> None:
    """Every `faucet WORD` in README is a command, with the options that it has."""
    for line in BLOCKS.splitlines():
        for name, rest in re.findall(r"(?:^|: |, |-- |-factory )faucet (\w+)([^#,]*)", line):
            command = faucet.commands[name]
            if isinstance(command, click.Group):
                command = command.commands[rest.split()[0]]
            options = {opt for param in command.params for opt in param.opts}
            passes_on = command.context_settings.get("ignore_unknown_options", False)
            shown = set(re.findall(r"(--[a-z-]+)", rest))
            assert passes_on or shown <= options, line


def test_agents_of_readme_can_be_set() -> None:
    """The settings of agents that README shows fit the schema, and name presets that are there."""
    texts = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (shown,) = [parse_yaml(text.encode(), "README.md") for text in texts if "agents:" in text]
    known = load_yaml(ROOT / "faucet.yaml")
    schema = orjson.loads((ROOT / "schemas/faucet_settings.schema.json").read_bytes())
    assert Validator(schema).first_fault({**known, **shown}) is None
    named = {one["preset"] for one in shown["agents"].values() if "preset" in one}
    assert named <= known["presets"].keys()
    assert named


def test_targets_of_make_in_readme_exist() -> None:
    """Every `make WORD` in README is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", README)) <= targets


def test_stages_and_links_of_readme_exist() -> None:
    """The table of stages is dvc.yaml's list, and every link leads to a file."""
    section = README.split("## The stages")[1].split("## Where")[0]
    rows = re.findall(r"^\| (\w+) \|", section, re.MULTILINE)
    assert rows[1:] == Dag(ROOT).names
    linked = re.findall(r"\]\((?!http)([^)]+)\)", README)
    assert [link for link in linked if not (ROOT / link).exists()] == []
