"""A store that DVC speaks to (S3, GCS, Azure, SSH ...) as target, by DVC's own configuration."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.core.text import excerpt
from pipeline.faucet.publishing.bundle import CHECKPOINT, Bundle, Published
from pipeline.faucet.publishing.target import Present
from pipeline.workspace.layout import DVC
from pipeline.workspace.workspace import Workspace


class StoreDestination:
    """A folder in a store. Stores tell no SHA-256, so the checkpoint's mark there is believed.

    An address below a configured remote (`dvc remote add`) uses that remote's endpoint and
    credentials; remote://NAME/PATH names it outright.
    """

    def __init__(self, workspace: Workspace, address: str) -> None:
        from dvc.config import Config  # noqa: PLC0415 - loads DVC, which takes a while
        from dvc.fs import parse_external_url  # noqa: PLC0415 - as above

        self._address = _without_password(address)
        config = Config(str(workspace / DVC))
        try:
            self._fs, self._root = parse_external_url(_by_remote(address, config), config=config)
        except Exception as fault:  # each store's library raises its own
            raise self._failed(fault) from fault

    def present(self) -> Mapping[str, Present]:
        """Return the files that the mark of the last checkpoint there names."""
        mark = self._path(CHECKPOINT)
        try:
            if not self._fs.exists(mark):
                return {}
            with self._fs.open(mark, "rb") as content:
                held = content.read()
            named = orjson.loads(held)["files"]
            found = {path: Present(one["size"], one["sha256"]) for path, one in named.items()}
            return {**found, CHECKPOINT: Present(len(held), content_digest(held))}
        except (KeyError, TypeError, orjson.JSONDecodeError):
            return {}
        except Exception as fault:  # each store's library raises its own
            raise self._failed(fault) from fault

    def publish(self, bundle: Bundle, sent: Iterable[Published], removed: Iterable[str]) -> str:
        """Bring files there, the checkpoint's mark last: what is not whole is not said to be."""
        del bundle
        try:
            with tempfile.TemporaryDirectory(prefix="publish-") as folder:
                for file in sent:
                    self._send(file, Path(folder) / "file")
            for name in removed:
                self._fs.remove(self._path(name))
        except Exception as fault:  # each store's library raises its own
            raise self._failed(fault) from fault
        return self._address

    def _send(self, file: Published, spare: Path) -> None:
        source = file.source
        if isinstance(source, bytes):
            spare.write_bytes(source)
            source = spare
        path = self._path(file.path)
        self._fs.makedirs(self._fs.parent(path), exist_ok=True)
        self._fs.put_file(str(source), path)

    def _path(self, name: str) -> str:
        joined: str = self._fs.join(self._root, *name.split("/"))
        return joined

    def _failed(self, fault: Exception) -> UserError:
        what = " ".join(str(fault).split()) or type(fault).__name__
        return UserError(f"{self._address} cannot be published to: {excerpt(what)}")


def _by_remote(address: str, config: Mapping[str, Any]) -> str:
    """Return an address by the remote whose own address it begins with, the longest of them."""
    remotes = {name: str(one.get("url", "")) for name, one in config.get("remote", {}).items()}
    fitting = [
        (url.rstrip("/"), name)
        for name, url in remotes.items()
        if url and f"{address.rstrip('/')}/".startswith(f"{url.rstrip('/')}/")
    ]
    if not fitting:
        return address
    url, name = max(fitting, key=lambda one: len(one[0]))
    return f"remote://{name}{address[len(url) :] or '/'}"


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    return (
        address.replace(f"{parts.netloc.rpartition('@')[0]}@", "")
        if "@" in parts.netloc
        else address
    )
