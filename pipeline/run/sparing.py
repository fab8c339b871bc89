"""Memory before time, where deliveries are large: how Daft's allocator is told so.

It keeps what it freed for some seconds, in several arenas, which saves a seventh of integrate's
CPU seconds and costs a hundred megabytes of a gigabyte's run (docs/adr/0150). It listens to the
environment alone, when Daft is loaded: such a stage cannot be run by a process that has loaded it.
"""

import os

_STAGE = "integrate"
"""The stage that reads deliveries."""

_LARGE_BYTES = 400_000_000
_CONF = "_RJEM_MALLOC_CONF"
_SPARING = "narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0"
"""One arena, whose free pages go back at once (jemalloc's manual, TUNING)."""


def spares_memory(arguments: list[str]) -> bool:
    """Return whether a stage of the workspace in the current folder is to spare memory.

    If so the environment says it to what is loaded from now on, unless it says something already.
    """
    if arguments != [_STAGE] or not _is_large():
        return False
    os.environ.setdefault(_CONF, _SPARING)
    return True


def _is_large() -> bool:
    from pipeline.workspace.layout import DELIVERIES  # noqa: PLC0415 - of this stage alone

    size = 0
    for folder, _, names in os.walk(DELIVERIES):
        for name in names:
            size += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 - 100,000
        if size >= _LARGE_BYTES:
            return True
    return False
