"""Text that is a conversation: a chat template's marks, "User:", ChatML, or two people's names."""

from pipeline.deliveries import exchanges, exported_chats, speakers, texts_with_roles
from pipeline.deliveries.records import Document, FamilyReading, TextDocument, refused

NAME = "talk_text"
_NOTE = ("answer <- assistant turns", "question <- user turns")


def sniff(document: Document) -> bool:
    """Return whether document is text with turns of both sides."""
    return isinstance(document, TextDocument) and (
        bool(exported_chats.aider_turns(document.head))
        or texts_with_roles.is_talk(document.text)
        or _is_interview(document)
    )


def _is_interview(document: TextDocument) -> bool:
    is_table = document.suffix in (".csv", ".tsv")
    return not is_table and speakers.interview(document.head) is not None


def read(document: Document) -> FamilyReading:
    """Return one record per user turn, at its offset in characters, or at its line."""
    assert isinstance(document, TextDocument)
    text = document.text
    conversation = (
        exported_chats.aider_turns(text)
        or texts_with_roles.turns_of(text, "")
        or speakers.interview(text)
    )
    if isinstance(conversation, speakers.BothAsk):
        return FamilyReading(iter([refused("", "ambiguous_order", conversation.message)]))
    return FamilyReading(exchanges.pairs_of(conversation or [], {}, "", {}), None, {}, _NOTE)
