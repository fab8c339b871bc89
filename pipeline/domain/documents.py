"""What a domain says in JSON or YAML, held to schemas/domain.schema.json."""

from pathlib import Path
from typing import Any

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json, JsonSchema
from pipeline.core.strict_json import BrokenJsonError, strict_json
from pipeline.core.validation import Validator
from pipeline.core.whole_text import MEND, whole_text
from pipeline.params.yaml_text import parse_yaml

NAMES: Json = {
    "title": "Questions and answers",
    "entry": "entry",
    "entries": "entries",
    "language": "en",
    "license": "unknown",
    "notice": "",
}
"""How a subject without words of its own is called."""


def document(content: bytes, path: Path, schema: JsonSchema) -> Json:
    """Return what a file of a domain says, {} for a file without a byte.

    schema describes every such file by its stem. Raises UserError with file, field and rule where
    the content is no JSON or YAML, or breaks the schema.
    """
    name = path.as_posix()
    value: Any = {}
    if content.strip():
        value = parse_yaml(content, name) if path.suffix == ".yaml" else _json(content, name)
    fault = Validator(schema).first_fault({path.stem: value})
    if fault:
        raise UserError(f"{name}: {fault.replace(f'field {path.stem}/', 'field ', 1)}: {MEND}")
    return dict(value)


def _json(content: bytes, name: str) -> Any:
    try:
        return strict_json(whole_text(content, name))
    except BrokenJsonError as broken:
        raise UserError(f"{name} line {broken.line}: {broken}: {MEND}") from None
