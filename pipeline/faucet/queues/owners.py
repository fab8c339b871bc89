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
_PROC = Path("/proc/self/stat").parents[1] if Path("/proc/self/stat").exists() else Path("/none")
_START_FIELD = 19
"""Field 22 of /proc/<pid>/stat, counted from the one behind the program's name."""
_SAME_START_S = 0.5


def this_process() -> Json:
    """Return this process as claims tell it: host, pid and start time."""
    pid = os.getpid()
    return {"host": this_host(), "pid": pid, "started": started(pid)}


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
    since = started(process["pid"])
    return since is not None and abs(since - process["started"]) < _SAME_START_S


def started(pid: int) -> float | None:
    """Return when a process started, in seconds; None where none of that id runs.

    On Linux they count from the boot, because the time of day moves when the clock is set.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return _since_boot(pid) if _PROC.is_dir() else process.create_time()
    except psutil.NoSuchProcess:
        return None


def _since_boot(pid: int) -> float | None:
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    ticks = int(fields.rpartition(")")[2].split()[_START_FIELD])
    return ticks / os.sysconf("SC_CLK_TCK")


def _boot_time() -> str:
    return f"{psutil.boot_time():.0f}"
