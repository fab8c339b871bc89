"""Requests to a batch API, one a line, with a JSON array of pairs inside the prompt's text."""

from collections.abc import Iterator

from pipeline.deliveries import claims, prompts
from pipeline.deliveries.records import Document, FamilyReading, JsonLines, Record, Refusal

NAME = "batch_requests"


def sniff(document: Document) -> bool:
    """Return whether document has requests as lines and a prompt holds an array of pairs."""
    return isinstance(document, JsonLines) and any(
        prompts.arrays_of_pairs(text) for _, text in prompts.each_prompt(document)
    )


def read(document: Document) -> FamilyReading:
    """Return one record per object of each array.

    A pointer goes on behind the prompt's with "@" and the array's offset in characters.
    """
    assert isinstance(document, JsonLines)
    texts = list(prompts.each_prompt(document))
    counts = [count for _, text in texts if (count := claims.declared_in(text)) is not None]
    return FamilyReading(_each_pair(document, texts), sum(counts) if counts else None)


def _each_pair(document: JsonLines, texts: list[tuple[str, str]]) -> Iterator[Record | Refusal]:
    yield from (value for _, value in document.lines if isinstance(value, Refusal))
    for place, text in texts:
        yield from prompts.pairs_in(text, place)
