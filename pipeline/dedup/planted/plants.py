"""Made duplicates and made look-alikes of real pairs, to measure what the rules find and spare.

A duplicate says what its original says: misspelt here and there, in another order, with other
punctuation, in the plural. A trap asks the same about another name, another number or another
direction. Which edit falls where is drawn from a seed and the pair's id alone.
"""

import re
from collections.abc import Callable
from functools import partial
from random import Random

from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.planted.paraphrases import in_another_form, in_synonyms

Pair = tuple[str, str]  # question, answer

_WORD = re.compile(r"[A-Za-z]{5,}")
_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?![\w]|[.,]\d)")
_BREAK = re.compile(r"[,;:?!](?=\s|$)|\.$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FILLERS = ("also", "generally", "certainly", "just")
_OTHER_NUMBER = 7  # added: another period of an indicator, never the same digits


def duplicates(known: Lexicon) -> dict[str, Callable[[Pair, Random], Pair]]:
    """Return the ways to make a duplicate, by name: edits of 1 to 10 % of the words, and five."""
    edits: dict[str, Callable[[Pair, Random], Pair]] = {
        f"{rate}pct": _edited_by(rate / 100, known) for rate in (1, 2, 5, 10)
    }
    return {
        **edits,
        "reordered": partial(_reordered, known),
        "punctuation": _repunctuated,
        "plural": partial(_in_plural, known),
        "synonyms": in_synonyms,
        "question_form": in_another_form,
    }


def traps(known: Lexicon) -> dict[str, Callable[[Pair, Random], tuple[Pair, Pair]]]:
    """Return the ways to make two pairs that look alike and ask two things, by name."""
    return {
        "entity": partial(_other_entity, known),
        "number": _other_number,
        "direction": partial(_other_direction, known),
    }


def _edited_by(share: float, known: Lexicon) -> Callable[[Pair, Random], Pair]:
    def edited(pair: Pair, random: Random) -> Pair:
        question, answer = (_edited(text, share, random, known.generic) for text in pair)
        return question, answer

    return edited


def _edited(text: str, share: float, random: Random, generic: frozenset[str]) -> str:
    """Return text with a share of its words misspelt, left out or filled up.

    Left out are only words that say nothing about the subject.
    """
    words: list[str] = []
    for word in re.split(r"(\s+)", text):
        if not word.strip() or random.random() >= share:
            words.append(word)
        elif word.lower() in generic:
            words.append("")
        elif _WORD.fullmatch(word) and not word.isupper():
            at = random.randrange(1, len(word) - 2)
            words.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
        else:
            words.append(f"{random.choice(_FILLERS)} {word}")
    edited = "".join(words)
    return edited if edited.strip() else text


def _reordered(known: Lexicon, pair: Pair, random: Random) -> Pair:
    """Return the question from its last preposition on, and the answer's sentences shuffled."""
    question, answer = pair
    words = question.rstrip("?. ").split(" ")
    cuts = [n for n, word in enumerate(words) if n and word.lower() in known.relations]
    cut = cuts[-1] if cuts else 0
    sentences = _SENTENCE.split(answer)
    random.shuffle(sentences)
    return " ".join([*words[cut:], *words[:cut]]), " ".join(sentences)


def _repunctuated(pair: Pair, random: Random) -> Pair:
    question, answer = (_BREAK.sub("", text) for text in pair)
    return f'"{question}"' if random.random() < 1 / 2 else question + " ...", answer


def _in_plural(known: Lexicon, pair: Pair, random: Random) -> Pair:
    """Return the pair with one word of the question in the plural, in the answer too."""
    question, answer = pair
    words = [
        word
        for word in _WORD.findall(question)
        if not word.endswith("s")
        and not {word.lower()} & (known.generic | known.directions.keys() | known.entities.keys())
    ]
    if not words:
        return question.upper(), answer
    word = random.choice(words)
    plural = word[:-1] + "ies" if re.search(r"[^aeiou]y$", word) else word + "s"
    return _replaced(question, word, plural), _replaced(answer, word, plural)


def _other_entity(known: Lexicon, pair: Pair, random: Random) -> tuple[Pair, Pair]:
    names = known.entities
    for word in re.findall(r"\w+", pair[0]):
        if any(name == (word.lower(),) for name, _ in names.get(word.lower(), ())):
            ours = {short for _, short in names[word.lower()]}
            others = sorted({short for forms in names.values() for _, short in forms} - ours)
            if others:
                return pair, _swapped(pair, word, random.choice(others).upper())
    if len(known.two_names) < 2:  # noqa: PLR2004 - a trap asks about another name
        return _other_number(pair, random)
    ours_name, theirs_name = known.two_names[:2]
    return _appended(pair, f"for {ours_name}", f"for {theirs_name}")


def _other_number(pair: Pair, random: Random) -> tuple[Pair, Pair]:
    number = _NUMBER.search(pair[0])
    if number is None:
        return _appended(pair, "over 14 days", f"over {random.randrange(15, 99)} days")
    return pair, _swapped(pair, number[0], str(int(number[0]) + _OTHER_NUMBER))


def _other_direction(known: Lexicon, pair: Pair, random: Random) -> tuple[Pair, Pair]:
    for word in re.findall(r"\w+", pair[0]):
        for group in known.opposites:
            if word.lower() in group:
                at = group.index(word.lower())
                return pair, _swapped(pair, word, group[at - 1])
    ours, theirs = random.choice((("rise", "fall"), ("high", "low"), ("long", "short")))
    return _appended(pair, f"in a {ours}", f"in a {theirs}")


def _appended(pair: Pair, ours: str, theirs: str) -> tuple[Pair, Pair]:
    question, answer = pair
    asked = question.rstrip("?. ")
    return (f"{asked} {ours}?", answer), (f"{asked} {theirs}?", answer)


def _swapped(pair: Pair, word: str, other: str) -> Pair:
    return _replaced(pair[0], word, other), _replaced(pair[1], word, other)


def _replaced(text: str, word: str, other: str) -> str:
    return re.sub(rf"\b{re.escape(word)}\b", lambda _: other, text, flags=re.IGNORECASE)
