"""A git-native data factory for question-answer knowledge bases.

Daft, DVC and Ray send usage statistics unless told not to, and print query ids, progress bars and
their workers' logs into a terminal. All of it is turned off here, before any of them can be
imported: whatever process of this project runs them is quiet, `dvc repro` called directly too.
Linear algebra runs on one thread: sums then have one order, and the tables of this project are
too small for more threads to pay.

`import pipeline as qa` is the door for Python: the names of `__all__` are functions and values of
pipeline/api, and are imported when they are first asked for, so that the import itself loads
nothing of what they need.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.api.dedupe import dedupe
    from pipeline.api.grade import grade
    from pipeline.api.read import read
    from pipeline.api.search import search
    from pipeline.api.split import split
    from pipeline.api.workspace import OpenWorkspace as Workspace
    from pipeline.core.errors import UserError

__all__ = ["UserError", "Workspace", "dedupe", "grade", "read", "search", "split"]

os.environ.setdefault("DAFT_ANALYTICS_ENABLED", "0")
os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
os.environ.setdefault("DAFT_SHOW_QUERY_ID", "0")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("DVC_NO_ANALYTICS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("RAY_LOG_TO_DRIVER", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

_PLACES = {
    "UserError": ("pipeline.core.errors", "UserError"),
    "Workspace": ("pipeline.api.workspace", "OpenWorkspace"),
    **{name: (f"pipeline.api.{name}", name) for name in __all__ if name.islower()},
}


def __getattr__(name: str) -> Any:
    """Return a name of the door from its module, on its first use."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
