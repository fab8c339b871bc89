"""The state machine of the faucet: one pure function from a state and an operation to a state.

    waiting -> ready -> claimed -> submitted -> completed
                 ^---------+-----------+  failed: attempt + 1, a wait, front of the queue
                                       +-> dead after three attempts

An operation that was applied before gives the very same state back, or is rejected; it never
counts twice.
"""

from dataclasses import replace
from typing import assert_never

from pipeline.faucet.tasks import claiming, judging
from pipeline.faucet.tasks.dependencies import cycle
from pipeline.faucet.tasks.operations import (
    AddTask,
    ClaimTask,
    FailTask,
    JudgeTask,
    NoteDry,
    Operation,
    PauseAgent,
    PauseTask,
    Rejected,
    ReleaseClaim,
    RenewClaim,
    RestAgent,
    ResumeAgent,
    ResumeTask,
    RetryTask,
    SubmitTask,
)
from pipeline.faucet.tasks.state import TASK_ID, State, Task, as_text


def apply(state: State, operation: Operation) -> State | Rejected:  # noqa: C901, PLR0911, PLR0912 - a table
    """Return the state after an operation, or why it does not apply to this state.

    Neither argument is changed; time comes in with the operation alone.
    """
    match operation:
        case AddTask():
            return _add(state, operation.task)
        case ClaimTask():
            return claiming.claim(state, operation)
        case RenewClaim():
            return claiming.renew(state, operation)
        case ReleaseClaim():
            return claiming.release(state, operation)
        case SubmitTask():
            return judging.submit(state, operation)
        case JudgeTask():
            return judging.judge(state, operation)
        case FailTask():
            return judging.fail(state, operation)
        case RestAgent():
            return judging.rest(state, operation)
        case NoteDry():
            return _note_dry(state, operation)
        case RetryTask():
            return _retry(state, operation.task_id)
        case PauseTask() | ResumeTask():
            return _pause(state, operation.task_id, is_paused=isinstance(operation, PauseTask))
        case PauseAgent() | ResumeAgent():
            return _pause_agent(state, operation)
        case _:
            assert_never(operation)


def _add(state: State, task: Task) -> State | Rejected:
    there = state.task(task.task_id)
    if there is not None:
        same = there.agent == task.agent and there.dependencies == task.dependencies
        if same and _definition(there) == _definition(task):
            return state
        return Rejected("exists", f"another task {task.task_id} is queued at {there.agent}")
    if task.task_id in state.done:
        return claiming.rejected_as_done(task.task_id)
    if not TASK_ID.fullmatch(task.task_id):
        rule = "lower case letters, digits, _ and -, at most 120"
        return Rejected("bad_id", f"{task.task_id!r} is no task id: {rule}")
    if task.agent not in state.queues:
        return claiming.rejected_agent(state, task.agent)
    return _linked(state, task)


def _linked(state: State, task: Task) -> State | Rejected:
    """Return the state with a new task that waits for known tasks, and in no ring."""
    known = {other.task_id for other in state.tasks()} | state.done
    unknown = sorted(set(task.dependencies) - known)
    if unknown:
        return Rejected("unknown", f"{task.task_id} waits for {unknown[0]}, which is no task")
    added = state.with_task(task)
    ring = cycle(added.tasks())
    return Rejected("cycle", f"tasks wait in a ring: {' -> '.join(ring)}") if ring else added


def _definition(task: Task) -> dict[str, object]:
    return {name: value for name, value in task.rest.items() if name not in ("status", "priority")}


def _retry(state: State, task_id: str) -> State | Rejected:
    task = claiming.queued(state, task_id)
    if isinstance(task, Rejected):
        return task
    if task.claim:
        return Rejected("claimed", f"{task_id} is in the hands of {task.claim.owner}")
    if not task.is_dead and task.not_before is None:
        return state
    fresh = replace(task, is_dead=False, attempt=1, setbacks=0, not_before=None)
    return state.with_task(fresh)


def _pause(state: State, task_id: str, *, is_paused: bool) -> State | Rejected:
    task = claiming.queued(state, task_id)
    if isinstance(task, Rejected):
        return task
    if task.is_paused is is_paused:
        return state
    return state.with_task(replace(task, is_paused=is_paused))


def _note_dry(state: State, operation: NoteDry) -> State | Rejected:
    """Return the state in which a queue says since when, or from when to when, it was dry last."""
    queue = state.queues.get(operation.agent)
    if queue is None:
        return claiming.rejected_agent(state, operation.agent)
    if queue.is_dry is operation.is_dry:
        return state
    now = as_text(operation.now)
    dry = {"since": now} if operation.is_dry else {**queue.rest["dry"], "until": now}
    return state.with_queue(replace(queue, rest={**queue.rest, "dry": dry}))


def _pause_agent(state: State, operation: PauseAgent | ResumeAgent) -> State | Rejected:
    queue = state.queues.get(operation.agent)
    if queue is None:
        return claiming.rejected_agent(state, operation.agent)
    if isinstance(operation, PauseAgent):
        return state if queue.is_paused else state.with_queue(replace(queue, status="paused"))
    if not queue.is_paused and queue.breaker is None:
        return state
    status = "active" if queue.is_paused else queue.status
    kept = {name: value for name, value in queue.rest.items() if name != "paused_for"}
    return state.with_queue(replace(queue, status=status, breaker=None, rest=kept))
