"""What a reviewer is shown of an item, wherever it is shown: texts by name, none of them null."""

from pipeline.core.json_values import Json
from pipeline.faucet.review.deciding import verdicts_on
from pipeline.faucet.review.items import Item
from pipeline.faucet.terminal import paragraphs

SHOWN = (
    *("question", "answer", "other_question", "other_answer"),
    *("rules_say", "flags", "evidence", "difference", "why", "indicator"),
)
"""Fields of a record, in order; all are texts without credentials and control characters."""


def shown(item: Item) -> Json:
    """Return the texts of SHOWN, and under verdicts what can be decided."""
    silent: Json = {"action": item.verdict, "guards": [], "difference": "", "why": ""}
    decision: Json = item.decision or silent
    grave = [flag for flag in item.flags if flag["severity"] != "info"]
    texts = {
        "question": item.question,
        "answer": item.answer,
        "other_question": item.other_question,
        "other_answer": item.other_answer,
        "rules_say": decision["action"],
        "flags": "|".join(flag["code"] for flag in grave),
        "evidence": grave[0]["evidence"] if grave else "",
        "guards": "|".join(decision["guards"]),
        "difference": decision["difference"],
        "why": decision["why"],
        "indicator": item.indicator or "",
    }
    plain = {name: paragraphs(text) for name, text in texts.items()}
    return {**plain, "verdicts": verdicts_on(item)}


def subject_id(item: Item) -> str:
    """Return the name of an item: the id of its pair, or of its two with a plus between."""
    return "+".join(item.subject)
