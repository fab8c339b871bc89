"""`{"sessions": [{"session": ..., "topic": ..., "qa_pairs": [...]}, ...]}`."""

from pipeline.deliveries import envelopes
from pipeline.deliveries.families.nested_lists import each_grouped
from pipeline.deliveries.records import Document, JsonDocument, Reading, scalars
from pipeline.deliveries.streamed import has, is_list

NAME = "sessions"


def sniff(document: Document) -> bool:
    """Return whether document is an object with a list of sessions that hold lists of pairs."""
    if not isinstance(document, JsonDocument) or not isinstance(document.value, dict):
        return False
    sessions = document.value.get("sessions")
    return (
        is_list(sessions)
        and has(sessions, envelopes.is_group)
        and envelopes.pair_list(document.value) is None
    )


def read(document: Document) -> Reading:
    """Return one record per pair of each session."""
    assert isinstance(document, JsonDocument)
    context = scalars(document.value)
    records = each_grouped(document.value["sessions"], "/sessions", context)
    return Reading(records, envelopes.declared_count(document.value), context)
