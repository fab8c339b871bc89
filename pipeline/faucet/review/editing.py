"""A pair's texts as one page for an editor, and back."""

from typing import NamedTuple

_QUESTION = "=== question ==="
_ANSWER = "=== answer ==="


class Texts(NamedTuple):
    """A question and its answer."""

    question: str
    answer: str


def page_of(texts: Texts) -> str:
    """Return what the editor shows: both texts under a line that names them."""
    return f"{_QUESTION}\n{texts.question}\n{_ANSWER}\n{texts.answer}\n"


def texts_of(page: str) -> Texts | None:
    """Return the texts of a page, None where a heading is gone or a text is empty.

    White space around a text is not kept: editors end a file with a line break.
    """
    head, _, rest = page.partition(f"{_QUESTION}\n")
    question, found, answer = rest.partition(f"\n{_ANSWER}\n")
    texts = Texts(question.strip(), answer.strip())
    return texts if found and not head.strip() and all(texts) else None
