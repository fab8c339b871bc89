"""The short way to a program of tests: a process that has loaded it forks, instead of loading.

What Python was asked for - arguments, folder, variables, open files - goes to a fork of the process
of server.py, and this one stands for it: signals are passed on, the exit code or the signal that
ended the fork is its own. Little is imported, because every such program begins here.
"""

import json
import os
import signal
import socket
import sys

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1)


def stand_for(place: str) -> None:
    """Have the program run by the process that listens at place, and end as it ends.

    Where none listens, or it declines, this returns: Python goes on as always.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(place)
            process = _asked(connection)
        except OSError:
            return
        if not process:
            return
        _pass_signals_on(process)
        with connection.makefile("rb") as answer:
            status = answer.read()
    _end_as(int(status) if status else 1)


def _asked(connection: socket.socket) -> int:
    """Ask for the program; return the number of its process, 0 where it is declined."""
    numbers = [number for number in _open_files() if number != connection.fileno()]
    mask = os.umask(0)
    os.umask(mask)
    asked = json.dumps(
        {
            "program": sys.orig_argv[2],
            "arguments": sys.orig_argv[3:],
            "prefix": sys.prefix,
            "folder": os.getcwd(),  # noqa: PTH109 - pathlib takes as long as all of this
            "variables": dict(os.environ),
            "mask": mask,
            "numbers": numbers,
            "is_deaf": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
        }
    ).encode()
    socket.send_fds(connection, [len(asked).to_bytes(4, "big")], numbers)
    connection.sendall(asked)
    return int.from_bytes(connection.recv(4), "big")


def _open_files() -> list[int]:
    """Return the numbers of the files that this process was given."""
    found = []
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - as above
        try:
            if os.get_inheritable(int(name)):
                found.append(int(name))
        except OSError:  # that of the listing itself
            continue
    return found


def _pass_signals_on(process: int) -> None:
    def passed(number: int, _frame: object) -> None:
        try:
            os.kill(process, number)
        except ProcessLookupError:  # it has just ended
            return

    for number in PASSED_ON:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, passed)


def _end_as(exit_code: int) -> None:
    """End by an exit code; a negative one is a signal, which ends this process, too."""
    if exit_code < 0:
        if -exit_code != signal.SIGKILL:  # which nobody may handle
            signal.signal(-exit_code, signal.SIG_DFL)
        os.kill(os.getpid(), -exit_code)
    os._exit(exit_code)
