"""Prompts: our words in the system's message, delivered text as JSON strings in the user's.

What stands in a JSON string can end no block and open none. What it says is data to whoever
reads it; where a model obeys it all the same, its answer is a proposal and nothing more.
"""

from functools import cache
from importlib import resources

from pipeline.core.json_values import Json, compact
from pipeline.core.whole_text import whole_text
from pipeline.workspace.layout import SUBJECT_BRIEF
from pipeline.workspace.workspace import Workspace


def prompt(workspace: Workspace, name: str, data: Json) -> tuple[Json, ...]:
    """Return the messages of a request: the page of that name with the subject's, then the data."""
    page = f"{_page(name)}\n\n{_subject(workspace)}".strip()
    return ({"role": "system", "content": page}, {"role": "user", "content": compact(data)})


def _subject(workspace: Workspace) -> str:
    place = workspace / SUBJECT_BRIEF
    content = place.read_bytes() if place.is_file() else b""
    return whole_text(content, SUBJECT_BRIEF.as_posix()).strip()


@cache
def _page(name: str) -> str:
    text = resources.files(__package__).joinpath(f"templates/{name}.txt").read_text("utf-8")
    return text.strip()
