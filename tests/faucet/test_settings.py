"""Settings of the team, overridden key by key by those of a machine, and no input of the DAG."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.settled import foreign_changes
from pipeline.faucet.settings import read_settings
from pipeline.params.yaml_text import load_yaml
from pipeline.workspace.dag import Dag
from pipeline.workspace.git import git
from pipeline.workspace.layout import LOCAL_SETTINGS as LOCAL
from pipeline.workspace.layout import SETTINGS as TEAM
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.faucet import tasks_only


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    agents = {"zai": {"command": ["a", "b"], "timeout_s": 5}, "droid": {"worked_examples": True}}
    return tasks_only.workspace(tmp_path / "here", agents=agents)


def write(path: Path, values: Any) -> None:
    path.write_text(yaml.safe_dump(values))


def test_the_team_s_settings_of_this_project_fit() -> None:
    """The committed file holds every key, and git ignores the one of a machine."""
    assert read_settings(Workspace(ROOT)).branch == "main"
    assert git(ROOT, "check-ignore", LOCAL.as_posix()).strip() == LOCAL.as_posix()


def test_a_machine_overrides_key_by_key(workspace: Workspace) -> None:
    """What a machine says of an agent leaves the rest of it; lists are replaced whole."""
    write(workspace / LOCAL, {"lease_s": 9, "agents": {"zai": {"command": ["c"]}, "new": {}}})
    settings = read_settings(workspace)
    assert (settings.lease_s, settings.branch) == (9, "main")
    assert settings.agents == {
        "zai": {"command": ["c"], "timeout_s": 5},
        "droid": {"worked_examples": True},
        "new": {},
    }


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_of_a_machine_changes_nothing(workspace: Workspace, text: str) -> None:
    """Comments alone override nothing."""
    before = read_settings(workspace)
    (workspace / LOCAL).write_text(text)
    assert read_settings(workspace) == before


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        (LOCAL, {"lease_s": "long"}, r"^faucet\.local\.yaml: field lease_s"),
        (LOCAL, {"leese_s": 1}, r"^faucet\.local\.yaml: .*leese_s"),
        (LOCAL, ["x"], r"^faucet\.local\.yaml: "),
        (TEAM, {"lease_s": 1}, r"^faucet\.yaml: .*required"),
    ],
)
def test_a_fault_names_the_file_that_has_it(
    workspace: Workspace, name: Path, values: Any, sentence: str
) -> None:
    """Who reads the sentence knows which of the two files to mend."""
    write(workspace / name, values)
    with pytest.raises(UserError, match=sentence):
        read_settings(workspace)


def test_a_missing_or_old_place_is_told(workspace: Workspace) -> None:
    """Without faucet.yaml nobody works; a section left in params.yaml says where it belongs."""
    (workspace / TEAM).rename(workspace / "elsewhere")
    with pytest.raises(UserError, match=r"faucet\.yaml is missing"):
        read_settings(workspace)
    (workspace / "params.yaml").write_text("faucet: {remote: null}\n")
    with pytest.raises(UserError, match=r"section faucet has moved.*faucet\.yaml"):
        read_settings(workspace)


def test_configuring_an_agent_stops_no_checkpoint(workspace: Workspace) -> None:
    """Neither file is an input of the DAG, so neither is a change that a commit must hold."""
    deps = {dep for name in Dag(ROOT).names for dep in Dag(ROOT).stage(name).deps}
    assert deps.isdisjoint({TEAM, LOCAL, Path("schemas/faucet_settings.schema.json")})
    assert "faucet" not in load_yaml(ROOT / "params.yaml")
    (workspace / "dvc.yaml").write_text((ROOT / "dvc.yaml").read_text())
    git(workspace, "add", "dvc.yaml")
    git(workspace, "-c", "user.name=t", "-c", "user.email=t@x.invalid", "commit", "-qm", "dag")
    write(workspace / LOCAL, {"agents": {"zai": {"command": ["c"]}}})
    (workspace / TEAM).write_text((workspace / TEAM).read_text() + "# tried\n")
    assert {"faucet.yaml", "faucet.local.yaml"}.isdisjoint(foreign_changes(workspace))
