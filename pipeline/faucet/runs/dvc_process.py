"""DVC in this process, its words replaced by ours.

Its command line is taken as it is; what it logs about stages becomes one line each, its hints
(which name `dvc push` without a remote, or what a checkpoint commits by itself) are left out, and
what went wrong is one sentence.
"""

import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.core.errors import INTERRUPTED
from pipeline.faucet.runs.capture import captured
from pipeline.faucet.runs.lock_writing import lock_written_by_stage
from pipeline.faucet.runs.reading_once import read_once
from pipeline.faucet.runs.reporting import RunReporter
from pipeline.faucet.runs.warm_stages import warm_stages
from pipeline.workspace.workspace import Workspace

FAILED, MISUSED = 1, 2
_DVC_INTERRUPTED, _DVC_MISUSED = 252, 254
_LOGGERS = ("dvc", "dvc_objects", "dvc_data")
_STAGE_WORDS = {
    "Stage '%s' didn't change, skipping": "{}: unchanged",
    "Stage '%s' is cached - skipping run, checking out outputs": "{}: taken from the run cache",
}
"""What DVC logs about a stage, by its template, and our line for it."""

_IDLE_WARNINGS = ("'%s' is empty.",)
"""What DVC warns of and is no fault here: a book without entries is an empty file."""

_RUNNING = "Running stage '%s':"
_DRY_WORDS = {_RUNNING: "{}: would run"}
_STAGE = re.compile(r"failed to reproduce '(\w+)'")

_KEPT_WORDS = ("Ran experiment(s)", "Queued experiment", "Following logs")
_BY_SIGNAL = (INTERRUPTED, -2)
_OWN_OUTPUT = {"-v", "-vv", "--verbose", "-i", "--interactive", "-h", "--help"}
"""Options that ask for DVC's own words, or for a terminal that it can ask on."""


def run_dvc(root: Workspace, arguments: list[str], reporter: RunReporter) -> int:
    """Run DVC with arguments in root, its stages with this process's Python; return the exit code.

    0, 1 where something failed, 2 for arguments that DVC does not know, 130 after Ctrl-C.
    """
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    os.chdir(root)
    if _OWN_OUTPUT.intersection(arguments):
        from dvc.cli import main  # noqa: PLC0415 - costs half a second, and help needs none of it

        return _own_code(int(main(arguments)))
    is_dry = "--dry" in arguments
    with (
        captured(reporter.line),
        warm_stages(root.root) as start,
        _translated(reporter, start, is_dry=is_dry),
        lock_written_by_stage(),
        read_once(),
    ):
        return _run(arguments, reporter)


def _own_code(code: int) -> int:
    return {0: 0, _DVC_INTERRUPTED: INTERRUPTED, _DVC_MISUSED: MISUSED}.get(code, FAILED)


def _run(arguments: list[str], reporter: RunReporter) -> int:
    """Do what `dvc.cli.main` does, without its logging of what was raised."""
    from dvc.cli import DvcParserError, parse_args  # noqa: PLC0415 - as above
    from dvc.exceptions import DvcException  # noqa: PLC0415 - as above

    try:
        parsed = parse_args(arguments)
        return _own_code(int(parsed.func(parsed).do_run()))
    except DvcParserError:
        return MISUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except DvcException as fault:
        return _noted(fault, reporter)
    finally:
        from dvc.repo.open_repo import clean_repos  # noqa: PLC0415 - as above

        clean_repos()


def _noted(fault: BaseException, reporter: RunReporter) -> int:
    """Note what DVC raised, as one sentence; return the exit code."""
    from dvc.stage.exceptions import StageCmdFailedError  # noqa: PLC0415 - as above

    causes = list(_causes(fault))
    last = causes[-1]
    if not isinstance(last, StageCmdFailedError):
        chain = ": ".join(dict.fromkeys(" ".join(str(cause).split()) for cause in causes))
        reporter.fail("dvc", f"dvc: {chain}")
        return FAILED
    if any(f"exited with {code}" in str(last) for code in _BY_SIGNAL):
        return INTERRUPTED
    stage = next((name[1] for cause in causes if (name := _STAGE.search(str(cause)))), "")
    code = str(last).rsplit(" ", 1)[-1]
    reporter.fail(stage, f"{stage}: ended with exit code {code}; the lines above say why")
    return FAILED


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__


@contextmanager
def _translated(
    reporter: RunReporter, start: Callable[[], None], *, is_dry: bool
) -> Iterator[None]:
    """Let DVC's loggers and its console speak to the reporter alone.

    start is called before a stage is run.
    """
    import dvc.logger  # noqa: F401, PLC0415 - sets the handlers that are put aside here
    from dvc.ui import ui  # noqa: PLC0415 - as above

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [list(logger.handlers) for logger in loggers]
    handler = _StageLines(reporter, (lambda: None) if is_dry else start, is_dry=is_dry)
    for logger in loggers:
        logger.handlers[:] = [handler]
    ui.write = _console(reporter.line)
    try:
        yield
    finally:
        del ui.write
        for logger, handlers in zip(loggers, before, strict=True):
            logger.handlers[:] = handlers


def _console(write_line: Callable[[str], None]) -> Callable[..., None]:
    """Return what stands for DVC's console: it passes on what no log says, and drops its hints."""

    def write(*words: object, stderr: bool = False, **_: object) -> None:
        for line in "".join(map(str, words)).splitlines():
            if stderr or line.startswith(_KEPT_WORDS):
                write_line(f"dvc: {line}")

    return write


class _StageLines(logging.Handler):
    """Turns DVC's log records into lines of ours: stages, warnings and faults."""

    def __init__(self, reporter: RunReporter, start: Callable[[], None], *, is_dry: bool) -> None:
        super().__init__(logging.INFO)
        self._start = start
        self._words = _STAGE_WORDS | (_DRY_WORDS if is_dry else {})
        self._reporter = reporter

    def emit(self, record: logging.LogRecord) -> None:
        words = self._words.get(str(record.msg))
        if words is not None and record.args:
            self._reporter.line(words.format(*record.args))
        elif record.msg == _RUNNING and isinstance(record.args, tuple):
            self._start()
            self._reporter.begin(str(record.args[0]))
        elif record.levelno >= logging.WARNING and record.msg not in _IDLE_WARNINGS:
            fault = record.exc_info[1] if record.exc_info else None
            if fault is not None:
                _noted(fault, self._reporter)
            else:
                self._reporter.line(f"dvc: {' '.join(record.getMessage().split())}")
