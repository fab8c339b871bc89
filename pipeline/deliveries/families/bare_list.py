"""`[{question, answer, ...}, ...]`: a list of pairs and nothing around it."""

from pipeline.deliveries import envelopes, keys
from pipeline.deliveries.records import Document, JsonDocument, Reading, each_record
from pipeline.deliveries.streamed import is_list

NAME = "bare_list"


def sniff(document: Document) -> bool:
    """Return whether document is a list in which an object has a question."""
    return (
        isinstance(document, JsonDocument)
        and is_list(document.value)
        and any(envelopes.has_field(item, keys.QUESTION) for item in document.value)
    )


def read(document: Document) -> Reading:
    """Return one record per item of the list."""
    assert isinstance(document, JsonDocument)
    return Reading(each_record(document.value, "", {}))
