"""Answers that are none: refusals and echoes."""

import re

from pipeline.quality.reading import Reading

_REFUSAL = re.compile(
    r"""
    \bi(?<!while\ i)(?<!although\ i)(?<!though\ i)  # "while I do not have the file, ..." guesses on
    \ (?:currently\ )?(?:
        (?:do\ not|don['\u2019]t|did\ not|didn['\u2019]t)\ (?:actually\ |currently\ )?
            (?:have|possess|find|feel\ comfortable|see|retain)\b
            (?=[^.!?\n]{0,60}\b(?:access|informat|context|knowledge|details?|data|stud|file|document
                |record|results?|providing|content|abilit))
        | (?:cannot|can['\u2019]t|can\ not|could\ not|couldn['\u2019]t
            |(?:am|was)\ (?:not\ able|unable)\ to)\ (?:\w+\ ){0,2}?
            (?:access|answer|provide|assist|help(?!\ but)|find|locate|open|fulfil|complete|browse
                |retrieve)
    )
    | \bi\ (?:will|would|['\u2019]d)\ need\ (?:to\ (?:access|review|see|examine)|access\ to)\b
    | \bwithout\ (?:access|(?:any\ )?(?:more|further|additional)\b
            |(?:the|that|this)\ (?:actual|specific))
        [^.!?\n]{0,160}\bi\ (?:can\ only|could\ only|cannot|can['\u2019]t|am\ unable)\b
    | \bas\ an\ (?:ai|artificial\ intelligence)\b[^.!?\n]{0,40},?\ i\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def refusal(reading: Reading, *, opening_chars: float) -> str | None:
    """Return where the answer says, near its beginning, that it has nothing to answer from.

    Only the first opening_chars characters (a count, unit characters) are read, and only the
    first person counts: "many gardeners do not have access to ..." is an answer, and so is prose
    about errors further down. Who says it in passing ("while I do not have the file, ...") answers
    all the same, by a guess. Refusals run to a page, so no length rule finds them.
    """
    match = _REFUSAL.search(reading.answer, 0, int(opening_chars))
    return reading.answer[match.start() :] if match else None


def echo(reading: Reading, *, min_new_words: float) -> str | None:
    """Return the answer where it repeats the question and adds fewer than min_new_words words.

    An answer may open by restating its question, and a short answer to a long question may use
    none but the question's words in another order; only the question's own run of words counts.
    """
    surplus = reading.answer_word_count - reading.question_word_count
    if not reading.question_word_count or surplus < 0 or surplus >= min_new_words:
        return None
    asked, answered = reading.question_words, reading.answer_words
    runs = (answered[at : at + len(asked)] == asked for at in range(surplus + 1))
    return reading.answer if any(runs) else None
