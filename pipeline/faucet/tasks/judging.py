"""The end of an attempt in the state machine: handed in, judged by its gates, failed."""

from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.core.json_values import Json
from pipeline.faucet.tasks.claiming import of_turn, rejected_agent
from pipeline.faucet.tasks.operations import FailTask, JudgeTask, Rejected, RestAgent, SubmitTask
from pipeline.faucet.tasks.owed import credit_of, has_grown, is_portion
from pipeline.faucet.tasks.state import FRONT, MAX_ATTEMPTS, State, Task, as_text, backoff_s

FAIL_KINDS = ("failed", "transient", "quota", "setup")


def submit(state: State, op: SubmitTask) -> State | Rejected:
    """Return the state in which a task waits for its gates, its agent's breaker closed."""
    again = state.task(op.task_id)
    if again and again.submission and again.claim:
        same = (again.claim.owner, again.turn) == (op.owner, op.turn)
        if same and again.submission["outputs"] == list(op.outputs):
            return state
    task = of_turn(state, op)
    if isinstance(task, Rejected):
        return task
    submission = {
        "submitted": as_text(op.now),
        "inputs": list(op.inputs),
        "outputs": list(op.outputs),
        "result": op.result,
    }
    new = tuple(output for output in op.outputs if output not in task.handed_in)
    handed = replace(task, submission=submission, handed_in=(*task.handed_in, *new))
    submitted = state.with_task(handed, _current(task, "submitted", submitted=as_text(op.now)))
    return submitted.with_queue(replace(submitted.queues[task.agent], breaker=None))


def judge(state: State, op: JudgeTask) -> State | Rejected:
    """Return the state in which a submitted task is completed, or failed by its gates.

    Pairs that count stay counted. A portion of what is owed is no failure: the task is free again
    at once and owes the rest; an attempt that brought pairs and failed otherwise costs none.
    """
    task = of_turn(state, op)
    if isinstance(task, Rejected):
        return task
    if not op.report["passed"]:
        credit = credit_of(task, op.report)
        brought = has_grown(task.credit, credit)
        credited = replace(task, credit=credit)
        if brought and is_portion(op.report):
            return _dealt_on(state, credited)
        failed = [row["criterion"] for row in op.report["criteria"] if not row["passed"]]
        why = f"gates not passed: {', '.join(failed)}"
        return _failed(state, credited, op.now, why, op.report, is_free=brought)
    return completed(state, task, _receipt(task, op))


def completed(state: State, task: Task, receipt: Json) -> State:
    """Return the state in which a task has its receipt, and left its queue."""
    fields = {name: receipt[name] for name in ("completed", "result")}
    current = _current(task, "completed", **fields, receipt=f"completed/{task.task_id}.json")
    return state.with_receipt(task, receipt, current)


def fail(state: State, op: FailTask) -> State | Rejected:
    """Return the state in which an attempt ended without being handed in."""
    if op.kind not in FAIL_KINDS:
        return Rejected("bad_kind", f"{op.kind!r} is no kind of failure: {', '.join(FAIL_KINDS)}")
    task = of_turn(state, op)
    if isinstance(task, Rejected):
        return task
    if op.kind == "failed":
        return _failed(state, task, op.now, op.reason, None)
    if op.kind == "quota":
        return _out_of_quota(state, task, op)
    if op.kind == "setup":
        return _not_set_up(state, task, op)
    setbacks = task.setbacks + 1
    freed = replace(
        task, claim=None, setbacks=setbacks, not_before=_after(op.now, backoff_s(setbacks))
    )
    return state.with_task(freed, _current(task, "transient", reason=op.reason))


def _dealt_on(state: State, task: Task) -> State:
    """Return the state in which a task is free for the next portion of what it owes."""
    freed = replace(task, claim=None, submission=None, setbacks=0, not_before=None)
    return state.with_task(freed, _current(task, "part", counted=dict(task.credit)))


