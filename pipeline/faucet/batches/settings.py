"""providers.yaml: who is asked, chosen by name."""

from pipeline.core.errors import UserError
from pipeline.faucet.settings import entry_defaults, layered
from pipeline.providers.provider import Provider, provider_of
from pipeline.workspace.layout import LOCAL_PROVIDERS, PROVIDERS
from pipeline.workspace.workspace import Workspace

_FORMAT = "providers"


def chosen_provider(workspace: Workspace, name: str | None = None) -> Provider:
    """Return the provider of a name, or the one that the settings choose.

    Raises UserError where the settings break their schema, choose none, or know none of that name.
    """
    if not (workspace / PROVIDERS).is_file():
        raise UserError(f"{PROVIDERS} is missing: it says who is asked for embeddings")
    settings = layered(workspace, PROVIDERS, LOCAL_PROVIDERS, _FORMAT)
    entries = settings["providers"]
    wanted = name or settings["embeddings"]
    known = ", ".join(sorted(entries)) or "none"
    if wanted is None:
        raise UserError(f"{PROVIDERS}: embeddings is null: name one of {known}, or --provider it")
    if wanted not in entries:
        raise UserError(f"{PROVIDERS}: {wanted!r} is no provider; there are: {known}")
    return provider_of(
        wanted, {**entry_defaults(workspace, _FORMAT, "providers"), **entries[wanted]}
    )
