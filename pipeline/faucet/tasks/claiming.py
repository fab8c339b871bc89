"""Claims in the state machine: taken, renewed, given back."""

from dataclasses import replace

from pipeline.faucet.tasks.operations import (
    ClaimTask,
    FailTask,
    JudgeTask,
    Rejected,
    ReleaseClaim,
    RenewClaim,
    SubmitTask,
)
from pipeline.faucet.tasks.state import (
    Claim,
    State,
    Task,
    as_text,
    held_by,
    is_due,
    moment,
    standing,
    takes_tasks,
)

OfTurn = RenewClaim | ReleaseClaim | SubmitTask | JudgeTask | FailTask


def claim(state: State, op: ClaimTask) -> State | Rejected:
    """Return the state in which op.owner has the task; the same state where it has it already."""
    task = queued(state, op.task_id)
    if isinstance(task, Rejected):
        return task
    if task.claim:
        is_same = (task.claim.owner, task.turn) == (op.owner, op.turn)
        return state if is_same and not task.submission else _taken(task)
    refusal = _refusal(state, task, op)
    if refusal:
        return refusal
    now = as_text(op.now)
    made = Claim(op.owner, claimed=now, renewed=now, lease_s=op.lease_s, process=op.process)
    current = {"task_id": task.task_id, "status": "claimed", "started": now, "owner": op.owner}
    return state.with_task(replace(task, claim=made, turn=op.turn, not_before=None), current)


def _refusal(state: State, task: Task, op: ClaimTask) -> Rejected | None:
    queue = state.queues[task.agent]
    found = standing(state, task)
    if task.agent != op.agent:
        return Rejected("other_agent", f"{task.task_id} is queued at {task.agent}, not {op.agent}")
    if op.turn != task.turn + 1:
        return _stale(task.task_id)
    if not takes_tasks(queue, op.now):
        why = (
            "is paused"
            if queue.is_paused or queue.breaker is None
            else _out_of_quota(queue.breaker)
        )
        return Rejected("agent_paused", f"{task.agent} {why}")
    if found != "ready":
        return Rejected(found, f"{task.task_id} is {found}{_what_for(state, task)}")
    return _too_soon(state, task, op)


def _too_soon(state: State, task: Task, op: ClaimTask) -> Rejected | None:
    if not is_due(task, op.now):
        return Rejected("not_yet", f"{task.task_id} is not tried again before {task.not_before}")
    held = held_by(state, op.owner)
    if held:
        return Rejected("busy", f"{op.owner} works on {held.task_id}: hand that in first")
    return None


def renew(state: State, op: RenewClaim) -> State | Rejected:
    """Return the state in which a claim was seen alive at op.now; never moves back in time."""
    task = of_turn(state, op)
    if isinstance(task, Rejected):
        return task
    held = task.claim
    if held is None or moment(held.renewed) >= op.now:
        return state
    return state.with_task(replace(task, claim=replace(held, renewed=as_text(op.now))))


def release(state: State, op: ReleaseClaim) -> State | Rejected:
    """Return the state in which a task that was claimed is free again, no attempt lost."""
    task = of_turn(state, op)
    if isinstance(task, Rejected):
        return task
    current = {"task_id": task.task_id, "status": "released"}
    return state.with_task(replace(task, claim=None), current)


def queued(state: State, task_id: str) -> Task | Rejected:
    """Return a queued task, or the rejection that says why there is none."""
    if task_id in state.done:
        return rejected_as_done(task_id)
    task = state.task(task_id)
    return Rejected("unknown", f"there is no task {task_id}") if task is None else task


def of_turn(state: State, op: OfTurn) -> Task | Rejected:
    """Return the task of an operation on a claim that still holds and is not handed in.

    A judgement is about a task that is handed in, and about no other.
    """
    task = queued(state, op.task_id)
    if isinstance(task, Rejected):
        return task
    if task.claim is None or task.turn != op.turn:
        return _stale(op.task_id)
    owner = getattr(op, "owner", task.claim.owner)
    if owner != task.claim.owner:
        return Rejected("not_yours", f"{op.task_id} is claimed by {task.claim.owner}, not {owner}")
    if isinstance(op, JudgeTask):
        message = f"{op.task_id} was not handed in"
        return task if task.submission else Rejected("not_submitted", message)
    if task.submission:
        return Rejected("submitted", f"{op.task_id} is handed in and waits for its gates")
    return task


def rejected_as_done(task_id: str) -> Rejected:
    """Return the rejection of what comes too late."""
    return Rejected("completed", f"{task_id} is completed")


def rejected_agent(state: State, agent: str) -> Rejected:
    """Return the rejection of an agent without a queue."""
    known = ", ".join(sorted(state.queues)) or "none"
    return Rejected("unknown_agent", f"{agent} has no queue; agents with one: {known}")


def _stale(task_id: str) -> Rejected:
    return Rejected("stale", f"that claim of {task_id} is over: it was released, judged or retaken")


def _taken(task: Task) -> Rejected:
    held = task.claim
    holder = f"by {held.owner} since {held.claimed}" if held else ""
    if task.submission:
        return Rejected("submitted", f"{task.task_id} was handed in {holder}")
    return Rejected("claimed", f"{task.task_id} is claimed {holder}")


def _what_for(state: State, task: Task) -> str:
    missing = sorted(set(task.dependencies) - state.done)
    return f" for {', '.join(missing)}" if standing(state, task) == "waiting" else ""


def _out_of_quota(breaker: dict[str, object]) -> str:
    return f"is out of quota until {breaker['until']}"
