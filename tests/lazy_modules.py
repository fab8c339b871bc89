"""Libraries that few tests use: loaded by the process that runs these, not by all that collect."""

from importlib import import_module
from typing import Any


class LazyModule:
    """A module by its name, which is imported when something of it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
