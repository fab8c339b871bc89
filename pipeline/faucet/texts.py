"""Pages of a workspace that are read as a whole: the data card, the glossary, the subject."""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.whole_file import whole_file
from pipeline.core.whole_text import whole_text
from pipeline.workspace.layout import SUBJECT_BRIEF
from pipeline.workspace.workspace import Workspace

_CARD_BESIDE = "rag.sqlite"
_GLOSSARY = Path("docs/glossary.md")


def data_card(workspace: Workspace) -> str:
    """Return the data card of the last run; raises UserError where there is none."""
    card = (workspace / workspace.output(_CARD_BESIDE)).with_name("README.md")
    if not card.is_file():
        raise UserError("there is no data card yet: `faucet repro` makes it")
    return card.read_text(encoding="utf-8")


def glossary(workspace: Workspace) -> str:
    """Return what the words of briefs, receipts and tools mean; raises UserError without one."""
    place = workspace / _GLOSSARY
    if not place.is_file():
        raise UserError(f"this workspace has no {_GLOSSARY.as_posix()}")
    return place.read_text(encoding="utf-8")


def subject_page(workspace: Workspace) -> str:
    """Return what an agent or a model must know of the subject, "" where nobody wrote it.

    That is brief.md of the domain. Raises UserError where it is no whole text.
    """
    content = whole_file(workspace.root, SUBJECT_BRIEF) or b""
    return whole_text(content, SUBJECT_BRIEF.as_posix()).strip()
