"""`faucet upgrade`: templates of a newer engine come into a workspace, with what people changed.

Beside each file that people may change, the workspace keeps the template that it was begun with.
A newer template is merged by the three of them, as git merges branches; where both changed the
same lines, the file stays as it is and the merge with its marks is laid beside it.
"""

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.scaffold.starting import fill_inputs
from pipeline.faucet.scaffold.templates import (
    MERGED,
    REPLACED,
    REPLACED_LIST,
    Template,
    base_path,
    replaced_list,
    templates,
)
from pipeline.store.atomic import write_bytes
from pipeline.store.engine import stale_lists
from pipeline.store.installed import VERSION, installed_notes, is_installed_engine
from pipeline.workspace.scratch import scratch
from pipeline.workspace.workspace import Workspace

_BESIDE = ".new"
_FAILED = 128
"""Exit codes of `git merge-file` from here on are failures; below, the number of conflicts."""


class TemplateChange(NamedTuple):
    """What becomes of one file: added, replaced, merged or conflict, and the diff that says how.

    content is what is written: to the file, or beside it where people must settle a conflict.
    """

    path: Path
    action: str
    content: bytes
    diff: str


class Upgraded(NamedTuple):
    """What an upgrade did: the engines before and after, changes of files, inputs made empty."""

    before: str
    engine: str
    changes: tuple[TemplateChange, ...]
    made: tuple[Path, ...]

    @property
    def conflicts(self) -> list[str]:
        """Return the files that people must settle by hand."""
        return [one.path.as_posix() for one in self.changes if one.action == "conflict"]


def upgrade(workspace: Workspace, *, is_dry: bool = False) -> Upgraded:
    """Bring the templates and the lists of the installed engine into a workspace.

    is_dry changes nothing. Raises UserError in a workspace that holds the engine's source, and
    where a file that would change has changes that no commit holds: they could not come back.
    """
    if not is_installed_engine(workspace):
        raise UserError("this workspace holds the engine's source: git brings its newer versions")
    with workspace.run_lock():
        before = _text(workspace, VERSION).strip()
        engine = installed_notes()[VERSION].decode().strip()
        changes = tuple(_changes(workspace))
        _refuse_uncommitted(workspace, changes)
        made = () if is_dry else _apply(workspace, changes)
    return Upgraded(before, engine, changes, made)


def lines(upgraded: Upgraded) -> Iterator[str]:
    """Yield what people are shown of an upgrade: diffs, then one line a file."""
    yield from (one.diff for one in upgraded.changes if one.diff)
    for one in upgraded.changes:
        where = f": settle it by {one.path.as_posix()}{_BESIDE}" if one.action == "conflict" else ""
        yield f"{one.action} {one.path.as_posix()}{where}"
    yield from (f"made {path.as_posix()}, empty" for path in upgraded.made)
    yield f"{upgraded.before} -> {upgraded.engine}: {len(upgraded.changes) or 'no'} changed files"


def as_document(upgraded: Upgraded) -> Json:
    """Return an upgrade as programs read it: contents left out, paths as text."""
    return {
        "before": upgraded.before,
        "engine": upgraded.engine,
        "changes": [
            {"path": one.path.as_posix(), "action": one.action, "diff": one.diff}
            for one in upgraded.changes
        ],
        "made": [path.as_posix() for path in upgraded.made],
    }


def refuse_older_templates(workspace: Workspace) -> None:
    """Raise UserError where the installed engine has other templates than this workspace."""
    if not is_installed_engine(workspace):
        return
    differing = [
        one.path.as_posix()
        for one in templates(MERGED)
        if _read(workspace, base_path(one.path)) != one.content
    ]
    differing += _fresh(workspace)
    if differing:
        message = f"{differing[0]} is that of another engine than the installed one"
        raise UserError(f"{message}: `faucet upgrade` brings in what is newer, and shows it")


