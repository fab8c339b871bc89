"""The models of providers.yaml, chosen by name."""

from pipeline.core.errors import UserError
from pipeline.faucet.settings import entry_defaults, layered
from pipeline.providers.chat import ChatModel
from pipeline.workspace.layout import LOCAL_PROVIDERS, PROVIDERS
from pipeline.workspace.workspace import Workspace

_FORMAT = "providers"


def chosen_model(workspace: Workspace, name: str) -> ChatModel:
    """Return the model that providers.yaml calls so.

    Raises UserError where the settings break their schema, or know none of that name.
    """
    if not (workspace / PROVIDERS).is_file():
        raise UserError(f"{PROVIDERS} is missing: it says which models are asked")
    entries = layered(workspace, PROVIDERS, LOCAL_PROVIDERS, _FORMAT).get("models", {})
    if name not in entries:
        known = ", ".join(sorted(entries)) or "none"
        raise UserError(f"{PROVIDERS}: {name!r} is none of its models; there are: {known}")
    defaults = entry_defaults(workspace, _FORMAT, "models")
    return ChatModel(name=name, **{**defaults, **entries[name]})
