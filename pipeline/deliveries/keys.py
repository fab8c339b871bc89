"""Which delivered keys mean what: vocabulary.csv, and how a key is compared with it.

One table for all containers; a new spelling is one new row of it. Keys are compared in lower case
with spaces, hyphens and humps (`expectedOutput`) as underscores, and without the marks that
people put around headers (`**Question:**`, `Answer *`).
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from pipeline.deliveries import composed_keys


class Spelling(NamedTuple):
    """One row of the vocabulary: a key in canonical form, the role it plays, and where from.

    Of two keys that play the same role in a record the lower rank wins, then the earlier row.
    Rank 1 says what it means; 2 says so in the words of a tool; 3 is a general word, and 4 one
    that pages use for anything, read only where the question ends in a question mark.
    """

    role: str
    rank: int
    key: str
    language: str
    seen_in: str


def _vocabulary() -> tuple[Spelling, ...]:
    text = files("pipeline.deliveries").joinpath("vocabulary.csv").read_text(encoding="utf-8")
    return tuple(
        Spelling(row["role"], int(row["rank"]), row["key"], row["language"], row["seen_in"])
        for row in csv.DictReader(text.splitlines())
    )


VOCABULARY = _vocabulary()


def spelled(role: str, ranks: Iterable[int] = (1, 2, 3, 4)) -> tuple[str, ...]:
    """Return the canonical keys of a role in the order in which they win."""
    wanted = set(ranks)
    return tuple(word.key for word in VOCABULARY if word.role == role and word.rank in wanted)


QUESTION = spelled("question", (1,))
ANSWER = spelled("answer", (1,))
LISTS = spelled("list")
"""Keys under which an object keeps its list of pairs, whatever else it holds."""

ENVELOPES = frozenset((*LISTS, *spelled("envelope")))
"""Keys that name no topic: what lies below them is simply the content."""

COLUMNS: dict[str, tuple[str, ...]] = {
    column: spelled(column)
    for column in (
        "indicator",
        "category",
        "subcategory",
        "topic",
        "session",
        "difficulty",
        "created",
        "original_id",
        "tags",
        "citations",
        "delivered_split",
    )
}
"""Column -> keys of a record that fill it, the first present one winning."""

CONTEXT: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicator_name"),
    "category": ("category",),
    "subcategory": ("subcategory",),
    "topic": ("topic", "research_topic"),
    "session": ("session", "session_id", "session_number"),
    "created": (
        "generation_date",
        "generated_at",
        "extraction_date",
        "created_date",
        "processing_date",
        "completed",
        "date",
    ),
    "delivered_split": ("split",),
}
"""Column -> keys of the enclosing objects that fill it where the record is silent."""

DECLARED = ("total_pairs", "total_qa_pairs", "qa_count", "pair_count", "total_questions")
"""Keys under which a delivery says how many pairs it holds."""

_ROLES: dict[str, list[tuple[str, int, int]]] = {}
for _place, _word in enumerate(VOCABULARY):
    _ROLES.setdefault(_word.key, []).append((_word.role, _word.rank, _place))
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HINT = re.compile(
    r"[ \t]{1,3}[-\u2013\u2014(][ \t]{0,3}(?:max|min|choose|select|e\.g\.|[0-9]{1,3}, )[^\n]*\Z",
    re.IGNORECASE,
)
"""What a template's header says about how to fill the column (Kahoot)."""
_AROUND = " \t\r\n\ufeff*:\uff1a?\uff1f#\"'`."
_MOST_KEPT_KEYS = 64
_NOTHING: tuple[tuple[int, str], ...] = ()


@lru_cache(maxsize=4000)
def canonical(key: str) -> str:
    """Return the form of a key that the vocabulary is written in."""
    if key.rstrip().endswith(" #"):
        key = f"{key.rstrip()[:-2]} number"
    bare = key.strip(_AROUND).removesuffix("__c") or key.strip()  # Salesforce's own fields
    if "-" in bare or "(" in bare or "\u2013" in bare or "~" in bare:
        bare = _HINT.sub("", bare).replace("(s)", "s").removeprefix("~:")
    return _HUMP.sub("_", bare).lower().replace(" ", "_").replace("-", "_")


