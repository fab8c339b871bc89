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

PLACE = "FAUCET_STAGES"
"""The environment variable with the path of the socket."""

BEGUN = b"begun\n"
"""What the other process answers once the stage is its own to end."""

_STREAMS = (1, 2)


def ended_elsewhere(arguments: list[str]) -> int | None:
    """Have the stage run by the process that listens; return its exit code.

    None where none listens, or it has not begun: the stage then runs here. A stage that was ended
    by a signal ends this process by the same one, so that its caller sees what it always saw.
    """
    place = os.environ.get(PLACE)
    if not place or not hasattr(socket, "send_fds"):
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(place)
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
