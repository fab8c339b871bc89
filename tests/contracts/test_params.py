"""params.yaml, its schema and the stages' signatures say the same; none can move alone."""

import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

import orjson
import pytest

from pipeline.dedup.clusters.reruns import Reruns
from pipeline.embedding.encoders import ENCODERS
from pipeline.params.checking import between, faults, leaves, value_at
from pipeline.params.editing import with_value
from pipeline.params.yaml_text import load_yaml
from pipeline.quality.grading import PARTS
from pipeline.quality.repair import MODES
from pipeline.quality.rules import RULES
from pipeline.splits.aside import INCLUDED
from pipeline.splits.lots import GROUPS
from pipeline.stages.format import FORMS, OVER_LIMIT
from pipeline.stages.split import METHODS
from pipeline.workspace.dag import Dag

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = orjson.loads((ROOT / "schemas/params.schema.json").read_bytes())
PARAMS: dict[str, Any] = load_yaml(ROOT / "params.yaml")
LEAVES = dict(leaves(SCHEMA))
JSON_TYPES = {int: "integer", float: "number", str: "string", bool: "boolean"}


def flat(values: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return single values by their dotted keys."""
    if not isinstance(values, Mapping):
        return {".".join(path): values}
    found: dict[str, Any] = {}
    for name, inner in values.items():
        found |= flat(inner, (*path, name))
    return found


def test_params_fit_their_schema() -> None:
    """The values of this workspace are allowed, each by itself and all together."""
    assert faults(PARAMS, SCHEMA) == []


@pytest.mark.parametrize("key", LEAVES)
def test_every_value_has_type_unit_range_and_default(key: str) -> None:
    """Who looks a value up finds what it means, in which unit, between which bounds."""
    schema = LEAVES[key]
    assert schema["description"]
    assert schema["x-unit"]
    if "enum" not in schema and schema["type"] in ("integer", "number"):
        assert "maximum" in schema
        assert "minimum" in schema or "exclusiveMinimum" in schema
    assert faults(with_value(PARAMS, key, schema["default"]), SCHEMA) == []


def test_defaults_are_the_values_of_params() -> None:
    """The schema's defaults are what params.yaml of the starter says, key by key."""
    said = flat(PARAMS)
    assert {key: LEAVES[key]["default"] for key in said} == said
    silent = set(LEAVES) - set(said)
    assert silent == {f"qa.rules.{rule.code}" for rule in RULES} - {
        f"qa.rules.{code}" for code in PARAMS["qa"]["rules"]
    }


@pytest.mark.parametrize("name", Dag(ROOT).names)
def test_types_are_those_of_the_signature(name: str) -> None:
    """What a stage declares for an argument is the type that its value is held to."""
    stage = getattr(importlib.import_module(f"pipeline.stages.{name}"), name)
    hints = get_type_hints(stage)
    taken = [
        p.name for p in inspect.signature(stage).parameters.values() if p.kind is p.KEYWORD_ONLY
    ]
    section = SCHEMA["properties"][name]
    lent = {key.replace(".", "_") for key in Dag(ROOT).stage(name).params if "." in key}
    wanted = set(taken) - {"memo", "spool"} - lent
    assert set(section["properties"]) == set(section["required"]) == wanted
    for argument in wanted:
        schema = section["properties"][argument]
        if hints[argument] in JSON_TYPES:
            assert schema["type"] == JSON_TYPES[hints[argument]], argument


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("qa.weights", PARTS),
        ("qa.rules", [rule.code for rule in RULES]),
    ],
)
def test_names_in_the_schema_are_those_of_the_code(key: str, names: list[str]) -> None:
    """A rule or part that code gains is one that params may speak of, and no other."""
    below = SCHEMA
    for step in key.split("."):
        below = below["properties"][step]
    assert set(below["properties"]) == set(names)


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        ("split.method", METHODS),
        ("split.group_by", GROUPS),
        ("embed.encoder", tuple(ENCODERS)),
        ("export.include", INCLUDED),
        ("dedup.reruns", get_args(Reruns)),
        ("qa.repair", (*MODES, False)),
        ("format.form", FORMS),
        ("format.over_limit", OVER_LIMIT),
    ],
)
def test_choices_in_the_schema_are_those_of_the_code(key: str, choices: tuple[str, ...]) -> None:
    """What may be chosen is what a stage knows."""
    assert set(LEAVES[key]["enum"]) == set(choices)


@pytest.mark.parametrize("rule", SCHEMA["x-rules"], ids=lambda rule: " ".join(rule["keys"][:2]))
def test_rules_between_values_are_about_keys_and_can_be_broken(rule: dict[str, Any]) -> None:
    """A rule between values names values that there are, and some allowed values break it."""
    assert set(rule["keys"]) <= set(LEAVES)
    assert all(value_at(PARAMS, key) is not None for key in rule["keys"])
    values = PARAMS
    for key, value in zip(rule["keys"], BREAKING[rule["rule"]](len(rule["keys"])), strict=True):
        values = with_value(values, key, value)
    (sentence,) = between(values, [rule])
    assert all(key in sentence for key in rule["keys"])


BREAKING: dict[str, Callable[[int], Iterable[int]]] = {
    "sums_to": lambda count: [1] * count,
    "multiple_of": lambda _: [7, 3],
    "ascending": lambda count: range(count, 0, -1),
    "some_positive": lambda count: [0] * count,
    "same": range,
}
