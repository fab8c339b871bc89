"""What people and commands wrote: deliveries, books, queues and receipts."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import md5
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.deliveries.stored import MAPPING_SUFFIX, landed
from pipeline.faucet.answers.outbox import changed_answers
from pipeline.faucet.fsck.faults import Fault, Inspection, bring_back, in_git
from pipeline.faucet.queues.task_receipts import read_receipts, view_of
from pipeline.faucet.responses.book import read_response
from pipeline.faucet.verdicts.book import read_book, read_edits
from pipeline.params.yaml_text import load_yaml
from pipeline.store.atomic import write_bytes
from pipeline.store.cut_books import cut_books
from pipeline.store.delivered import damaged_deliveries
from pipeline.store.kept import copies
from pipeline.workspace.layout import (
    COMPLETED,
    COMPLETED_VIEW,
    DELIVERIES,
    DOMAIN,
    EDITS,
    QUEUES,
    RESPONSES,
    VERDICTS,
    stand_in,
)
from pipeline.workspace.lock_file import cached, read_lock, recorded_files
from pipeline.workspace.workspace import Workspace

_UNKNOWN = "it is neither what a command wrote nor what a commit has"
_NOT_GIVEN = "it is not what the books of integrate give"
_COMMIT = "commit it where the change is yours"


def deliveries(root: Workspace) -> Inspection:
    """Compare every delivery with the digest in its name, what is said of it with commits."""
    stored = landed((root / DELIVERIES).resolve())
    damaged = damaged_deliveries(root.root, stored, every_byte=True)
    faults = [
        Fault(
            path.as_posix(),
            "its bytes are not those that landed",
            _delivery_back(root, path),
            "`dvc pull`, or land the file again",
        )
        for path in damaged
    ]
    mappings = _mappings(root)
    return Inspection(len(stored) + mappings.files, [*faults, *mappings.faults])


def _mappings(root: Workspace) -> Inspection:
    """Compare what people say of deliveries' keys with copies and commits, and read it."""
    named = {path.relative_to(root) for path in (root / DELIVERIES).glob(f"*/*{MAPPING_SUFFIX}")}
    paths = sorted(named | {path for path in _committed(root, DELIVERIES) if _is_mapping(path)})
    faults = list(_unknown(root, paths, {}))
    for path in sorted(named - {Path(fault.path) for fault in faults}):
        from pipeline.deliveries.mapping import from_yaml  # noqa: PLC0415 - most have none

        try:
            from_yaml((root / path).read_bytes(), path.as_posix())
        except UserError as fault:
            faults.append(Fault(path.as_posix(), str(fault), None, "`git checkout` it"))
    return Inspection(len(paths), faults)


def _is_mapping(path: Path) -> bool:
    return path.name.endswith(MAPPING_SUFFIX)


def _committed(root: Workspace, folder: Path) -> Iterator[Path]:
    listed = root.try_git("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", folder.as_posix())
    names = listed.stdout.split("\0") if not listed.returncode else []
    yield from (Path(name) for name in names if name)


def books(root: Workspace) -> Inspection:
    """Compare what people write for the DAG with copies, commits and what the last run read."""
    paths = [path for path in root.inputs if path != DELIVERIES]
    read = {entry["path"]: entry["md5"] for entry in _recorded_deps(root)}
    faults = [
        Fault(
            one.path.as_posix(),
            one.fault,
            partial(bring_back, root, one.path, one.whole, "the last whole copy"),
            "`git checkout` it",
        )
        for one in cut_books(root, [path for path in paths if path not in root.offloaded])
    ]
    cut = {Path(fault.path) for fault in faults}
    faults += _unknown(root, [path for path in paths if path not in cut], read)
    faults += list(_unreadable(root, {fault.path for fault in faults}))
    return Inspection(len(paths), faults)


def queues(root: Workspace) -> Inspection:
    """Compare every queue with what a command wrote last, and the view of what is completed."""
    paths = [path.relative_to(root) for path in sorted((root / QUEUES).glob("*_queue.json"))]
    return Inspection(len(paths), [*_unknown(root, paths, {}), *_view(root)])


