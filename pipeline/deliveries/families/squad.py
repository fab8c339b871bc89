"""SQuAD: {"data": [{"title", "paragraphs": [{"context", "qas": [{question, answers}]}]}]}."""

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.deliveries.records import (
    Document,
    Duplicated,
    JsonDocument,
    Reading,
    Record,
    Refusal,
    not_an_object,
)
from pipeline.deliveries.streamed import is_list

NAME = "squad"


def sniff(document: Document) -> bool:
    """Return whether document is an object whose data holds articles with paragraphs."""
    if not isinstance(document, JsonDocument) or not isinstance(document.value, dict):
        return False
    articles = document.value.get("data")
    return is_list(articles) and any(
        isinstance(article, dict) and isinstance(article.get("paragraphs"), list)
        for article in articles
    )


def read(document: Document) -> Reading:
    """Return one record per question: the first answer's text, the title as its topic.

    The other answers stay with the record, and so does the paragraph's place, not its text:
    a paragraph has many questions. A question that is marked impossible has no answer.
    """
    assert isinstance(document, JsonDocument)
    note = ("answer <- answers[0].text", "topic <- title")
    return Reading(_each_question(document.value["data"]), None, {}, note)


def _each_question(articles: Iterable[Any]) -> Iterator[Record | Refusal]:
    for place, article in _objects(articles, "/data"):
        if isinstance(article, Refusal):
            yield article
            continue
        context = {"topic": article["title"]} if article.get("title") else {}
        for below, paragraph in _objects(article.get("paragraphs"), f"{place}/paragraphs"):
            if isinstance(paragraph, Refusal):
                yield paragraph
                continue
            for spot, asked in _objects(paragraph.get("qas"), f"{below}/qas"):
                yield asked if isinstance(asked, Refusal) else _record(spot, asked, context)


def _objects(listed: Any, place: str) -> Iterator[tuple[str, Any]]:
    for position, item in enumerate(listed if is_list(listed) else []):
        spot = f"{place}/{position}"
        yield spot, item if isinstance(item, dict) else not_an_object(spot, item)


def _record(place: str, asked: dict[str, Any], context: dict[str, Any]) -> Record:
    if isinstance(asked, Duplicated):
        return Record(place, asked, context)
    answers = asked.get("answers")
    texts = [
        answer["text"]
        for answer in (answers if isinstance(answers, list) else [])
        if isinstance(answer, dict) and isinstance(answer.get("text"), str)
    ]
    first = {"answer": texts[0]} if texts and not asked.get("is_impossible") else {}
    return Record(place, {**asked, **first, "paragraph": place.rpartition("/qas/")[0]}, context)
