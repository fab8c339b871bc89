"""`{"qa_pairs": [{question, answer, ...}, ...]}` under any usual name of the list.

The enclosing object's scalars (indicator, session, dates) speak for records that are silent.
"""

from pipeline.deliveries import envelopes
from pipeline.deliveries.records import (
    Document,
    JsonDocument,
    Reading,
    each_record,
    escape_token,
    scalars,
)
from pipeline.deliveries.streamed import has

NAME = "pair_list"


def sniff(document: Document) -> bool:
    """Return whether document is an object with one list of pairs that are not nested further."""
    if not isinstance(document, JsonDocument) or not isinstance(document.value, dict):
        return False
    listed = envelopes.pair_list(document.value)
    return listed is not None and not has(listed[1], envelopes.is_group)


def read(document: Document) -> Reading:
    """Return one record per item of the list."""
    assert isinstance(document, JsonDocument)
    listed = envelopes.pair_list(document.value)
    assert listed is not None
    key, items = listed
    context = scalars(document.value)
    declared = envelopes.declared_count(document.value)
    return Reading(each_record(items, f"/{escape_token(key)}", context), declared, context)
