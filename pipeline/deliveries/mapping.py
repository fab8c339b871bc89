"""What people say about a delivery that it does not say itself: which key means what.

`{"question": "Frage", "answer": ["Antwort", "Kurzantwort"], "encoding": "cp1252"}`: roles of the
vocabulary, each with the keys or columns that play it in the delivery.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import yaml

from pipeline.core.errors import UserError
from pipeline.deliveries import keys, tables
from pipeline.deliveries.records import (
    BinaryDocument,
    CellTable,
    Document,
    Duplicated,
    JsonDocument,
    JsonLines,
    Members,
    Refusal,
    Tables,
    TextDocument,
    doubled,
)
from pipeline.deliveries.unpacking import ENCODINGS
from pipeline.params.yaml_text import parse_yaml

ROLES = ("question", "answer", "context", "choices", "system", *keys.COLUMNS)
"""What a key may be mapped to."""

_LARGEST_BYTES = 100_000
_MOST_DEPTH = 100


class KeyMapping(NamedTuple):
    """Canonical key -> role, and the encoding of the delivery's text."""

    roles: dict[str, str]
    encoding: str | None = None


NOTHING = KeyMapping({})


def mapping_of(entries: Mapping[str, Any], where: str) -> KeyMapping:
    """Return a mapping as people write it; raises UserError for a role or encoding unknown."""
    roles: dict[str, str] = {}
    encoding = None
    for role, value in entries.items():
        if role == "encoding":
            if value not in ENCODINGS:
                raise UserError(f"{where}: encoding {value!r} is none of {', '.join(ENCODINGS)}")
            encoding = str(value)
            continue
        if role not in ROLES:
            raise UserError(f"{where}: {role!r} is none of {', '.join(ROLES)}, encoding")
        for key in value if isinstance(value, list) else [value]:
            if not isinstance(key, str) or not key.strip():
                raise UserError(f"{where}: {role} must name a key or column, got {key!r}")
            if roles.setdefault(keys.canonical(key), role) != role:
                raise UserError(f"{where}: {key!r} is mapped to {role} and to something else")
    return KeyMapping(roles, encoding)


def from_yaml(content: bytes, where: str) -> KeyMapping:
    """Return the mapping that a mapping.yaml says; raises UserError where it is none."""
    if len(content) > _LARGEST_BYTES:
        raise UserError(
            f"{where}: {len(content):,} bytes, a mapping has {_LARGEST_BYTES:,} at most"
        )
    entries = parse_yaml(content, where)
    if not isinstance(entries, dict):
        raise UserError(f"{where}: a mapping is lines such as `question: Frage`")
    return mapping_of(entries, where)


def from_options(maps: Iterable[str], encoding: str | None) -> str:
    """Return `role=key` options and an encoding as the YAML in which a mapping is stored.

    "" where nothing is said. Raises UserError for an option that is no mapping.
    """
    entries: dict[str, Any] = {"encoding": encoding} if encoding else {}
    for option in maps:
        role, equals, key = option.partition("=")
        if not equals or not key.strip():
            raise UserError(f"--map {option!r}: write ROLE=KEY, as in --map question=Frage")
        entries.setdefault(role.strip(), []).append(key.strip())
    return as_text(mapping_of(entries, "--map")) if entries else ""


def as_text(mapping: KeyMapping) -> str:
    """Return a mapping as the YAML in which it is stored: the same bytes for the same mapping."""
    by_role: dict[str, Any] = {}
    for key, role in sorted(mapping.roles.items()):
        by_role.setdefault(role, []).append(key)
    if mapping.encoding:
        by_role["encoding"] = mapping.encoding
    return yaml.safe_dump(by_role, allow_unicode=True, sort_keys=True)


def applied(document: Document, mapping: KeyMapping) -> Document:
    """Return a document whose keys or columns go by the roles that they are given."""
    renames = mapping.roles
    if not renames:
        return document
    if isinstance(document, JsonDocument):
        return replace(document, value=_renamed(document.value, renames, 0))
    if isinstance(document, JsonLines):
        return JsonLines([(n, _renamed(value, renames, 0)) for n, value in document.lines])
    if isinstance(document, Tables):
        return replace(document, tables=tuple(_table(table, renames) for table in document.tables))
    if isinstance(document, (TextDocument, BinaryDocument)):
        return replace(document, renames=renames)
    return Members(document.kind, lambda: _members(document, mapping))


def _members(document: Members, mapping: KeyMapping) -> Iterator[tuple[str, Document | Refusal]]:
    for name, inner in document.each():
        yield name, inner if isinstance(inner, Refusal) else applied(inner, mapping)


def _table(table: CellTable, renames: Mapping[str, str]) -> CellTable:
    return replace(table, header=tables.renamed(table.header, renames))


def _renamed(value: Any, renames: Mapping[str, str], depth: int) -> Any:
    if depth > _MOST_DEPTH:
        return value
    if isinstance(value, list):
        return [_renamed(item, renames, depth + 1) for item in value]
    if isinstance(value, dict):
        names = tables.renamed(list(value), renames)
        inner = (_renamed(item, renames, depth + 1) for item in value.values())
        found = dict(zip(names, inner, strict=True))
        if isinstance(value, Duplicated):
            return doubled(found, value.twice)
        return found
    return value
