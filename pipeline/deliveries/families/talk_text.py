"""Text that is a conversation, with the marks of a chat template: "### Human:", "User:", ChatML."""

from pipeline.deliveries import exchanges, texts_with_roles
from pipeline.deliveries.records import Document, FamilyReading, TextDocument

NAME = "talk_text"


def sniff(document: Document) -> bool:
    """Return whether document is text with turns of both sides."""
    return isinstance(document, TextDocument) and texts_with_roles.is_talk(document.text)


def read(document: Document) -> FamilyReading:
    """Return one record per user turn, at its offset in characters."""
    assert isinstance(document, TextDocument)
    conversation = texts_with_roles.turns_of(document.text, "")
    note = ("answer <- assistant turns", "question <- user turns")
    return FamilyReading(exchanges.pairs_of(conversation, {}, "", {}), None, {}, note)
