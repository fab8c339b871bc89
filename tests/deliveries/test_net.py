"""A fault of this program costs the record that it met; everything else is read."""

from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.core.errors import UserError
from pipeline.core.validation import Validator
from pipeline.deliveries import reading
from pipeline.deliveries.net import caught
from pipeline.deliveries.pairs import Pair, to_pair
from pipeline.deliveries.reading import DeliveryEntries, Entry
from pipeline.plan.indicators import Plan
from tests.conftest import schema

CONTENT = b"""[{"question": "Q1?", "answer": "A1."}, {"question": "bad?", "answer": "A2."},
{"question": "Q3?", "answer": "A3."}]"""


def read(content: bytes = CONTENT) -> list[Entry]:
    rules = Validator(schema("delivered_pair"))
    return list(
        caught(DeliveryEntries("a.json", content, plan=Plan([]), rules=rules, max_bytes=10**6))
    )


def test_a_record_that_we_fail_on_is_refused_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is kept with its place and the fault's place in our code; its neighbours are pairs."""

    def failing(record: Any, **others: Any) -> Any:
        if record.fields["question"] == "bad?":
            raise ZeroDivisionError("Bitcoin")
        return to_pair(record, **others)

    monkeypatch.setattr(reading, "to_pair", failing)
    (_, first), (place, refusal), (_, last) = read()
    assert isinstance(first, Pair)
    assert isinstance(last, Pair)
    assert not isinstance(refusal, Pair)
    assert (place, refusal.reason) == ("/1", "internal")
    assert refusal.message.startswith("/1: ZeroDivisionError at pipeline/deliveries/reading.py:")
    assert "Bitcoin" not in refusal.message
    assert refusal.raw == '{"answer":"A2.","question":"bad?"}'


def test_reading_that_fails_keeps_what_was_read() -> None:
    """Pairs before the fault stand, and one refusal says where it was."""
    before = read()[:2]

    def broken() -> Iterator[Entry]:
        yield from before
        raise KeyError("x")

    *pairs, (place, refusal) = caught(broken())
    assert pairs == before
    assert not isinstance(refusal, Pair)
    assert (place, refusal.reason) == ("", "internal")
    assert refusal.message.startswith("reading stopped behind record 2: KeyError at pipeline/")


@pytest.mark.parametrize("fault", [UserError("mend it"), MemoryError()])
def test_what_concerns_the_whole_run_goes_on(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the user can mend, and a machine without memory, end the run as ever."""

    def failing(*_: Any, **__: Any) -> Any:
        raise fault

    monkeypatch.setattr(reading, "to_pair", failing)
    with pytest.raises(type(fault)):
        read()
