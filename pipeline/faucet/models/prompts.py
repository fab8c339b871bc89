"""Prompts: our words in the system's message, delivered text as JSON strings in the user's.

What stands in a JSON string can end no block and open none. What it says is data to whoever
reads it; where a model obeys it all the same, its answer is a proposal and nothing more.
"""

from functools import cache
from importlib import resources

from pipeline.core.json_values import Json, compact
from pipeline.faucet.texts import subject_page
from pipeline.workspace.workspace import Workspace


def prompt(workspace: Workspace, name: str, data: Json) -> tuple[Json, ...]:
    """Return the messages of a request: the page of that name with the subject's, then the data."""
    page = f"{_page(name)}\n\n{subject_page(workspace)}".strip()
    return ({"role": "system", "content": page}, {"role": "user", "content": compact(data)})


@cache
def _page(name: str) -> str:
    text = resources.files(__package__).joinpath(f"templates/{name}.txt").read_text("utf-8")
    return text.strip()
