"""Laws of the keys of all entries: what a dozen bytes say of them is what their rows say."""

from collections import Counter
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.ids import pair_id
from pipeline.deliveries.entry_keys import COLUMNS, EntryKeys

DELIVERIES = [
    {"place": f"{agent}/{name}#1", "agent": agent, "delivery": name}
    for agent in ("droid", "zai")
    for name in ("0a-a.json", "0a-\U0001f600.json", "ff-a.json")
]
IDS = [pair_id(f"question {number}", "") for number in range(12)]
NUMBERS = {"seq": pa.int64(), "chars": pa.int64()}
SCHEMA = pa.schema([(name, NUMBERS.get(name, pa.large_string())) for name in COLUMNS])

kinds = st.sampled_from([*IDS, "no_answer", "too_deep"])
entries = st.lists(st.tuples(st.sampled_from(DELIVERIES), kinds, st.integers(0, 50)), max_size=40)


def rows_of(drawn: list[tuple[dict[str, str], str, int]]) -> list[dict[str, Any]]:
    numbers: Counter[str] = Counter()
    rows = []
    for delivery, kind, chars in drawn:
        both = {"pair_id": kind, "reason": None} if kind in IDS else {"reason": kind}
        rows.append({**delivery, **both, "seq": numbers[delivery["place"]], "chars": chars})
        numbers[delivery["place"]] += 1
    return rows


def keys_of(rows: list[dict[str, Any]]) -> EntryKeys:
    """Return the keys of rows that come in two batches, the later ones first."""
    half = len(rows) // 2
    batches = (pa.RecordBatch.from_pylist(part, SCHEMA) for part in (rows[half:], rows[:half]))
    return EntryKeys(DELIVERIES, batches)


def place_of(row: dict[str, Any]) -> tuple[str, str, int]:
    return row["agent"], row["delivery"], row["seq"]


@given(entries, st.integers(1, 200))
def test_ranges_hold_every_pair_whole_in_order(drawn: list[Any], most_chars: int) -> None:
    """Entries of a pair stand in one range, within its bounds, first come first."""
    rows = rows_of(drawn)
    accepted = sorted((row for row in rows if not row["reason"]), key=place_of)
    seen: Counter[str] = Counter()
    wanted = {}
    for row in accepted:
        seen[row["pair_id"]] += 1
        wanted[place_of(row)] = (row["pair_id"], seen[row["pair_id"]])
    found: dict[tuple[str, str, int], tuple[str, int]] = {}
    before: str | None = None
    ranges = list(keys_of(rows).ranges(most_chars))
    for least, limit, own in ranges:
        assert least == before
        before = limit
        for row in own.to_pylist():
            pair, turn = wanted[place_of(row)]
            assert (least or "") <= pair
            assert limit is None or pair < limit
            assert row["turn"] == turn
            found[place_of(row)] = (pair, turn)
    assert ranges
    assert before is None
    assert found == wanted
    inner = [own for _, _, own in ranges[:-1]]
    assert all(own.num_rows for own in inner)


@given(entries, st.integers(1, 200))
def test_refused_ones_come_by_place(drawn: list[Any], most_chars: int) -> None:
    """Every refused entry once, by agent, delivery and place."""
    rows = rows_of(drawn)
    tables = list(keys_of(rows).refused(most_chars))
    found = [place_of(row) for table in tables for row in table.to_pylist()]
    assert tables
    assert found == sorted(place_of(row) for row in rows if row["reason"])


@given(entries)
def test_counts_are_those_of_the_rows(drawn: list[Any]) -> None:
    """What each delivery brought first, again and in vain, and why, is what its rows say."""
    rows = rows_of(drawn)
    keys = keys_of(rows)
    numbers = {row["place"]: number for number, row in enumerate(DELIVERIES)}
    refused = Counter((numbers[row["place"]], row["reason"]) for row in rows if row["reason"])
    firsts: dict[str, int] = {}
    for row in sorted((row for row in rows if not row["reason"]), key=place_of):
        firsts.setdefault(row["pair_id"], numbers[row["place"]])
    assert keys.found.tolist() == [
        sum(row["place"] == one["place"] for row in rows) for one in DELIVERIES
    ]
    counted = Counter(firsts.values())
    assert keys.accepted.tolist() == [counted[number] for number in numbers.values()]
    assert sum(keys.repeated.tolist()) == len(rows) - len(firsts) - refused.total()
    told = {(place, code): n for place, codes in keys.reasons.items() for code, n in codes.items()}
    assert told == dict(refused)
    assert all(list(codes) == sorted(codes) for codes in keys.reasons.values())


def test_no_entries_are_one_range_of_none() -> None:
    """Without deliveries, too: whoever writes a table needs one range at least."""
    keys = EntryKeys([], iter(()))
    ((least, limit, own),) = keys.ranges(10)
    assert (least, limit, own.num_rows) == (None, None, 0)
    assert [table.num_rows for table in keys.refused(10)] == [0]
    assert (keys.found.tolist(), keys.reasons) == ([], {})
