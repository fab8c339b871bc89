"""JSON values held to a JSON Schema: decided and explained by one engine."""

from typing import Any

import jsonschema_rs

from pipeline.core.json_values import JsonSchema
from pipeline.core.text import excerpt

_UNREADABLE = (ValueError, TypeError, OverflowError)
"""What the engine raises for values that it cannot hold: half a surrogate pair, a key that is no
text. They are faults of the value like any other."""


class Validator:
    """One schema, compiled once.

    The engine that decides also explains. Two engines read one pattern in two dialects (what is
    white space, a digit, the end of a text differs between JavaScript, Rust and Python), so that
    one of them finds no fault where the other one does.
    """

    def __init__(self, schema: JsonSchema) -> None:
        self._schema = schema
        self._engine = jsonschema_rs.validator_for(schema, validate_formats=True)

    def first_fault(self, value: Any) -> str | None:
        """Return the first broken rule as "field: rule", None where all hold; raises nothing.

        The value itself is left out: it may be three thousand characters long.
        """
        try:
            if self._engine.is_valid(value):
                return None
            faults = sorted(self._engine.iter_errors(value), key=_place)
        except _UNREADABLE as fault:
            return excerpt(f"field the whole value: is no JSON: {type(fault).__name__}")
        return excerpt(self._sentence(faults[0]))

    def _sentence(self, fault: jsonschema_rs.ValidationError) -> str:
        field = "/".join(str(step) for step in fault.instance_path) or "the whole value"
        details = fault.kind.as_dict()
        if fault.kind.name == "required":
            return f"field {field}: {details['property']!r} is a required property"
        if fault.kind.name == "additionalProperties":
            names = ", ".join(map(repr, details["unexpected"]))
            return f"field {field}: has properties that are not known: {names}"
        return f"field {field}: breaks {fault.kind.name} {self._bound(fault)!r}"

    def _bound(self, fault: jsonschema_rs.ValidationError) -> Any:
        """Return what the broken rule asks for: its value in the schema."""
        rule: Any = self._schema
        for step in fault.schema_path:
            rule = rule[step]
        return rule


def _place(fault: jsonschema_rs.ValidationError) -> tuple[list[str], list[str]]:
    return [str(step) for step in fault.instance_path], [str(step) for step in fault.schema_path]
