"""Programs that compute pairs, and so make none up: found by the entry points of what is installed.

A package brings one by an entry point of the group GROUP in its pyproject.toml, which names an
object of the form Generator. Each is asked for entries of the plan by their names.
"""

from collections.abc import Collection
from functools import cache
from importlib.metadata import entry_points
from typing import NamedTuple, Protocol

GROUP = "qa_data_factory.generators"


class GeneratedFile(Protocol):
    """A file to deliver: its name with suffix, its text, and how many pairs it holds."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the class says it
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def pairs(self) -> int: ...  # noqa: D102


class Generator(Protocol):
    """Computes pairs on some entries of a plan, the same ones for the same arguments."""

    names: Collection[str]
    """The entries that it can compute, by their names in the plan."""

    def generate(
        self, name: str, count: int, *, seed: int, stem: str, created: str
    ) -> GeneratedFile:
        """Return a delivery of count pairs on an entry; another seed gives other pairs.

        stem is the file's name without suffix, created the ISO date that the file states.
        """
        ...


class Installed(NamedTuple):
    """The generators that are here, and a sentence with the reason for each that is of no use."""

    generators: tuple[Generator, ...]
    faults: tuple[str, ...]

    def able(self, name: str) -> Generator | None:
        """Return the first generator that can compute an entry, None where none can."""
        return next((one for one in self.generators if name in one.names), None)


@cache
def installed() -> Installed:
    """Return the generators of all installed packages, in order of their names."""
    found: list[Generator] = []
    faults: list[str] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        try:
            found.append(point.load())
        except ModuleNotFoundError as missing:
            faults.append(
                f"generator {point.name} needs {missing.name}, which is not installed:"
                f" pip install '{_package(point.dist)}[{point.name}]'"
            )
    return Installed(tuple(found), tuple(faults))


def _package(distribution: object) -> str:
    return str(getattr(distribution, "name", "its package"))
