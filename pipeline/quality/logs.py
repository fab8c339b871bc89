"""Logs of the program that made an answer, at the answer's ends."""

import re

from pipeline.quality.reading import Reading
from pipeline.secrets.rule import compiled

_LOG_LINE = re.compile(
    r"""
    ^[ \t>*\W]{0,12}(?:
        (?:RESEARCH|TASK|SESSION|BATCH|GENERATION|PROCESS(?:ING)?|DELIVERY|EXPORT|RUN|JOB|WORK)\s
            (?:COMPLETED?|FINISHED|DONE|ENDED|STARTED|SUMMARY|STATUS)\b.{0,200}
        | (?i:(?:(?:total|prompt|completion|input|output)\s)?tokens?(?:\s(?:used|count|usage))?
            \s?[:=]\s?~?[\d,]+.{0,80})
        | (?i:\(?(?:total\s)?(?:word|character|char|token)s?[\s_]count[\s_]?[:=]?\s?~?[\d,]+
            \W*(?:words|characters)?\W*)
        | (?i:\(?(?:approximately\s|approx\.?\s|~)?\d{3,5}\swords\)?\W*)
        | (?i:(?:time\s(?:taken|elapsed)|elapsed(?:\stime)?|execution\stime|api\scalls?|tool\scalls?
            |total\squestions?|(?:questions?|queries|pairs)\s(?:answered|processed|completed|done))
            \s?[:=]\s?[\d$~][\d,.:/ ]*(?:s|sec|seconds|ms|min|minutes|usd)?\s*)
        | \[(?:INFO|DEBUG|WARN(?:ING)?|ERROR|DONE)\]\s.{0,300}
        | \d{4}-\d\d-\d\d[\ T]\d\d:\d\d:\d\d\S{0,12}\s.{0,10}
            \b(?:INFO|DEBUG|WARN(?:ING)?|ERROR)\b.{0,300}
    )$
    """,
    re.VERBOSE | re.MULTILINE,
)
_LOG_ENDS_CHARS = 600
_SPACE = r"[\s\x0b\x1c-\x1f]"
_NUMBERED = rf"{_SPACE}?[:=]{_SPACE}?[~$\d,]"
_HINTS = compiled(
    rf"[A-Z]{_SPACE}(?:COMPLETE|FINISHED|DONE|ENDED|STARTED|SUMMARY|STATUS)"
    rf"|(?i:tokens?|used|count|usage|taken|elapsed|time|calls?|questions?|answered|processed"
    rf"|completed|done){_NUMBERED}"
    rf"|(?i:count[\s\x0b\x1c-\x1f_]?[:=]?{_SPACE}?~?[\d,]|\d{_SPACE}words)"
    rf"|(?i:question|query|q|answer|record|entry|item|pair){_SPACE}?#?\d"
    r"|\[(?:INFO|DEBUG|WARN|ERROR|DONE)|\b(?:INFO|DEBUG|WARN(?:ING)?|ERROR)\b"
)
"""What every line of a log and every header of a record holds, in ASCII."""

_SEPARATOR_SIGNS = ("=", "-", "*", "_", "#")
_RULE = "=" * 20
_SEPARATOR = re.compile(r"[ \t]*(?:={4,}|-{4,}|\*{4,}|_{4,}|#{7,})[ \t]*")
_NEXT_RECORD = re.compile(
    r"\W{0,6}(?:question|query|q|answer|record|entry|item|pair|qa\spair)\s?#?\d{1,5}\b.{0,300}",
    re.IGNORECASE,
)
_BANNER = re.compile(r"\s{0,9}(?<!=)={20,}+\s{1,9}[A-Z][A-Z0-9 :/&-]{3,60}\s{1,9}={20,}+")
_COUNT = re.compile(
    r"(?:total|average|input|output|successful|success|time|queries|tokens|pairs)\b[^:\n]{0,40}:"
    r"\s?[$~]?\d",
    re.IGNORECASE,
)
_FEWEST_COUNTS = 3
_FEWEST_LINES = 2


def run_log(reading: Reading) -> str | None:
    """Return a line of the log of the program that made an answer, at one of its ends.

    Counts of tokens and words, "RESEARCH COMPLETED", lines of a logger; and behind a separator
    the header of the record that came next.
    """
    answer = reading.answer
    if not _may_hold_log(answer):
        return None
    cut = without_run_log(answer)
    if len(cut) < len(answer.rstrip()):
        return answer[len(cut) :].strip()
    start = max(0, len(answer) - _LOG_ENDS_CHARS)
    match = _LOG_LINE.search(answer, start) or _LOG_LINE.search(answer, 0, _LOG_ENDS_CHARS)
    return match[0].strip() if match else None


def without_run_log(text: str) -> str:
    """Return text without the log and the next record's header that it ends on.

    Lines are taken from the end as long as they are separators, lines of a log, or a record's
    header below a separator, and only where one of them is more than a separator of Markdown.
    """
    if not _may_hold_log(text):
        return text
    text = _before_statistics(text)
    stripped = text.rstrip()
    last = stripped[stripped.rfind("\n") + 1 :].strip()
    if not (_SEPARATOR.fullmatch(last) or _LOG_LINE.match(last) or _NEXT_RECORD.fullmatch(last)):
        return text
    lines = stripped.splitlines(keepends=True)
    kept, is_log = len(lines), False
    while kept and not (lines[kept - 1].strip() and not _is_machinery(lines, kept - 1)):
        line = lines[kept - 1].strip()
        is_log |= bool(line) and not _SEPARATOR.fullmatch(line)
        is_log |= line.startswith("====")
        kept -= 1
    return "".join(lines[:kept]).rstrip() if is_log and kept else text


def is_certain_log(before: str, after: str) -> bool:
    """Return whether what without_run_log took away is a log beyond doubt.

    That is several lines of it, or one below a separator. A single line may be the answer's own
    last one: "Total tokens: 1,000" ends a price list as well.
    """
    taken = before[len(after) :].strip()
    lines = [line for line in taken.splitlines() if line.strip()]
    return len(lines) >= _FEWEST_LINES or _BANNER.match(taken) is not None


def _may_hold_log(text: str) -> bool:
    """Return whether there can be a log at an end of text, which most texts rule out at once."""
    if not text.isascii() or _RULE in text:
        return True
    stripped = text.rstrip()
    if stripped.endswith(_SEPARATOR_SIGNS):
        return True
    tail = min(len(text) - _LOG_ENDS_CHARS, stripped.rfind("\n") + 1)
    ends = text if tail <= 0 else f"{text[:_LOG_ENDS_CHARS]}\n{text[tail:]}"
    return _HINTS.search(ends) is not None


def _before_statistics(text: str) -> str:
    """Return text up to the statistics of a run: a banner of a report with counts behind it.

    Whoever took a report apart often lost its line breaks; a banner stands on a line of its own
    or in the middle of one.
    """
    if _RULE not in text:
        return text
    counts = [count.start() for count in _COUNT.finditer(text)]
    if len(counts) < _FEWEST_COUNTS:
        return text
    for banner in _BANNER.finditer(text):
        if banner.end() <= counts[-_FEWEST_COUNTS]:
            return text[: banner.start()] or text
    return text


def _is_machinery(lines: list[str], at: int) -> bool:
    """Return whether a line is a separator, of a log, or the next record's header below one."""
    line = lines[at].strip()
    if _SEPARATOR.fullmatch(line) or _LOG_LINE.match(line):
        return True
    above = lines[at - 1].strip() if at else ""
    return _NEXT_RECORD.fullmatch(line) is not None and _SEPARATOR.fullmatch(above) is not None
