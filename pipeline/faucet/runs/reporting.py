"""What a run of the DAG says: one line a stage, a progress line on terminals, and a record of it.

Stages speak for themselves on stderr (`qa: started`, `qa: done in ...`), whoever runs them: DVC
in this process, in a clone that is verified, in the child of a checkpoint. Their lines are read
here, so that all of these show the same.
"""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.runs.capture import real_stderr
from pipeline.faucet.runs.progress import ProgressLine, StageClock
from pipeline.faucet.terminal import paragraphs
from pipeline.workspace.layout import RUN_FIGURES
from pipeline.workspace.workspace import Workspace

State = Literal["ran", "cached", "unchanged", "failed"]

_STARTED = re.compile(r"(\w+): started")
_DONE = re.compile(r"(\w+): done in .*")
_NOT_RUN: dict[str, State] = {"unchanged": "unchanged", "taken from the run cache": "cached"}
_OTHER = re.compile(rf"(\w+): ({'|'.join(_NOT_RUN)})")
_OF_ANOTHER_FILE = re.compile(rf"\S+: ({'|'.join(_NOT_RUN)})")
_FAULT = re.compile(r"Error: (\w+): (.*)")


class RunReporter:
    """Reads the lines of a run, prints those that are for people, and keeps what each stage did."""

    def __init__(self, root: Workspace, words: str) -> None:
        self._root = root
        self._stream = real_stderr()
        self._is_copy = self._stream is not sys.stderr  # which DVC wraps while it runs
        self._is_terminal = self._stream.isatty()
        self.names = _stage_names(root)
        self._is_alone = True
        self._clock = StageClock({name: figures(root, name).get("wall_s") for name in self.names})
        self._line = ProgressLine(words, self._clock, self._stream)
        self.states: dict[str, State] = {}
        self.faults: dict[str, str] = {}

    def line(self, text: str) -> None:
        """Take one line of a run: of a stage about itself, or anything else, which is passed on.

        What DVC quotes of names and arguments steers no terminal.
        """
        text = paragraphs(text)
        if found := _STARTED.fullmatch(text):
            self.begin(found[1])
            if self._is_terminal:
                return  # the progress line says so
        elif found := _DONE.fullmatch(text):
            self._end(found[1], "ran")
        elif found := _OTHER.fullmatch(text):
            self._end(found[1], _NOT_RUN[found[2]])
            if self._is_terminal and self.states[found[1]] == "unchanged":
                return
        elif found := _FAULT.fullmatch(text):
            self.faults[found[1]] = f"{found[1]}: {found[2]}"
            return  # the command ends with it
        elif _OF_ANOTHER_FILE.fullmatch(text):
            self._is_alone = False
        self._line.print(text)

    def begin(self, stage: str) -> None:
        """Note that a stage runs; it has run unless it fails."""
        self._clock.start(stage, time.monotonic())
        self.states[stage] = "ran"

    def fail(self, stage: str, why: str) -> None:
        """Note that a stage failed, or DVC before any; what a stage says of itself counts more."""
        if stage in self.names:
            self._end(stage, "failed")
        self.faults.setdefault(stage, paragraphs(why))

    @property
    def is_idle(self) -> bool:
        """Return whether all stages of ours, and none of another file, were found unchanged."""
        return self._is_alone and self.states == dict.fromkeys(self.names, "unchanged")

    def count(self, words: str) -> None:
        """Show how far something is that has no stages."""
        self._line.words = words

    def close(self) -> None:
        """Take the progress line away."""
        self._line.close()
        if self._is_copy:
            self._stream.close()

    def stages(self) -> list[Json]:
        """Return what became of each stage, in order, with its figures where it ran."""
        return [
            {"stage": name, "state": state, **(figures(self._root, name) if state == "ran" else {})}
            for name, state in self.states.items()
        ]

    def _end(self, stage: str, state: State) -> None:
        self._clock.end(stage, has_run=state == "ran")
        self.states[stage] = state


_CURRENT: ContextVar[RunReporter | None] = ContextVar("reporter", default=None)


@contextmanager
def reporting(root: Workspace, words: str) -> Iterator[RunReporter]:
    """Yield the reporter of a command; what runs stages below it finds it by `current_reporter`.

    words say what goes on while no stage does. Where a reporter is at work already, it is that.
    """
    outer = _CURRENT.get()
    if outer is not None:
        yield outer
        return
    reporter = RunReporter(root, words)
    token = _CURRENT.set(reporter)
    try:
        yield reporter
    finally:
        _CURRENT.reset(token)
        reporter.close()


def current_reporter() -> RunReporter | None:
    """Return the reporter of the command under way; workers in the background have none."""
    return _CURRENT.get()


def figures(root: Workspace, stage: str) -> Json:
    """Return wall_s, cpu_s and peak_mb of a stage's last run here; nothing where none is known."""
    path = root / RUN_FIGURES / f"{stage}.json"
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _stage_names(root: Workspace) -> list[str]:
    try:
        return root.dag.names
    except (UserError, ValueError, TypeError, KeyError):
        return []  # whoever runs the DAG says what is wrong with it
