"""The recipe of docs/domain.md: a domain that is emptied is one that says nothing."""

import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.faucet.runs.repro import fill_missing
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import DOMAIN, PLAN
from pipeline.workspace.workspace import Workspace
from tests.workspaces import ROOT, make_workspace

RECIPE = re.compile(r"## A subject of your own\n\n```bash\n(.*?)```", re.DOTALL)


def test_the_recipe_calls_what_there_is() -> None:
    """Its commands are of this program and its Makefile, and it empties all of the domain."""
    found = RECIPE.search((ROOT / "docs/domain.md").read_text(encoding="utf-8"))
    assert found
    commands = [line.partition("#")[0].split() for line in found[1].splitlines()]
    assert ["rm", "-r", f"{DOMAIN.as_posix()}/*"] in commands
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for program, name, *_ in commands:
        if program == "faucet":
            assert CliRunner().invoke(faucet, [name, "--help"]).exit_code == 0
        elif program == "make":
            assert f"\n{name}:" in makefile


def test_what_is_missing_of_a_domain_is_made_empty_for_a_run(tmp_path: Path) -> None:
    """Every file that a stage names is there and reads as nothing; what people wrote stays."""
    make_workspace(tmp_path, [])
    shutil.rmtree(tmp_path / DOMAIN)
    (tmp_path / DOMAIN).mkdir()
    (tmp_path / PLAN).write_text("name\nRose\n")
    workspace = Workspace(tmp_path)
    named = [path for path in workspace.inputs if DOMAIN in path.parents]
    sentences = fill_missing(workspace)
    assert len(sentences) == len(named) - 1
    assert all("is missing: an empty one is made" in one for one in sentences)
    assert list(read_input(workspace, PLAN)["name"]) == ["Rose"]
    assert [len(read_input(workspace, path)) for path in named if path != PLAN] == [0] * (
        len(named) - 1
    )
    assert fill_missing(workspace) == []
