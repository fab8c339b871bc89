"""Books that lost what they held: emptied, deleted, or cut at a line's end, so that they parse.

An empty book reads as one without decisions, and a run would do as if nobody had decided anything.
So it is compared with the copy that a command kept and with git's index, which has what a person
meant: a book that was emptied by `git add`, `git rm` or a commit is believed, and so is one that
a command wrote.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.core.whole_file import whole_file
from pipeline.store.kept import copies
from pipeline.workspace.git import Folder, blobs, try_git
from pipeline.workspace.layout import DOMAIN, VERDICTS

_APPENDED = VERDICTS.parent
"""Books below it only ever grow, so that the start of one is a cut; others are edited by hand."""

_MISSING, _EMPTY, _CUT = "it is missing", "it is empty", "it is cut off"


class CutBook(NamedTuple):
    """A book that is less than it was: what stands there now, the whole of it, and who has that."""

    path: Path
    fault: str
    whole: bytes
    is_kept: bool

    @property
    def sentence(self) -> str:
        """Return what is lost, what brings it back, and how a person says that it is meant."""
        name = self.path.as_posix()
        lines = counted(len(self.whole.splitlines()), "line")
        source = "a command wrote it" if self.is_kept else "git has it"
        back = "faucet fsck --repair" if self.is_kept else f"git checkout -- {name}"
        meant = f"git rm --cached {name}" if self.fault == _MISSING else f"git add {name}"
        return (
            f"{name}: {self.fault}, and {source} with {lines}: `{back}` brings it back;"
            f" where this is meant, `{meant}` says so"
        )


def refuse_cut(folder: Folder, paths: Iterable[Path]) -> None:
    """Raise UserError for the first book that lost something; paths as cut_books takes them."""
    found = next(cut_books(folder, paths), None)
    if found is not None:
        raise UserError(found.sentence)


def cut_books(folder: Folder, paths: Iterable[Path]) -> Iterator[CutBook]:
    """Yield the books that are less than what a command wrote, or than what git's index has.

    paths are from the workspace's root; what is no book of reviews or of the domain is passed
    over. Git is asked only where no command wrote what stands there.
    """
    odd: dict[Path, tuple[bytes | None, list[bytes]]] = {}
    for path in paths:
        if not path.suffix or path.parent not in (_APPENDED, DOMAIN):
            continue
        content = whole_file(Path(folder), path)
        is_odd = path.parent == _APPENDED or not (content or b"").strip()
        kept = copies(folder, path) if is_odd else []
        if is_odd and (content is None or content not in kept):
            odd[path] = content, kept
    held = _in_git(folder, odd)
    for path, (content, kept) in odd.items():
        found = _whole(folder, path, content, kept, held)
        if found is not None:
            fault = _MISSING if content is None else _CUT if content.strip() else _EMPTY
            yield CutBook(path, fault, *found)


def _whole(
    folder: Folder,
    path: Path,
    content: bytes | None,
    kept: list[bytes],
    held: dict[str, bytes],
) -> tuple[bytes, bool] | None:
    """Return what content is a cut of and whether a command kept it; None where it is whole.

    kept are the copies of commands, held is what git has.
    """
    name = path.as_posix()
    staged, committed = held.get(f":{name}"), held.get(f"HEAD:{name}")
    if content is not None and content in (staged, committed):
        return None
    wholes = [one for one in kept if _is_cut(content, one)]
    if staged is None and (committed is not None or (wholes and _was_committed(folder, path))):
        return None  # a person took it out
    if wholes and not (content is None and len(kept) == 1 and staged is None):
        return wholes[0], True  # not the first line, whose writer may have been killed before it
    return (staged, False) if staged is not None and _is_cut(content, staged) else None


def _is_cut(content: bytes | None, whole: bytes) -> bool:
    """Return whether content is less than the whole, and nothing besides."""
    held = (content or b"").rstrip()
    return len(held) < len(whole.rstrip()) and whole.startswith(held)


def _in_git(folder: Folder, paths: Iterable[Path]) -> dict[str, bytes]:
    names = [f"{source}{path.as_posix()}" for path in paths for source in (":", "HEAD:")]
    try:
        return blobs(folder, names)
    except UserError:
        return {}  # no git here


def _was_committed(folder: Folder, path: Path) -> bool:
    found = try_git(folder, "rev-list", "-1", "HEAD", "--", path.as_posix())
    return not found.returncode and bool(found.stdout.strip())
