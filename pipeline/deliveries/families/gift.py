"""Quizzes in Moodle's GIFT: answers in braces behind or within questions, the right ones marked."""

import re
from collections.abc import Iterator

from pipeline.deliveries.records import Document, FamilyReading, Record, TextDocument

NAME = "gift"
_TEXT = r"(?:[^{}\\]|\\.)"
_ENTRY = re.compile(rf"({_TEXT}+)\{{\s*([=~]{_TEXT}+|T|F|TRUE|FALSE)\}}({_TEXT}*)", re.DOTALL)
_TITLE = re.compile(r"::[^:\n]{0,300}::")
_MATCHED = re.compile(r"[^\\]->")
_ANSWER = re.compile(r"([=~])\s*(%-?[\d.]{1,9}%)?((?:[^=~#\\]|\\.)*)(?:#(?:[^=~\\]|\\.)*)?")


def sniff(document: Document) -> bool:
    """Return whether two paragraphs and more, and half of all, have answers in such braces."""
    if not isinstance(document, TextDocument) or document.suffix not in (".gift", ".txt", ""):
        return False
    found = ["answer" in record.fields for record in _records(document.head)]
    return sum(found) >= 2 and 2 * sum(found) >= len(found)  # noqa: PLR2004 - one proves nothing


def read(document: Document) -> FamilyReading:
    """Return one record per paragraph but comments; one of another form has its text alone."""
    assert isinstance(document, TextDocument)
    return FamilyReading(_records(document.text), None, {}, ("topic <- $CATEGORY",))


def _records(text: str) -> Iterator[Record]:
    context, held = {}, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.startswith("$CATEGORY:"):
            context = {"topic": line.rpartition("/")[2].strip()}
        elif line.strip():
            held += [] if line.startswith("//") else [line]
        elif held:
            yield Record(f"line {number - len(held)}", _fields("\n".join(held).strip()), context)
            held = []


def _fields(paragraph: str) -> dict[str, object]:
    if (entry := _ENTRY.fullmatch(_TITLE.sub("", paragraph, count=1))) is None:
        return {"text": paragraph}
    found = _ANSWER.findall(entry[2])
    if any(mark == "=" and _MATCHED.search(one) for mark, _, one in found):
        return {"text": paragraph}  # terms to be matched are several questions
    rows = [(m == "=" or p > "%0", _unescaped(one)) for m, p, one in found]
    full = [_unescaped(one) for m, p, one in found if m == "=" and not p]
    right = full[0] if full else "; ".join(one for is_right, one in rows if is_right)
    asked = " _____ ".join(filter(None, map(_unescaped, entry.group(1, 3))))
    wrong = {"wrong_answers": [one for is_right, one in rows if not is_right]}
    more = {"other_answers": full[1:]} if len(full) > 1 else {}
    answer = right if rows else str(entry[2][0] == "T")
    return {"question": asked, "answer": answer, **wrong, **more}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).strip()
