"""What came of doing a task, before its gates have spoken."""

from typing import NamedTuple

from pipeline.core.json_values import Json


class Fault(NamedTuple):
    """Why an attempt is over: kind is failed, transient or quota (tasks.judging), and a sentence.

    lost is the kind of an attempt whose claim is somebody else's now: nothing is to be said.
    """

    kind: str
    reason: str
    retry_after_s: int | None = None


class Outcome(NamedTuple):
    """Files that came of a task, relative to the root, and what is to be said of it; or a fault."""

    outputs: tuple[str, ...] = ()
    result: Json | None = None
    fault: Fault | None = None


def failed(reason: str) -> Outcome:
    """Return the outcome of an attempt that costs one."""
    return Outcome(fault=Fault("failed", reason))


def transient(reason: str) -> Outcome:
    """Return the outcome of an attempt that the world was in the way of."""
    return Outcome(fault=Fault("transient", reason))
