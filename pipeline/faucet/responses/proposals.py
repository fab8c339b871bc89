"""What models propose about pairs: read from recorded answers, shown to who decides.

A judge is asked twice, the second time with everything in the other order. Where it says two
different things it is unsure. Nothing here changes a verdict, a score or a stage.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.core.text import excerpt
from pipeline.faucet.responses.book import Response, responses
from pipeline.faucet.responses.wanted import (
    ACCEPT,
    CHOICES,
    KEEP_APART,
    MERGE,
    REJECT,
    RUBRICS,
    UNSURE,
    fitting,
    repair_schema,
    verdict_schema,
)
from pipeline.faucet.terminal import one_line
from pipeline.quality.redaction import redacted
from pipeline.workspace.workspace import Workspace

ORDERS = (0, 1)
"""As it stands, and with order swapped."""

_CODES = {
    ACCEPT: "model_accepts",
    REJECT: "model_rejects",
    MERGE: "model_merges",
    KEEP_APART: "model_keeps_apart",
    UNSURE: "model_is_unsure",
}
REPAIRS = "model_repairs"
_REASON_CHARS = 160
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Proposal(NamedTuple):
    """What a model proposes about one pair or two.

    verdict is one of CHOICES, None for a repair, whose texts it then has; is_consistent is
    whether both orders gave the same.
    """

    subject: tuple[str, ...]
    model: str
    verdict: str | None
    reasons: tuple[str, ...]
    is_consistent: bool = True
    texts: tuple[str, str] | None = None

    def flag(self) -> Json:
        """Return it in the form of a rule's flag; what a model says is cut short and harmless."""
        code = REPAIRS if self.verdict is None else _CODES[self.verdict]
        words = "; ".join(self.reasons)
        evidence = excerpt(redacted(one_line(f"{self.model}: {words}")))
        return {"code": code, "severity": "warn" if code == "model_rejects" else "info"} | {
            "evidence": evidence
        }


def proposals(workspace: Workspace) -> dict[tuple[str, ...], list[Proposal]]:
    """Return what models propose, by the sorted ids of what it is about.

    Raises UserError where a recorded answer cannot be read whole.
    """
    found: dict[tuple[str, ...], list[Proposal]] = defaultdict(list)
    for one in (*judgements(responses(workspace, "judge")), *_repairs(workspace)):
        found[one.subject].append(one)
    return found


def judgements(answers: Iterable[Response]) -> list[Proposal]:
    """Return what judges say, by subject and model; those without both orders are left out."""
    by_order: dict[tuple[tuple[str, ...], str], dict[int, Json]] = defaultdict(dict)
    for one in sorted(answers, key=lambda answer: answer.sample):
        value = judged(one)
        if value is not None:
            by_order[tuple(sorted(one.about)), one.model].setdefault(one.order, value)
    return [
        _judgement(subject, model, values)
        for (subject, model), values in sorted(by_order.items())
        if set(values) == set(ORDERS)
    ]


def judged(answer: Response) -> Json | None:
    """Return a judge's answer, None where it is of no use."""
    if answer.outcome != "whole":
        return None
    size = len(answer.about)
    value = fitting(answer.content, verdict_schema(list(RUBRICS[size]), CHOICES[size]))
    if value is None or {one["point"] for one in value["points"]} != set(RUBRICS[size]):
        return None
    return value


def repaired(answer: Response) -> Json | None:
    """Return the texts of a repair, None where it is of no use."""
    value = fitting(answer.content, repair_schema()) if answer.outcome == "whole" else None
    return value if value and value["question"].strip() and value["answer"].strip() else None


def _judgement(subject: tuple[str, ...], model: str, values: dict[int, Json]) -> Proposal:
    first, second = (values[order] for order in ORDERS)
    is_consistent = first["verdict"] == second["verdict"]
    verdict = first["verdict"] if is_consistent else UNSURE
    missed = [one for one in first["points"] if not one["holds"]] or first["points"]
    reasons = [f"{one['point']}: {excerpt(one['why'], _REASON_CHARS)}" for one in missed]
    swapped = f"says {first['verdict']}, with order swapped {second['verdict']}"
    return Proposal(
        subject, model, verdict, tuple(reasons if is_consistent else (swapped,)), is_consistent
    )


def _repairs(workspace: Workspace) -> Iterable[Proposal]:
    """Yield the last repair of each pair by each model."""
    latest = {}
    for one in sorted(responses(workspace, "repair"), key=lambda answer: answer.when):
        value = repaired(one)
        if value is not None:
            latest[one.about, one.model] = {**value, "new_numbers": _new_numbers(one, value)}
    for (subject, model), value in sorted(latest.items()):
        texts = value["question"].strip(), value["answer"].strip()
        changes = [excerpt(one, _REASON_CHARS) for one in value["changes"]] or ["no reason given"]
        yield Proposal(subject, model, None, (*value["new_numbers"], *changes), texts=texts)


def _new_numbers(answer: Response, value: Json) -> list[str]:
    """Return a sentence on numbers that a repair states and its pair does not."""
    before, after = (
        set(_NUMBER.findall(text))
        for text in (str(answer.body["messages"]), f"{value['question']} {value['answer']}")
    )
    new = sorted(after - before)
    return [f"states numbers that the pair does not have: {', '.join(new)}"] if new else []
