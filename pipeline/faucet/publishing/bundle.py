"""What is published: the files of a checkpoint's export, its card and what describes them."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.core.json_values import Json, pretty
from pipeline.faucet.publishing.card import published_card
from pipeline.faucet.publishing.croissant import croissant
from pipeline.store.digests import sha256_of
from pipeline.store.inputs import read_input
from pipeline.store.metrics import read_figures
from pipeline.workspace.dag import StageWiring
from pipeline.workspace.digest import dvc_digest
from pipeline.workspace.layout import DVC_LOCK, schema_path
from pipeline.workspace.lock_file import read_lock
from pipeline.workspace.workspace import Workspace

CARD = "README.md"
CROISSANT = "croissant.json"
CHECKPOINT = "checkpoint.json"
_PARQUET = ".parquet"


class Published(NamedTuple):
    """A file as it is published: its path, digest and size, and where it is or what it holds."""

    path: str
    sha256: str
    size: int
    source: Path | bytes


class Bundle(NamedTuple):
    """A checkpoint's files by path; commit is its hash, pairs those of its splits.

    owned are the names that this project gives to files and folders at a target: of those alone,
    what is no longer published is removed there.
    """

    commit: str
    pairs: int
    files: Mapping[str, Published]
    owned: frozenset[str]

    @property
    def short(self) -> str:
        """Return the start of the checkpoint's hash."""
        return self.commit[:12]

    def is_owned(self, path: str) -> bool:
        """Return whether a path at a target is one of ours."""
        return path.split("/", maxsplit=1)[0] in self.owned


def bundle(
    workspace: Workspace, *, without: tuple[str, ...] = (), keep_secrets: bool = False
) -> Bundle:
    """Return what is to be published of the last commit.

    without: patterns of paths that stay here, such as `rag.sqlite` or `training/*`.
    keep_secrets: publish texts with credentials, which export.secrets: keep leaves in.

    Raises UserError where the export is not the one that the last commit records, so that nobody
    could rebuild what is published; and where it holds credentials and that was not asked for.
    """
    wiring = _stage_of(workspace, CARD)
    commit = _held_by(workspace, wiring)
    _refuse_secrets(workspace, wiring, keep_secrets=keep_secrets)
    folder = workspace / workspace.output(CARD).parent
    paths = sorted(path for path in _files(workspace, wiring) if not _matches(path, without))
    files = {path: _file(folder, path) for path in paths}
    rows = {path: files[path].source for path in paths if path.endswith(_PARQUET)}
    sizes = {file.path: file.size for file in files.values()}
    card = published_card((folder / CARD).read_text(encoding="utf-8"), folder, sizes)
    example: Json = read_input(workspace, schema_path("example"))
    made = {CARD: card.encode()}
    if rows:
        digests = {file.path: (file.sha256, file.size) for file in files.values()}
        made[CROISSANT] = pretty(croissant(card, example, digests, _date(workspace, commit)))
    for path, content in made.items():
        files[path] = Published(path, content_digest(content), len(content), content)
    files[CHECKPOINT] = _checkpoint(commit, files)
    figures = read_figures(workspace, wiring.name) or {}
    owned = {out.name for out in wiring.outs} | {CROISSANT, CHECKPOINT}
    return Bundle(commit, int(figures.get("pairs", 0)), files, frozenset(owned))


def _stage_of(workspace: Workspace, name: str) -> StageWiring:
    place = workspace.output(name)
    return next(wiring for wiring in workspace.dag.wirings if place in wiring.outs)


def _held_by(workspace: Workspace, wiring: StageWiring) -> str:
    """Return the last commit, which records what lies in the workspace.

    Raises UserError where it does not.
    """
    content = workspace.file_at("HEAD", DVC_LOCK)
    here = workspace / DVC_LOCK
    if content is None or not here.is_file() or here.read_bytes() != content:
        raise UserError(
            "the results are in no commit, so nobody could rebuild them: `faucet checkpoint` makes"
            " one, and then publish it"
        )
    stage = read_lock(workspace).get(wiring.name, {})
    recorded = {out["path"]: out["md5"] for out in stage.get("outs", ())}
    for out in wiring.outs:
        if recorded.get(out.as_posix()) != dvc_digest(workspace, out):
            raise UserError(
                f"{out.as_posix()} is not what {DVC_LOCK} records: `faucet repro` brings it back"
            )
    return workspace.git("rev-parse", "HEAD").strip()


def _refuse_secrets(workspace: Workspace, wiring: StageWiring, *, keep_secrets: bool) -> None:
    mode = workspace.dag.params[wiring.name].get("secrets")
    figures = read_figures(workspace, wiring.name) or {}
    if mode == "keep" and figures.get("pairs_with_secrets") and not keep_secrets:
        raise UserError(
            f"{wiring.name}.secrets is keep, and {figures['pairs_with_secrets']} pairs hold"
            " credentials: set it to mask, or say --keep-secrets"
        )


def _files(workspace: Workspace, wiring: StageWiring) -> Iterator[str]:
    """Yield the path of every file of the export below the folder that the card is in."""
    folder = workspace / workspace.output(CARD).parent
    for out in wiring.outs:
        place = workspace / out
        below = place.rglob("*") if place.is_dir() else [place]
        yield from (file.relative_to(folder).as_posix() for file in below if file.is_file())


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return path != CARD and any(
        fnmatch(path, pattern) or path.startswith(f"{pattern.rstrip('/')}/") for pattern in patterns
    )


def _file(folder: Path, path: str) -> Published:
    place = folder / path
    return Published(path, sha256_of(place), place.stat().st_size, place)


def _date(workspace: Workspace, commit: str) -> str:
    """Return the day of the checkpoint, which is the same whenever it is published."""
    return workspace.git("show", "-s", "--format=%cs", commit).strip()


def _checkpoint(commit: str, files: Mapping[str, Published]) -> Published:
    """Return the file that says which checkpoint this is, and what each of its files holds."""
    listed = {
        path: {"sha256": files[path].sha256, "size": files[path].size} for path in sorted(files)
    }
    content = pretty({"commit": commit, "files": listed})
    return Published(CHECKPOINT, content_digest(content), len(content), content)
