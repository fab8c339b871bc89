"""Memory that libraries have freed and keep, given back to the system."""

import ctypes
import sys
from collections.abc import Callable
from functools import cache

import pyarrow as pa


def give_back() -> None:
    """Give back what Arrow and the C library keep of freed memory, where they know how.

    Each keeps it for itself, and what comes next is often allocated by another one. To be called
    where much was freed: it takes some milliseconds.
    """
    pa.default_memory_pool().release_unused()
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], object] | None:
    """Return glibc's malloc_trim, None where the C library is another one."""
    if sys.platform != "linux":
        return None
    found: Callable[[int], object] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found
