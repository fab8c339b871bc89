"""JSON values held to a JSON Schema: decided fast, explained in one sentence."""

from functools import cached_property
from typing import Any

import jsonschema_rs

from pipeline.core.schemas import JsonSchema
from pipeline.core.text import excerpt


class Validator:
    """One schema, compiled twice: one validator decides, the other one explains.

    jsonschema-rs passes about forty times more values a second; jsonschema says in detail which
    rule broke. A test holds the two to the same verdicts.
    """

    def __init__(self, schema: JsonSchema) -> None:
        self._schema = schema
        self._decides = jsonschema_rs.validator_for(schema, validate_formats=True)

    @cached_property
    def _explains(self) -> Any:
        import jsonschema  # noqa: PLC0415 - a second to import, and most runs have no fault

        checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
        return jsonschema.Draft202012Validator(self._schema, format_checker=checker)

    def first_fault(self, value: Any) -> str | None:
        """Return the first broken rule as "field: rule", None where all hold.

        The value itself is left out: it may be three thousand characters long.
        """
        if self._decides.is_valid(value):
            return None
        fault = min(self._explains.iter_errors(value), key=lambda fault: fault.json_path)
        field = "/".join(str(step) for step in fault.absolute_path) or "the whole value"
        if fault.validator in ("required", "additionalProperties"):
            return excerpt(f"field {field}: {fault.message}")
        return excerpt(f"field {field}: breaks {fault.validator} {fault.validator_value!r}")
