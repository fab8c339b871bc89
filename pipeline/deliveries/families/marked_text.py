"""Text and Markdown whose questions and answers are marked: "Q: ... A: ...", "**Question 3:** ...".

What follows a question until the next one is its answer, but for what parts the records: rules of
any character, banners, the headings right above the next question, a heading that is a peer of
the one above the question, and, below a list item, lines that are not indented. Such lines, and
what stands before the first question, go with the record as `text_before` and `text_after`.

An answer that comes before its question can be read in two ways. Where every block of lines
holds one of each the blocks decide; else the delivery is refused, with both readings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from pipeline.core.text import excerpt
from pipeline.deliveries import claims
from pipeline.deliveries.embedded import spans_in, values_in
from pipeline.deliveries.records import (
    Document,
    FamilyReading,
    Record,
    Refusal,
    TextDocument,
    refused,
)

NAME = "marked_text"

_WORDS = {
    "question": "Q Question Frage F Pregunta P Domanda D Pergunta Vraag V Вопрос"
    " 问 問 问题 問題 질문 FAQ",
    "answer": "A Answer Ans Antwort Respuesta R Réponse Reponse Risposta Resposta Antwoord Ответ"
    " 答 答案 回答 답변",
}
_LEAD = (
    r"^(?P<lead>[ \t]{0,12}(?:(?:[-*+>\u2022]|[0-9]{1,6}[.)])[ \t]{1,20}){0,3}"
    r"(?P<head>#{1,6}[ \t]{1,20})?)"
    r"(?P<bold>\*\*|__)?(?:WORDS)(?:[ \t]?#?[0-9]{1,6})?(?P<close>\*\*|__)?"
)
_COLON = _LEAD + r"[ \t]?[:\uff1a](?P<late>\*\*|__)?[ \t]*(?P<text>.*)$"
_POINT = _LEAD + r"(?P<late>)[.)][ \t]+(?P<text>\S.*)$"
_ALONE = _LEAD + r"(?P<late>)(?P<text>)[ \t]*$"


def _spellings(words: str) -> str:
    """Return a pattern of words in the three ways in which they are written."""
    each: set[str] = set()
    for word in words.split():
        each |= {word} if len(word) == 1 else {word, word.lower(), word.upper(), word.title()}
    return "|".join(sorted(each, key=lambda word: (-len(word), word)))


def _pattern(form: str, side: str) -> re.Pattern[str]:
    words = _WORDS[side]
    if form is _ALONE:  # a letter alone on its line is none
        words = " ".join(word for word in words.split() if len(word) > 1)
    return re.compile(form.replace("WORDS", _spellings(words)))


_FORMS = tuple(
    (_pattern(form, "question"), _pattern(form, "answer")) for form in (_COLON, _POINT, _ALONE)
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$")
_RULE = re.compile(
    r"^[ \t]{0,12}(?P<mark>[-=*_~#+\u2500-\u257f\u2014\u2013])(?:[ \t]{0,3}(?P=mark)){2,}[ \t]*$"
)
_STRONG_RULE = re.compile(
    r"^[ \t]{0,12}(?:={3,}|[\u2500-\u257f]{3,}|#{7,}|~{5,}|\*{5,}|_{5,}|-{8,})[ \t]*$"
)
_OPTION = re.compile(r"^[ \t]*[BCD][.)][ \t]")
_SAME_LINE = re.compile(
    r"(?<=[ \t])(?:\*\*)?(?:A|Answer|ANSWER|Antwort|Respuesta|Réponse|答|答案)(?:\*\*)?[:\uff1a]"
    r"(?:\*\*)?[ \t]{0,20}(?=\S)"
)
_INDENT = re.compile(r"^[ \t]{2,}")
_LONGEST_MARK_LINE_CHARS = 100_000
_LONGEST_BANNER_LINES = 12
_SETEXT_DIFFERENCE = 2


class _Mark(NamedTuple):
    """A marked line: its number from 0, its side, whether indented, level of heading, text."""

    line: int
    side: str
    is_indented: bool
    level: int
    text: str


@dataclass
class _Parts:
    """The lines of one record, and what parts it from the next one."""

    mark: _Mark
    question: list[str]
    answer: list[str] | None
    is_indented: bool = False
    after: list[str] = field(default_factory=list)
    topic: str = ""
    before: list[str] = field(default_factory=list)


def sniff(document: Document) -> bool:
    """Return whether document is text, no table, with a marked question and a marked answer."""
    if not isinstance(document, TextDocument) or document.suffix in (".csv", ".tsv"):
        return False
    marks = _marks(document.head.split("\n"), document.head)
    if marks and {mark.line for mark in marks} <= _fenced_lines(document.head):
        return not values_in(document.head)
    sides = {mark.side for mark in marks}
    return sides == {"question", "answer"} or (
        "question" in sides and _SAME_LINE.search(document.head) is not None
    )


def read(document: Document) -> FamilyReading:
    """Return one record per marked question, at its line; its topic is the heading above it."""
    assert isinstance(document, TextDocument)
    declared = claims.declared_in(document.head)
    return FamilyReading(records_of(document.text), declared, {}, ("topic <- heading above",))


def records_of(text: str) -> Iterator[Record | Refusal]:
    """Yield the records of a marked text."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    marks = _marks(lines, text)
    first = next((mark for mark in marks), None)
    if first is not None and first.side == "answer":
        yield from _answers_first(lines, marks)
        return
    for parts in _partition(lines, [mark for mark in marks if mark.side == "question"], marks):
        yield _record(parts)


