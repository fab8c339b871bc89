"""dvc.yaml, params.yaml, stages, schemas and the tree say the same; none can move alone."""

import ast
import importlib
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import daft
import grimp
import orjson
import pytest
from jsonschema import Draft202012Validator

from pipeline.core.schemas import TABLE_KEYWORDS
from pipeline.deliveries.reasons import REASONS
from pipeline.deliveries.records import Refusal
from pipeline.params.yaml_text import load_yaml
from pipeline.store.engine import MANIFEST, stale_files
from pipeline.store.engine_files import ENGINE
from pipeline.workspace.dag import Dag, StageWiring
from tests.contracts.parsed import nodes

ROOT = Path(__file__).parents[2]
DAG = Dag(ROOT)
WITHOUT_SCHEMA = {".html", ".md", ".png", ".svg"}


def stage_function(name: str) -> Any:
    return getattr(importlib.import_module(f"pipeline.stages.{name}"), name)


def result_fields(name: str) -> tuple[str, ...]:
    fields: tuple[str, ...] = get_type_hints(stage_function(name))["return"]._fields
    return fields


def read(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = orjson.loads((ROOT / path).read_bytes())
    return schema


def schemas() -> list[dict[str, Any]]:
    return [read(path) for path in sorted((ROOT / "schemas").glob("*.json"))]


def covered(schema: dict[str, Any]) -> list[str]:
    names: list[str] = schema.get("x-files", [schema["$id"]])
    return names


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("pipeline", exclude_type_checking_imports=True, cache_dir=None)


def module_path(module: str) -> Path:
    found: ModuleType = importlib.import_module(module)
    assert found.__file__
    return Path(found.__file__).relative_to(ROOT)


def is_covered(path: Path, deps: tuple[Path, ...]) -> bool:
    return any(path == dep or dep in path.parents for dep in deps)


@pytest.mark.parametrize("name", DAG.names)
def test_code_a_stage_imports_is_among_its_dependencies(
    name: str, imports: grimp.ImportGraph
) -> None:
    """A change of any line that a stage's result depends on makes DVC run the stage again."""
    stage = f"pipeline.stages.{name}"
    used = imports.find_upstream_modules(stage) | imports.find_upstream_modules(
        "pipeline.run.stage"
    )
    packages = {"pipeline", "pipeline.stages", "pipeline.deliveries"}  # their docstrings alone
    modules = sorted({stage, "pipeline.run.stage", *used} - packages)
    deps = DAG.stage(name).deps
    assert MANIFEST in deps
    deps += ENGINE  # the files that MANIFEST stands for
    missing = [module for module in modules if not is_covered(module_path(module), deps)]
    assert missing == []


def test_the_engine_is_what_stages_run_through_and_its_manifest_is_true(
    imports: grimp.ImportGraph,
) -> None:
    """The one dependency that stands for the engine changes with any line of it, and is no more."""
    used = {"pipeline.run.stage", *imports.find_upstream_modules("pipeline.run.stage")}
    run_through = {module_path(module) for module in used - {"pipeline", "pipeline.deliveries"}}
    assert [path for path in run_through if not is_covered(path, ENGINE)] == []
    idle = {path for path in ENGINE if not any(is_covered(one, (path,)) for one in run_through)}
    assert idle == {Path("requirements.lock")}
    assert stale_files(ROOT) == [], "`faucet repro` writes it anew"


@pytest.mark.parametrize("name", DAG.names)
def test_dependencies_exist_in_the_tree_or_are_outputs(name: str) -> None:
    """No stage waits for a file that nothing makes."""
    made = {out for stage in DAG.names for out in DAG.stage(stage).outs}
    stray = [dep for dep in DAG.stage(name).deps if dep not in made and not (ROOT / dep).exists()]
    assert stray == []


@pytest.mark.parametrize("name", DAG.names)
def test_arguments_are_dependencies_and_params(name: str) -> None:
    """A stage's tables are its data dependencies, its keyword arguments are its params section."""
    parameters = inspect.signature(stage_function(name)).parameters.values()
    tables = {p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}
    params = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY} - {"memo", "spool"}
    wiring = DAG.stage(name)
    data = {stem for stem, path in wiring.inputs.items() if path.parts[0] == "data"}
    assert data <= tables <= set(wiring.inputs)
    lent = {param.replace(".", "_") for param in wiring.params if not param.startswith("engine.")}
    assert params == set(DAG.params[name] or {}) | (lent - {name})
    assert all(p.default is p.empty for p in parameters)


