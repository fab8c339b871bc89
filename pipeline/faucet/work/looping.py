"""A worker's days: one task after the other, a rest where there is none, an end when told."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

import click
import watchfiles

from pipeline.core.errors import UserError
from pipeline.faucet.abilities.ability import useless_generators
from pipeline.faucet.queues.board import Board
from pipeline.faucet.settings import Settings
from pipeline.faucet.terminal import one_line
from pipeline.faucet.work.worker import TeamWorker
from pipeline.workspace.layout import INBOX, QUEUES
from pipeline.workspace.workspace import Workspace


class StopSignal:
    """Whether this process was told to end: by Ctrl-C, SIGTERM, or because its terminal closed."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.is_interrupted = False
        """Whether it was Ctrl-C."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._receive)
        hangup = getattr(signal, "SIGHUP", None)  # Windows has none, and nohup has it ignored
        if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
            signal.signal(hangup, self._receive)

    def _receive(self, number: int, _: object) -> None:
        self.is_interrupted = number == signal.SIGINT
        self.event.set()

    def __call__(self) -> bool:
        """Return whether it was."""
        return self.event.is_set()


def say(agent: str, event: str) -> None:
    """Print what happened, with the time and the agent; delivered words are made harmless."""
    click.echo(f"{datetime.now(UTC):%H:%M:%S}  {agent:<12} {one_line(event)}")


def say_as_json(agent: str, event: str) -> None:
    """Print what happened as one JSON object: when, agent, event."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    click.echo(json.dumps({"when": when, "agent": agent, "event": event}, ensure_ascii=False))


def work_on(
    board: Board,
    settings: Settings,
    agent: str,
    stop: StopSignal,
    *,
    is_once: bool,
    is_forever: bool,
    say: Callable[[str, str], None] = say,
) -> list[str]:
    """Do an agent's tasks and return how each ended.

    Ends after one (is_once), when nothing can be done now, or when told to (is_forever). A board
    that cannot be reached is waited for, and said.
    """
    worker = TeamWorker(
        board,
        settings,
        agent,
        lambda sentence: say(agent, sentence),
        stop,
        goes_on=not is_once,
    )
    with suppress(UserError):  # the loop says that, and waits or ends
        for fault in useless_generators(board, settings, agent):
            say(agent, fault)
    endings: list[str] = []
    trouble = ""
    while not stop():
        try:
            ending = worker.once()
            trouble = ""
        except UserError as fault:
            if not is_forever:
                raise
            if str(fault) != trouble:
                say(agent, f"cannot work: {fault}")
            trouble, ending = str(fault), None
        endings += [ending] if ending else []
        if is_once or (ending is None and not is_forever):
            break
        if ending is None:
            rest(board.workspace, settings.rescan_s, stop)
    if stop():
        with suppress(UserError):  # whoever looks next frees what a worker that is gone has
            worker.give_back()
    return endings


def rest(workspace: Workspace, longest_s: float, stop: StopSignal) -> None:
    """Wait until an inbox or a queue changes, or for longest_s: the watcher is only a hint."""
    folders = [workspace / INBOX, workspace / QUEUES]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    changes: Iterator[object] = watchfiles.watch(
        *folders,
        stop_event=stop.event,
        rust_timeout=int(longest_s * 1000),
        yield_on_timeout=True,
        raise_interrupt=False,
        step=200,
    )
    next(changes, None)