# --- marks


def _marks(lines: list[str], text: str) -> list[_Mark]:
    """Return the marked lines, those in fences only where there are no others."""
    fenced = _fenced_lines(text)
    for question, answer in _FORMS:
        found = list(_marked(lines, question, answer))
        outside = [mark for mark in found if mark.line not in fenced]
        for marks in (outside, found):
            if {mark.side for mark in marks} == {"question", "answer"} and _is_sound(marks, lines):
                return marks
    question, answer = _FORMS[0]
    return [m for m in _marked(lines, question, answer) if m.line not in fenced]


def _is_sound(marks: list[_Mark], lines: list[str]) -> bool:
    """Return whether marks are no list of options: B. and C. do not follow an A. of theirs."""
    return not any(
        mark.side == "answer"
        and re.match(r"^[ \t]*A[.)]", lines[mark.line])
        and _is_option(lines, mark.line)
        for mark in marks
    )


def _is_option(lines: list[str], start: int) -> bool:
    following = next((line for line in lines[start + 1 : start + 4] if line.strip()), "")
    return _OPTION.match(following) is not None


def _fenced_lines(text: str) -> set[int]:
    found: set[int] = set()
    at, line = 0, 0
    for start, end in spans_in(text) if "```" in text or "~~~" in text else []:
        line += text.count("\n", at, start)
        last = line + text.count("\n", start, end)
        found.update(range(line, last + 1))
        at, line = end, last
    return found


def _marked(
    lines: list[str], question: re.Pattern[str], answer: re.Pattern[str]
) -> Iterator[_Mark]:
    for number, line in enumerate(lines):
        if not line or len(line) > _LONGEST_MARK_LINE_CHARS:
            continue
        match = question.match(line)
        if match is not None:
            yield _mark(match, number, "question", line)
            continue
        match = answer.match(line)
        if match is not None:
            yield _mark(match, number, "answer", line)


def _mark(match: re.Match[str], number: int, side: str, line: str) -> _Mark:
    level = len((match["head"] or "").strip())
    return _Mark(number, side, line[:1] in (" ", "\t"), level, _bare(match))


def _bare(match: re.Match[str]) -> str:
    text: str = match["text"]
    if match["bold"] and not (match["close"] or match["late"]):
        text = text.rstrip().removesuffix(match["bold"])
    return text


# --- from marks to records


def _partition(lines: list[str], questions: list[_Mark], marks: list[_Mark]) -> Iterator[_Parts]:
    """Yield the parts of each record; what parts it from the next one goes before that one."""
    answers = {mark.line: mark for mark in marks if mark.side == "answer"}
    gaps = [(a, lines[a.line + 1 : b.line]) for a, b in pairwise(questions)]
    divider = _divider([gap for _, gap in gaps])
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
        heading = _HEADING.match(line)
        if heading and (not next_level or len(heading[1]) < next_level):
            found, section, level = number, heading[2].rstrip("# \t"), len(heading[1])
    return section, level, [x for n, x in enumerate(after) if n != found and not _is_rule(x)]


def _read_one(lines: list[str], mark: _Mark, end: int, answers: dict[int, _Mark]) -> _Parts:
    found = next((answers[n] for n in range(mark.line + 1, end) if n in answers), None)
    if found is not None:
        question = [mark.text, *lines[mark.line + 1 : found.line]]
        answer = [found.text, *lines[found.line + 1 : end]]
        return _Parts(mark, question, answer, found.is_indented)
    inside = _SAME_LINE.search(mark.text)
    if inside is not None:
        answer = [mark.text[inside.end() :], *lines[mark.line + 1 : end]]
        return _Parts(mark, [mark.text[: inside.start()]], answer)
    return _Parts(mark, [mark.text, *lines[mark.line + 1 : end]], None)


def _close(parts: _Parts, level: int, divider: str | None, *, is_last: bool) -> None:
    """Move what parts a record from the next one out of its last part."""
    part = parts.answer if parts.answer is not None else parts.question
    cuts = [
        _peer_heading(part, level),
        _banner(part, is_last=is_last),
        _at_divider(part, divider),
        _out_of_list(part) if parts.is_indented else None,
    ]
    cut = min((place for place in cuts if place is not None), default=len(part))
    cut = _without_tail(part, cut, is_last=is_last and cut == len(part))
    parts.after = part[cut:]
    del part[cut:]


