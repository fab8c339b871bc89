"""The one line of progress below what a command prints: where it is, its share, the time left.

It is drawn on a terminal alone, from the third second on, and leaves nothing behind.
"""

import threading
import time
from collections.abc import Mapping
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pipeline.faucet.runs.interrupts import interrupts_left_alone

_QUIET_S = 2.0
_FRAMES_A_SECOND = 2
_MOST_OF_A_STAGE = 0.95
"""The share of a stage at which the bar waits when it takes longer than the last time."""

_WIDEST_BAR = 30
_BARE_COLUMNS = 50
"""Narrower terminals get no bar: the words need the room."""


class StageClock:
    """How far a run of stages is, from the seconds that each took the last time."""

    def __init__(self, seconds: Mapping[str, float | None]) -> None:
        """Take every stage of the DAG in its order; None where no last run is known."""
        known = [value for value in seconds.values() if value]
        typical = sum(known) / len(known) if known else 1.0
        self._expected = {name: value or typical for name, value in seconds.items()}
        self._is_known = bool(known)
        self._names = list(seconds)
        self._done: set[str] = set()
        self._current: tuple[str, float] | None = None

    def start(self, stage: str, now: float) -> None:
        """Note that a stage starts at now, in seconds of a monotonic clock."""
        self._done.discard(stage)
        self._current = (stage, now)

    def end(self, stage: str, *, has_run: bool) -> None:
        """Note that a stage is over; one that did not run takes no part in the share."""
        self._current = None
        if has_run:
            self._done.add(stage)
        else:
            self._expected.pop(stage, None)

    def place(self) -> str:
        """Return the stage under way and its number among all of the DAG."""
        if self._current is None:
            return ""
        name = self._current[0]
        if name not in self._names:
            return name
        return f"{name}, {self._names.index(name) + 1} of {len(self._names)}"

    def share(self, now: float) -> float:
        """Return the share of the expected work that is done, 0-1."""
        total = sum(self._expected.values())
        return self._spent(now) / total if total else 0.0

    def left_s(self, now: float) -> float | None:
        """Return how many seconds are left, None where no last run tells."""
        return sum(self._expected.values()) - self._spent(now) if self._is_known else None

    def _spent(self, now: float) -> float:
        spent = sum(self._expected.get(name, 0.0) for name in self._done)
        if self._current is not None:
            name, start = self._current
            spent += min(now - start, self._expected.get(name, 0.0) * _MOST_OF_A_STAGE)
        return spent


class ProgressLine:
    """The line itself, drawn anew several times a second by a thread of rich."""

    def __init__(self, words: str, clock: StageClock, stream: TextIO) -> None:
        self.words = words
        self._clock = clock
        self._start = time.monotonic()
        self._console = Console(file=stream, highlight=False, soft_wrap=True)
        self._live: Live | None = None
        self._lock = threading.Lock()
        self._is_over = False
        self._timer = threading.Timer(_QUIET_S, self._show)
        self._timer.daemon = True
        if stream.isatty() and not self._console.is_dumb_terminal:
            with interrupts_left_alone():
                self._timer.start()

    def print(self, line: str) -> None:
        """Print a line above the progress; nothing in it is read as markup."""
        with self._lock:
            self._console.print(Text(line), soft_wrap=True)

    def close(self) -> None:
        """Take the line away; later lines are printed plainly."""
        self._timer.cancel()
        with self._lock:
            self._is_over = True
            if self._live is not None:
                self._live.stop()

    def _show(self) -> None:
        with self._lock:
            if self._is_over:
                return
            self._live = Live(
                get_renderable=self.render,
                console=self._console,
                refresh_per_second=_FRAMES_A_SECOND,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start(refresh=True)

    def render(self) -> Table:
        """Return the line as it is now: words, bar, share, time left or taken."""
        now = time.monotonic()
        share, left = self._clock.share(now), self._clock.left_s(now)
        place = self._clock.place()
        is_staged = bool(place) or share > 0
        line = Table.grid(padding=(0, 1, 0, 0))
        cells: list[Text | ProgressBar] = [
            Text(place or self.words, style="bold", no_wrap=True, overflow="ellipsis")
        ]
        if is_staged and self._console.width >= _BARE_COLUMNS:
            cells.append(ProgressBar(1.0, share, width=_WIDEST_BAR))
        if is_staged:
            cells.append(Text(f"{share:4.0%}", no_wrap=True))
        is_estimated = is_staged and left is not None
        seconds = f"{clock_face(left or 0)} left" if is_estimated else clock_face(now - self._start)
        cells.append(Text(seconds, style="dim", no_wrap=True))
        line.add_row(*cells)
        return line


def clock_face(seconds: float) -> str:
    """Return a duration as minutes and seconds, hours before them where it has any."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
