"""Words of a language that tell no question from another."""

from functools import cache
from importlib.resources import files

import orjson


@cache
def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language (ISO 639-1), none for one that has no list here.

    They are what grammar asks for: articles, pronouns, prepositions, forms of be, have and do,
    and the words that questions are made with. A base of another language loses little: a word of
    more than half of its documents is not looked for either.
    """
    return frozenset(_lists().get(language.lower()[:2], "").split())


@cache
def _lists() -> dict[str, str]:
    content = files("pipeline.rag").joinpath("stop_words.json").read_text(encoding="utf-8")
    lists: dict[str, str] = orjson.loads(content)
    return lists
