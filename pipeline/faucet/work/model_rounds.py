"""Tasks of kind judge and repair: a model looks at what waits for people, and proposes."""

from collections.abc import Callable

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.models.judging import Subject, judge, judge_questions, not_judged, waiting
from pipeline.faucet.models.questions import ModelAnswers, ModelAsker, ModelQuestion
from pipeline.faucet.models.repairing import not_repaired, repair, repair_questions, repairable
from pipeline.faucet.review.items import Item
from pipeline.faucet.work.asked import account_of, asker_of, ending_of
from pipeline.faucet.work.assignment import Assignment, Outcome, Watch
from pipeline.faucet.work.endings import InterruptedWork

_LIMIT = 25

Round = tuple[list[ModelQuestion], Callable[[], tuple[ModelAnswers, Json]]]
"""What would be asked, and what asks it: it returns the answers and what they propose."""


def judge_round(asker: ModelAsker, subjects: list[Subject], watch: Watch = lambda: None) -> Round:
    """Return a round of judging; its figures are subjects by what is proposed."""
    questions = judge_questions(asker.workspace, subjects)

    def run() -> tuple[ModelAnswers, Json]:
        done = judge(asker, subjects, watch, questions)
        figures = {
            "subjects": done.subjects,
            "proposed": dict(sorted(done.proposed.items())),
            "inconsistent": done.inconsistent,
            "to_the_judge": done.to_the_judge,
        }
        return done.asked, figures

    return questions, run


def repair_round(asker: ModelAsker, items: list[Item], watch: Watch = lambda: None) -> Round:
    """Return a round of repairs; its figures are pairs, and repairs that are proposed."""
    questions = repair_questions(asker.workspace, items)

    def run() -> tuple[ModelAnswers, Json]:
        done = repair(asker, items, watch, questions)
        return done.asked, {"pairs": done.pairs, "proposed": done.proposed}

    return questions, run


def judge_pairs(given: Assignment) -> Outcome:
    """Let a model judge what waits for people; what it says is recorded and shown to them."""

    def round_of(asker: ModelAsker, limit: int) -> Round:
        subjects = not_judged(asker, waiting(given.workspace))[:limit]
        return judge_round(asker, subjects, given.watch)

    return _done(given, round_of)


def repair_pairs(given: Assignment) -> Outcome:
    """Let a model mend flagged pairs; what it writes is recorded and shown to people."""

    def round_of(asker: ModelAsker, limit: int) -> Round:
        items = not_repaired(asker, repairable(given.workspace))[:limit]
        return repair_round(asker, items, given.watch)

    return _done(given, round_of)


def _done(given: Assignment, round_of: Callable[[ModelAsker, int], Round]) -> Outcome:
    """Return what came of a round; raises FailedAttempt where it was ended before its end."""
    worker, task = given.worker.model, given.task
    assert worker, "only a model is asked"
    try:
        asker = asker_of(given.workspace, worker, task.agent, task.task_id)
        questions, run = round_of(asker, int(task.rest.get("limit", _LIMIT)))
        estimate = asker.estimate(questions)
        asked, figures = run()
    except InterruptedWork:
        raise
    except UserError as fault:
        raise ending_of(fault) from fault
    if asked.fault is not None:
        raise ending_of(asked.fault)
    return Outcome(result={**figures, **account_of(asker, asked, estimate)})
