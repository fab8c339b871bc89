"""What `faucet init` makes a workspace of is our own repository, file by file."""

import csv
from pathlib import Path

import pytest

from pipeline.faucet.scaffold.templates import (
    MERGED,
    ONCE,
    REPLACED,
    Template,
    examples,
    templates,
)
from pipeline.params.yaml_text import load_yaml
from pipeline.store.engine_files import ENGINE, MANIFEST, listing
from pipeline.store.installed import (
    COMMON,
    LIBRARIES,
    VERSION,
    installed_notes,
    stage_list,
    template_root,
    workspace_dag,
)
from pipeline.workspace.dag import Dag
from tests.workspaces import ROOT

DAG = Dag(ROOT)
KINDS = (MERGED, REPLACED, ONCE, "list", *examples())
ALL = [one for kind in KINDS for one in templates(kind)]


def test_every_row_of_the_list_finds_files() -> None:
    """A file that moves is missed here, not by whoever installs the wheel."""
    assert template_root() == ROOT
    with (ROOT / "template.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            assert row["kind"] in KINDS
            assert list((ROOT / row["folder"]).glob(row["pattern"])), row
    assert examples() == ["crypto", "empty", "garden"]


@pytest.mark.parametrize(
    "one",
    [one for one in ALL if one.kind != "garden" and (ROOT / one.path).is_file()],
    ids=lambda one: one.path.as_posix(),
)
def test_files_of_a_workspace_are_ours(one: Template) -> None:
    """A workspace gets what our own has; where ours names its manifest, the lists stand."""
    if one.path.as_posix() in ("dvc.yaml", "README.md", ".github/workflows/reproduce.yml"):
        return  # the DAG is compared stage by stage; the texts are a workspace's own
    ours = (ROOT / one.path).read_text(encoding="utf-8")
    assert one.content.decode() == ours.replace(MANIFEST.as_posix(), "engine/**")


def test_every_schema_and_every_table_that_people_set_comes_along() -> None:
    """Nothing that stages and commands read is left behind but what people write of a subject."""
    paths = {one.path for one in templates(MERGED, REPLACED, ONCE)}
    assert {path.relative_to(ROOT) for path in (ROOT / "schemas").glob("*.json")} <= paths
    tables = {path.name for path in ROOT.glob("[!.]*.yaml")}
    assert {name for name in tables if not name.endswith(".local.yaml")} <= {p.name for p in paths}
    domain = {path.relative_to(ROOT) for path in (ROOT / "data/domain").glob("*.*")}
    assert domain == {one.path for one in templates("crypto") if one.path.parent.name == "domain"}


@pytest.mark.parametrize("name", DAG.names)
def test_a_stage_is_ours_but_for_how_it_names_its_code(name: str, tmp_path: Path) -> None:
    """Data, params and outputs are the same; the lists hold the very files that we name."""
    text, code = workspace_dag((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
    (tmp_path / "dvc.yaml").write_text(text, encoding="utf-8")
    ours, theirs = load_yaml(ROOT / "dvc.yaml"), load_yaml(tmp_path / "dvc.yaml")
    mine, other = ours["stages"][name], theirs["stages"][name]
    named = [dep for dep in mine["deps"] if dep.startswith("pipeline/")]
    lists = [path.as_posix() for path in (LIBRARIES, COMMON, stage_list(name))]
    assert {**other, "deps": None} == {**mine, "deps": None}
    assert set(other["deps"]) == {*mine["deps"], *lists} - {*named}
    assert [path.as_posix() for path in code[name]] == [
        n for n in named if n != MANIFEST.as_posix()
    ]
    assert ours["plots"] == theirs["plots"]


def test_the_lists_hold_the_engine_file_by_file() -> None:
    """What all stages run through stands in one list, what one stage is made of in its own."""
    notes = installed_notes()
    shared = [path for path in ENGINE if path.suffix != ".lock"]
    assert notes[COMMON] == listing(ROOT, shared)
    for name in DAG.names:
        own = [path for path in DAG.stage(name).code if path != MANIFEST]
        assert notes[stage_list(name)] == listing(ROOT, own)
    assert set(notes) == {VERSION, LIBRARIES, COMMON, *map(stage_list, DAG.names)}
