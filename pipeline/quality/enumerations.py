"""Answers whose list has another number of items than they announce."""

import re
from collections.abc import Iterator
from itertools import islice

from pipeline.quality.reading import Reading
from pipeline.quality.words import LISTED_NUMBERS

_ANNOUNCES = re.compile(
    rf"(?<![\w-])(?P<count>{'|'.join(LISTED_NUMBERS)})[ ]"
    r"(?:(?!of\b)[a-z][\w'-]*[ ]){0,3}"
    r"[a-z][\w'-]*s\b[^.!?:\n]{0,60}:[ *_]{0,4}(?P<inline>[^\n]*)$",
    re.MULTILINE,
)
_ITEM = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*•+]|\d{1,2}[.)])\s+\S")
_LIMITS = re.compile(
    r"\b(?:least|more|over|up|about|around|among|including|such|between|or|first|next|other|every"
    r"|per|times|last|to|these|those)\b",
    re.IGNORECASE,
)
_BELONGS = re.compile(
    r"\b(?:for|of|from|across|by|at|against|than|with)(?:\sthe)?\s$", re.IGNORECASE
)
"""Ends what goes before a number that counts something else than the list."""

_LOOKED_BACK, _LONGEST_ITEM_WORDS, _MOST_LINES = 40, 4, 60
_MOST_READ = 50
_MOST_TIMES = 4
"""A list so many times longer is another one that stands behind."""

_ENDS = re.compile(r"[.!?](?:\s|$)")


def wrong_count(reading: Reading) -> str | None:
    """Return the announcement of a list that has another number of items.

    "Three bands:" above a list of five. Items are those of the outermost list that follows, or of
    the rest of the sentence; where either is not sure, nothing is counted.
    """
    answer = reading.answer
    for match in islice(_ANNOUNCES.finditer(answer), _MOST_READ):
        line = max(answer.rfind("\n", 0, match.start()) + 1, match.start() - _LOOKED_BACK)
        if _LIMITS.search(answer[line : match.start("inline")]):
            continue
        if _BELONGS.search(answer[line : match.start()]):
            continue
        inline = match["inline"].strip()
        number = _inline(inline) if inline else _listed(answer, match.end())
        wanted = LISTED_NUMBERS[match["count"]]
        if number != wanted and 1 < number <= _MOST_TIMES * wanted:
            return f"{match[0].strip()} ({number})"
    return None


def _inline(text: str) -> int:
    """Return how many items a list within a sentence has, 0 where that is not sure."""
    sentence = _ENDS.split(text)[0]
    if any(sign in sentence for sign in "();:-\u2013"):
        return 0
    items = sentence.split(", ")
    if len(items) == 1 or any(len(item.split()) > _LONGEST_ITEM_WORDS for item in items):
        return 0
    last = items[-1]
    if last.startswith(("and ", "or ")):
        return len(items)
    return len(items) + 1 if " and " in last or " or " in last else 0


def _listed(text: str, start: int) -> int:
    """Return how many items the list at a place of a text has, 0 where that is not sure."""
    number, indent, kind = 0, 0, ""
    for line in _lines(text, start):
        item = _ITEM.match(line)
        if item is None:
            if number and line[0] in " \t":
                continue
            break
        own = "1" if item["mark"][0].isdecimal() else item["mark"]
        if not number:
            indent, kind = len(item["indent"]), own
        if len(item["indent"]) > indent:
            continue
        number += 1
        if own != kind or (own == "1" and int(item["mark"][:-1]) != number):
            return 0
    return number


def _lines(text: str, start: int) -> Iterator[str]:
    """Yield the next lines from a place on that are not blank."""
    for _ in range(_MOST_LINES):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else None]
        if line.strip():
            yield line
        if end < 0:
            return
        start = end + 1
