"""Where a data set goes: what every target can say and do, and which one an address means."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from pipeline.core.errors import UserError
from pipeline.core.extras import of_extra
from pipeline.faucet.publishing.bundle import Bundle, Published
from pipeline.workspace.workspace import Workspace

FORMS = "hf:ORG/NAME, folder:PATH, s3://BUCKET/PATH or remote://NAME/PATH"


class Present(NamedTuple):
    """A file at a target: its size, and its digest where the target tells one.

    sha256 is that of the content, git_id the name that git gives to it.
    """

    size: int
    sha256: str | None = None
    git_id: str | None = None


class Destination(Protocol):
    """A place to publish to."""

    def present(self) -> Mapping[str, Present]:
        """Return what is there, by path; nothing where the place is still to be made."""
        ...

    def publish(self, bundle: Bundle, sent: Iterable[Published], removed: Iterable[str]) -> str:
        """Bring files there, take others away, and return where they are to be found."""
        ...


def target_of(workspace: Workspace, address: str, *, is_private: bool) -> Destination:
    """Return the target that an address means. Raises UserError where it means none."""
    kind, _, rest = address.partition(":")
    if kind == "hf" and rest:
        with of_extra("hub", "publishing to the Hub"):
            from pipeline.faucet.publishing.hub import HubDestination  # noqa: PLC0415 - of an extra
        return HubDestination(rest, is_private=is_private)
    if kind == "folder" and rest:
        from pipeline.faucet.publishing.folder import FolderDestination  # noqa: PLC0415 - as above

        return FolderDestination(workspace, rest)
    if rest.startswith("//") and len(rest) > len("//"):
        from pipeline.faucet.publishing.remote import StoreDestination  # noqa: PLC0415 - loads DVC

        return StoreDestination(workspace, address)
    raise UserError(f"{address[:80]!r} is no place to publish to: {FORMS}")
