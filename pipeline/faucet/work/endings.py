"""How an attempt ends before its gates are asked: each way is an exception with a class.

Whoever does a task raises one; the worker tells the board. What ends an attempt that nobody may
speak for any more (InterruptedWork) is raised from wherever the attempt waits at that moment.
"""

from pipeline.core.errors import UserError


class FailedAttempt(UserError):  # noqa: N818 - an ending, not an error of the program
    """The attempt is over and costs one; kind is the word of tasks.judging for it."""

    kind = "failed"
    retry_after_s: int | None = None


class TransientFailure(FailedAttempt):
    """The world was in the way: the task comes back later and no attempt is counted."""

    kind = "transient"


class OutOfQuota(FailedAttempt):
    """The agent rests, for retry_after_s seconds where that is known; no attempt is counted."""

    kind = "quota"

    def __init__(self, reason: str, retry_after_s: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class SetupFault(FailedAttempt):
    """The agent cannot work on this machine: it is paused until somebody mends that."""

    kind = "setup"


class InterruptedWork(UserError):  # noqa: N818 - likewise
    """The work must end now and nothing of it is handed in."""


class LostClaim(InterruptedWork):
    """The task is somebody else's by now: it is not ours to give back."""

    def __init__(self) -> None:
        super().__init__("the claim is lost")


class StoppedWorker(InterruptedWork):
    """The worker was asked to end: its task goes back untouched."""

    def __init__(self) -> None:
        super().__init__("the worker was told to stop")