Roles = Mapping[str, tuple[tuple[int, str], ...]]
"""Role -> (rank, key as it is spelled in the record) of the keys that play it, best first."""


def roles_of(fields: Iterable[str]) -> Roles:
    """Return which keys of a record play which role; a key may play several."""
    names = tuple(fields)
    return _roles_kept(names) if len(names) <= _MOST_KEPT_KEYS else _roles(names)


def _roles(names: tuple[str, ...]) -> Roles:
    found: dict[str, list[tuple[int, int, str]]] = {}
    for name in names:
        for role, rank, place in _ROLES.get(canonical(name), ()):
            found.setdefault(role, []).append((rank, place, name))
    if not {"question", "turns"} <= found.keys() and not _is_answered(found):
        missing = [side for side, known in _SIDES if known.isdisjoint(found)]
        for role, rank, name in composed_keys.roles_in(map(_with_canonical, names), missing):
            found.setdefault(role, []).append((rank, 0, name))
    return MappingProxyType(
        {
            role: tuple((rank, name) for rank, _, name in sorted(held))
            for role, held in found.items()
        }
    )


_SIDES = (
    ("question", frozenset({"question"})),
    ("answer", frozenset({"answer", "reference"})),
)
"""A side of a pair, and the roles of which one must be played for it to be there."""


def _with_canonical(name: str) -> tuple[str, str]:
    return name, canonical(name)


_OF_PAGES = 4
"""The rank of words that pages use for anything."""


def _is_answered(found: Mapping[str, list[tuple[int, int, str]]]) -> bool:
    asked = "question" in found and any(rank < _OF_PAGES for rank, *_ in found["question"])
    return asked and not {"answer", "reference", "choices"}.isdisjoint(found)


_roles_kept = lru_cache(maxsize=2000)(_roles)


_MORE_THAN_A_PAIR = frozenset(
    ("turns", "choices", "correct", "rejected", "history", "reference", "system", "context")
)
_NUMBERED = re.compile(
    r"(?:.*_)?(?:[a-k]|[0-9]{1,2})|.*(?:accepted|suggested).*|qas|instances|mapping|chat|replies"
    r"|(?:incorrect|wrong|false)_.*|distractors?.*|follow_?ups?(?:_questions)?|sub_?questions"
)
FOLLOW_UPS = re.compile(r"follow_?ups?(?:_questions|_qa)?|sub_?questions|children")
"""Keys of a pair under which those stand that follow it up."""


@lru_cache(maxsize=2000)
def plain_pair(names: tuple[str, ...]) -> tuple[str, str] | None:
    """Return (question, answer) of a record whose keys say a pair and nothing else; else None.

    None leaves it to all that is known about records; a pair is by far the commonest, and known
    by its keys alone.
    """
    if len(names) > _MOST_KEPT_KEYS:
        return None
    roles = _roles_kept(names)
    questions, answers = roles.get("question", ()), roles.get("answer", ())
    if len(questions) != 1 or len(answers) != 1 or questions[0][0] != 1 or answers[0][0] != 1:
        return None
    more = {
        role
        for role in _MORE_THAN_A_PAIR.intersection(roles)
        for _, key in roles[role]
        if key != answers[0][1]
    }
    names_left = (canonical(name) for name in names if name not in (questions[0][1], answers[0][1]))
    if more or any(_NUMBERED.fullmatch(name) for name in names_left):
        return None
    return questions[0][1], answers[0][1]


def is_named(cells: Iterable[object]) -> bool:
    """Return whether two texts of a row say question and answer, and nothing besides."""
    names = {canonical(cell) for cell in cells if isinstance(cell, str) and cell.strip()}
    return not names.isdisjoint(QUESTION) and not names.isdisjoint(ANSWER)


def having(roles: Roles, role: str, most_rank: int = 4) -> list[str]:
    """Return the keys that play a role, best first, up to a rank."""
    return [key for rank, key in roles.get(role, _NOTHING) if rank <= most_rank]


def guesses(question: str, answer: str) -> set[str]:
    """Return what was guessed where a record's keys do not say question and answer."""
    roles = (("question", question), ("answer", answer))
    return {f"{role} <- {key}" for role, key in roles if canonical(key) != role}