def receipts(root: Workspace) -> Inspection:
    """Compare the receipts of tasks with what was written, those of deliveries with the books."""
    named = {path.relative_to(root) for path in (root / COMPLETED).glob("*.json")}
    paths = sorted(named | set(_committed(root, COMPLETED)))
    answers, right = changed_answers(root)
    faults = [
        Fault(
            path.as_posix(), _NOT_GIVEN, partial(_again, root, path, content), "`faucet receipts`"
        )
        for path, content in right.items()
    ]
    return Inspection(len(paths) + answers, [*_unknown(root, paths, {}), *faults])


def responses(root: Workspace) -> Inspection:
    """Hold every recorded answer of a model to its format, and its request to the name of it."""
    named = {path.relative_to(root) for path in (root / RESPONSES).glob("*/*.json")}
    paths = sorted(named | {path for path in _committed(root, RESPONSES) if path.suffix == ".json"})
    faults = list(_unknown(root, paths, {}))
    for path in sorted(named - {Path(fault.path) for fault in faults}):
        try:
            read_response(root, path)
        except UserError as fault:
            faults.append(Fault(path.as_posix(), str(fault), None, "`git checkout` it"))
    return Inspection(len(paths), faults)


def _delivery_back(root: Workspace, path: Path) -> partial[str] | None:
    """Return what brings a delivery back from git or DVC's cache, None where neither has it."""
    digest = path.name.partition("-")[0]
    held = [("index or commit", content) for content in in_git(root, [path])[path]]
    held += [("the cache of DVC", content) for content in _offloaded(root, path)]
    for source, content in held:
        if content_digest(content).startswith(digest):
            return partial(bring_back, root, path, content, source)
    return None


def _offloaded(root: Workspace, path: Path) -> Iterator[bytes]:
    if DELIVERIES not in root.offloaded:
        return
    for out in load_yaml(root / stand_in(DELIVERIES))["outs"]:
        for name, digest in recorded_files(root, [{**out, "path": DELIVERIES.as_posix()}]):
            if name == path.as_posix() and cached(root, digest).is_file():
                yield cached(root, digest).read_bytes()


def _unknown(root: Workspace, paths: Iterable[Path], read: dict[str, str]) -> Iterator[Fault]:
    """Yield the files that are neither a kept copy nor in git, nor what the last run read."""
    listed = list(paths)
    held = in_git(root, listed)
    for path in listed:
        known = [*copies(root, path), *held[path]]
        if not (root / path).is_file():
            if held[path]:
                back = partial(bring_back, root, path, known[0], "the last whole copy")
                yield Fault(path.as_posix(), "it is missing", back, "`git checkout` it")
            continue
        content = (root / path).read_bytes()
        if content in known or md5(content, usedforsecurity=False).hexdigest() == read.get(
            path.as_posix()
        ):
            continue
        mend = partial(bring_back, root, path, known[0], "the last whole copy") if known else None
        if known or held[path] or read:
            yield Fault(path.as_posix(), _UNKNOWN, mend, _COMMIT)


def _recorded_deps(root: Workspace) -> Iterator[dict[str, str]]:
    try:
        stages = read_lock(root)
    except UserError:
        return
    for stage in stages.values():
        yield from stage.get("deps", ())


def _unreadable(root: Workspace, named: set[str]) -> Iterator[Fault]:
    """Yield the books of reviews, and files of the domain, that cannot be read whole.

    Those of paths that were named before are passed over.
    """
    from pipeline.store.inputs import read_input  # noqa: PLC0415 - only `faucet fsck` reads all

    domain = [path for path in root.inputs if path.parent == DOMAIN]
    readings: dict[Path, Callable[[], object]] = {
        VERDICTS: partial(read_book, root),
        EDITS: partial(read_edits, root),
        **{path: partial(read_input, root, path) for path in domain},
    }
    for path, reading in readings.items():
        try:
            reading()
        except UserError as fault:
            if path.as_posix() not in named:
                yield Fault(path.as_posix(), str(fault), None, "mend the line that is named")


def _view(root: Workspace) -> Iterator[Fault]:
    """Yield the view of what is completed where it is not what the receipts give."""
    path = root / COMPLETED_VIEW
    if not path.is_file():
        return
    try:
        right = view_of(read_receipts(root))
    except UserError:
        return  # the receipts themselves are damaged, and said to be
    if path.read_bytes() != right:
        mend = partial(_again, root, COMPLETED_VIEW, right)
        yield Fault(COMPLETED_VIEW.as_posix(), "it is not what the receipts give", mend, "")


def _again(root: Workspace, path: Path, content: bytes) -> str:
    write_bytes(root / path, content)
    return "made again from what it sums up"
