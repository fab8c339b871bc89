"""Why a reviewer decides so, from a list: the same words in every note, so that they add up."""

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.faucet.review.items import Kind
from pipeline.reviews.records import LONGEST_NOTE_CHARS, plain_line

WHYS: Mapping[Kind, Mapping[str, str]] = {
    "pair": {
        "correct": "checked and right, whatever the rules say",
        "wrong_fact": "a fact, formula or number is wrong",
        "off_topic": "not about the subject of this data set",
        "off_question": "answers another question",
        "incomplete": "cut off, or leaves out what was asked",
        "unclear": "badly worded, or cannot be followed",
        "empty_words": "says nothing that is of use",
        "residue": "holds what a program or a template left in it",
        "private": "holds personal data or a credential",
    },
    "proposal": {
        "same_meaning": "the same question and the same answer, worded otherwise",
        "other_scope": "one is about more, or about another case",
        "other_detail": "a number, a period or a name differs",
        "other_answer": "the same question, answered in another way",
        "better_answer": "the same question, and one answer is better",
        "other_question": "two different questions",
    },
}
"""Code -> what it means, by what is decided; a note begins with the code."""


class Why(NamedTuple):
    """A note in two parts: a code of WHYS, "" for none, and what the reviewer wrote."""

    code: str
    text: str


def note_of(kind: Kind, code: str, text: str) -> str:
    """Return a note as the book holds it: "code: text", or either of the two."""
    parts = [code if code in WHYS[kind] else "", plain_line(text)]
    return ": ".join(filter(None, parts))[:LONGEST_NOTE_CHARS]


def why_of(kind: Kind, note: str) -> Why:
    """Return the parts of a note that note_of made; another one is all text."""
    code, _, text = note.partition(":")
    return Why(code, text.strip()) if code in WHYS[kind] else Why("", note)
