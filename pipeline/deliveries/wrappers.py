"""What tools wrap around a record: LangSmith, Argilla, Label Studio, promptfoo and their like."""

from typing import Any

from pipeline.deliveries import keys, turns
from pipeline.deliveries.json_text import named_twice, value_in_text
from pipeline.deliveries.plain_pairs import Fields
from pipeline.deliveries.records import doubled

_ANSWERS = (
    "outputs",
    "output",
    "expected_output",
    "reference_outputs",
    "reference",
    "expected",
    "expectations",
    "ideal",
)
"""Keys under which evaluation tools wrap the answer of a record, in the order of their weight."""

_ASKING = (
    "question",
    "fields",
    "inputs",
    "input",
    "row",
    "data",
    "vars",
    "record",
    "sample",
    "example",
    "item",
    "node",
    "attributes",
    "payload",
    "kwargs",
    "properties",
)
_ANSWERING = (*_ANSWERS, "annotations", "assert", "response", "responses", "labels")


def unwrapped(fields: Fields) -> Fields | None:
    """Return an object with what its wrappers hold beside its own keys, None where it has none.

    Argilla keeps texts in `fields`, LangSmith in `inputs` and `outputs`, Label Studio in `data` and
    the results of `annotations`, promptfoo in `vars` and `assert`, the datasets server in `row`.
    It is marked where a text in it names a key twice.
    """
    spelled = {keys.canonical(key): key for key in fields}
    flat = dict(fields)
    lifted = False
    twice = None
    for name in (*_ASKING, *_ANSWERING):
        key = spelled.get(name)
        if key is None:
            continue
        value = _spelled_out(fields[key])
        inner = _wrapped(name, value)
        if inner:
            flat.pop(key, None)
            flat = {**inner, **flat} if name in _ASKING else {**flat, **inner}
            lifted = True
            twice = twice or named_twice(value)
    if twice is not None:
        flat = doubled(flat, twice)
    return flat if lifted else None


def _spelled_out(value: Any) -> Any:
    """Return the object that a text spells as JSON, any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            return value_in_text(value)
        except ValueError:
            pass
    return value


def _wrapped(name: str, value: Any) -> dict[str, Any]:
    """Return what a tool's wrapper holds as entries of the record that it stands in."""
    if name in _LISTS:
        return _LISTS[name](value)
    if not isinstance(value, dict) or not value:
        return {}
    if name in _ANSWERS or name == "response":
        return _answered(name, value)
    return value


def _answered(name: str, value: dict[str, Any]) -> dict[str, Any]:
    turn = turns.as_turn(value, "")
    if turn is not None and turn.text:
        return {name: turn.text}
    value = {key: _spoken(held) for key, held in value.items()}
    roles = keys.roles_of(value)
    if any(role in roles for role in ("answer", "reference")):
        return value
    texts = [text for text in value.values() if isinstance(text, str) and text.strip()]
    return {name: texts[0]} if len(texts) == 1 else {}


def _spoken(value: Any) -> Any:
    """Return the text of a message (LangChain's {type, data}), any other value as it is."""
    turn = turns.as_turn(value, "")
    return turn.text if turn is not None and turn.is_seen and turn.text else value


def _annotated(value: Any) -> dict[str, Any]:
    """Return the texts of Label Studio's results by the name of their field."""
    found: dict[str, Any] = {}
    for annotation in value if isinstance(value, list) else []:
        if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
            continue
        for result in annotation.get("result") or []:
            held = result.get("value") if isinstance(result, dict) else None
            text = held.get("text") if isinstance(held, dict) else None
            text = text[0] if isinstance(text, list) and text else text
            if isinstance(text, str) and isinstance(result.get("from_name"), str):
                found.setdefault(result["from_name"], text)
    return found


def _responded(value: Any) -> dict[str, Any]:
    """Return the texts that people gave in Argilla, by the name of their question.

    Records of version 1 list {status, values: {name: {value}}}, those of version 2 hold
    {name: [{value, status}]}; what was discarded, or is a draft, is nobody's answer.
    """
    found: dict[str, Any] = {}
    if isinstance(value, dict):
        each = [(k, one) for k, held in value.items() if isinstance(held, list) for one in held]
    else:
        each = [
            (k, {"status": item.get("status"), **held})
            for item in (value if isinstance(value, list) else [])
            if isinstance(item, dict) and isinstance(item.get("values"), dict)
            for k, held in item["values"].items()
            if isinstance(held, dict)
        ]
    for name, one in each:
        is_given = isinstance(one, dict) and one.get("status") in (None, "submitted")
        if is_given and isinstance(one.get("value"), str):
            found.setdefault(name, one["value"])
    return found


def _asserted(value: Any) -> dict[str, Any]:
    """Return what promptfoo expects word for word; a rubric or a program is no answer."""
    for check in value if isinstance(value, list) else []:
        is_exact = isinstance(check, dict) and check.get("type") in ("equals", "similar")
        if is_exact and isinstance(check.get("value"), str):
            return {"expected": check["value"]}
    return {}


_LISTS = {"annotations": _annotated, "assert": _asserted, "responses": _responded}
"""How what a tool lists beside a record is read, by its name."""
