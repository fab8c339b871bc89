"""Quizzes of learning platforms as XML: IMS QTI 1.2, 2 and 3 (Canvas, Blackboard), Moodle.

An item's prompt is the question, the text of its right choice the answer, its choices the
context. What has no right response, such as an essay, is a record without an answer.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from pipeline.deliveries.html_blocks import plain_text

Fields = dict[str, Any]
_WHOLE = 100.0


def items_of(root: Element) -> list[Fields] | None:
    """Return one record per item of a quiz, None where a document is none."""
    name = _name(root)
    if name == "questestinterop":
        return [_item_1(item) for item in _below(root, "item")]
    if name in ("assessmentitem", "qti-assessment-item"):
        return [_item_2(root)]
    if name == "quiz" and root.find("question[@type]") is not None:
        return list(_moodle(root))
    return None


# --- QTI 1.2


def _item_1(item: Element) -> Fields:
    asked = next(_below(item, "presentation"), None)
    choices = {
        label.get("ident", ""): _text(label)
        for label in (_below(asked, "response_label") if asked is not None else ())
    }
    material = None if asked is None else _without(asked, ("render_choice", "render_fib"))
    right = [value for condition in _below(item, "respcondition") for value in _granted(condition)]
    return _record(_known(item, "ident"), material or "", choices, right)


def _granted(condition: Element) -> Iterator[str]:
    """Yield the responses that a condition gives points for."""
    points = [(one.get("action", "Set"), one.text or "") for one in _below(condition, "setvar")]
    if not any(action in ("Set", "Add") and _number(text) > 0 for action, text in points):
        return
    refused = {id(value) for wrong in _below(condition, "not") for value in wrong.iter()}
    for value in _below(condition, "varequal"):
        if id(value) not in refused:
            yield (value.text or "").strip()


# --- QTI 2 and 3


def _item_2(item: Element) -> Fields:
    body = next(_below(item, "itembody", "qti-item-body"), None)
    choices = {
        choice.get("identifier", ""): _text(choice)
        for choice in (
            _below(body, "simplechoice", "qti-simple-choice") if body is not None else ()
        )
    }
    asked = "" if body is None else _without(body, ("simplechoice", "qti-simple-choice"))
    right = [
        (value.text or "").strip()
        for correct in _below(item, "correctresponse", "qti-correct-response")
        for value in _below(correct, "value", "qti-value")
    ]
    if not right:
        mapped = _below(item, "mapentry", "qti-map-entry")
        points = [
            (_number(one.get("mappedValue", one.get("mapped-value", "0"))), one) for one in mapped
        ]
        best = max(points, key=lambda one: one[0], default=(0.0, None))
        right = [best[1].get("mapKey", best[1].get("map-key", ""))] if best[1] is not None else []
    return _record(_known(item, "identifier"), asked, choices, right)


# --- Moodle


def _moodle(root: Element) -> Iterator[Fields]:
    topic = ""
    for number, node in enumerate(root.findall("question")):
        kind = node.get("type", "")
        if kind == "category":
            topic = (node.findtext("category/text") or "").rpartition("/")[2].strip()
            continue
        known: Fields = {"id": node.get("id") or node.findtext("idnumber") or f"{number}"}
        known |= {"topic": topic} if topic else {}
        asked = plain_text(node.findtext("questiontext/text") or "").strip()
        pairs = node.findall("subquestion")
        if kind == "matching" or pairs:
            yield from _matched(known, asked, pairs)
            continue
        given = [
            (_number(one.get("fraction", "0")), _moodle_text(one)) for one in node.findall("answer")
        ]
        reason = plain_text(node.findtext("generalfeedback/text") or "").strip()
        known |= {"explanation": reason} if reason else {}
        if kind in ("multichoice", "truefalse"):
            choices = {str(n): text for n, (_, text) in enumerate(given)}
            right = [str(n) for n, (points, _) in enumerate(given) if points > 0]
            yield _record(known, asked, choices, right)
        elif kind in ("shortanswer", "numerical"):
            full = [text for points, text in given if points == _WHOLE]
            yield _record(known, asked, {}, full[:1])
        else:
            yield {**known, "question": asked}


def _matched(known: Fields, asked: str, pairs: list[Element]) -> Iterator[Fields]:
    for pair in pairs:
        question = plain_text(pair.findtext("text") or "").strip()
        answer = plain_text(pair.findtext("answer/text") or "").strip()
        if question:
            yield {**known, "question": question, "answer": answer, "context": asked}


def _moodle_text(answer: Element) -> str:
    return plain_text(answer.findtext("text") or "").strip()


# --- what they share


def _record(known: Fields, asked: str, choices: dict[str, str], right: list[str]) -> Fields:
    """Return the record of an item; of several right choices each is a line of the answer."""
    fields: Fields = {**known, "question": asked}
    texts = list(choices.values())
    chosen = [choices[one] for one in dict.fromkeys(right) if choices.get(one)]
    if len(chosen) == 1 and len(texts) > 1:
        return {**fields, "choices": texts, "answer": chosen[0]}
    if chosen:
        return {**fields, "context": "\n".join(texts), "answer": "\n".join(chosen)}
    if not texts and right and right[0]:
        return {**fields, "answer": right[0]}
    return {**fields, "context": "\n".join(texts)} if texts else fields


def _known(item: Element, name: str) -> Fields:
    held = {"id": item.get(name), "topic": item.get("title")}
    return {key: value for key, value in held.items() if value}


def _below(node: Element, *names: str) -> Iterator[Element]:
    return (one for one in node.iter() if _name(one) in names)


def _name(node: Element) -> str:
    return str(node.tag).rpartition("}")[2].lower()


def _text(node: Element) -> str:
    """Return all text of an element; QTI 1.2 writes HTML as text, later ones as elements."""
    text = "".join(node.itertext()).strip()
    return plain_text(text).strip() if "<" in text else " ".join(text.split())


def _without(node: Element, names: tuple[str, ...]) -> str:
    """Return the paragraphs of an element but for those of its choices."""
    return "\n\n".join(part for part in _parts(node, names) if part)


def _parts(node: Element, names: tuple[str, ...]) -> Iterator[str]:
    inner = [child for child in node if isinstance(child.tag, str)]
    if any(_name(one) in names for one in node.iter()):
        yield (node.text or "").strip()
        for child in inner:
            if _name(child) not in names:
                yield from _parts(child, names)
            yield (child.tail or "").strip()
    else:
        yield _text(node)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
