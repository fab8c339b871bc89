"""An open item as a task of Label Studio, and what annotators chose there.

The form is that of its JSON import and export: data, predictions and annotations whose results
name a control of docs/label_studio.xml.
"""

from collections.abc import Iterator

from pipeline.core.json_values import Json
from pipeline.faucet.review.items import Item
from pipeline.faucet.review.shown import SHOWN, shown, subject_id

_SHOWN_BY = "question"
_CHOICE, _NOTE = "verdict", "note"


def task(item: Item) -> Json:
    """Return an item as a task: what a reviewer reads, and what the rules would say."""
    texts = shown(item)
    about = {"item": subject_id(item), "pair_id": item.pair_id, "other_id": item.other_id}
    suggested = texts["rules_say"]
    return {
        "data": {**about, "kind": item.kind, **{name: texts[name] for name in SHOWN}},
        "predictions": [{"model_version": "rules", "result": [_chosen(suggested)]}]
        if suggested in texts["verdicts"]
        else [],
    }


def _chosen(word: str) -> Json:
    return {
        "from_name": _CHOICE,
        "to_name": _SHOWN_BY,
        "type": "choices",
        "value": {"choices": [word]},
    }


def is_task(value: Json) -> bool:
    """Return whether a JSON object is a task of Label Studio."""
    return isinstance(value.get("data"), dict)


def answers(value: Json) -> Iterator[Json]:
    """Yield a verdict's cells per annotation of a task: as argilla.answers, and when.

    A task that was skipped has none. Raises KeyError, TypeError or AttributeError where the task
    is of another form.
    """
    about = {name: value["data"].get(name) or "" for name in ("pair_id", "other_id")}
    for annotation in value.get("annotations") or ():
        if annotation.get("was_cancelled"):
            continue
        results = {one["from_name"]: one["value"] for one in annotation["result"]}
        words = results.get(_CHOICE, {}).get("choices") or [""]
        notes = results.get(_NOTE, {}).get("text") or [""]
        yield {
            **about,
            "verdict": "|".join(words),
            "note": " ".join([notes] if isinstance(notes, str) else notes),
            "who": _annotator(annotation.get("completed_by")),
            "when": annotation.get("updated_at") or annotation.get("created_at") or "",
        }


def _annotator(named: object) -> str:
    """Return how an annotator signs: the address, or the number that stands for it."""
    if isinstance(named, dict):
        return str(named.get("email") or f"annotator {named['id']}")
    return f"annotator {named}" if isinstance(named, int) else str(named or "")
