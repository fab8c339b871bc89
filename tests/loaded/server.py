"""The process behind client.py: it loads DVC, `faucet` and the stages, and forks for each.

`python -m tests.loaded.server SOCKET_DESCRIPTOR`. It runs nothing itself and so stays as it was
after loading. It ends when its stdin closes, which is when the tests end. A fork is declined, and
the program loads by itself, where it could see a difference: other code of ours in its folder, or
variables that Python and libraries read when they start.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import sys
import threading
import traceback
import warnings
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
LATE = (
    *("dvc.cli", "dvc.cli.parser", "dvc.analytics", "dvc.dirs", "dvc.rwlock", "dvc.cachemgr"),
    *("dvc.repo.index", "dvc.repo.open_repo", "dvc.repo.reproduce", "dvc.repo.plots"),
    *("dvc.utils.strictyaml", "dvc.stage.run", "dvc.data_cloud", "dvc_data.hashfile.db.local"),
    *("dvc._debug", "dvc.repo.graph", "dvc.repo.trie", "dvc_data.hashfile.status", "networkx"),
    *("scmrepo.git", "dulwich.ignore", "dulwich.worktree", "dulwich.index", "ruamel.yaml"),
    *("ruamel.yaml.mergevalue", "configobj", "fsspec.implementations.memory", "s3fs"),
    *("pipeline.cli", "pipeline.faucet.runs.repro", "pipeline.faucet.checkpoints.making"),
    *("pipeline.faucet.checking.check", "pipeline.faucet.runs.dvc_process"),
)
"""What programs import where they need it."""

READ_EARLY = ("PYTHON", "LC_", "LANG", "TZ", "LD_", "OMP_", "OPENBLAS_", "MALLOC_", "RAY_")
"""How variables begin that are read when Python, or a library, is loaded."""
LEFT_BY_LOADING = {"RAY_CLIENT_MODE": "0"}
"""What Ray writes wherever it is imported, and is so without it: a test's process may have it."""

_LENGTH_BYTES, _MOST_FILES = 4, 253
_ABOVE = 512
"""Numbers of files from here on are nobody's."""


class _Loaded(NamedTuple):
    """What a fork begins with: code, variables that were read, and those that loading set."""

    code: dict[str, tuple[int, int]]
    early: dict[str, str]
    added: set[tuple[str, str]]


def serve(listener: socket.socket, given: dict[str, str]) -> None:
    """Fork for every program that is asked for over listener, until stdin closes.

    given: the variables that this process began with; what loading adds, every fork has. A fork
    whose stand-in was killed is killed as that was.
    """
    from pipeline.run.forks import serve_forks  # noqa: PLC0415 - loading it sets variables

    loaded = _Loaded(_code(ROOT), _early(given), os.environ.items() - given.items())
    serve_forks(listener, lambda asker, _: _begin(asker, loaded), end_by=signal.SIGKILL)
    _take_away(Path(listener.getsockname()))


def _code(root: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file of the engine's below root."""
    found: dict[str, tuple[int, int]] = {}
    folders = [str(root / "pipeline")] if (root / "pipeline").is_dir() else []
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders += [entry.path] if entry.name != "__pycache__" else []
                else:
                    about = entry.stat()
                    name = entry.path.removeprefix(f"{root}/")
                    found[name] = (about.st_size, about.st_mtime_ns)
    return found


def _is_same(folder: Path, code: dict[str, tuple[int, int]]) -> bool:
    """Return whether a program in folder would load what is loaded here."""
    there = _code(folder)
    if there == code or not there:
        return True
    return there.keys() == code.keys() and all(
        there[name] == about or (folder / name).read_bytes() == (ROOT / name).read_bytes()
        for name, about in code.items()
        if name != "pipeline/engine.sha256"  # which no program loads, and stages read in folder
    )


def _suits(asked: dict[str, Any], loaded: _Loaded) -> bool:
    """Return whether a fork is what the program would be if it loaded by itself."""
    return (
        asked["prefix"] == sys.prefix
        and _early(asked["variables"]) == loaded.early
        and _is_same(Path(asked["folder"]), loaded.code)
    )


def _early(variables: Any) -> dict[str, str]:
    return {
        name: value
        for name, value in variables.items()
        if name.startswith(READ_EARLY) and LEFT_BY_LOADING.get(name) != value
    }


def _begin(asker: socket.socket, loaded: _Loaded) -> int | None:
    """Fork for what asker wants; decline, by closing, what would be another program there."""
    length, files, *_ = socket.recv_fds(asker, _LENGTH_BYTES, _MOST_FILES)
    asked: dict[str, Any] = {}
    try:
        with suppress(OSError), asker.makefile("rb") as stream:
            asked = json.loads(stream.read(int.from_bytes(length, "big")) or b"{}")
        if not asked or not _suits(asked, loaded):
            asker.close()
            return None
        process = os.fork()
        if process == 0:
            _become(asked, files, loaded.added)
        with suppress(OSError):  # it was killed meanwhile, which the selector will show
            asker.sendall(process.to_bytes(4, "big"))
    finally:
        for file in files:
            os.close(file)
    return process


def _become(asked: dict[str, Any], files: list[int], added: set[tuple[str, str]]) -> None:
    """Be the program that was asked for, from its start to its end."""
    code = 1
    try:
        os.setsid()
        usual = signal.SIG_IGN if asked["is_deaf"] else signal.default_int_handler
        signal.signal(signal.SIGINT, usual)
        _take_files(files, asked["numbers"])
        os.environ.clear()
        os.environ.update(dict(added) | asked["variables"])
        os.umask(asked["mask"])
        os.chdir(asked["folder"])
        sys.path[0] = asked["folder"]
        sys.argv = [asked["program"], *asked["arguments"]]
        sys.orig_argv = [sys.executable, "-m", *sys.argv]
        runpy.run_module(asked["program"], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = _exit_code(end)
    except KeyboardInterrupt:
        traceback.print_exc()
        code = -signal.SIGINT
    except BaseException:  # noqa: BLE001 - the end of a process: what it says, Python would
        traceback.print_exc()
    finally:
        _leave(code)


def _take_files(files: list[int], numbers: list[int]) -> None:
    """Have the files that were given under the numbers that they had, and no other."""
    high = []
    for file in files:
        os.dup2(file, _ABOVE + len(high))
        high.append(_ABOVE + len(high))
    os.closerange(0, _ABOVE)
    for file, number in zip(high, numbers, strict=True):
        os.dup2(file, number)
    os.closerange(_ABOVE, _ABOVE + len(high))
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if number in numbers:
            was = getattr(sys, name)
            stream = open(  # noqa: SIM115 - a number; it stays open to the end
                number,
                mode,
                buffering=1 if number == 2 or (number and os.isatty(number)) else -1,
                encoding=was.encoding,
                errors=was.errors,
                closefd=False,
            )
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return 1


def _leave(code: int) -> None:
    """End this process as Python does, but for taking apart what was loaded."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = code or 120  # as Python's own
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _take_away(place: Path) -> None:
    for path in (place, place.with_name(f"{place.name}.lock")):
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=".*found in sys.modules after import", module="runpy")
    given = dict(os.environ)
    held = socket.socket(fileno=int(sys.argv[1]))
    for name in filter(find_spec, LATE):
        import_module(name)
    import_module("pipeline.run.serving").load(ROOT)
    sys.modules.pop("pipeline.run.serving")  # it is a program, too
    gc.freeze()
    serve(held, given)
