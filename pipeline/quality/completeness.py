"""Answers that stop before their end."""

import re

from pipeline.quality.evidence import lists_sources
from pipeline.quality.reading import Reading
from pipeline.quality.tables import is_short_row

_TAIL_CHARS = 4000
_EVIDENCE_CHARS = 200
_SOURCES_CHARS = 1200
"""A list of sources that opens further up has ended: sections often name their own."""

_OPEN = frozenset(",;:([{\u2013—&+/-")
_DANGLING = re.compile(
    r"""
    [,;:(\[{&] $
    | (?:^|\s)[-\u2013—*+] $ | \w[-\u2013—] $
    | [A-Z]\.,\s(?:&|and)\s[A-Z][a-z]+ $  # an author without initials behind others with theirs
    | \b(?:the|an|and|or|of|to|in|for|with|by|is|are|was|that|which|from|on|at|their|its|this|these
        |such|than|but|when|while|between|into|using|your|our|has|have|been|can|may|will|would
        |should|must|not|as|be|if|it|they|we|provide|provides|including|like|where|who|how|a|also
        |through|against|within|without|towards?|during|because|although|whether|every|another
        |(?<!if\s)any|very|upon|until|unless|neither|either|whose) $
    """,
    re.VERBOSE,
)
_CITED = re.compile(
    r"""
    https?:// | www\. | \b[\w-]{1,63}\.(?:com|org|io|net|gov|edu|finance|xyz|fi|eu|info|co)\b
    | \bdoi\b | \bet\ al\b
    | ["”][,)]?\s+(?:[-\u2013—(|]\s?|by\s|in\s|from\s)\S  # a title and its publisher
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CITING = ("https://", "http://", "www.")
_OPENING_ALONE = re.compile(
    r"""
    \W*(?:(?:certainly|sure|okay|ok|absolutely|of\ course|great\ question)\b[\s,.!]*)*
    (?:i(?:['\u2019]d|\ would|['\u2019]ll|\ will|['\u2019]m|\ am|\ can)\ (?:be\ )?
        (?:happy|glad|provide|give|help|explain|offer|share|break|walk)\b[^.:!\n]{0,160}[.:!]?\s*)?
    (?:here(?:['\u2019]s|\ is|\ are)?\b[^.:!\n]{0,320}[.:!]?)?\W*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_GOES_ON = {
    ("...", "\u2026"): re.compile(
        r"(?:[\w'\u2019-]+,?\s+){3,8}[a-z'\u2019-]{2,}\s?(?:\.\.\.|\u2026)$", re.IGNORECASE
    ),
    (")", "]"): re.compile(
        r"[(\[](?:to\ be\ )?continue[sd]?\b[^()\[\]\n]{0,40}[)\]]$", re.IGNORECASE
    ),
}
"""A sentence that trails off, and a note that more was to come, by what each ends on."""
_GOES_ON_CHARS = 300
"""How far before the end either begins: nine words, or a note of a line."""

_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|vs|cf|approx|incl|viz|Dr|Prof)\.$")
_LONGEST_ABBREVIATED_CHARS = 8
_MARK_ALONE = re.compile(r"(?:[-*•\u2013—+]|#{1,6})(?:\s*\*\*)?")
_NUMBER_ALONE = re.compile(r"(?:#{1,6}\s+)?(?:\*\*)?\(?(\d{1,2})[.)](?:\*\*)?")
_LONGEST_NUMBER_CHARS = 40
_HEADING = re.compile(r"#{1,6}\s+\S")
_BOLD_LINE = re.compile(r"\*\*([^*\n]{2,80})\*\*:?")
_BOLD_ITEM = re.compile(r"\s*(?:[-*•+]|\d{1,2}[.)])\s+\*\*[^*\n]{2,80}\*\*:?(.*)")
_BOLD_ITEMS = 2
_SYMBOLS = re.compile(r"[`$\\|=]")
_ENDS_ON_URL = re.compile(r"://\S+$")
_INCHES = re.compile(r"\d\"")
_SENTENCE_END = re.compile(r"[.!?…][\"”)]?\s")
_ITEM = re.compile(r"^\s*(?:[-*•\u2013—+]|\d{1,3}[.)]|[a-z][.)])\s")
_POINT = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+)?(?:\*\*)?(\d{1,2})[.)][ \t]", re.MULTILINE)
_YEAR = re.compile(r"\((?:19|20)\d\d[a-z]?\)")
_AUTHOR = re.compile(rf"{_ITEM.pattern}[^\W\d_]+,\s[A-Z]\.")
_REFERENCES = 2
"""How many references in a row say how the next one is written."""

_ENDS_OPEN = ("(", "[", "(,", ",")
_FORMULA = re.compile(r"=|[\u00d7÷√Σ∑∫≤≥≈→^\\]|\d\s*[-+*/]\s*[\d(]|\b\d[\d,.]*[%xk]?$")


def cut_off(reading: Reading, *, max_stub_chars: float, min_prose_words: float) -> str | None:
    """Return the end of an answer that breaks off, in a sentence, a word or after its opening.

    An answer of at most max_stub_chars characters is a stub where it opens and says nothing:
    "Here is a comprehensive", "Certainly! Here's an overview of staking:". A longer one breaks
    off when it ends without closing punctuation on a word that cannot end a sentence, on a
    bracket or quotation left open, on a mark, number or heading that nothing follows; or, where
    its other sentences or list items are closed, on at least min_prose_words words that are not;
    or under the first of its numbered points, or in a row of a table; or where it trails off
    ("...") or says that it goes on elsewhere. Lists of sources, URLs,
    formulas, code and answers that close nothing are whole without a full stop: 7,073 of 18,000
    real answers end so.
    """
    if len(reading.answer) <= max_stub_chars and _is_stub(reading.answer, min_prose_words):
        return reading.answer.strip() or "(empty)"
    return _unfinished_end(reading, min_prose_words)


def _is_stub(answer: str, min_prose_words: float) -> bool:
    """Return whether an answer opens and then says fewer than min_prose_words open words."""
    opening = _OPENING_ALONE.match(answer)
    left = answer[opening.end() if opening else 0 :].rstrip()
    if not opening or not opening[0].strip():
        return not left
    return not left or (not _is_closed(left) and len(left.split()) < min_prose_words)


def _unfinished_end(reading: Reading, min_prose_words: float) -> str | None:
    tail = reading.answer[-_TAIL_CHARS:].rstrip()
    for ends, goes_on in _GOES_ON.items():
        start = max(0, len(tail) - _GOES_ON_CHARS)
        if tail.endswith(ends) and (found := goes_on.search(tail, start)):
            return found[0]
    if not tail or _is_plainly_whole(tail):
        return None
    lines = tail.splitlines()
    last = lines[-1].strip()
    if _is_code(tail, lines):
        return None
    if _is_just_begun(reading.answer, lines, last) or _is_left_open(last) or is_short_row(lines):
        return last[-_EVIDENCE_CHARS:]
    return None if _is_closed(tail) else _open_end(reading, lines, min_prose_words)


def _is_plainly_whole(tail: str) -> bool:
    """Return whether text ends on a full stop behind a sentence, as most answers do.

    Then nothing is left open, and the last line is neither a bare mark nor a heading.
    """
    if not tail.endswith("."):
        return False
    last = tail[tail.rfind("\n") + 1 :].strip()
    is_sentence = len(last) > _LONGEST_NUMBER_CHARS and not last.startswith("#")
    return is_sentence and len(last.splitlines()) == 1 and not _ends_abbreviated(last)


def _ends_abbreviated(last: str) -> bool:
    return _ABBREVIATED.search(last, max(0, len(last) - _LONGEST_ABBREVIATED_CHARS)) is not None


def _open_end(reading: Reading, lines: list[str], min_prose_words: float) -> str | None:
    """Return the last line of an answer without closing punctuation where it breaks off."""
    last = lines[-1].strip()
    if any(sign in last for sign in _CITING) or _CITED.search(last) or _FORMULA.search(last):
        return None
    is_word = len(last.split()) == 1
    if _DANGLING.search(last.lower() if is_word and last.istitle() else last):
        return last[-_EVIDENCE_CHARS:]
    if _is_open_reference(lines):
        return last[-_EVIDENCE_CHARS:]
    if lists_sources(reading.lowered, max(0, len(reading.lowered) - _SOURCES_CHARS)):
        return None
    breaks = (
        _stops_at_first_point(reading.answer, lines)
        or last.startswith("|")
        or _begins_a_list(lines, min_prose_words)
        or _breaks_off(lines, last, min_prose_words)
    )
    return last[-_EVIDENCE_CHARS:] if breaks else None


def _is_just_begun(answer: str, lines: list[str], last: str) -> bool:
    """Return whether the last line is a mark, a number or a heading that nothing follows.

    A number alone may be the answer ("The default is:" and "14."), so it has to be the next of
    the numbered points above it. A line in bold is a heading where others of its kind are.
    """
    number, bold = _NUMBER_ALONE.fullmatch(last), _BOLD_LINE.fullmatch(last)
    item = _BOLD_ITEM.fullmatch(last)
    is_bare = _MARK_ALONE.fullmatch(last) or _HEADING.match(last) or _ends_abbreviated(last)
    if not (number or bold or item or is_bare):
        return False
    above = [line.strip() for line in lines[:-1] if line.strip()]
    if not above or is_bare:
        return bool(above)
    if number:
        points = _POINT.findall(answer)
        is_first = number[1] == "1" and above[-1].endswith(":")
        return is_first or str(int(number[1]) - 1) in points
    if bold:
        headings = [line for line in above if _BOLD_LINE.fullmatch(line)]
        is_statement = any(map(str.isdigit, bold[1])) or bold[1].rstrip()[-1] in ".!?"
        return len(headings) >= _BOLD_ITEMS and not is_statement and above[-1] not in headings
    return _is_bold_item_alone(last, above)


def _is_bold_item_alone(last: str, above: list[str]) -> bool:
    """Return whether the last item gives a name alone where the others say something of theirs."""
    item = _BOLD_ITEM.fullmatch(last)
    others = [match[1] for line in above if (match := _BOLD_ITEM.fullmatch(line))]
    is_bare = item is not None and not item[1].strip()
    return is_bare and len(others) >= _BOLD_ITEMS and all(map(str.strip, others))


def _is_left_open(last: str) -> bool:
    """Return whether the last line leaves a bracket or a quotation open, and does not end.

    Where it ends on a full stop a typist forgot; brackets of code and formulas (intervals) tell
    nothing.
    """
    if last.endswith(_ENDS_OPEN):
        return True
    if _SYMBOLS.search(last) or last.endswith((".", "!", "?")) or _ENDS_ON_URL.search(last):
        return False
    opened = sum(map(last.count, "([{")) - sum(map(last.count, ")]}"))
    is_quoted = last.count('"') % 2 == 1 and not _INCHES.search(last)
    return opened > 0 or is_quoted or last.count("“") > last.count("”")


def _is_closed(text: str) -> bool:
    """Return whether text ends on punctuation or a symbol that can close it."""
    return not text[-1].isalnum() and text[-1] not in _OPEN


def _is_code(tail: str, lines: list[str]) -> bool:
    return tail.count("```") % 2 == 1 or (
        lines[-1].startswith(("    ", "\t")) and not _ITEM.match(lines[-1])
    )


def _is_open_reference(lines: list[str]) -> bool:
    """Return whether the last of several references lacks the year and the end of the others."""
    others = [line.rstrip() for line in lines[-_REFERENCES - 1 : -1] if _ITEM.match(line)]
    return (
        len(others) == _REFERENCES
        and all(_YEAR.search(line) and line.endswith(".") for line in others)
        and _AUTHOR.match(lines[-1]) is not None
        and not _YEAR.search(lines[-1])
    )


def _stops_at_first_point(answer: str, lines: list[str]) -> bool:
    """Return whether the answer ends on an item under the first of its numbered points.

    Whoever numbers a point has a second one in mind.
    """
    numbers = _POINT.findall(answer)
    return numbers == ["1"] and _ITEM.match(lines[-1]) is not None


def _begins_a_list(lines: list[str], min_prose_words: float) -> bool:
    """Return whether the answer ends on the first item of a list, too short to be one."""
    above = [line.rstrip() for line in lines[:-1] if line.strip()][-1:]
    lead = bool(above) and above[0].endswith(":")
    item = _ITEM.match(lines[-1])
    return lead and item is not None and len(lines[-1][item.end() :].split()) < min_prose_words


def _breaks_off(lines: list[str], last: str, min_prose_words: float) -> bool:
    """Return whether the last line stays open where the answer closes others of its kind.

    A paragraph of a few open words is a heading without its section, or a sentence just begun.
    """
    earlier = [line.rstrip() for line in lines[:-1] if line.strip()]
    if _ITEM.match(lines[-1]):
        items = [line for line in earlier if _ITEM.match(line)]
        is_begun = len(last.split()) < min_prose_words
        return len(items) > (not is_begun) and 2 * sum(map(_is_closed, items)) > len(items)
    closes = any(map(_is_closed, earlier)) or _SENTENCE_END.search(last) is not None
    is_alone = len(lines) > 1 and not lines[-2].strip()
    return closes and (is_alone or len(last.split()) >= min_prose_words)
