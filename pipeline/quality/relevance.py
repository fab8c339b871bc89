"""Answers about something else than was asked, or than this data set is for."""

import re

from pipeline.quality.evidence import has_formulas
from pipeline.quality.reading import Reading

_FILE_NAME = re.compile(
    r"(?<![\w.-])[\w.-]{0,100}[\w-]\.(?:txt|csv|jsonl?|md|log|ya?ml|xlsx?|docx?|sqlite|parquet)\b",
    re.IGNORECASE,
)
_BATCH_NAME = re.compile(
    r"""
    (?<![\w./-])(?:
        (?:[a-z]+[-_]){0,4}(?:batch|session|chunk|part|export|delivery|dataset)[-_]\d{1,4}
            (?:[-_][a-z\d]+){1,6}
        | [a-z\d]+(?:[-_][a-z\d]+){0,5}[-_]\d{1,4}[-_](?:[a-z\d]+[-_]){0,5}
            (?:batch|chunk|export|dataset|topics|queries|questions|results|output|qa|pairs)
        | (?:[a-z\d]+_){1,6}(?:batch|session|chunk|part|export|delivery)_?\d{1,4}
    )(?![\w./-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The name of a batch without its file's ending: words and a number joined by - or _."""


def off_topic(
    reading: Reading,
    *,
    min_specificity: float,
    min_specificity_named: float,
    min_measured_words: float,
) -> str | None:
    """Return the beginning of an answer that hardly uses a word of the subject.

    Specificity is a share of distinct words, so that another meaning of an acronym (ROSE as
    a method of drawing) stays visible however often the acronym is said. Answers
    under min_measured_words distinct content words are too short to measure: a worked example is
    mostly numbers. Where the question names the subject ("hardening the data centre of an
    exchange"), an answer may be mostly about something else: min_specificity_named holds
    instead, and an answer with a formula is on topic whatever its words. Terms tell nothing of an
    answer in another language than the base's. Where nobody lists terms, the base tells by itself
    what is off topic (subject_words.py).
    """
    if not reading.subject.is_listed:
        return None
    if reading.specificity >= max(min_specificity, min_specificity_named):
        return None  # nearly all: what their questions name does not matter
    least = min_specificity_named if reading.asked_of_subject else min_specificity
    if reading.measured_words < min_measured_words or reading.specificity >= least:
        return None
    if reading.asked_of_subject and has_formulas(reading.lowered):
        return None
    if reading.is_foreign:
        return None
    return f"specificity {reading.specificity:.3f}: {reading.answer}"


def file_subject(reading: Reading) -> str | None:
    """Return the name of a file or batch that a question asks about as if it were a subject.

    Such questions come from a batch file's name taken for a topic; their answers guess what
    the file may hold.
    """
    question = reading.question
    match = _FILE_NAME.search(question) if "." in question else None
    if not match and ("_" in question or "-" in question):
        match = _BATCH_NAME.search(question)
    return match[0] if match else None
