"""The process behind warm.py: it loads all stages once and forks for each that is asked for.

`python -m pipeline.run.serving SOCKET_DESCRIPTOR` in a workspace. It runs no stage itself and so
stays as it was after loading: every fork begins from the same state, with no thread of a library's
at work. It ends when its stdin closes, which is when whoever started it ends or has no more need.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pipeline.run.warm import BEGUN
from pipeline.workspace.dag import Dag

_LATE = ("pandas", "pyarrow.csv", "pyarrow.parquet", "pydantic.main")
"""What stages import where they need it."""

_MOST_ASKED_BYTES = 4096

Command = Callable[[list[str]], object]
"""What a fork is: it takes the arguments of `python -m pipeline.run`, and exits."""


class _Running(NamedTuple):
    """A stage at work: its process, what tells of its end, and who waits for it."""

    process: int
    ends: int
    asker: socket.socket


def serve(listener: socket.socket, command: Command) -> None:
    """Fork for every stage that is asked for over listener, until stdin closes."""
    code = _code()
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    _end_all(selector)
                    return
                if key.fileobj is listener:
                    _begin(listener.accept()[0], selector, code, command)
                elif key.fd in selector.get_map():  # both tell of one end, often at once
                    _end(key.data, selector)


def load(folder: Path) -> None:
    """Import every stage of ours that the DAG in folder has, and what stages import late."""
    stages = [f"pipeline.stages.{stage}" for stage in Dag(folder).names]
    for name in (*filter(find_spec, stages), *_LATE):
        import_module(name)
    gc.freeze()  # what is loaded stays shared with the forks


def _code() -> dict[str, int]:
    """Return when each file of ours that is loaded was changed last."""
    files = [
        module.__file__
        for name, module in [*sys.modules.items()]
        if name.startswith("pipeline.") and module.__file__
    ]
    return {file: os.stat(file).st_mtime_ns for file in files}  # noqa: PTH116 - three hundred


def _begin(
    asker: socket.socket,
    selector: selectors.BaseSelector,
    code: dict[str, int],
    command: Command,
) -> None:
    """Fork for what asker wants; decline, by closing, what is of another folder or other code."""
    content, streams, *_ = socket.recv_fds(asker, _MOST_ASKED_BYTES, 2)
    try:
        asked = json.loads(content)
        if asked["folder"] != str(Path.cwd()) or code != _code():
            asker.close()
            return
        asker.sendall(BEGUN)
        process = os.fork()
        if process == 0:
            asker.close()
            _become(command, asked["arguments"], streams, selector)
    finally:
        for stream in streams:
            os.close(stream)
    running = _Running(process, os.pidfd_open(process), asker)
    selector.register(running.ends, selectors.EVENT_READ, running)
    selector.register(asker, selectors.EVENT_READ, running)


def _become(
    command: Command, arguments: list[str], streams: list[int], selector: selectors.BaseSelector
) -> None:
    """Be the process of a stage, from its start to its end."""
    code = 1
    try:
        for own, given in zip((1, 2), streams, strict=True):
            os.dup2(given, own)
        for key in [*selector.get_map().values()]:
            os.close(key.fd)
        os.open(os.devnull, os.O_RDONLY)  # the lowest free number, which is stdin's
        command(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the end of a process: what it says, Python would
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end(running: _Running, selector: selectors.BaseSelector) -> None:
    """Tell who waits how a stage ended; one that nobody waits for any more is ended."""
    process, status = os.waitpid(running.process, os.WNOHANG)
    if process == 0:
        os.kill(running.process, signal.SIGTERM)
        _, status = os.waitpid(running.process, 0)
    for registered in (running.ends, running.asker):
        selector.unregister(registered)
    os.close(running.ends)
    with running.asker as asker:
        try:
            asker.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        except OSError:
            return  # it is gone


def _end_all(selector: selectors.BaseSelector) -> None:
    for running in {key.data for key in selector.get_map().values() if key.data}:
        _end(running, selector)


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    from pipeline.run.command import main

    load(Path.cwd())
    serve(socket.socket(fileno=int(sys.argv[1])), main)
