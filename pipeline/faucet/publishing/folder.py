"""A folder as target: of a file server, a synchronised disk, another repository."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.faucet.publishing.bundle import Bundle, Published
from pipeline.faucet.publishing.target import Present
from pipeline.store.atomic import replacing, write_bytes
from pipeline.store.digests import sha256_of
from pipeline.workspace.layout import DATA
from pipeline.workspace.workspace import Workspace


class FolderDestination:
    """A folder; what others put beside our files stays."""

    def __init__(self, workspace: Workspace, path: str) -> None:
        self._folder = (workspace.root / Path(path).expanduser()).resolve()
        inside = self._folder.is_relative_to(workspace.root.resolve() / DATA)
        if inside or self._folder == workspace.root.resolve():
            raise UserError(f"{path} lies in the workspace's own data: name a folder elsewhere")
        if self._folder.exists() and not self._folder.is_dir():
            raise UserError(f"{path} is no folder")

    def present(self) -> Mapping[str, Present]:
        """Return the regular files below the folder."""
        files = (path for path in self._folder.rglob("*") if path.is_file())
        return {
            path.relative_to(self._folder).as_posix(): Present(path.stat().st_size, sha256_of(path))
            for path in files
        }

    def publish(self, bundle: Bundle, sent: Iterable[Published], removed: Iterable[str]) -> str:
        """Write files whole, one after the other, the checkpoint's mark last."""
        del bundle
        for file in sent:
            path = self._folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(file.source, bytes):
                write_bytes(path, file.source)
            else:
                with replacing(path) as temporary:
                    shutil.copyfile(file.source, temporary)
        for name in removed:
            (self._folder / name).unlink()
        return str(self._folder)
