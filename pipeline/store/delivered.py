"""Landed deliveries held to the digests in their names, before anything of them is read."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.deliveries.stored import Stored, landed
from pipeline.store.digests import DigestCache, other_than_named
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import DELIVERIES, SEEN

_BOOK = SEEN / "deliveries.json"
_NAMED = 3


def whole_deliveries(folder: Folder) -> list[Stored]:
    """Return all landed deliveries of a workspace, each what its name says.

    Raises UserError that names the damaged ones: their pairs are neither read nor recalled, and
    a data set without them would pass for a result.
    """
    root = Path(folder)
    stored = landed((root / DELIVERIES).resolve())
    damaged = damaged_deliveries(root, stored)
    if damaged:
        raise UserError(damage_sentence(damaged))
    return stored


def damaged_deliveries(
    root: Path, stored: Sequence[Stored], *, every_byte: bool = False
) -> list[Path]:
    """Return the deliveries, as paths from root, whose bytes are not those that landed."""
    paths = [one.path for one in stored]
    seen = DigestCache(root / _BOOK, (root / DELIVERIES).resolve())
    wrong = other_than_named(paths, seen, every_byte=every_byte)
    return [DELIVERIES / path.parent.name / path.name for path in wrong]


def damage_sentence(damaged: Sequence[Path]) -> str:
    """Return which deliveries are damaged and what brings them back, in one sentence."""
    names = ", ".join(_quoted(path) for path in damaged[:_NAMED])
    more = f" and {len(damaged) - _NAMED} more" if len(damaged) > _NAMED else ""
    what = "1 delivery is" if len(damaged) == 1 else f"{len(damaged):,} deliveries are"
    first = _quoted(damaged[0])
    return (
        f"{what} damaged, the bytes are not those that landed: {names}{more};"
        f" `git checkout -- {first}`, `dvc pull` or landing the file again brings it back,"
        " `faucet fsck --repair` tries what is at hand"
    )


def _quoted(path: Path) -> str:
    name = "".join(c if c.isprintable() else "?" for c in path.as_posix())
    return shlex.quote(name)
