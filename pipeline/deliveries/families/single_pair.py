"""`{"question": ..., "answer": ...}`: one pair is the whole delivery."""

from pipeline.deliveries import envelopes, keys
from pipeline.deliveries.records import Document, JsonDocument, Reading, Record
from pipeline.deliveries.streamed import in_memory

NAME = "single_pair"


def sniff(document: Document) -> bool:
    """Return whether document is an object with a question and an answer and no list of pairs."""
    return (
        isinstance(document, JsonDocument)
        and envelopes.has_field(document.value, keys.QUESTION)
        and envelopes.has_field(document.value, keys.ANSWER)
        and envelopes.pair_list(document.value) is None
    )


def read(document: Document) -> Reading:
    """Return the one record."""
    assert isinstance(document, JsonDocument)
    return Reading(iter([Record("", in_memory(document.value))]))
