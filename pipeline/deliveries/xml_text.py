"""XML as JSON values, Stack Exchange's dump and quizzes as their questions with their answers.

Read by defusedxml without DTD and entities: nothing expands, nothing is fetched.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from pipeline.core.text import excerpt
from pipeline.deliveries import html_blocks, quiz_xml
from pipeline.deliveries.json_text import object_of
from pipeline.deliveries.records import Duplicated, JsonDocument, Refusal, doubled, refused

_MOST_CHARS = 50_000_000
_MOST_DEPTH = 100
_QUESTION, _ANSWER = "1", "2"


class _TooDeepError(ValueError):
    """A document whose elements lie in each other more deeply than they are read."""


def parse(  # noqa: PLR0911 - one return for each thing that XML may be
    text: str,
) -> JsonDocument | Refusal:
    """Return the value of an XML text: elements as objects, repeated ones as lists."""
    if len(text) > _MOST_CHARS:
        return refused(
            "", "too_large", f"{len(text):,} characters of XML, read are {_MOST_CHARS:,}"
        )
    try:
        root = fromstring(text.encode(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as fault:  # of encodings
        return refused("", "bad_xml", f"no XML that is read: {excerpt(str(fault), 150)}")
    if any(row.get("PostTypeId") for row in root.iter("row")):
        return JsonDocument(list(_posts(root)), ("format <- Stack Exchange posts",))
    if _local(root.tag) == "aiml":
        return JsonDocument(list(_categories(root)), ("format <- AIML",))
    items = quiz_xml.items_of(root)
    if items is not None:
        return JsonDocument(items, ("format <- XML, a quiz",))
    try:
        return JsonDocument({_local(root.tag): _value(root, 0)}, ("format <- XML",))
    except _TooDeepError:
        return refused("", "too_deep", f"elements nested deeper than {_MOST_DEPTH} levels")


def _value(node: Element, depth: int) -> Any:
    """Return an element as a text where it holds nothing else, else as an object.

    An attribute by the name of an element within, or of another namespace's, is that key twice.
    """
    children = list(node)
    text = (node.text or "").strip()
    if not children and not node.attrib:
        return text
    found: list[tuple[str, Any]] = [(_local(key), value) for key, value in node.attrib.items()]
    if text and not children:
        return object_of([*found, ("text", text)])
    grouped: dict[str, list[Any]] = defaultdict(list)
    if depth >= _MOST_DEPTH and children:
        raise _TooDeepError  # what lies below would be lost
    for child in children:
        grouped[_local(child.tag)].append(_value(child, depth + 1))
    found += [(key, inner[0] if len(inner) == 1 else inner) for key, inner in grouped.items()]
    return object_of(found)


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _categories(root: Element) -> Iterator[dict[str, Any]]:
    """Yield what a bot of AIML says to a pattern: a text of its own, or nothing that can be read.

    A pattern with wildcards is no question, and a template with other elements is a program.
    """
    for node in (one for one in root.iter() if _local(one.tag) == "category"):
        parts = object_of([(_local(child.tag), child) for child in node])
        pattern, template = parts.get("pattern"), parts.get("template")
        asked = " ".join("".join(pattern.itertext()).split()) if pattern is not None else ""
        text = " ".join("".join(template.itertext()).split()) if template is not None else ""
        is_text = template is not None and not len(template)
        side = "pattern" if {"*", "_", "^", "#"} & set(asked.split()) else "question"
        fields = {side: asked, "answer" if is_text else "template": text}
        yield doubled(fields, parts.twice) if isinstance(parts, Duplicated) else fields


def _posts(root: Element) -> Iterator[dict[str, Any]]:
    """Yield one record per question: its accepted answer, else the one with most votes.

    An answer that was voted down is a record of its own, which says so.
    """
    answers: dict[str, list[Element]] = defaultdict(list)
    for row in root.iter("row"):
        if row.get("PostTypeId") == _ANSWER:
            answers[row.get("ParentId", "")].append(row)
    for row in root.iter("row"):
        if row.get("PostTypeId") != _QUESTION:
            continue
        given = answers.get(row.get("Id", ""), [])
        accepted = row.get("AcceptedAnswerId")
        ranked = sorted(given, key=lambda a: (a.get("Id") != accepted, -_score(a)))
        best = next((a for a in ranked if a.get("Id") == accepted or _score(a) >= 0), None)
        fields: dict[str, Any] = {"id": row.get("Id"), "question": row.get("Title")}
        body = _body(row)
        if not fields["question"]:
            fields["question"] = body
        elif body:
            fields["context"] = body
        if best is not None:
            fields["answer"] = _body(best)
        others = [a for a in ranked if a is not best]
        unwanted = [a for a in others if _score(a) < 0]
        fields["other_answers"] = [_body(a) for a in others if a not in unwanted]
        fields["tags"] = [
            t for t in (row.get("Tags") or "").replace("><", "|").strip("<>|").split("|") if t
        ]
        fields["created_at"] = row.get("CreationDate")
        yield {key: value for key, value in fields.items() if value}
        for one in unwanted:
            its_own = {"id": one.get("Id"), "answer": _body(one), "votes": _score(one)}
            yield {"question": fields["question"], **its_own}


def _body(post: Element) -> str:
    return html_blocks.plain_text(post.get("Body", "")).strip()


def _score(row: Element) -> int:
    digits = row.get("Score", "0")
    return int(digits) if digits.removeprefix("-").isdigit() else 0
