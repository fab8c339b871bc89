"""Traces of machinery in the text: escape codes, broken encodings, report lines, courtesies."""

import re

from ftfy.badness import BADNESS_RE

from pipeline.quality.reading import Reading

_ESCAPE = "\x1b"
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]?)?")
_ANSI_WITHOUT_ESCAPE = re.compile(r"\[(?:0|(?:\d{1,3};){1,4}\d{1,3})m")
_REPORT_LINE = re.compile(r"(?:question|answer) characters:? ?[\d,]{1,9}\b")
_REPORT_AT_START = re.compile(rf"\A\s*(?:{_REPORT_LINE.pattern}\s*)+", re.IGNORECASE)
_REPORT_AT_END = re.compile(rf"\s{{0,9}}{_REPORT_LINE.pattern}\s{{0,9}}\Z", re.IGNORECASE)
_LONGEST_REPORT_LINE_CHARS = 60
_REPORT_MARK = "characters"
_REPORT_ENDS_CHARS = 300
_THOUGHT = re.compile(
    r"\A\s*<(think|thinking|thought|reasoning|scratchpad)>.*?</\1>\s*", re.DOTALL | re.IGNORECASE
)
_STOP_MARK = re.compile(
    r"(?:\s*(?:<\|(?:im_end|im_start|endoftext|end_of_text|eot_id|end|eom_id|return)\|>|</s>"
    r"|<\|start_header_id\|>\w{0,20}(?:<\|end_header_id\|>)?"
    r"|<end_of_turn>|<eos>|\[/?INST\]|<\uff5cend\u2581of\u2581sentence\uff5c>))+\s*\Z"
)
_BOILERPLATE = re.compile(
    r"""
    \W*(?:
        (?:certainly|absolutely|sure(?:\ thing)?|of\ course|okay|great\ question)\b[\s,.!]
        | here(?:['\u2019]s|\ is|\ are)\ (?:an?|the|some)\b[^.:\n]{0,60}\b
            (?:overview|summary|information|guide|analysis|explanation|breakdown|answer|comparison)\b
        | i(?:['\u2019]d|\ would)\ be\ (?:happy|glad)\ to\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_TYPOGRAPHY = frozenset("“”\u2018\u2019\u2013—…•·\u00d7÷≥≤≈→\u2212°€£")
_CONTEXT_CHARS = 30
_NEIGHBOURS, _WIDE = 4, 16
_LONG_CHARS = 50_000
_CODED_CHARS, _CODED_LETTERS, _LOST = 60, 20, 3
_BASE64 = re.compile(r"\s*[A-Za-z0-9+/]{48,}+={0,2}\s*")
_LOST_LETTER = re.compile(r"\b[A-Za-z]+\?[a-z]+\b")
_OF_ADDRESSES = ("://", "www.")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def mojibake(reading: Reading) -> str | None:
    """Return text decoded with the wrong character set, with its surroundings.

    ftfy's badness knows which neighbours no language puts together. Text in ASCII has none, nor
    has text whose other characters are marks of typography that stand alone. A long text is
    asked as a whole before each of its runs is, of which it may have hundreds of thousands.
    """
    coded = _coded(reading.answer)
    if coded:
        return coded
    for text in (reading.question, reading.answer):
        if text.isascii() or (len(text) > _LONG_CHARS and not _is_broken(text, 0, len(text))):
            continue
        for run in _BEYOND_ASCII.finditer(text):
            if run[0] not in _TYPOGRAPHY and _is_broken(text, run.start(), run.end()):
                return _around(text, run.start(), len(run[0]))
    return None


def _coded(answer: str) -> str | None:
    """Return where an answer is encoded as a whole, or has question marks in place of letters."""
    if len(answer) >= _CODED_CHARS and " " not in answer.strip() and _BASE64.fullmatch(answer):
        return answer if len(set(answer)) >= _CODED_LETTERS else None
    if answer.count("?") < _LOST:
        return None
    words = (word for word in answer.split() if not any(sign in word for sign in _OF_ADDRESSES))
    lost = list(_LOST_LETTER.finditer(" ".join(words)))
    return lost[0][0] if len(lost) >= _LOST else None


def may_be_mojibake(text: str) -> bool:
    """Return whether ftfy could find anything bad in text: it reads it all, this what is not ASCII.

    What is bad is a few characters beside each other of which one is not ASCII.
    """
    if text.isascii():
        return False
    if len(text) > _LONG_CHARS:
        return _is_broken(text, 0, len(text))
    return any(
        BADNESS_RE.search(text[max(0, run.start() - _WIDE) : run.end() + _WIDE])
        for run in _BEYOND_ASCII.finditer(text)
    )


def ansi_residue(reading: Reading) -> str | None:
    """Return a terminal's escape code, whole or with its escape character lost ("[0;32m").

    Without its escape character a single number could be a time frame ("[15m]"); only the reset
    code, with which every coloured text ends, and compound codes count.
    """
    for text in (reading.question, reading.answer):
        if _ESCAPE not in text and "[" not in text:
            continue
        match = _ANSI.search(text) or _ANSI_WITHOUT_ESCAPE.search(text)
        if match:
            return repr(match[0])
    return None


def report_residue(reading: Reading) -> str | None:
    """Return a line of a delivery report that was taken for part of the answer.

    Only the answer's two ends are read: that is where a parser's cut goes wrong.
    """
    ends = (reading.lowered[:_REPORT_ENDS_CHARS], reading.lowered[-_REPORT_ENDS_CHARS:])
    for end in ends:
        match = _REPORT_LINE.search(end) if _REPORT_MARK in end else None
        if match:
            return match[0]
    return None


_CITATION_SIGNS = ("\u3010", *map(chr, range(0xE200, 0xE207)))
_CITATION = re.compile(
    r"[ ]?(?:\ue200[^\ue201\n]{0,300}\ue201|[\ue200-\ue206]"
    r"|\u3010[0-9]{1,4}(?::[0-9]{1,4})?\u2020[^\u3011\n]{0,100}\u3011)"
)
"""Marks that chats with a search write into their answers, in characters for private use."""


def model_residue(reading: Reading) -> str | None:
    """Return a model's thinking block, its citation marks or the mark that ends its turn."""
    cited = _CITATION.search(reading.answer) if _may_be_cited(reading.answer) else None
    if cited:
        return ascii(cited[0].strip())
    if not _may_be_marked(reading.answer):
        return None
    match = _THOUGHT.search(reading.answer) or _STOP_MARK.search(reading.answer)
    return match[0].strip() if match else None


def _may_be_cited(text: str) -> bool:
    return not text.isascii() and any(sign in text for sign in _CITATION_SIGNS)


def _may_be_marked(text: str) -> bool:
    """Return whether text may open with a thinking block or end on a mark of a turn's end."""
    is_open, is_closed = text.lstrip()[:1] == "<", text.rstrip()[-1:] in (">", "]")
    return (is_open or is_closed) and ("<" in text or "[" in text[-20:])


def without_model_residue(text: str) -> str:
    """Return text without the thinking block that it opens with, citation and ending marks."""
    text = _CITATION.sub("", text) if _may_be_cited(text) else text
    if not _may_be_marked(text):
        return text
    return _STOP_MARK.sub("", _THOUGHT.sub("", text))


def without_escape_codes(text: str) -> str:
    """Return text without a terminal's escape codes, whole ones and those without their escape."""
    if _ESCAPE not in text and "[" not in text:
        return text
    return _ANSI_WITHOUT_ESCAPE.sub("", _ANSI.sub("", text))


def has_lost_escape(text: str) -> bool:
    """Return whether text has a terminal's code without its escape character.

    It is residue nearly always, but a text about terminals may write it on purpose.
    """
    return _ANSI_WITHOUT_ESCAPE.search(_ANSI.sub("", text)) is not None


def without_report_lines(text: str) -> str:
    """Return text without the report lines that it begins or ends on, and the space before them.

    A line further in is left: what stands beyond it may be the pair's own text or another's.
    """
    if _REPORT_MARK not in text.lower():
        return text
    text = _REPORT_AT_START.sub("", text)
    left = len(text)
    end = len(text.rstrip())
    while match := _REPORT_AT_END.search(text, max(0, end - _LONGEST_REPORT_LINE_CHARS), end):
        left = end = match.start()
    return text[:left]


def boilerplate_opening(reading: Reading) -> str | None:
    """Return the courtesy that an answer opens with ("Certainly! Here is an overview")."""
    match = _BOILERPLATE.match(reading.answer)
    return match[0] if match else None


def _is_broken(text: str, start: int, end: int) -> bool:
    """Return whether the run from start to end is bad beside its neighbours.

    Badness is a matter of few characters in a row, so that the rest of the text, which would
    take two hundred times as long, need not be read.
    """
    near = text[max(0, start - _NEIGHBOURS) : end + _NEIGHBOURS]
    return _REPLACEMENT in near or BADNESS_RE.search(near) is not None


def _around(text: str, start: int, length: int) -> str:
    return text[max(0, start - _CONTEXT_CHARS) : start + length + _CONTEXT_CHARS]
