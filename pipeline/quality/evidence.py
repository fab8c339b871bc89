"""What an answer brings to support itself: sources, examples, formulas."""

import re

_HEADINGS = ("source", "reference", "citation", "bibliography", "works cited", "further reading")
_HEADING = re.compile(
    r"(?:sources?|references?|citations?|bibliography|works cited|further reading)\b"
    r"(?:[^.:\n]{0,40}:|\W{0,8}$)",
    re.MULTILINE,
)
_HEADING_WORDS = 3
_LINE_CHARS = 200
_SENTENCE_ENDS = '.!?:)"”'
_YEAR_CITED = re.compile(r", (?:19|20)\d\d[a-z]?\)")
_EXAMPLES = (
    "for example",
    "for instance",
    "e.g.",
    "example:",
    "examples:",
    "case study",
    "case studies",
    "suppose ",
    "imagine ",
    "let's say",
    "let's assume",
)
_FORMULA = re.compile(
    r"""
    [\w)\]}%]\s?[=≈]\s?[^=\n]{0,120}?(?:\s[-+*/\u00d7÷·\u2013]\s|[√\u03c3∑^∏]|\s\d|\(\d)
    | \\(?:frac|sum|sqrt|text|times|cdot)\b
    | \s[÷\u00d7]\s
    """,
    re.VERBOSE,
)
_FORMULA_MARKS = "=≈\\\u00d7÷"


def has_sources(lowered: str) -> bool:
    """Return whether an answer, in lower case, names where it has its facts from.

    A URL, a heading or line of sources, or a citation with its year; whether a source exists
    and says so is not known here.
    """
    return (
        "://" in lowered
        or "www." in lowered
        or lists_sources(lowered)
        or " et al" in lowered
        or _YEAR_CITED.search(lowered) is not None
    )


def lists_sources(lowered: str, start: int = 0) -> bool:
    """Return whether a text in lower case opens a list of sources at or after start.

    The heading stands at the beginning of its line, behind at most three words ("key academic
    sources:"), or behind a sentence's end, as in answers that lost their line breaks.
    """
    for word in _HEADINGS:
        at = lowered.find(word, start)
        while at >= 0:
            if _HEADING.match(lowered, at) and _may_open(lowered, at):
                return True
            at = lowered.find(word, at + len(word))
    return False


def has_examples(lowered: str) -> bool:
    """Return whether an answer, in lower case, shows a case: an example or a supposition."""
    return any(phrase in lowered for phrase in _EXAMPLES)


def has_formulas(lowered: str) -> bool:
    """Return whether an answer, in lower case, states a formula.

    That is an equation with an operator or a number. The `=` of a URL's query is none: both
    its sides stand without operators or numbers apart.
    """
    return any(mark in lowered for mark in _FORMULA_MARKS) and bool(_FORMULA.search(lowered))


def _may_open(lowered: str, at: int) -> bool:
    line_start = lowered.rfind("\n", 0, at) + 1
    before = lowered[max(line_start, at - _LINE_CHARS) : at]
    sentence_start = max(before.rfind(end) for end in _SENTENCE_ENDS) + 1
    return len(before[sentence_start:].split()) <= _HEADING_WORDS