def _peer_heading(part: list[str], level: int) -> int | None:
    """Return where a heading of the section's level or above opens another one."""
    if not level:
        return None
    fenced = _fenced_lines("\n".join(part)) if any("```" in line for line in part) else set()
    return next(
        (
            n
            for n, line in enumerate(part)
            if n and n not in fenced and (found := _HEADING.match(line)) and len(found[1]) <= level
        ),
        None,
    )


def _banner(part: list[str], *, is_last: bool) -> int | None:
    """Return where a title between two equal rules stands, with nothing but its lines below it."""
    rules = [n for n, line in enumerate(part) if _is_rule(line)]
    for first, second in pairwise(rules):
        between = [line for line in part[first + 1 : second] if line.strip()]
        below = [line for line in part[second + 1 :] if line.strip() and not _is_rule(line)]
        is_pair = part[first].strip() == part[second].strip()
        if not (is_pair and 0 < len(between) <= _LONGEST_BANNER_LINES):
            continue
        if _STRONG_RULE.match(part[first]) or (not below and not is_last):
            return first
    return None


def _divider(gaps: list[list[str]]) -> str | None:
    """Return the rule that stands between every two questions, None where none does."""
    common: set[str] | None = None
    for gap in gaps:
        here = {line.strip() for line in gap if _is_rule(line)}
        common = here if common is None else common & here
    return max(common, key=lambda rule: (len(rule), rule)) if common and len(gaps) > 1 else None


def _at_divider(part: list[str], divider: str | None) -> int | None:
    """Return where the last of the rules stands that divide all records."""
    found = [n for n, line in enumerate(part) if divider and line.strip() == divider]
    return found[-1] if found else None


def _out_of_list(part: list[str]) -> int | None:
    """Return where a list item is left: at a line that is not indented, behind a blank one."""
    was_blank = False
    for n, line in enumerate(part):
        if n and was_blank and line.strip() and not _INDENT.match(line):
            return n
        was_blank = not line.strip()
    return None


def _without_tail(part: list[str], cut: int, *, is_last: bool) -> int:
    """Return where the blank lines, rules and headings start that stand right before the end."""
    while cut > 1:
        line = part[cut - 1]
        is_heading = _HEADING.match(line) is not None and not is_last
        if not line.strip() or is_heading:
            cut -= 1
        elif _is_rule(line):
            cut -= 2 if _is_setext(part, cut - 1) and not is_last else 1
        else:
            break
    return max(cut, 1)


def _is_rule(line: str) -> bool:
    return len(line) < 1_000 and _RULE.match(line) is not None  # noqa: PLR2004 - a rule is a line


def _is_setext(part: list[str], place: int) -> bool:
    """Return whether the rule at a place underlines a title: as long as it, below a blank line."""
    two = 2
    if place < two or part[place - 2].strip() or not part[place - 1].strip():
        return False
    return abs(len(part[place].strip()) - len(part[place - 1].strip())) <= _SETEXT_DIFFERENCE


def _record(parts: _Parts) -> Record:
    fields: dict[str, str] = {"question": _joined(parts.question)}
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


def _answers_first(lines: list[str], marks: list[_Mark]) -> Iterator[Record | Refusal]:
    """Yield the pairs of blocks that hold one answer and one question each, else the refusal."""
    blocks = _blocks(lines, marks)
    if blocks is None:
        answer, question = marks[0], next(m for m in marks if m.side == "question")
        following = next((m for m in marks if m.side == "answer" and m.line > question.line), None)
        other = f", or {excerpt(following.text, 30)!r}" if following else ", or nothing"
        message = (
            f"an answer stands before the first question: is the answer to"
            f" {excerpt(question.text, 40)!r} {excerpt(answer.text, 30)!r}{other}?"
            " Put each question before its answer"
        )
        yield refused("", "ambiguous_order", message)
        return
    for answer, question in blocks:
        ends = sorted(m.line for m in marks)
        fields = {
            "question": _joined([question.text, *_until(lines, question.line, ends)]),
            "answer": _joined([answer.text, *_until(lines, answer.line, ends)]),
        }
        yield Record(f"line {question.line + 1}", fields, {})


def _blocks(lines: list[str], marks: list[_Mark]) -> list[tuple[_Mark, _Mark]] | None:
    """Return (answer, question) of each block, None unless blank lines or rules part them so."""
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    if len(marks) % 2 or any((a.side, q.side) != ("answer", "question") for a, q in pairs):
        return None
    for answer, question in pairs:
        if any(not line.strip() for line in lines[answer.line : question.line]):
            return None
    for (_, question), (answer, _) in pairwise(pairs):
        between = lines[question.line : answer.line]
        if not any(not line.strip() or _is_rule(line) for line in between):
            return None
    return pairs if len(pairs) > 1 or len(marks) == 2 else None  # noqa: PLR2004 - one of each


def _until(lines: list[str], start: int, ends: list[int]) -> list[str]:
    end = next((line for line in ends if line > start), len(lines))
    found = lines[start + 1 : end]
    return [line for line in found if not _is_rule(line)]
