"""Answers that take a term of the question in another field's sense."""

import re
from collections.abc import Iterator

from pipeline.core.stems import stem
from pipeline.quality.attributes import misstated
from pipeline.quality.interpretations import misread
from pipeline.quality.known_senses import Sense
from pipeline.quality.reading import Reading

_SMALL_WORDS = frozenset(("to", "of", "and", "the", "for", "in", "on"))
_WORD = re.compile(r"[A-Za-z0-9]+")
_SIGNATURE_SHOWN = 6
_STANDS_FOR = (
    r"(?:,? (?:or|which stands for)|,? stands for|,? short for|,? i\.e\.,?) (?:the )?[\"“]?"
)
_CAPITALISED = r"(?:[A-Z][\w-]*(?:\s(?:to\s|of\s|and\s|the\s|for\s|in\s|on\s)?(?=[A-Z]))?){1,8}"
_READ_BACK_CHARS = 120


def off_question(
    reading: Reading, *, opening_chars: float, min_measured_words: float
) -> str | None:
    """Return the term of the question that the answer takes in another sense.

    Answers repeat their question's words, so that shared words tell nothing (99 % of them are
    taken up by answers off the question and by good ones alike). What tells is the company that
    an ambiguous term keeps (simplified Lesk, Kilgarriff and Rosenzweig 2000): the answer says
    none of the words that the term's meaning cannot do without, or says within its first
    opening_chars characters what the term means elsewhere. Where the question says one of those
    words itself ("the Body Mass Index (BMI) of runners"), the answer need not. Terms
    are those of the subject; answers under min_measured_words distinct content words may
    leave out what they need not say.
    """
    question = reading.question.lower()
    known = reading.subject.senses
    for match in known.pattern.finditer(question):
        sense = known.senses[match[0]]
        misread = _mistaken(reading, sense, int(opening_chars))
        if not misread and reading.measured_words >= min_measured_words:
            misread = _unsigned(reading, sense, question)
        if misread:
            return f"{match[0]}: {misread}"
    return None


def wrong_fact(reading: Reading, *, opening_chars: float) -> str | None:
    """Return what an answer tells of the question's term that is known to be told wrongly.

    That are the `facts` of the subject: statements known to be wrong, as a definition that is
    another's, within the first opening_chars characters, unless a word of the right one is said;
    and anywhere another maker, year, periods or bounds than the term's, or a value that is said to
    mean what it never means.
    """
    known = reading.subject.facts
    for match in known.pattern.finditer(reading.question.lower()):
        sense = known.senses[match[0]]
        wrong = (
            _mistaken(reading, sense, int(opening_chars))
            or misstated(sense, reading.answer, reading.lowered)
            or misread(sense, reading.lowered)
        )
        if wrong:
            return f"{match[0]}: {wrong}"
    return None


def wrong_expansion(reading: Reading, *, max_shared_words: float) -> str | None:
    """Return an acronym of the question that the answer spells out unlike the plan.

    The words before "(BMI)", and the capitalised ones of "BMI, or Bone Mass Index," count where
    their initials spell the acronym and at most max_shared_words (0-1) of the plan's words are
    among them, in any inflection: a "bone mass index" is still about mass. An answer that says
    the plan's own words is right, whatever else it says.
    """
    for acronym, expansions in reading.acronyms.items():
        planned = [" ".join(words) for words in expansions]
        if any(name in reading.lowered for name in planned):
            continue
        for spelt in _expansions(acronym, reading.answer):
            if all(_shared(spelt, words) <= max_shared_words for words in expansions):
                return f"{acronym} as {' '.join(spelt)}, not {' or '.join(planned)}"
    return None


def _mistaken(reading: Reading, sense: Sense, opening_chars: int) -> str | None:
    """Return the phrase with which an answer opens in another meaning, at any length."""
    found = sense.mistaken.search(reading.lowered, 0, opening_chars)
    return found[0] if found and sense.unless.isdisjoint(reading.distinct_words) else None


def _unsigned(reading: Reading, sense: Sense, question: str) -> str | None:
    """Return which words of the term's meaning neither answer nor question says.

    An answer in another language than the base's says them in that language.
    """
    if not sense.signature_words.isdisjoint((*reading.distinct_words, *reading.question_words)):
        return None
    if any(phrase in reading.lowered or phrase in question for phrase in sense.signature_phrases):
        return None
    if reading.is_foreign:
        return None
    wanted = sorted((*sense.signature_words, *sense.signature_phrases))[:_SIGNATURE_SHOWN]
    return f"nothing of {', '.join(wanted)}"


def _expansions(acronym: str, answer: str) -> Iterator[list[str]]:
    """Yield the words, in lower case, with which an answer spells an acronym out."""
    escaped = re.escape(acronym)
    for match in re.finditer(rf"\({escaped}s?\)", answer):
        spelt = _spelt_out(answer[: match.start()], acronym)
        if spelt:
            yield spelt
    for match in re.finditer(rf"\b{escaped}s?{_STANDS_FOR}({_CAPITALISED})", answer):
        spelt = _spelt_out(match[1], acronym)
        if spelt:
            yield spelt


def _spelt_out(before: str, acronym: str) -> list[str] | None:
    """Return the last words of a text whose initials spell acronym, in lower case."""
    letters = [letter for letter in acronym.lower() if letter.isalpha()]
    words = [word.lower() for word in _WORD.findall(before[-_READ_BACK_CHARS:])]
    spelt: list[str] = []
    while words and letters:
        word = words.pop()
        if word[0] == letters[-1]:
            letters.pop()
        elif word not in _SMALL_WORDS:
            return None
        spelt.append(word)
    return spelt[::-1] if not letters else None


def _shared(spelt: list[str], planned: tuple[str, ...]) -> float:
    """Return the share of the planned words that were spelt out, in any inflection."""
    stems = set(map(stem, spelt))
    grave = [word for word in planned if word not in _SMALL_WORDS]
    return sum(stem(word) in stems for word in grave) / len(grave)
