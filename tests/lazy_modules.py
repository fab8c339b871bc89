"""Libraries that few tests use: loaded by the process that runs these, not by all that collect."""

from importlib import import_module
from typing import Any


class LazyModule:
    """A module by its name, which is imported when something of it is first asked for.

    Nothing of it begins with an underscore: such names pytest asks of all that a test's module
    holds, to see whether it is a fixture or a test.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)