@pytest.mark.parametrize("name", DAG.names)
def test_params_are_declared_for_their_stage(name: str) -> None:
    """A changed value in params.yaml runs the stage whose section it is in."""
    declared = load_yaml(ROOT / "dvc.yaml")["stages"][name]["params"]
    lent = {param for param in declared if "." in param}
    assert {"engine.shards", *({name} if DAG.params[name] else set())} == set(declared) - (
        lent - {"engine.shards"}
    )
    for section, param in (param.split(".") for param in lent):
        assert param in DAG.params[section]


@pytest.mark.parametrize("name", DAG.names)
def test_fields_of_a_result_are_outputs(name: str) -> None:
    """Every field of a result is written, and every output is a field."""
    fields = set(result_fields(name)) - {"metrics"}
    outs = DAG.stage(name).outs
    if Path("data", name) in outs:
        assert outs == (Path("data", name),)
        return
    assert {out.stem for out in outs} == fields
    assert all(out.parent.as_posix() == f"data/{name}" for out in outs)


@pytest.mark.parametrize("name", DAG.names)
def test_every_published_format_is_held_to_its_schema(name: str) -> None:
    """Nothing is published without a schema among the dependencies of the stage that makes it."""
    wiring = DAG.stage(name)
    arguments = set(inspect.signature(stage_function(name)).parameters)
    named = [path for stem, path in wiring.schemas.items() if stem not in arguments]
    assert {stem for path in named for stem in covered(read(path))} == published_formats(wiring)


def published_formats(wiring: StageWiring) -> set[str]:
    if Path("data", wiring.name) in wiring.outs:
        return set(result_fields(wiring.name)) - {"metrics"}
    return {out.stem for out in wiring.outs if out.suffix not in WITHOUT_SCHEMA}


@pytest.mark.parametrize("path", sorted((ROOT / "schemas").glob("*.json")), ids=lambda p: p.name)
def test_schemas_are_schemas(path: Path) -> None:
    """Every schema is valid JSON Schema 2020-12 and named after its file."""
    schema = orjson.loads(path.read_bytes())
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert path.name == f"{schema['$id']}.schema.json"


def table_names() -> list[str]:
    return sorted(
        field
        for name in DAG.names
        for field, kind in get_type_hints(get_type_hints(stage_function(name))["return"]).items()
        if kind is daft.DataFrame
    )


@pytest.mark.parametrize("table", table_names())
def test_table_schemas_use_checked_keywords_alone(table: str) -> None:
    """A rule in a table's schema is one that tables are really held to."""
    row = next(schema for schema in schemas() if table in covered(schema))
    used = {keyword for column in row["properties"].values() for keyword in keywords(column)}
    assert used <= TABLE_KEYWORDS


def keywords(column: dict[str, Any]) -> set[str]:
    inner = [column["items"]] if "items" in column else list(column.get("properties", {}).values())
    return set(column) | {keyword for below in inner for keyword in keywords(below)}


def test_reason_codes_in_use_are_the_table() -> None:
    """Every reason that code gives is explained, and no explained reason is unused."""
    files = [p for p in (ROOT / "pipeline/deliveries").rglob("*.py") if p.name != "reasons.py"]
    code = "".join(path.read_text() for path in files)
    assert {code_ for code_ in REASONS if f'"{code_}"' not in code} == set()
    with pytest.raises(AssertionError):
        Refusal("", "a_reason_that_no_table_explains", "")


def test_only_the_named_rooms_touch_the_disk() -> None:
    """Stages and domain code call neither open nor any Path method that reads or writes files."""
    allowed = ("pipeline/run/", "pipeline/cli.py", "pipeline/store/", "pipeline/faucet/")
    allowed += (
        "pipeline/workspace/",
        "pipeline/params/yaml_text.py",
        "pipeline/core/whole_file.py",
    )
    allowed += (
        "pipeline/api/",
        "pipeline/demo/",
        "pipeline/desk/",
        "pipeline/deliveries/landing.py",
        "pipeline/deliveries/beside.py",
        "pipeline/deliveries/copies.py",
        "pipeline/deliveries/stored.py",
        "pipeline/deliveries/writers.py",
        "pipeline/deliveries/content.py",
        "pipeline/generate/__main__.py",
    )
    touching = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir"}
    found = []
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        relative = path.relative_to(ROOT).as_posix()
        if relative.startswith(allowed):
            continue
        source = path.read_text(encoding="utf-8")
        own_files = (
            {"read_text", "read_bytes"} if "importlib" in source else set()
        )  # data of the package
        for node in ast.walk(ast.parse(source)):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "attr", getattr(called, "id", None))
            if name in touching - own_files:
                found.append(f"{relative}:{node.lineno} {name}")
    assert found == []


def test_every_test_states_its_law() -> None:
    """The first line of a test says what it proves."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []
