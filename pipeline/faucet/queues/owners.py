"""Who works on a claim, as a process that others on the same host can look for.

A process id alone proves nothing: it is given again to another process, and means nothing on
another host or after a restart. The start time and the boot make it one process for good.
"""

import os
import platform
from functools import cache
from pathlib import Path

import psutil

from pipeline.core.json_values import Json

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PID_SPACE = Path("/proc/self/ns/pid")
_SAME_START_S = 0.5


def this_process() -> Json:
    """Return this process as claims tell it: host, pid and start time."""
    pid = os.getpid()
    return {"host": this_host(), "pid": pid, "started": _started(pid)}


@cache
def this_host() -> str:
    """Return a name of this host that changes when it restarts, or in another container."""
    boot = _BOOT_ID.read_text(encoding="ascii").strip() if _BOOT_ID.exists() else _boot_time()
    space = str(_PID_SPACE.readlink()) if _PID_SPACE.exists() else ""
    return f"{platform.node()} {boot} {space}".strip()


def is_alive(process: Json) -> bool | None:
    """Return whether a process of this host runs, None where it is of another host."""
    if process.get("host") != this_host():
        return None
    started = _started(process["pid"])
    return started is not None and abs(started - process["started"]) < _SAME_START_S


def _started(pid: int) -> float | None:
    """Return when a process started, seconds since 1970; None where none of that id runs."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None


def _boot_time() -> str:
    return f"{psutil.boot_time():.0f}"
