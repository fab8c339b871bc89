"""`faucet init`: a git and DVC repository of its own, ready for its first delivery."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.domain.plan_table import plan_table
from pipeline.faucet.scaffold.licence import licence_named, with_licence
from pipeline.faucet.scaffold.templates import (
    EMPTY,
    MERGED,
    ONCE,
    REPLACED,
    REPLACED_LIST,
    base_path,
    examples,
    replaced_list,
    templates,
)
from pipeline.store.installed import VERSION, installed_notes
from pipeline.workspace.layout import DATA, GIT_IGNORE, INBOX, NAMES, PLAN
from pipeline.workspace.workspace import Workspace

_BRANCH = "refs/heads/main"


class Started(NamedTuple):
    """A new workspace: its folder, the engine, entries of its plan, its first commit.

    commit is None where git knows no name to commit by; waiting counts files in the inbox.
    """

    folder: str
    engine: str
    entries: int
    waiting: int
    commit: str | None


def start_workspace(
    folder: Path,
    *,
    plan: Path | None,
    example: str | None,
    licence: str | None = None,
    furnish: Callable[[Workspace], object] = lambda _: None,
) -> Started:
    """Make a workspace at folder and return what it holds.

    Its subject is that of an example, or a plan alone; every other file of data/domain is there
    and empty. It is written beside folder and renamed, so that it is whole or not there at all.
    licence is that of the contents (licence.py); None leaves what the subject says. furnish writes
    into it what else its first commit is to hold.

    Raises UserError where folder has something in it, for a licence that is no name, for a plan
    that cannot be read whole (plan_table), for an example that is none, and where both are asked
    for.
    """
    if plan and example:
        raise UserError("--plan and --example are two subjects: name one of them")
    if example and example not in examples():
        raise UserError(f"{example!r} is no example; the examples are {', '.join(examples())}")
    content = _read_plan(plan) if plan else b""
    rights = licence_named(licence) if licence is not None else None
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise UserError(f"{folder} is not empty: name a folder that is not there yet")
    with _whole(folder) as root:
        workspace = _written(root, example or EMPTY, {PLAN: content} if plan else {})
        if rights is not None:
            words = workspace / NAMES
            words.write_bytes(with_licence(words.read_bytes(), rights))
        furnish(workspace)
        commit = _first_commit(workspace)
        waiting = sum(1 for file in (workspace / INBOX).rglob("*") if file.is_file())
        entries = len(plan_table((workspace / PLAN).read_bytes(), PLAN.as_posix()))
        engine = (workspace / VERSION).read_text(encoding="utf-8").strip()
    return Started(str(folder), engine, entries, waiting, commit)


def lines(started: Started) -> list[str]:
    """Return what people are shown of a new workspace, with the next step."""
    about = f"a plan of {counted(started.entries, 'name')}"
    first = f"{started.folder}: a workspace of {started.engine} with {about}"
    waits = f"; {counted(started.waiting, 'file')} in its inbox" if started.waiting else ""
    unnamed = "git knows no name of yours: set user.name and user.email, then `git commit`"
    step = "`faucet land`" if started.waiting else "`faucet land FILE --agent NAME`"
    return [
        first + waits,
        *([] if started.commit else [unnamed]),
        f"next: `cd {started.folder}`, {step}, `faucet repro`",
    ]


def fill_inputs(workspace: Workspace, below: Path = DATA) -> list[Path]:
    """Make an empty file or folder of every input of the DAG that is missing; return them.

    Only what lies below a folder is looked at, and nothing that DVC holds. A folder comes with the
    page that says what belongs there: git holds no empty ones.
    """
    missing = [
        path
        for path in workspace.inputs
        if below in path.parents
        and not (workspace / path).exists()
        and path not in workspace.offloaded
    ]
    for one in templates(ONCE):
        if any(path in one.path.parents for path in missing):
            _write(workspace, one.path, one.content)
    for path in missing:
        if (workspace / path).exists():
            continue
        if path.suffix:
            _write(workspace, path, b"")
        else:
            (workspace / path).mkdir(parents=True)
    return missing


def _read_plan(plan: Path) -> bytes:
    try:
        content = plan.read_bytes()
    except OSError as fault:
        raise UserError(f"{plan}: {fault.strerror}") from None
    if not len(plan_table(content, plan.name)):
        raise UserError(f"{plan} names nothing: --example empty begins without a plan")
    return content


def _written(root: Path, example: str, subject: dict[Path, bytes]) -> Workspace:
    """Write all files of a new workspace."""
    workspace = Workspace(root)
    for one in templates(MERGED, REPLACED, ONCE, example):
        _write(workspace, one.path, one.content)
        if one.kind == MERGED:
            _write(workspace, base_path(one.path), one.content)
    for path, content in {**subject, **installed_notes()}.items():
        _write(workspace, path, content)
    _write(workspace, REPLACED_LIST, "".join(replaced_list()).encode())
    (workspace / INBOX).mkdir(parents=True, exist_ok=True)
    fill_inputs(workspace)
    _ignore_outputs(workspace)
    return workspace


def _ignore_outputs(workspace: Workspace) -> None:
    """Let git ignore outputs as DVC would have it, so that the first run changes no file of git."""
    by_folder: dict[Path, list[str]] = {}
    for out in (out for wiring in workspace.dag.wirings for out in wiring.outs):
        by_folder.setdefault(out.parent, []).append(f"/{out.name}\n")
    for folder, names in by_folder.items():
        _write(workspace, folder / GIT_IGNORE, "".join(names).encode())


def _write(workspace: Workspace, path: Path, content: bytes) -> None:
    (workspace / path).parent.mkdir(parents=True, exist_ok=True)
    (workspace / path).write_bytes(content)


def _first_commit(workspace: Workspace) -> str | None:
    """Commit everything on branch main; return the commit, None where git has no author."""
    workspace.git("init", "--quiet")
    workspace.git("symbolic-ref", "HEAD", _BRANCH)
    workspace.git("add", "--all")
    message = "A workspace of question-answer pairs"
    done = workspace.try_git("commit", "--quiet", "--no-verify", "--message", message)
    return None if done.returncode else workspace.git("rev-parse", "HEAD").strip()


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """Give a new folder beside a folder, which becomes it at the end, or is gone."""
    place = folder.absolute()
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    aside.mkdir()
    try:
        yield aside
        if place.is_dir():
            place.rmdir()  # empty, as was seen
        aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
