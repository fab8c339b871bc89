"""What can be done to the queues, as values: each says who, which turn of which task, and when.

An operation can arrive twice, or late. Those about a claim name its turn, so that one that
belongs to an earlier claim is refused and never touches what came after it.
"""

from datetime import datetime
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.tasks.state import Task


class Rejected(NamedTuple):
    """Why an operation does not apply: a code for programs and a sentence for people."""

    code: str
    message: str


class AddTask(NamedTuple):
    """Queue a new task at its agent."""

    task: Task


class ClaimTask(NamedTuple):
    """Take a task that is ready; turn is the one after the turn that the caller saw."""

    task_id: str
    agent: str
    owner: str
    turn: int
    now: datetime
    lease_s: int
    process: Json | None = None


class RenewClaim(NamedTuple):
    """Say that the owner of a claim is alive."""

    task_id: str
    owner: str
    turn: int
    now: datetime


class ReleaseClaim(NamedTuple):
    """Give a claim back, or take it from an owner that is gone; costs no attempt."""

    task_id: str
    turn: int


class SubmitTask(NamedTuple):
    """Hand a task in: outputs are {path, sha256, bytes}, result is what the agent says of it."""

    task_id: str
    owner: str
    turn: int
    now: datetime
    outputs: tuple[Json, ...] = ()
    inputs: tuple[Json, ...] = ()
    result: Json | None = None


class JudgeTask(NamedTuple):
    """Complete or fail a submitted task by its gates' report (gates.evaluate)."""

    task_id: str
    turn: int
    now: datetime
    report: Json


class FailTask(NamedTuple):
    """Say that a claimed task did not succeed.

    kind is failed (costs an attempt), transient (costs none; exit code 75), quota (costs none
    and keeps the agent from claiming for retry_after_s seconds, or a doubling wait) or setup
    (costs none and pauses the agent until it is resumed).
    """

    task_id: str
    owner: str
    turn: int
    now: datetime
    kind: str
    reason: str
    retry_after_s: int | None = None


class RestAgent(NamedTuple):
    """Keep an agent from claiming although what it wrote was handed in.

    kind is quota (for retry_after_s seconds, or a doubling wait) or setup (until it is resumed).
    """

    agent: str
    now: datetime
    kind: str
    reason: str
    retry_after_s: int | None = None


class NoteDry(NamedTuple):
    """Note whether the plan holds nothing more that could be given to an agent."""

    agent: str
    now: datetime
    is_dry: bool


class RetryTask(NamedTuple):
    """Give a dead or waiting-out task its attempts back, to be claimed at once."""

    task_id: str


class PauseTask(NamedTuple):
    """Keep a task from being claimed until it is resumed; who has it already keeps it."""

    task_id: str


class ResumeTask(NamedTuple):
    """End the pause of a task."""

    task_id: str


class PauseAgent(NamedTuple):
    """Keep an agent from claiming until it is resumed."""

    agent: str


class ResumeAgent(NamedTuple):
    """End the pause of an agent and close its breaker."""

    agent: str


Operation = (
    AddTask
    | ClaimTask
    | RenewClaim
    | ReleaseClaim
    | SubmitTask
    | JudgeTask
    | FailTask
    | RestAgent
    | NoteDry
    | RetryTask
    | PauseTask
    | ResumeTask
    | PauseAgent
    | ResumeAgent
)
