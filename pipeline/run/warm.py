"""The short way to a stage: a process that has loaded what stages need forks, instead of loading.

Loading takes about as long as most stages take for a small delivery. `faucet repro` starts one
process that loads once (serving.py) and says where it listens by an environment variable; the
command in dvc.yaml asks it, and runs the stage itself where there is none or it declines. Nothing
is imported here but what every Python has loaded, or loads in a few milliseconds.
"""

import json
import os
import signal
import socket
import sys

PLACE = "FAUCET_STAGES"
"""The environment variable with the name of the socket, which is in no folder (address)."""

BEGUN = b"begun\n"
"""What the other process answers once the stage is its own to end."""

_STREAMS = (1, 2)
_NUMBER_BYTES = 4
"""Of each of the three that Linux tells of a process: its own, its user's, its group's."""


def address(name: str) -> str:
    """Return the address of a socket by its name: one of Linux's that no kill leaves behind."""
    return f"\0{name}"


def is_own(connection: socket.socket) -> bool:
    """Return whether the other process is of the same user: a name is open to all of a machine."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 3 * _NUMBER_BYTES)
    user = credentials[_NUMBER_BYTES : 2 * _NUMBER_BYTES]
    return int.from_bytes(user, sys.byteorder) == os.getuid()


def ended_elsewhere(arguments: list[str]) -> int | None:
    """Have the stage run by the process that listens; return its exit code.

    None where none listens, or it has not begun: the stage then runs here. A stage that was ended
    by a signal ends this process by the same one, so that its caller sees what it always saw.
    """
    name = os.environ.get(PLACE)
    if not name or not hasattr(socket, "SO_PEERCRED"):
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(address(name))
            if not is_own(connection):
                return None
            asked = json.dumps({"arguments": arguments, "folder": os.getcwd()})  # noqa: PTH109
            socket.send_fds(connection, [asked.encode()], _STREAMS)
            answer = b"".join(iter(lambda: connection.recv(64), b""))
        except OSError:
            return None
    if not answer.startswith(BEGUN):
        return None
    status = answer.removeprefix(BEGUN)
    return _as_it_ended(int(status)) if status else 1


def _as_it_ended(exit_code: int) -> int:
    """Return an exit code; a negative one is a signal, which ends this process, too."""
    if exit_code < 0:
        if -exit_code == signal.SIGINT:  # Python's own handler would make an exception of it
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), -exit_code)
    return exit_code
