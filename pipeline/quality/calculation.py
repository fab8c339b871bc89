"""Answers that owe the calculation which their question asks for."""

import re

from pipeline.quality.reading import Reading

_ASKED = re.compile(
    r"""
    \bhow\ (?:is|are|was|were|do|does|can|could|should|would|one|to)\b [^?.\n]{0,80}?
        \b(?:calculated?|computed?|work(?:ed)?\ out)\b
    | \b(?:what|give|state|show)\b [^?.\n]{0,40}? \b(?:formula|equation)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARKS = frozenset("=≈\u00d7÷∑Σ√∏")
_OPERATION = re.compile(
    r"\d\s*[-+*/^]\s*[\d(]|\b(?:calculat|comput|determin|obtain|measur)\w*\W+"
    r"(?:by|using|as|from|with|over|on|through|via)\b"
)
_OPERATION_STEMS = ("divid", "subtract", "averag", "multipl", "cumulat", "percent", "weight")
_OPERATION_WORDS = frozenset(
    """
    add added adding adds addition sum sums summed summing summation plus minus less times ratio
    ratios difference differences total totals count counts counted counting mean median root
    square squared quotient product proportion fraction share compares compared comparing
    comparison takes take taking derived smoothed smoothing per
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)


def no_calculation(reading: Reading) -> str | None:
    """Return the words of a question that ask for a calculation which its answer never gives.

    That is an answer without a formula, an operation on numbers, or any word that tells how
    numbers are put together: it introduces the subject and stops. One such word is enough to
    be left alone, since an operation can be told in words.
    """
    asked = _ASKED.search(reading.question)
    if asked is None or not _MARKS.isdisjoint(reading.answer):
        return None
    if not _OPERATION_WORDS.isdisjoint(reading.distinct_words):
        return None
    if any(word.startswith(_OPERATION_STEMS) for word in reading.distinct_words):
        return None
    return None if _OPERATION.search(reading.lowered) else f"{asked[0]}: {reading.answer}"