def _changes(workspace: Workspace) -> Iterator[TemplateChange]:
    fresh = _fresh(workspace)
    for one in templates(REPLACED, MERGED):
        here = _read(workspace, one.path)
        if one.kind == MERGED:
            yield from _merged(workspace, one, here)
        elif one.path.as_posix() in fresh and here != one.content:
            yield _change(one.path, here, one.content)


def _merged(workspace: Workspace, one: Template, here: bytes | None) -> Iterator[TemplateChange]:
    """Yield what a newer template changes in a file that people may have changed."""
    base = _read(workspace, base_path(one.path))
    if one.content in (here, base) or (here is None and base is not None):
        return  # nothing new, or people took the file away
    if here in (base, None):
        yield _change(one.path, here, one.content)
        return
    conflicts, content = _three_way(workspace, (here or b"", base or b"", one.content))
    change = _change(one.path, here, content)
    yield change._replace(action="conflict" if conflicts else "merged")


def _three_way(workspace: Workspace, sides: Sequence[bytes]) -> tuple[int, bytes]:
    """Return the number of conflicts and the merge of ours, base and theirs, by lines."""
    with scratch(workspace.root, "upgrade") as folder:
        names = ("yours", "template", "newer")
        for name, content in zip(names, sides, strict=True):
            (folder / name).write_bytes(content)
        labels = [word for name in names for word in ("-L", name)]
        paths = [str(folder / name) for name in names]
        done = workspace.try_git("merge-file", "-p", *labels, *paths)
    if done.returncode >= _FAILED:
        raise UserError(f"git merge-file: {done.stderr.strip()}")
    return done.returncode, done.stdout.encode()


def _change(path: Path, here: bytes | None, content: bytes) -> TemplateChange:
    old, new = ((side or b"").decode("utf-8", "replace").splitlines() for side in (here, content))
    diff = difflib.unified_diff(
        old, new, f"a/{path.as_posix()}", f"b/{path.as_posix()}", lineterm=""
    )
    return TemplateChange(path, "added" if here is None else "replaced", content, "\n".join(diff))


def _refuse_uncommitted(workspace: Workspace, changes: Sequence[TemplateChange]) -> None:
    paths = [one.path.as_posix() for one in changes if one.action != "conflict"]
    status = workspace.git("status", "--porcelain", "-z", "--", *paths) if paths else ""
    changed = sorted(entry[3:] for entry in status.split("\0") if entry)
    if changed:
        raise UserError(f"{changed[0]} has changes that no commit holds: commit it first")


def _apply(workspace: Workspace, changes: Sequence[TemplateChange]) -> tuple[Path, ...]:
    """Write changes, then what the workspace keeps of templates and engine; return new inputs.

    The base of a file in conflict stays, so that the next upgrade looks at it again.
    """
    conflicts = {one.path for one in changes if one.action == "conflict"}
    for one in changes:
        beside = one.path.with_name(one.path.name + _BESIDE)
        write_bytes(workspace / (beside if one.path in conflicts else one.path), one.content)
    for template in templates(MERGED):
        beside = template.path.with_name(template.path.name + _BESIDE)
        if template.path not in conflicts:
            write_bytes(workspace / base_path(template.path), template.content)
            (workspace / beside).unlink(missing_ok=True)
    write_bytes(workspace / REPLACED_LIST, "".join(replaced_list()).encode())
    for path, content in stale_lists(workspace).items():
        write_bytes(workspace / path, content)
    return tuple(fill_inputs(workspace))


def _fresh(workspace: Workspace) -> list[str]:
    """Return the engine's own files that are others than when this workspace got them."""
    known = set(_text(workspace, REPLACED_LIST).splitlines(keepends=True))
    return [line.partition("  ")[2].strip() for line in replaced_list() if line not in known]


def _read(workspace: Workspace, path: Path) -> bytes | None:
    return (workspace / path).read_bytes() if (workspace / path).is_file() else None


def _text(workspace: Workspace, path: Path) -> str:
    return (_read(workspace, path) or b"").decode("utf-8", "replace")
