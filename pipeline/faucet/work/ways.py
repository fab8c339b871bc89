"""Which function does a task: a table from its kind, and who delivers what is no other kind."""

from collections.abc import Callable

from pipeline.faucet.abilities.ability import computable
from pipeline.faucet.work import droid
from pipeline.faucet.work.assignment import Assignment, Outcome
from pipeline.faucet.work.commands import call_agent, call_command
from pipeline.faucet.work.stages import make_checkpoint, run_stage
from pipeline.store.plan import read_plan

Way = Callable[[Assignment], Outcome]
"""Does a task and returns what came of it; raises FailedAttempt or InterruptedWork."""


def deliver(given: Assignment) -> Outcome:
    """Let worked examples be computed where the worker may and can, or ask its model or command."""
    if given.worker.worked_examples and computable(given.task, read_plan(given.workspace)):
        return droid.deliver(given)
    if given.worker.model is None or not given.task.rest.get("indicators"):
        return call_agent(given)
    from pipeline.faucet.work.generating import generate  # noqa: PLC0415 - few workers ask models

    return generate(given)


def judge(given: Assignment) -> Outcome:
    """Have the worker's model judge what waits for a reviewer."""
    from pipeline.faucet.work.model_rounds import judge_pairs  # noqa: PLC0415 - as above

    return judge_pairs(given)


def repair(given: Assignment) -> Outcome:
    """Have the worker's model write what can be repaired anew."""
    from pipeline.faucet.work.model_rounds import repair_pairs  # noqa: PLC0415 - as above

    return repair_pairs(given)


WAYS: dict[str, Way] = {
    "stage": run_stage,
    "command": call_command,
    "checkpoint": make_checkpoint,
    "deliver": deliver,
    "review": call_agent,
    "judge": judge,
    "repair": repair,
}


def do(given: Assignment) -> Outcome:
    """Return what came of a task, done in the way of its kind; a kind not known is delivered."""
    return WAYS.get(given.task.rest.get("kind", "deliver"), deliver)(given)
