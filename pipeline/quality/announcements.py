"""Answers that announce and do not give."""

import re

from pipeline.quality.evidence import has_formulas
from pipeline.quality.reading import Reading
from pipeline.quality.tables import empty_table
from pipeline.quality.words import empty_words

_LINE_MARK = re.compile(r"^\s*(?:[-*•\u2013—+]|\d{1,3}[.)]|[a-z][.)]|#{1,6})\s+")
_SENTENCES = re.compile(r"(?<=[.!?:])\s+")
_ENDS = re.compile(r"(?<=[.!?])\s+")
_ANNOUNCES = re.compile(
    r"""
    \bhere(?:['\u2019]s|\ is|\ are)\b
    | \b(?:as\ follows|the\ following|listed\ below|outlined\ below|described\ below|see\ below
        |explained\ below|(?:is|are)\ below|below\ (?:is|are))\b
    | \b(?:let['\u2019]s|let\ us)\ (?:explore|look|dive|break|examine|discuss|go|start|begin)\b
    | \blet\ me\ (?:walk|explain|show|guide|break|give|take|tell|start|begin|outline|describe)\b
    | \b(?:i|we)(?:['\u2019]ll|\ will)\ (?:\w+\ )?(?:cover|explain|discuss|break|explore
        |outline|look|provide|give|describe|walk|show|list|present)\b
    | \bthis\ (?:answer|overview|guide|section|article|response|document)\ (?:will\ )?
        (?:covers?|explains?|discuss(?:es)?|explores?|outlines?|provides?|describes?|examines?)\b
    | (?:\b(?:there|here|these|following|includes?|involves?|considers?|has|have|offers?
        |provides?|requires?|depends?\ on|consists?\ of|into|follows?)\b[^.!?]{0,40}
        |^(?:the\ |these\ |its\ )?)
        \b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|several|many|various|\d{1,2})
        \ (?:\w+[\ -]){0,3}(?:points|ways|steps|reasons|factors|aspects|types|strategies|examples
        |benefits|methods|items|tips|considerations|categories|components|sections|parts)
        \b[^.!?]{0,80}[:]?$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_FRAMES_ALONE = re.compile(
    r"""
    ^\W*(?:great|good|excellent|interesting)\ question\b
    | \b(?:thank\ you|thanks)\ for\b | \b(?:happy|glad|pleased)\ to\ (?:help|assist)\b
    | \bis\ (?:something|a\ (?:topic|question|subject))\ (?:that\ )?(?:many|a\ lot\ of|most)\b
    | \b(?:several|many|various|different|a\ number\ of)\ (?:aspects|factors|points|things|elements
        |considerations|questions)\ (?:have|need|ought|must|should|are|come|play)\b
    | \b(?:each|all)\ of\ (?:them|these|which)\ (?:deserves?|needs?|requires?|will|is|are)\b
    | \b(?:we|i)(?:['\u2019]ll|\ will|\ shall)\ (?:\w+\ )?(?:look|see|turn|examine|explore|discuss
        |cover|consider|learn)\b
    | \b(?:is|are|will\ be)\ (?:explained|described|discussed|covered|shown|listed|given|outlined)
        \ (?:below|here|in\ (?:the|this)|next|later)\b
    | \b(?:whether\ you\ are|without\ further\ ado|embark\ on)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Sentences that frame an answer and give nothing of it."""

_ASKS_SEVERAL = re.compile(
    r"\b(?:mistakes|strategies|settings|applications|ways|steps|examples|factors|benefits|risks|uses"
    r"|errors|tips|methods|types|features|reasons|combined|specifically used|used)\b",
    re.IGNORECASE,
)
_FRAMES = re.compile(
    r"""
    \brequires?\ (?:\w+\ ){0,2}(?:avoiding|consideration|adaptation|attention|understanding)\b
    | \b(?:offers?|provides?|has|have)\ (?:several|many|various|numerous|multiple|unique)\b
    | \bcreates?\ an?\ (?:robust|sophisticated|comprehensive|powerful)\b
    | \bhas\ (?:found|evolved|become|proven|emerged)\b
    | \bserves?\ as\ an?\ (?:critical|essential|vital|powerful|valuable|key)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_GIVES = re.compile(
    r"\d|:\s|\bsuch as\b|\bfor example\b|[=+\u00d7]|\be\.g\."
    r"|\b(?:errors|mistakes|applications|combinations|strategies|uses|settings) include\b"
)
_YEARS = re.compile(r"\b(?:19|20)\d\d(?:-(?:19|20)?\d\d)?\b|24/7")
_MOST_SENTENCES = 3
_COLON_END = ":"
_SECTION_WORDS = frozenset(
    """
    definition introduction overview background calculation formula interpretation application
    applications use uses usage cases advantages disadvantages pros cons benefits limitations
    limits risks challenges examples example practical case studies conclusion summary sources
    references history key concepts concept points takeaways implementation strategies strategy
    considerations best practices future outlook further reading faq components methodology
    analysis purpose context basics details explanation and of the in for its to how it works
    what is main section part step
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)
_MIN_HEADINGS = 3
_HEADING_WORDS = 6
_SECTION_SHARE = 0.6


def preamble_only(reading: Reading, *, max_words: float) -> str | None:
    """Return what an answer announces where it gives nothing of it.

    That is an answer of at most max_words words whose last sentence announces points, a list or
    an explanation ("There are five ways to use it, explained below."), one that is nothing but
    the headings of its sections, and one that praises the several things asked for and names
    none. A list of names is an answer; a formula too.
    """
    if reading.answer_word_count > max_words or has_formulas(reading.lowered):
        return None
    lines = [line.strip() for line in reading.answer.splitlines() if line.strip()]
    if not lines:
        return None
    return (
        _headings_alone(lines)
        or _announcement(reading, lines)
        or _praise(reading, lines)
        or _framed(lines)
        or empty_table(lines)
    )


def _framed(lines: list[str]) -> str | None:
    """Return the first sentence of an answer all of whose sentences announce or frame."""
    sentences = [one for line in lines for one in _ENDS.split(line) if one.strip("*_ ")]
    if all(_FRAMES_ALONE.search(one) or _ANNOUNCES.search(one.rstrip(".!… ")) for one in sentences):
        return sentences[0]
    return None


def _praise(reading: Reading, lines: list[str]) -> str | None:
    """Return the frame in which an answer praises what was asked for and names none of it.

    "Using it well requires avoiding several critical mistakes that ...", and no mistake.
    """
    if len(lines) > 1 or not _ASKS_SEVERAL.search(reading.question):
        return None
    if len(_SENTENCES.split(lines[0])) > _MOST_SENTENCES or _GIVES.search(_YEARS.sub("", lines[0])):
        return None
    frame = _FRAMES.search(_SENTENCES.split(lines[0])[0])
    return frame[0] if frame else None


def _announcement(reading: Reading, lines: list[str]) -> str | None:
    last = _SENTENCES.split(lines[-1])[-1].strip("*_ ")
    if _LINE_MARK.match(lines[-1]) or sum(map(bool, map(_LINE_MARK.match, lines))) > 1:
        return None
    if not _ANNOUNCES.search(last.rstrip(".!… ")):
        return None
    is_begun = last.endswith(_COLON_END) or not _says_more(reading, last)
    return last if is_begun else None


def _says_more(reading: Reading, last: str) -> bool:
    """Return whether the announcing sentence tells what it announces ("here is why: ...")."""
    _, colon, given = last.partition(_COLON_END)
    return bool(colon and len(given.split()) >= _MIN_HEADINGS) or reading.answer.count(",") >= (
        _MIN_HEADINGS
    )


def _headings_alone(lines: list[str]) -> str | None:
    items = [line for line in lines if _LINE_MARK.match(line) or line.endswith((":", "**"))]
    others = [line for line in lines if line not in items]
    if len(items) < _MIN_HEADINGS or len(others) > 1:
        return None
    bare = [_LINE_MARK.sub("", line).strip("*#:_ ").lower().split() for line in items]
    if any(len(words) > _HEADING_WORDS for words in bare):
        return None
    names_nothing = _SECTION_WORDS | empty_words()
    sections = sum(bool(words) and names_nothing.issuperset(words) for words in bare)
    return " / ".join(items) if sections >= _SECTION_SHARE * len(items) else None
