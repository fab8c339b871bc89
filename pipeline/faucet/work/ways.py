"""Which function does a task: a table from its kind, and who delivers what is no other kind."""

from collections.abc import Callable

from pipeline.faucet.work import droid
from pipeline.faucet.work.ability import computable
from pipeline.faucet.work.assignment import Assignment, Outcome
from pipeline.faucet.work.commands import call_agent, call_command
from pipeline.faucet.work.generating import generate
from pipeline.faucet.work.model_rounds import judge_pairs, repair_pairs
from pipeline.faucet.work.stages import make_checkpoint, run_stage
from pipeline.store.plan import read_plan

Way = Callable[[Assignment], Outcome]
"""Does a task and returns what came of it; raises FailedAttempt or InterruptedWork."""


def deliver(given: Assignment) -> Outcome:
    """Let worked examples be computed where the worker may and can, or ask its model or command."""
    if given.worker.worked_examples and computable(given.task, read_plan(given.workspace)):
        return droid.deliver(given)
    is_asked = given.worker.model is not None and bool(given.task.rest.get("indicators"))
    return generate(given) if is_asked else call_agent(given)


WAYS: dict[str, Way] = {
    "stage": run_stage,
    "command": call_command,
    "checkpoint": make_checkpoint,
    "deliver": deliver,
    "review": call_agent,
    "judge": judge_pairs,
    "repair": repair_pairs,
}


def do(given: Assignment) -> Outcome:
    """Return what came of a task, done in the way of its kind; a kind not known is delivered."""
    return WAYS.get(given.task.rest.get("kind", "deliver"), deliver)(given)
