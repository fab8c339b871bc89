"""An open item as a record of Argilla, and what annotators answered there.

The form is that of `dataset.records.to_json`: fields, suggestions and responses by name.
"""

from collections.abc import Iterator

from pipeline.core.json_values import Json
from pipeline.faucet.review.items import Item
from pipeline.faucet.review.shown import SHOWN, shown, subject_id

VERDICT, NOTE = "verdict", "note"
_LEFT = frozenset(("draft", "discarded"))


def record(item: Item) -> Json:
    """Return an item as a record: what a reviewer reads, and what the rules would say."""
    texts = shown(item)
    suggested = texts["rules_say"]
    return {
        "id": subject_id(item),
        "fields": {name: texts[name] for name in SHOWN},
        "metadata": {
            "kind": item.kind,
            "pair_id": item.pair_id,
            "other_id": item.other_id,
            "score": item.score,
        },
        "suggestions": {VERDICT: {"value": suggested, "score": None, "agent": "rules"}}
        if suggested in texts["verdicts"]
        else {},
        "responses": {},
        "vectors": {},
        "status": "pending",
    }


def is_record(value: Json) -> bool:
    """Return whether a JSON object is a record of Argilla."""
    return isinstance(value.get("fields"), dict) and "responses" in value


def answers(value: Json) -> Iterator[Json]:
    """Yield a verdict's cells per annotator of a record: verdict, note, pair_id, other_id, who.

    Drafts and what an annotator discarded are none. Raises KeyError, TypeError or AttributeError
    where the record is of another form.
    """
    answered = value["responses"] or {}
    notes = {one["user_id"]: one["value"] for one in answered.get(NOTE, ())}
    given = {
        one["user_id"]: one for one in answered.get(VERDICT, ()) if one.get("status") not in _LEFT
    }
    about = {name: value["metadata"].get(name) or "" for name in ("pair_id", "other_id")}
    for user in dict.fromkeys((*given, *notes)):
        word = given[user]["value"] if user in given else ""
        yield {**about, "verdict": word, "note": notes.get(user) or "", "who": user or ""}
