"""Answers in another language than the one that their question is asked in."""

import re

from pipeline.quality.languages import is_beyond_latin, leans_to
from pipeline.quality.reading import Reading
from pipeline.quality.words import STOP_WORDS

_LEAST_SHARE = 0.1
"""Of an answer's letters, beyond Latin and Greek; a name in its own script is less."""

ENGLISH, OWN_SHARE = "en", 0.25
"""English prose has more stop words; another language shares a few by chance."""

_ABOUT_LANGUAGES = re.compile(
    r"\b(?:translat\w+|languages?|words?|phrases?|means?|meaning|called|say|said|write|written"
    r"|scripts?|alphabets?|characters?|unicode|pronounc\w+|english|german|french|spanish|italian"
    r"|portuguese|dutch|russian|chinese|japanese|korean|arabic|turkish|polish|swedish|danish|czech"
    r"|indonesian|latin|greek|hindi)\b",
    re.IGNORECASE,
)


def other_language(reading: Reading) -> str | None:
    """Return an answer that is surely in another language than its question.

    An answer is in another one by its small words or its letters (languages.py), wholly or in a
    part. Left alone are questions that are not surely in the base's language, and those about
    words and languages.
    """
    is_foreign = reading.is_foreign and not _reads_as_own(reading)
    if not is_foreign and not is_beyond_latin(reading.answer, _LEAST_SHARE):
        return None
    asks_in_own = leans_to(reading.question_words, reading.subject.language)
    if not asks_in_own or _ABOUT_LANGUAGES.search(reading.question):
        return None
    return reading.answer


def _reads_as_own(reading: Reading) -> bool:
    """Return whether an answer in a base of English says as many stop words as English does."""
    spoken = reading.answer_words
    stops = sum(word in STOP_WORDS for word in spoken)
    return reading.subject.language == ENGLISH and stops >= OWN_SHARE * len(spoken)
