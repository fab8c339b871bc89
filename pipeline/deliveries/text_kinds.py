"""Texts that their suffix or their beginning names: YAML, TOML, HTML, XML, programs, front matter.

And JSON as people write it, which is read where records stand in it.
"""

import re
from itertools import islice
from typing import Any

from pipeline.deliveries import (
    envelopes,
    keys,
    pages,
    program_literals,
    superset,
    xml_text,
    yaml_text,
)
from pipeline.deliveries.content import Content
from pipeline.deliveries.json_text import LONGEST_LINE_BYTES
from pipeline.deliveries.records import (
    Document,
    JsonDocument,
    Members,
    Record,
    Refusal,
    TextDocument,
    refused,
)

_RECORDS_LOOKED_AT = 10_000
_YAML_SUFFIXES = (".yaml", ".yml")
VALUE_SUFFIXES = (*_YAML_SUFFIXES, ".toml")
"""Formats that may begin as JSON does: what is wrong is said in their own words."""
TEXT_SUFFIXES = (
    *(".txt", ".text", ".md", ".markdown", ".mdx", ".rst", ".org", ".adoc", ".asciidoc", ".wiki"),
    *(".csv", ".tsv", ".srt", ".vtt", ".log"),
)
_YAML_STARTS = re.compile(
    r"\s*(?:\#[^\n]*\n\s*)*(?:---[ \t]*\n|-[ \t]+[\w\"' ]{1,40}:(?:[ \t]|\n)"
    r"|\w[\w -]{0,40}:[ \t]*(?:[|>][-+]?[ \t]*)?\n[ \t]*-?[ \t])"
)
_FRONT_MATTER = re.compile(
    r"\A\ufeff?(?P<rule>---|\+\+\+)[ \t]*\r?\n(?P<front>.{1,1000000}?)"
    r"\n(?P=rule)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL,
)
_MOST_YAML_LOOKED_CHARS = 5_000_000


def named(  # noqa: PLR0911 - one return for each thing that text may be
    text: str, suffix: str
) -> Document | Refusal | None:
    """Return a text that its suffix or its beginning names: YAML, TOML, HTML, XML; else None."""
    if suffix in _YAML_SUFFIXES:
        return _value_of(yaml_text.parse(text), "format <- YAML")
    if suffix in program_literals.SUFFIXES:
        return _of_program(text)
    if suffix in program_literals.OTHER_SUFFIXES:
        return refused("", "unknown_format", "the file is a program: deliver its data as JSON")
    if suffix in TEXT_SUFFIXES and (document := _front_matter(text, suffix)) is not None:
        return document
    if suffix == ".toml":
        return _value_of(yaml_text.parse_toml(text), "format <- TOML")
    if suffix in (".html", ".htm", ".xhtml") or (
        suffix not in (".md", ".csv", ".tsv") and pages.looks_like_html(text)
    ):
        return pages.parse(text)
    if suffix == ".xml" or text[:100].lstrip().startswith("<?xml"):
        return xml_text.parse(text)
    may_be_yaml = suffix not in (".csv", ".tsv") and len(text) < _MOST_YAML_LOOKED_CHARS
    if may_be_yaml and _YAML_STARTS.match(text[:10_000]):
        value = yaml_text.parse(text)
        if not isinstance(value, Refusal) and _has_whole_pair(value):
            return JsonDocument(value, ("format <- YAML",))
    return None


def _of_program(text: str) -> Document | Refusal:
    """Return the records of lists and objects that a program assigns; its code is no text."""
    found = {
        name: document
        for name, literal in program_literals.literals_in(text)
        if (document := nearly_json(literal.encode())) is not None
    }
    if not found:
        message = "the file is a program that assigns no list of pairs: deliver its data as JSON"
        return refused("", "unknown_format", message)
    if len(found) == 1:
        return next(iter(found.values()))
    return Members("program", lambda: iter(found.items()))


def _front_matter(text: str, suffix: str) -> Document | None:
    """Return the pairs that stand in a page's front matter, and the page below as one more text."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return None
    front = match["front"]
    value = yaml_text.parse(front) if match["rule"] == "---" else yaml_text.parse_toml(front)
    if isinstance(value, Refusal) or not _has_whole_pair(value):
        return None
    document = JsonDocument(value, ("format <- front matter",))
    below = text[match.end() :]
    if not below.strip():
        return document
    parts: dict[str, Document | Refusal] = {"front matter": document}
    parts["page"] = TextDocument(below, suffix)
    return Members("front_matter", lambda: iter(parts.items()))


def _has_whole_pair(value: Any) -> bool:
    """Return whether a record with an answer stands in a value: then it is no marked text."""
    for record in islice(envelopes.walk(value, "", {}), _RECORDS_LOOKED_AT):
        if isinstance(record, Record):
            roles = keys.roles_of(record.fields)
            if "question" in roles and ("answer" in roles or "reference" in roles):
                return True
    return False


def _value_of(value: Any, note: str) -> Document | Refusal:
    return value if isinstance(value, Refusal) else JsonDocument(value, (note,))


def nearly_json(content: Content, *, lines: bool = False) -> JsonDocument | None:
    """Return JSON as people write it, where records stand in it; None where none do.

    Large files are made by programs, which write JSON as it should be, and stay out of memory.
    """
    if len(content) > LONGEST_LINE_BYTES:
        return None
    found = superset.read(bytes(content).decode(), lines=lines)
    if found is None or not envelopes.holds_records(found.value):
        return None
    return JsonDocument(found.value, (found.note,), found.cut)
