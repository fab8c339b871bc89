"""Values held to a schema of params, each fault in a sentence: key, value, what is allowed."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.core.json_values import JsonSchema
from pipeline.core.text import excerpt
from pipeline.core.validation import Validator

_LIKELY = 70  # similarity 0-100 from which a known key is offered for an unknown one
_SHOWN_CHARS = 60
_TYPES: dict[str, type | tuple[type, ...]] = {
    "integer": int,
    "number": (int, float),
    "string": str,
    "boolean": bool,
    "null": type(None),
    "array": list,
}
_NAMES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
}


def faults(values: Any, schema: JsonSchema) -> list[str]:
    """Return one sentence per value that breaks the schema, or a rule between values (x-rules).

    values is the content of params.yaml. A whole number is one that is written as one: 128.0 is
    refused where a count is wanted. Empty where everything holds; the rules between values are
    looked at once every value by itself is allowed.
    """
    found = list(_faults(values, schema, schema, ()))
    return found or list(between(values, schema.get("x-rules", ())))


def leaves(schema: JsonSchema, path: tuple[str, ...] = ()) -> Iterator[tuple[str, JsonSchema]]:
    """Yield the schema of every single value by its dotted key, also those that may be absent."""
    branch = _mapping(schema)
    if branch is None:
        yield ".".join(path), schema
        return
    for name, inner in branch["properties"].items():
        yield from leaves(inner, (*path, name))


def _faults(
    value: Any, schema: JsonSchema, whole: JsonSchema, path: tuple[str, ...]
) -> Iterator[str]:
    branch = _mapping(schema)
    if branch is None or not isinstance(value, Mapping):
        if not _fits(value, schema):
            yield f"{_key(path)} is {_shown(value)}, must be {allowed(schema)}"
        return
    known = branch["properties"]
    for name, inner in value.items():
        below = (*path, str(name))
        if name in known:
            yield from _faults(inner, known[name], whole, below)
        else:
            yield f"{_key(below)} is unknown{_nearest(below, whole)}"
    for name in branch["required"]:
        if name not in value:
            yield f"{_key((*path, name))} is missing, must be {allowed(known[name])}"


def _mapping(schema: JsonSchema) -> JsonSchema | None:
    """Return the part of a schema that describes a mapping, None where values are single."""
    branches = schema.get("anyOf", [schema])
    return next((branch for branch in branches if branch.get("type") == "object"), None)


def _fits(value: Any, schema: JsonSchema) -> bool:
    """Return whether a single value is allowed."""
    if "anyOf" in schema:
        return any(_fits(value, branch) for branch in schema["anyOf"])
    if "const" in schema:
        return value is schema["const"]
    kinds = schema.get("type")
    named = [kinds] if isinstance(kinds, str) else kinds or list(_TYPES)
    if not any(_is_of(value, kind) for kind in named):
        return False
    return Validator(schema).first_fault(value) is None


def _is_of(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _TYPES.get(kind, ()))


def allowed(schema: JsonSchema) -> str:
    """Return what a schema allows, in words for the end of a sentence."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(allowed(branch) for branch in schema["anyOf"]))
    if "const" in schema:
        return _shown(schema["const"])
    if "enum" in schema:
        return f"one of {', '.join(_plain(one) for one in schema['enum'])}"
    if _mapping(schema):
        return f"a mapping with {', '.join(schema['required'] or schema['properties'])}"
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    named = " or ".join(_NAMES.get(kind, {"string": "text"}.get(kind, kind)) for kind in kinds)
    return f"{named}{_range(schema)} ({schema['description']})"


def _range(schema: JsonSchema) -> str:
    if "pattern" in schema:
        return f" that fits {schema['pattern']}"
    if "exclusiveMinimum" in schema:
        return f" above {schema['exclusiveMinimum']:g} and up to {schema['maximum']:,}"
    if "minimum" in schema:
        return f" from {schema['minimum']:,} to {schema['maximum']:,}"
    return ""


def _nearest(path: Sequence[str], whole: JsonSchema) -> str:
    """Return the offer of the known key that an unknown one is most like, where one is."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - most files have no fault

    known = {key for leaf, _ in leaves(whole) for key in _beginnings(leaf)}
    asked = ".".join(path)
    best = process.extractOne(asked, sorted(known), scorer=fuzz.ratio, score_cutoff=_LIKELY)
    return f": did you mean {best[0]}?" if best else ": no stage takes it, remove it"


def _beginnings(leaf: str) -> Iterator[str]:
    steps = leaf.split(".")
    yield from (".".join(steps[:count]) for count in range(1, len(steps) + 1))


def between(values: Any, rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one sentence per rule between values that they break, as x-rules of a schema say it.

    A rule of which some value is not there, since what it belongs to is switched off, holds.
    """
    for rule in rules:
        held = [value_at(values, key) for key in rule["keys"]]
        if None not in held and not _HOLDS[rule["rule"]](held, rule.get("value")):
            shown = [f"{key} ({_shown(one)})" for key, one in zip(rule["keys"], held, strict=True)]
            yield _SENTENCES[rule["rule"]](shown, rule.get("value"))


def value_at(values: Any, key: str) -> Any:
    """Return the value at a dotted key; None where there is none, as under a rule that is off."""
    for step in key.split("."):
        if not isinstance(values, Mapping) or step not in values:
            return None
        values = values[step]
    return values


_HOLDS: dict[str, Callable[[list[Any], Any], bool]] = {
    "sums_to": lambda held, total: math.isclose(sum(held), total, abs_tol=1e-9),
    "multiple_of": lambda held, _: held[0] % held[1] == 0,
    "ascending": lambda held, _: held == sorted(held),
    "some_positive": lambda held, _: any(one > 0 for one in held),
    "same": lambda held, _: all(one == held[0] for one in held),
}
"""Rules between values by name: whether the values at the rule's keys keep it."""

_SENTENCES: dict[str, Callable[[list[str], Any], str]] = {
    "sums_to": lambda shown, total: f"{_and(shown)} must sum to {total:g}",
    "multiple_of": lambda shown, _: f"{shown[0]} must be a multiple of {shown[1]}",
    "ascending": lambda shown, _: f"{' must not be above '.join(shown)}",
    "some_positive": lambda shown, _: f"one of {_and(shown)} must be above 0",
    "same": lambda shown, _: f"{_and(shown)} must be the same",
}


def _and(shown: Sequence[str]) -> str:
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _key(path: Sequence[str]) -> str:
    return ".".join(path) or "the file"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"a mapping with {len(value)} keys" if value else "an empty mapping"
    return excerpt(repr(value) if isinstance(value, str) else _plain(value), _SHOWN_CHARS)


def _plain(value: Any) -> str:
    """Return a value as YAML writes it."""
    words = {"True": "true", "False": "false", "None": "null"}
    return words.get(str(value), str(value))
