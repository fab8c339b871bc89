"""Lines that are marked as a question or an answer: "Q: ...", "**Answer 3:** ...", "Frage"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.deliveries.embedded import spans_in

_WORDS = {
    "question": "Q Question Frage F Pregunta P Domanda D Pergunta Vraag V Вопрос В"  # noqa: RUF001 - a letter of Russian
    " 问 問 问题 問題 質問 질문 문 FAQ Pytanie Soru Fråga Pertanyaan Kysymys Otázka Питання"
    " Spørgsmål Spørsmål Ερώτηση Întrebare Kérdés Въпрос Pitanje Soalan Otázka Hỏi Câu_hỏi"
    " س سؤال السؤال پرسش سوال ש שאלה प्रश्न सवाल প্রশ্ন คำถาม ถาม Swali Tanong",
    "answer": "A Answer Ans Antwort Respuesta R Réponse Reponse Risposta Resposta Antwoord Ответ О"  # noqa: RUF001 - a letter of Russian
    " 答 答案 回答 답변 답 Odpowiedź Cevap Svar Jawaban Vastaus Odpověď Відповідь"
    " Απάντηση Răspuns Válasz Отговор Odgovor Jawapan Đáp Trả_lời"
    " ج جواب الجواب إجابة الإجابة پاسخ ת תשובה उत्तर जवाब উত্তর คำตอบ ตอบ Jibu Sagot",
}
_LEAD = (
    r"^(?P<lead>[ \t]{0,12}(?:(?:[-*+>\u2022]|[0-9]{1,6}[.)])[ \t]{1,20}){0,3}"
    r"(?P<head>#{1,6}[ \t]{1,20})?)"
    r"(?P<bold>\*\*|__)?(?:WORDS)(?:[ \t]?#?[0-9]{1,6})?(?P<close>\*\*|__)?"
)
_COLON = _LEAD + r"[ \t]?[:\uff1a](?P<late>\*\*|__)?[ \t]*(?P<text>.*)$"
_POINT = _LEAD + r"(?P<late>)[.)][ \t]+(?P<text>\S.*)$"
_ALONE = _LEAD + r"(?P<late>)(?P<text>)[.)]?[ \t]*$"


def _spellings(words: str) -> str:
    """Return a pattern of words in the three ways in which they are written."""
    each: set[str] = set()
    for word in (one.replace("_", " ") for one in words.split()):
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
_OPTION = re.compile(r"^[ \t]*[BCD][.)][ \t]")
_LONGEST_MARK_LINE_CHARS = 100_000


def _on_one_line() -> re.Pattern[str]:
    """Return what marks an answer behind its question: words, and letters of no other use."""
    words = " ".join(w for w in _WORDS["answer"].split() if len(w) > 1 or w in "A答ج답ת")
    return re.compile(
        rf"(?<=[ \t])(?:\*\*)?(?:{_spellings(words)})(?:\*\*)?[:\uff1a]"
        r"(?:\*\*)?[ \t]{0,20}(?=\S)"
    )


SAME_LINE = _on_one_line()


class MarkedLine(NamedTuple):
    """A marked line: its number from 0, its side, whether indented, level of heading, text."""

    line: int
    side: str
    is_indented: bool
    level: int
    text: str


def marked_lines(lines: list[str], text: str) -> list[MarkedLine]:
    """Return the marked lines, those in fences only where there are no others."""
    fenced = fenced_lines(text)
    by_form = []
    for question, answer in _FORMS:
        by_form.append(list(_marked(lines, question, answer)))
        outside = [mark for mark in by_form[-1] if mark.line not in fenced]
        if _is_sound(outside, lines):
            return outside
    within = (found for found in by_form if fenced and _is_sound(found, lines))
    return next(within, [mark for mark in by_form[0] if mark.line not in fenced])


def _is_sound(marks: list[MarkedLine], lines: list[str]) -> bool:
    """Return whether marks are of both sides, and no list of options: B. and C. below an A."""
    return {mark.side for mark in marks} == {"question", "answer"} and not any(
        mark.side == "answer"
        and re.match(r"^[ \t]*A[.)]", lines[mark.line])
        and _is_option(lines, mark.line)
        for mark in marks
    )


def _is_option(lines: list[str], start: int) -> bool:
    following = next((line for line in lines[start + 1 : start + 4] if line.strip()), "")
    return _OPTION.match(following) is not None


def fenced_lines(text: str) -> set[int]:
    """Return the numbers from 0 of the lines of a text that stand in fences."""
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
) -> Iterator[MarkedLine]:
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


def _mark(match: re.Match[str], number: int, side: str, line: str) -> MarkedLine:
    level = len((match["head"] or "").strip())
    return MarkedLine(number, side, line[:1] in (" ", "\t"), level, _bare(match))


def _bare(match: re.Match[str]) -> str:
    text: str = match["text"]
    if match["bold"] and not (match["close"] or match["late"]):
        text = text.rstrip().removesuffix(match["bold"])
    return text
