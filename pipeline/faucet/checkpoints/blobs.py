"""Files of many commits, read by one git process."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from pipeline.core.errors import UserError


def blobs(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return the content of every named object that exists, by name.

    A name is what git takes for one, such as an id or `<commit>:metrics/qa.json`. Raises
    UserError with git's words where it cannot read the repository.
    """
    asked = list(dict.fromkeys(names))
    if not asked:
        return {}
    done = subprocess.run(
        ["git", "cat-file", "--batch"],  # noqa: S607 - git is found where the user has it
        cwd=root,
        input="".join(f"{name}\n" for name in asked).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        told = " ".join(done.stderr.decode(errors="replace").split())
        raise UserError(f"git cat-file: {told or 'failed'}")
    return dict(_parsed(asked, done.stdout))


def _parsed(asked: list[str], told: bytes) -> Iterable[tuple[str, bytes]]:
    """Yield name and content: `<id> <type> <size>`, the content and a line end, or `missing`."""
    place = 0
    for name in asked:
        end = told.index(b"\n", place)
        header = told[place:end].split()
        place = end + 1
        if header[-1] == b"missing":
            continue
        size = int(header[2])
        if header[1] == b"blob":
            yield name, told[place : place + size]
        place += size + 1
