"""Whatever is damaged in a delivery of any form, it is read or refused: no fault of ours."""

import copy
import random
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.validation import Validator
from pipeline.deliveries.reading import DeliveryEntries
from pipeline.deliveries.records import Refusal
from pipeline.plan.indicators import Indicator, Plan
from tests.conftest import schema
from tests.deliveries import forms
from tests.deliveries.documents import DOCUMENTS
from tests.thoroughness import often

for _kind in ("bots", "chats", "files", "models", "quizzes", "sets", "talks", "texts"):
    import_module(f"tests.deliveries.forms_of_{_kind}")

MOST_BYTES = 1_000_000
RULES = Validator(schema("delivered_pair"))
PLAN = Plan([Indicator("RSI", "a", "b")])
PIECES = (
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\r", b"\t", b"\0", b"\xff", b"'", b"|"),
    *(b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\\ud800", b"\\u0000", b"NaN", b"1e999", b"9" * 400),
    *(b"```", b"---\n", b"# ", b"Q: ", b"A: ", b"<p>", b"</", b"&#x110000;", b"<![CDATA[", b"::"),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a [*a]", b"!!python/name:os.system", b"$CATEGORY: "),
)
"""What means something to one reader or another."""
ODD: tuple[Any, ...] = (
    *(None, [], {}, "", 0, -1, True, False, 1e308, 2**63, [[]], [{}], [None], {"": ""}, "\0"),
    *("a\ud7ff", "q?", "[]", "{}", "[1,", "1.", "B)", "\u0663", "user", "<p>a?</p><b>", "```\n"),
    *({"content": None}, {"role": "user", "content": [1]}, {"text": ["a", None]}, {"A": "x"}),
    *({"parts": [{"text": None}]}, {"question": "q?", "answer": "a"}, ["A", "B"], "a" * 3_000),
)
"""Values that nobody expects under a key that is known."""


def of_all_forms() -> dict[str, tuple[str, bytes]]:
    """Return the name and the content of a delivery of every form that is read."""
    made = {name: (file, content) for name, (file, content, _) in forms.FORMS.items()}
    return {
        name: (file, content.encode() if isinstance(content, str) else content)
        for name, (file, content) in made.items()
    } | {
        name: (file, content if isinstance(content, bytes) else orjson.dumps(content))
        for name, (file, content) in DOCUMENTS.items()
    }


DELIVERIES = of_all_forms()


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value within a JSON value."""
    yield above
    held = (
        value if isinstance(value, dict) else dict(enumerate(value if type(value) is list else ()))
    )
    for key, inner in held.items():
        yield from places(inner, (*above, key))


def with_odd_value(value: Any, draws: random.Random) -> Any:
    """Return a JSON value in which one value is another one, elsewhere, or wrapped."""
    value = copy.deepcopy(value)
    *path, last = draws.choice([place for place in places(value) if place] or [("x",)])
    holder = value
    for key in path:
        holder = holder[key]
    if not isinstance(holder, (dict, list)) or (isinstance(holder, dict) and last not in holder):
        return draws.choice(ODD)
    before = holder[last]
    holder[last] = draws.choice(([before], {"x": before}, *copy.deepcopy(ODD)))
    return value


def with_damage(content: bytes, draws: random.Random) -> bytes:
    """Return bytes of which some are others, gone, cut off, or pieces of a reader's language."""
    spoiled = bytearray(content or b" ")
    at, end = sorted(draws.randrange(len(spoiled)) for _ in range(2))
    kind = draws.randrange(5)
    if kind == 0:
        spoiled[at] ^= 1 << draws.randrange(8)
    elif kind == 1:
        del spoiled[at:end]
    elif kind == 2:
        del spoiled[at:]
    else:
        spoiled[at : at + kind - 3] = draws.choice(PIECES)
    return bytes(spoiled)


def with_odd_values(content: bytes, draws: random.Random) -> bytes:
    """Return JSON, or lines of it, with one odd value; other bytes with damage."""
    try:
        return orjson.dumps(with_odd_value(orjson.loads(content), draws))
    except orjson.JSONDecodeError:
        lines = content.splitlines()
    try:
        values = with_odd_value([orjson.loads(line) for line in lines], draws)
    except orjson.JSONDecodeError:
        return with_damage(content, draws)
    return b"\n".join(map(orjson.dumps, values if isinstance(values, list) else [values]))


def check(name: str, content: bytes, streamed_from: int) -> None:
    """Read a delivery to its end; nothing is raised, and no record meets a fault of ours."""
    entries = DeliveryEntries(
        name, content, plan=PLAN, rules=RULES, max_bytes=MOST_BYTES, streamed_from=streamed_from
    )
    for place, entry in entries:
        assert not (isinstance(entry, Refusal) and entry.reason == "internal"), (place, entry)


@pytest.mark.parametrize("damage", [with_odd_values, with_damage])
@often(500)
@given(st.sampled_from(sorted(DELIVERIES)), st.integers(0, 2**32), st.sampled_from([64, 10**9]))
def test_no_damage_is_a_fault_of_ours(
    damage: Any, form: str, seed: int, streamed_from: int
) -> None:
    """Of any form, in memory and from its file: odd values, other bytes, a cut."""
    name, content = DELIVERIES[form]
    draws = random.Random(seed)
    for _ in range(draws.choice((1, 1, 2, 4))):
        content = damage(content, draws)
    check(name, content, streamed_from)


PACKED = [form for form, (_, content) in DELIVERIES.items() if content[:2] == b"PK"]


@pytest.mark.parametrize("form", PACKED)
def test_a_package_cut_or_changed_anywhere_is_read_or_refused(form: str) -> None:
    """At places in all of it: what zipfile, zlib and the readers of its members raise is told."""
    name, content = DELIVERIES[form]
    for at in range(0, len(content), max(1, len(content) // 60)):
        check(name, content[:at] + content[at + 7 :], 10**9)
        check(name, content[:at] + bytes((content[at] ^ 0xFF,)) + content[at + 1 :], 10**9)


def test_a_fragment_of_another_type_is_no_fault() -> None:
    """A kind that is no text is none that is known (DeepSeek's fragments)."""
    message = {"fragments": [{"type": {}, "content": "a"}, {"type": [], "content": "b"}]}
    talk = {"mapping": {"1": {"id": "1", "parent": None, "children": [], "message": message}}}
    check("a.json", orjson.dumps([talk]), 10**9)
