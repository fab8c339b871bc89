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

from pipeline.run.forks import serve_forks
from pipeline.run.warm import BEGUN
from pipeline.workspace.dag import Dag

_LATE = (
    *("pandas", "pyarrow.acero", "pyarrow.csv", "pyarrow.parquet"),
    *("pydantic.main", "Stemmer"),
)
"""What stages import where they need it."""

_MOST_ASKED_BYTES = 4096

Command = Callable[[list[str]], object]
"""What a fork is: it takes the arguments of `python -m pipeline.run`, and exits."""


def serve(listener: socket.socket, command: Command) -> None:
    """Fork for every stage that is asked for over listener, until stdin closes.

    One that nobody waits for any more is ended.
    """
    code = _code()
    serve_forks(
        listener,
        lambda asker, selector: _begin(asker, selector, code, command),
        end_by=signal.SIGTERM,
    )


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
) -> int | None:
    """Fork for what asker wants; decline, by closing, what is of another folder or other code."""
    content, streams, *_ = socket.recv_fds(asker, _MOST_ASKED_BYTES, 2)
    try:
        asked = json.loads(content)
        if asked["folder"] != str(Path.cwd()) or code != _code():
            asker.close()
            return None
        asker.sendall(BEGUN)
        process = os.fork()
        if process == 0:
            asker.close()
            _become(command, asked["arguments"], streams, selector)
    finally:
        for stream in streams:
            os.close(stream)
    return process


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


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    from pipeline.run.command import main

    load(Path.cwd())
    serve(socket.socket(fileno=int(sys.argv[1])), main)
