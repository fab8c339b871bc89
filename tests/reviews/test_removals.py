"""Which deliveries are out of the data set, and what the book of removals holds."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.core.json_values import compact
from pipeline.reviews.reading import read_removals
from pipeline.reviews.removals import REMOVED, UNDONE, Removal, removed_of
from pipeline.store.inputs import read_input
from pipeline.workspace import layout

SHA = "0123456789ab" + "0" * 52
ENTRY = Removal("2025-11-05T09:30:00Z", "eva", REMOVED, "zai", "0123456789ab-a.json", SHA, "why")

entries = st.builds(
    Removal,
    st.sampled_from(["2025-11-05T09:30:00Z", "2025-11-05T09:30:00.5Z", "2025-11-05T09:31:00Z"]),
    st.sampled_from(["eva", "noor"]),
    st.sampled_from([REMOVED, UNDONE]),
    st.sampled_from(["zai", "droid"]),
    st.sampled_from(["0123456789ab-a.json", "0123456789ab-b.json"]),
    st.just(SHA),
    st.sampled_from(["", "why"]),
)


@given(st.lists(entries, max_size=8), st.randoms(use_true_random=False))
def test_the_latest_entry_counts_whatever_the_order_of_lines(
    book: list[Removal], chance: random.Random
) -> None:
    """Of each delivery the latest entry decides, of two at one moment the removal."""
    out = removed_of(book)
    mixed = chance.sample(book, len(book))
    assert removed_of(mixed) == out
    for place in {entry.place for entry in book}:
        own = [entry for entry in book if entry.place == place]
        last = max(len(entry.when) * ("31:00" not in entry.when) or 99 for entry in own)
        latest = [e for e in own if (len(e.when) * ("31:00" not in e.when) or 99) == last]
        assert (place in out.by_place) == any(entry.action == REMOVED for entry in latest)


def test_bytes_that_stand_elsewhere_are_no_removed_ones() -> None:
    """Removed bytes are known under any name, unless a delivery that takes part stands there."""
    out = removed_of([ENTRY])
    assert out.of(ENTRY.place, SHA, is_stored=True) == ENTRY
    assert out.of(("droid", "0123456789ab-c.json"), SHA, is_stored=False) == ENTRY
    assert out.of(("droid", "0123456789ab-c.json"), SHA, is_stored=True) is None
    assert out.of(("droid", "fff456789abc-c.json"), "f" * 64, is_stored=False) is None


def test_the_book_holds_what_was_written() -> None:
    """Entries come back as they were written, blank lines left out."""
    line = compact(ENTRY._asdict()).encode()
    assert read_removals(b"\n" + line + b"\n\n" + line, "book") == [ENTRY, ENTRY]
    assert read_removals(b"", "book") == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"action": "gone"}, "action 'gone' is none of undone, removed"),
        ({"agent": ".."}, "is no agent and stored name"),
        ({"delivery": "0123456789ab-a/../../b"}, "is no agent and stored name"),
        ({"delivery": "a.json"}, "is no agent and stored name"),
        ({"sha256": "f" * 64}, "whose first 12 begin the stored name"),
        ({"who": ""}, "nobody is named"),
        ({"when": "yesterday"}, "is no moment in UTC"),
        ({"reason": "two\nlines"}, "the reason must be one line"),
        ({"reason": "x" * 1001}, "1,000 are allowed"),
        ({"reason": 3}, "field reason must be text"),
        ({"extra": ""}, "no removal: it must have when, who, action, agent"),
    ],
)
def test_a_book_that_is_not_understood_stops_with_file_line_and_rule(
    tmp_path: Path, changed: dict[str, object], told: str
) -> None:
    """Nothing runs on half a book: its first wrong line is named."""
    path = tmp_path / layout.REMOVED
    path.parent.mkdir(parents=True)
    good = compact(ENTRY._asdict())
    path.write_text(f"{good}\n{compact({**ENTRY._asdict(), **changed})}\n")
    with pytest.raises(UserError, match=f"data/reviews/removed.jsonl line 2: .*{told}"):
        read_input(tmp_path, layout.REMOVED)
