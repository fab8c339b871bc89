"""A model mends flagged pairs: a proposal of texts, from which a reviewer's edit can start."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.faucet.answers.mending import mend_flag
from pipeline.faucet.gates.delivered_pairs import DOUBTS
from pipeline.faucet.models.asking import ask
from pipeline.faucet.models.prompts import prompt
from pipeline.faucet.models.questions import ModelAnswers, ModelAsker, ModelQuestion
from pipeline.faucet.responses.book import responses
from pipeline.faucet.responses.proposals import repaired
from pipeline.faucet.responses.wanted import repair_schema
from pipeline.faucet.review.items import Item, open_items
from pipeline.workspace.workspace import Workspace


class RepairRound(NamedTuple):
    """What came of a round: pairs that were asked about, and repairs that are proposed."""

    pairs: int
    proposed: int
    asked: ModelAnswers


def repairable(workspace: Workspace) -> list[Item]:
    """Return the flagged pairs that wait for people, in the order of the review.

    Raises UserError where qa has not run.
    """
    return open_items(workspace, "pair")


def not_repaired(asker: ModelAsker, items: Sequence[Item]) -> list[Item]:
    """Return the items that a model has not mended yet, in their order."""
    known = {
        answer.about
        for answer in responses(asker.workspace, "repair")
        if answer.model == asker.model.model and repaired(answer) is not None
    }
    return [item for item in items if item.subject not in known]


def repair_questions(workspace: Workspace, items: Sequence[Item]) -> list[ModelQuestion]:
    """Return what is to be asked about flagged pairs; texts come without credentials."""
    return [_question(workspace, item) for item in items]


def repair(
    asker: ModelAsker,
    items: Sequence[Item],
    watch: Callable[[], None] = lambda: None,
    questions: Sequence[ModelQuestion] | None = None,
) -> RepairRound:
    """Ask a model to mend flagged pairs, and return what came of it; answers are recorded.

    questions are those that repair_questions makes of items, where they are made already. Raises
    UserError as ask does.
    """
    if questions is None:
        questions = repair_questions(asker.workspace, items)
    asked = ask(asker, questions, lambda _, answer: repaired(answer), watch)
    return RepairRound(len(items), len(asked.values), asked)


def _question(workspace: Workspace, item: Item) -> ModelQuestion:
    faults = [
        {"rule": flag["code"], "found": flag["evidence"], "mend": mend_flag(flag["code"])}
        for flag in item.flags
        if flag["severity"] in DOUBTS and not flag["code"].startswith("model_")
    ]
    data = {
        "faults": faults,
        "pair": {"question": item.question, "answer": item.answer},
        "subject": item.indicator,
    }
    messages = prompt(workspace, "repair", data)
    return ModelQuestion("repair", (item.pair_id,), 0, messages, "repair", repair_schema())
