"""The way of a task through the faucet stays short enough to be read in one go."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from pipeline.faucet.queues.owners import this_process
from pipeline.faucet.queues.storage import LocalBoard
from pipeline.faucet.settings import read_settings
from pipeline.faucet.work import concluding
from pipeline.faucet.work.assignment import Outcome
from pipeline.faucet.work.attempt import Attempt
from pipeline.faucet.work.endings import FailedAttempt
from pipeline.faucet.work.ways import WAYS
from tests.conftest import ROOT
from tests.faucet.tasks_only import entry, queue, workspace

FAUCET = f"{ROOT / 'pipeline/faucet'}/"
MOST_STOPS = {"take": 26, "do": 2, "hand_in": 9, "end": 3}
"""How many functions each step of an attempt adds, at most, to what was read before it."""
MOST_CHANGES = 110
"""How often all of it goes into another file, counting each time that a function is called."""


class Walk:
    """Follows calls: a stop is a function that is entered from another file for the first time.

    Frames of libraries and of rooms outside the faucet are passed over: what they call counts as
    called by who called them.
    """

    def __init__(self) -> None:
        self.stops: dict[str, list[str]] = {}
        self.changes = 0
        self._known: set[CodeType] = set()

    def follow(self, step: str, call: Callable[[], Any]) -> Any:
        """Return what a call gives, its stops counted under the name of the step."""
        found = self.stops[step] = []

        def entered(frame: FrameType, event: str, _: object) -> None:
            code = frame.f_code
            if event != "call" or not code.co_filename.startswith(FAUCET):
                return
            caller = frame.f_back
            while caller and not caller.f_code.co_filename.startswith(FAUCET):
                caller = caller.f_back
            is_elsewhere = caller is None or caller.f_code.co_filename != code.co_filename
            self.changes += is_elsewhere
            if is_elsewhere and code not in self._known:
                found.append(f"{code.co_filename.removeprefix(FAUCET)} {code.co_qualname}")
            self._known.add(code)

        before = sys.getprofile()
        sys.setprofile(entered)
        try:
            return call()
        finally:
            sys.setprofile(before)


def test_a_task_is_followed_from_claim_to_hand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task is claimed, done in a way made up here, handed in for a gatekeeper; another fails."""
    monkeypatch.setitem(WAYS, "command", lambda _: Outcome(result={}))
    monkeypatch.setattr(concluding, "_is_judged_by_others", lambda *_: True)
    root = workspace(tmp_path / "w", queue("zai", entry("a"), entry("b")))
    board, settings, process = LocalBoard(root), read_settings(root), this_process()

    def take() -> Attempt:
        attempt = Attempt.take(board, settings, "zai", "zai@here-1", process, lambda: False)
        assert attempt
        return attempt

    walk = Walk()
    attempt = walk.follow("take", take)
    outcome = walk.follow("do", attempt.do)
    assert walk.follow("hand_in", lambda: attempt.hand_in(outcome)).ending == "submitted"
    other = take()
    assert walk.follow("end", lambda: other.end(FailedAttempt("no luck"))) == "failed"
    for step, most in MOST_STOPS.items():
        assert len(walk.stops[step]) <= most, (step, walk.stops[step])
    assert walk.changes <= MOST_CHANGES