def _failed(
    state: State,
    task: Task,
    now: datetime,
    reason: str,
    report: Json | None,
    *,
    is_free: bool = False,
) -> State:
    failure = {"attempt": task.attempt, **_ran(task), "at": as_text(now), "reason": reason}
    setbacks = task.setbacks + 1
    is_last = task.attempt >= MAX_ATTEMPTS and not is_free
    after = replace(
        task,
        claim=None,
        submission=None,
        failures=(*task.failures, {**failure, "report": report}),
        setbacks=setbacks,
        priority=min(task.priority, FRONT),
        attempt=task.attempt if is_last or is_free else task.attempt + 1,
        is_dead=is_last,
        not_before=None if is_last else _after(now, backoff_s(setbacks)),
    )
    return state.with_task(after, _current(task, "dead" if is_last else "failed", reason=reason))


def _ran(task: Task) -> Json:
    """Return from when to when an agent worked on the attempt that ends, as far as it is known."""
    claimed = {"claimed": task.claim.claimed} if task.claim else {}
    submitted = {"submitted": task.submission["submitted"]} if task.submission else {}
    return {**claimed, **submitted}


def _out_of_quota(state: State, task: Task, op: FailTask) -> State:
    queue = state.queues[task.agent]
    answers = (queue.breaker["answers"] if queue.breaker else 0) + 1
    wait_s = op.retry_after_s if op.retry_after_s is not None else backoff_s(answers)
    breaker = {"answers": answers, "until": _after(op.now, wait_s), "reason": op.reason}
    freed = state.with_task(replace(task, claim=None), _current(task, "quota", reason=op.reason))
    return freed.with_queue(replace(freed.queues[task.agent], breaker=breaker))


def _not_set_up(state: State, task: Task, op: FailTask) -> State:
    """Return the state in which the agent is paused, with the reason for who resumes it."""
    freed = state.with_task(replace(task, claim=None), _current(task, "setup", reason=op.reason))
    queue = freed.queues[task.agent]
    paused = {**queue.rest, "paused_for": op.reason}
    return freed.with_queue(replace(queue, status="paused", rest=paused))


def rest(state: State, op: RestAgent) -> State | Rejected:
    """Return the state in which an agent rests: until a moment, or until it is resumed (setup)."""
    queue = state.queues.get(op.agent)
    if queue is None:
        return rejected_agent(state, op.agent)
    if op.kind == "setup":
        paused = {**queue.rest, "paused_for": op.reason}
        return state.with_queue(replace(queue, status="paused", rest=paused))
    answers = (queue.breaker["answers"] if queue.breaker else 0) + 1
    wait_s = op.retry_after_s if op.retry_after_s is not None else backoff_s(answers)
    breaker = {"answers": answers, "until": _after(op.now, wait_s), "reason": op.reason}
    return state.with_queue(replace(queue, breaker=breaker))


def _after(now: datetime, wait_s: int) -> str:
    return as_text(now + timedelta(seconds=wait_s))


def _current(task: Task, status: str, **fields: object) -> Json:
    started = task.claim.claimed if task.claim else None
    return {"task_id": task.task_id, "status": status, "started": started, **fields}


def _receipt(task: Task, op: JudgeTask) -> Json:
    """Return what schemas/task_receipt.schema.json describes; task has its claim and submission."""
    claim, submission = task.claim, task.submission
    assert claim, "only a claimed task is judged"
    assert submission, "only a submitted task is judged"
    return {
        "task_id": task.task_id,
        "agent": task.agent,
        "owner": claim.owner,
        "attempt": task.attempt,
        "turn": task.turn,
        "claimed": claim.claimed,
        "submitted": submission["submitted"],
        "completed": as_text(op.now),
        "inputs": submission["inputs"],
        "outputs": submission["outputs"],
        "result": submission["result"],
        "gates": op.report,
        "failures": list(task.failures),
        "task": task.rest,
    }
