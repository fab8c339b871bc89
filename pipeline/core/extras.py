"""Extras: packages that only a part of the engine needs, and how they get here.

pyproject.toml lists them by name. What needs one says so in one sentence, the same everywhere: a
checkout installs an extra at the versions of its lock, everybody else beside the wheel. To install
`.[name]` by pip would be neither: it puts a copy beside the checkout, which then goes stale.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.core.errors import UserError

DISTRIBUTION = "qa-data-factory"
"""Name under which the engine is installed."""

_PACKAGE = Path(__file__).parents[1]


@contextmanager
def of_extra(extra: str, user: str) -> Iterator[None]:
    """Let a block import what an extra brings.

    Arguments:
        extra: its name in pyproject.toml.
        user: who needs it, as the sentence begins: "the desk".

    Raises UserError, with the command that installs it, where a package is not there. A module of
    the engine that is missing stays the bug that it is.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] == _PACKAGE.name:
            raise
        raise lacking(extra, user, missing.name) from None


def lacking(extra: str, user: str, package: str) -> UserError:
    """Return the fault of a package that user needs, with the command that installs its extra."""
    return UserError(
        f"{user} needs the package {package}, which is not installed: `{installing(extra)}`"
    )


def installing(extra: str) -> str:
    """Return the command that installs an extra: in a checkout by make, else by pip."""
    is_checkout = (_PACKAGE.parent / "requirements-dev.lock").is_file()
    return f"make extra NAME={extra}" if is_checkout else f'pip install "{DISTRIBUTION}[{extra}]"'
