"""The records of a text whose questions and answers are marked.

What follows a question until the next one is its answer, but for what parts the records: rules of
any character, banners, the headings right above the next question, a heading that is a peer of
the one above the question, and, below a list item, lines that are not indented. Such lines, and
what stands before the first question, go with the record as `text_before` and `text_after`.

An answer that comes before its question can be read in two ways. Where every block of lines
holds one of each the blocks decide; else the delivery is refused, with both readings.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.core.text import excerpt
from pipeline.deliveries import record_ends
from pipeline.deliveries.marked_lines import SAME_LINE, MarkedLine, marked_lines
from pipeline.deliveries.record_ends import HEADING, is_rule
from pipeline.deliveries.records import Record, Refusal, refused

_QUOTED = re.compile(r"^[ \t]{0,3}>[ \t]?")


@dataclass
class _Parts:
    """The lines of one record, and what parts it from the next one."""

    mark: MarkedLine
    question: list[str]
    answer: list[str] | None
    is_indented: bool = False
    after: list[str] = field(default_factory=list)
    topic: str = ""
    before: list[str] = field(default_factory=list)


def records_of(text: str) -> Iterator[Record | Refusal]:
    """Yield the records of a marked text."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    marks = marked_lines(lines, text)
    sides = [mark.side for mark in marks]
    if sides[:1] == ["answer"] and "question" in sides:
        yield from _answers_first(lines, marks)
        return
    for parts in _partition(lines, [mark for mark in marks if mark.side == "question"], marks):
        yield _record(parts)


# --- from marks to records


def _partition(
    lines: list[str], questions: list[MarkedLine], marks: list[MarkedLine]
) -> Iterator[_Parts]:
    """Yield the parts of each record; what parts it from the next one goes before that one."""
    answers = {mark.line: mark for mark in marks if mark.side == "answer"}
    gaps = [(a, lines[a.line + 1 : b.line]) for a, b in pairwise(questions)]
    divider = record_ends.divider_of([gap for _, gap in gaps])
    section, level, before = "", 0, lines[: questions[0].line] if questions else []
    section, level, before = _section(
        before, questions[0].level if questions else 0, section, level
    )
    for place, mark in enumerate(questions):
        is_last = place + 1 == len(questions)
        end = len(lines) if is_last else questions[place + 1].line
        parts = _read_one(lines, mark, end, answers)
        parts.topic = section if not mark.level or level < mark.level else ""
        parts.before = before
        _close(parts, level if not mark.level else mark.level, divider, is_last=is_last)
        following = 0 if is_last else questions[place + 1].level
        section, level, before = _section(parts.after, following, section, level)
        if is_last:
            parts.after, before = before, []
        else:
            parts.after = []
        yield parts


def _section(
    after: list[str], next_level: int, section: str, level: int
) -> tuple[str, int, list[str]]:
    """Return the section that the last heading of lines opens, its level, and the other lines."""
    found = None
    for number, line in enumerate(after):
        heading = HEADING.match(line)
        if heading and (not next_level or len(heading[1]) < next_level):
            found, section, level = number, heading[2].rstrip("# \t"), len(heading[1])
    return section, level, [x for n, x in enumerate(after) if n != found and not is_rule(x)]


def _read_one(
    lines: list[str], mark: MarkedLine, end: int, answers: dict[int, MarkedLine]
) -> _Parts:
    start = mark.line + 1
    found = next((answers[n] for n in range(start, end) if n in answers), None)
    below = lines[start:end]
    if _QUOTED.match(lines[mark.line]):
        below = [_QUOTED.sub("", line) for line in below]
    if found is not None:
        question = [mark.text, *below[: found.line - start]]
        answer = [found.text, *below[found.line - start + 1 :]]
        return _Parts(mark, question, answer, found.is_indented)
    inside = SAME_LINE.search(mark.text)
    if inside is not None:
        answer = [mark.text[inside.end() :], *below]
        return _Parts(mark, [mark.text[: inside.start()]], answer)
    return _Parts(mark, [mark.text, *below], None)


def _close(parts: _Parts, level: int, divider: str | None, *, is_last: bool) -> None:
    """Move what parts a record from the next one out of its last part."""
    part = parts.answer if parts.answer is not None else parts.question
    cut = record_ends.end_of(part, level, divider, is_last=is_last, is_indented=parts.is_indented)
    parts.after = part[cut:]
    del part[cut:]


def _record(parts: _Parts) -> Record:
    asked = [line for n, line in enumerate(parts.question) if not n or not is_rule(line)]
    fields: dict[str, str] = {"question": _joined(asked)}
    if parts.answer is not None:
        fields["answer"] = _joined(parts.answer)
    for name, lines in (("text_before", parts.before), ("text_after", parts.after)):
        if any(line.strip() for line in lines):
            fields[name] = _joined(lines)
    context = {"topic": parts.topic} if parts.topic else {}
    return Record(f"line {parts.mark.line + 1}", fields, context)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()


# --- answers before their questions


def _answers_first(lines: list[str], marks: list[MarkedLine]) -> Iterator[Record | Refusal]:
    """Yield the pairs of blocks that hold one answer and one question each, else the refusal."""
    blocks = _blocks(lines, marks)
    if blocks is None:
        answer, question = marks[0], next(m for m in marks if m.side == "question")
        following = next((m for m in marks if m.side == "answer" and m.line > question.line), None)
        other = f" or {excerpt(following.text, 25)!r}" if following else " or nothing"
        message = (
            f"an answer comes first: is the answer to {excerpt(question.text, 30)!r}"
            f" {excerpt(answer.text, 25)!r}{other}? Put each question before its answer"
        )
        yield refused("", "ambiguous_order", message)
        return
    ends = [*sorted(mark.line for mark in marks), len(lines)]
    for answer, question in blocks:
        fields = {
            "question": _joined([question.text, *_until(lines, question.line, ends)]),
            "answer": _joined([answer.text, *_until(lines, answer.line, ends)]),
        }
        yield Record(f"line {question.line + 1}", fields, {})


def _blocks(
    lines: list[str], marks: list[MarkedLine]
) -> list[tuple[MarkedLine, MarkedLine]] | None:
    """Return (answer, question) of each block, None unless blank lines or rules part them so."""
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    if len(marks) % 2 or any((a.side, q.side) != ("answer", "question") for a, q in pairs):
        return None
    for answer, question in pairs:
        if any(not line.strip() for line in lines[answer.line : question.line]):
            return None
    for (_, question), (answer, _) in pairwise(pairs):
        between = lines[question.line : answer.line]
        if not any(not line.strip() or is_rule(line) for line in between):
            return None
    return pairs if len(pairs) > 1 or len(marks) == 2 else None  # noqa: PLR2004 - one of each


def _until(lines: list[str], start: int, ends: list[int]) -> list[str]:
    """Return the lines below a marked one up to the next end but for rules; ends are sorted."""
    end = ends[bisect_right(ends, start)]
    return [line for line in lines[start + 1 : end] if not is_rule(line)]
