"""An upgrade brings newer templates, keeps what people changed, and loses nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.scaffold.starting import start_workspace
from pipeline.faucet.scaffold.templates import REPLACED_LIST, base_path
from pipeline.faucet.scaffold.upgrading import lines, refuse_older_templates, upgrade
from pipeline.workspace.workspace import Workspace
from tests.workspaces import ROOT

PARAMS = Path("params.yaml")
SCHEMA = Path("schemas/kept.schema.json")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    start_workspace(tmp_path / "kb", plan=None, example=None)
    found = Workspace(tmp_path / "kb")
    for name in ("user.name", "user.email"):
        found.git("config", name, "somebody@example.org")
    return found


def commit(workspace: Workspace) -> None:
    workspace.git("add", "--all")
    workspace.git("commit", "--quiet", "--message", "changed")


def edit(workspace: Workspace, path: Path, change: Callable[[str], str]) -> str:
    text = change((workspace / path).read_text(encoding="utf-8"))
    (workspace / path).write_text(text, encoding="utf-8")
    return text


def make_older(workspace: Workspace, change: Callable[[str], str]) -> None:
    """Let the workspace have begun with an older params.yaml than the engine's."""
    for path in (PARAMS, base_path(PARAMS)):
        edit(workspace, path, change)
    commit(workspace)


def without_shards(text: str) -> str:
    lines_kept = [line for line in text.split("\n") if not line.startswith("  shards:")]
    return "\n".join(lines_kept)


def test_the_same_engine_changes_nothing(workspace: Workspace) -> None:
    """A second upgrade is none, whatever people changed since."""
    edit(workspace, PARAMS, lambda text: text.replace("train_pct: 80", "train_pct: 70"))
    edit(workspace, SCHEMA, lambda text: text.replace("{", "{ ", 1))
    commit(workspace)
    assert upgrade(workspace).changes == ()
    assert workspace.git("status", "--porcelain") == ""
    refuse_older_templates(workspace)


def test_a_newer_template_replaces_what_nobody_changed(workspace: Workspace) -> None:
    """The file is the engine's, byte for byte, with the diff that says what came."""
    make_older(workspace, without_shards)
    with pytest.raises(UserError, match=r"params.yaml is that of another engine.*faucet upgrade"):
        refuse_older_templates(workspace)
    dry = upgrade(workspace, is_dry=True)
    assert workspace.git("status", "--porcelain") == ""
    upgraded = upgrade(workspace)
    assert upgraded == dry
    (change,) = upgraded.changes
    assert (change.path, change.action) == (PARAMS, "replaced")
    assert "\n+  shards: 1" in "\n".join(lines(upgraded))
    assert (workspace / PARAMS).read_bytes() == (ROOT / PARAMS).read_bytes()
    refuse_older_templates(workspace)


def test_changes_of_people_and_of_the_engine_are_both_kept(workspace: Workspace) -> None:
    """Lines that people changed stay, lines that the engine brings come."""
    make_older(workspace, without_shards)
    edit(workspace, PARAMS, lambda text: text.replace("train_pct: 80", "train_pct: 70"))
    commit(workspace)
    (change,) = upgrade(workspace).changes
    assert change.action == "merged"
    ours = (ROOT / PARAMS).read_text(encoding="utf-8")
    merged = (workspace / PARAMS).read_text(encoding="utf-8")
    assert merged == ours.replace("train_pct: 80", "train_pct: 70")


def test_a_conflict_is_laid_beside_and_asked_again_until_it_is_settled(
    workspace: Workspace,
) -> None:
    """The file of people stays as it is; once it has what the engine brings, nothing is left."""
    make_older(workspace, lambda text: text.replace("train_pct: 80", "train_pct: 60"))
    mine = edit(workspace, PARAMS, lambda text: text.replace("train_pct: 60", "train_pct: 70"))
    commit(workspace)
    for _ in range(2):
        assert upgrade(workspace).conflicts == ["params.yaml"]
        assert (workspace / PARAMS).read_text(encoding="utf-8") == mine
        assert "train_pct: 80" in (workspace / "params.yaml.new").read_text(encoding="utf-8")
    (workspace / PARAMS).write_bytes((ROOT / PARAMS).read_bytes())
    assert upgrade(workspace).conflicts == []
    assert not (workspace / "params.yaml.new").exists()
    refuse_older_templates(workspace)


def test_a_newer_schema_replaces_the_one_that_is_there(workspace: Workspace) -> None:
    """Schemas are the engine's: where it brings another one, that one stands."""
    edit(workspace, SCHEMA, lambda text: text.replace("{", "{ ", 1))
    edit(workspace, REPLACED_LIST, lambda text: text.replace("kept.schema", "older.schema"))
    commit(workspace)
    (change,) = upgrade(workspace).changes
    assert (change.path, change.action) == (SCHEMA, "replaced")
    assert (workspace / SCHEMA).read_bytes() == (ROOT / SCHEMA).read_bytes()


def test_a_new_input_comes_empty_and_in_a_form_that_git_holds(workspace: Workspace) -> None:
    """What a newer DAG reads is there after an upgrade, in every clone."""
    folder, file = Path("data/test_sets"), Path("data/domain/senses.json")
    shutil.rmtree(workspace / folder)
    (workspace / file).unlink()
    commit(workspace)
    assert upgrade(workspace).made == (file, folder)
    assert (workspace / file).read_bytes() == b""
    status = workspace.git("status", "--porcelain").splitlines()
    assert status == ["?? data/domain/senses.json", "?? data/test_sets/"]


def test_what_no_commit_holds_is_not_written_over(workspace: Workspace) -> None:
    """An upgrade that could lose a line stops before it changes any."""
    make_older(workspace, without_shards)
    mine = edit(workspace, PARAMS, lambda text: text + "# mine\n")
    with pytest.raises(UserError, match=r"params.yaml has changes that no commit holds"):
        upgrade(workspace)
    assert (workspace / PARAMS).read_text(encoding="utf-8") == mine


def test_our_own_repository_is_upgraded_by_git() -> None:
    """Where the source lies in the workspace there is no installed engine to follow."""
    with pytest.raises(UserError, match="holds the engine's source"):
        upgrade(Workspace(ROOT))
