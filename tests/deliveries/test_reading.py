"""Reading a delivery: whatever the bytes are, its books balance and its message is short."""

import csv
import gzip
import json
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.validation import Validator
from pipeline.deliveries import reading, records
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.records import Refusal
from pipeline.plan.indicators import Indicator, Plan
from tests.conftest import schema
from tests.deliveries.delivered import Delivered, read_delivery
from tests.deliveries.documents import DOCUMENTS, database
from tests.thoroughness import LONG

RULES = Validator(schema("delivered_pair"))
SCALE = 1 if LONG else 50
"""By how much the short form lowers the limits that it reaches."""
LONGER_CHARS = 2_000_000
PLAN = Plan([])


def read(name: str, content: Any, max_bytes: int = 20_000_000) -> Delivered:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_delivery(name, raw, plan=PLAN, rules=RULES, max_bytes=max_bytes)


def reasons(delivered: Delivered) -> list[str]:
    return [
        entry.reason if isinstance(entry, Refusal) else "pair" for _, entry in delivered.entries
    ]


def parquet(**columns: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


def repeated(text: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))


DEEP: Any = "x"
for _ in range(300):
    DEEP = [DEEP]
PAIR = {"question": "What is RSI?", "answer": "An oscillator."}
TALK = [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]

HOSTILE: dict[str, tuple[str, Any, list[str]]] = {
    "nothing in JSON": ("a.json", {"status": "done", "total_pairs": 500}, ["no_pairs"]),
    "pairs of no known shape": ("a.json", {"question": {"de": {"x": "a?"}}}, ["unknown_format"]),
    "a claim": ("a.txt", b"Q&A Pairs Generated: 500\nStatus: done", ["no_pairs"]),
    "a deep field": ("a.json", [{**PAIR, "x": DEEP}, PAIR], ["too_deep", "pair"]),
    "deep and no pair": ("a.json", [{"question": "a?", "x": DEEP}], ["no_answer"]),
    "a question of ten megabytes": (
        "a.json",
        [{"question": 'x"' * 5_000_001, "answer": "a"}, PAIR],
        ["string_too_long", "pair"],
    ),
    "half a surrogate": (
        "a.jsonl",
        rb'{"question": "\ud800", "answer": "b"}' + b"\n" + orjson.dumps(PAIR),
        ["lone_surrogate", "pair"],
    ),
    "a bomb": ("a.json.gz", gzip.compress(bytes(9_000_000), mtime=0), ["packed_bomb"]),
    "lines that are no objects": ("a.jsonl", b"1\n" * 10_000, ["invalid_json"]),
    "no Parquet": ("a.parquet", b"PAR1" + b"\x01" * 99 + b"PAR1", ["bad_parquet"]),
    "Parquet of other things": ("a.parquet", parquet(a=[1], b=[2]), ["no_pairs"]),
    "a column twice": (
        "a.parquet",
        parquet(question=["a"], Question=["b"], answer=["c"]),
        ["duplicate_key"],
    ),
    "no database": ("a.db", b"SQLite format 3\0" + b"\x01" * 4096, ["bad_database"]),
    "a database of other things": ("a.db", database("CREATE TABLE t (a, b);"), ["no_pairs"]),
    "a view that never ends": (
        "a.db",
        database(
            "CREATE VIEW v AS WITH RECURSIVE c(question) AS (SELECT 1 UNION ALL SELECT 1 FROM c)"
            " SELECT question, question AS answer FROM c;"
        ),
        ["no_pairs"],
    ),
    "a computed value of a gigabyte": (
        "a.db",
        database(
            "CREATE TABLE t (x, question, answer AS (zeroblob(1000000000)));"
            "INSERT INTO t (x, question) VALUES (1, 'a?');"
        ),
        ["no_pairs"],
    ),
    "a header twice": ("a.csv", b"question,answer,Answer\na,b,c\n", ["duplicate_key"]),
    "a cell without end": ("a.csv", b'question,answer\n"a,b\n', ["bad_table"]),
    "a comma unquoted": ("a.csv", b"question,answer\na,b,c\nd,e\n", ["ragged_row", "pair"]),
    "talk to oneself": ("a.json", [{"conversations": TALK[1:]}], ["no_question"]),
    "a circle of messages": (
        "a.json",
        [{"mapping": {"a": {"message": None, "parent": "b"}, "b": {"message": 1, "parent": "a"}}}],
        ["no_question"],
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_deliveries_are_refused_with_their_reason(name: str) -> None:
    """Each has one reason code, a sentence of 200 characters at most, and keeps its good pairs."""
    file_name, content, expected = HOSTILE[name]
    delivered = read(file_name, content)
    assert reasons(delivered) == expected
    for _, entry in delivered.entries:
        if isinstance(entry, Refusal):
            assert 0 < len(entry.message) <= 200
            assert isinstance(entry.raw, str)


def test_records_that_expand_beyond_the_delivery_are_refused() -> None:
    """Memory follows the size of what is delivered, not what is made of it."""
    talk = [{"from": "human", "value": "a" * 100}, {"from": "gpt", "value": "b" * 100}] * 50
    content = orjson.dumps([{"conversations": talk}])
    assert len(read("a.json", content).entries) == 50
    assert reasons(read("a.json", content, max_bytes=len(content))) == ["too_large"]


def test_reading_a_column_that_expands_a_hundredfold_stops() -> None:
    """A dictionary of one long text for a thousand rows is read as far as its bytes allow."""
    content = parquet(question=repeated("x" * 9_000, 1000), answer=repeated("y" * 9_000, 1000))
    found = reasons(read("a.parquet", content))
    assert set(found[:-1]) == {"pair"}
    assert found[-1] == "packed_bomb"
    assert 18_000 * len(found) < 100 * len(content) + 2_000_000


def test_a_delivery_of_refusals_alone_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred thousand rows without one pair are refused as one, with the reason no_pairs."""
    many = reading._RECORDS_TO_CONVINCE // SCALE
    monkeypatch.setattr(reading, "_RECORDS_TO_CONVINCE", many)
    rows = b"question,answer\n" + b"a,b,c\n" * many
    assert reasons(read("a.csv", rows)) == ["no_pairs"]
    assert len(read("a.csv", rows.replace(b",c", b"", 1)).entries) == many


def test_a_large_refused_record_is_told_by_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quarantine does not copy a record of megabytes; the delivery holds it."""
    most = records._LARGEST_QUOTED_CHARS // SCALE
    monkeypatch.setattr(records, "_LARGEST_QUOTED_CHARS", most)
    (entry,) = read("a.json", [{"question": "q" * LONGER_CHARS, "answer": "a"}]).entries
    assert isinstance(entry[1], Refusal)
    told = orjson.loads(entry[1].raw)
    assert told["answer"] == "a"
    assert told["question"] == {"beginning": "q" * 199 + "…", "characters": LONGER_CHARS}
    fields = {"question": "a?", **dict.fromkeys(map(str, range(9 * most // 100)))}
    ((_, many),) = read("a.json", [fields]).entries
    assert isinstance(many, Refusal)
    assert set(orjson.loads(many.raw)) == {"beginning", "characters"}


def test_a_long_conversation_costs_its_length_and_not_its_square() -> None:
    """The context is the last eight turns; how many there were is told."""
    delivered = read("a.json", [{"conversations": TALK * 100}])
    last = delivered.entries[-1][1]
    assert isinstance(last, Pair)
    assert orjson.loads(last.extra)["context_turns"] == 198
    assert (
        last.context
        == [{"role": role, "text": text} for role, text in (("user", "a"), ("assistant", "b"))] * 4
    )


@pytest.mark.parametrize(
    ("name", "content", "mapping"),
    [
        ("a.json", [PAIR], []),
        ("a.json", [{"Question": "a?", "Answer": "b"}], []),
        ("a.json", [{"query": "a?", "response": "b"}], ["answer <- response", "question <- query"]),
        ("a.csv", b"prompt,answer\na?,b\n", ["question <- prompt"]),
        ("a.txt", b"Q: a?\nA: b\n", ["topic <- heading above"]),
    ],
)
def test_guesses_are_told(name: str, content: Any, mapping: list[str]) -> None:
    """What the delivery itself calls question and answer is no guess; all else is named."""
    assert read(name, content).mapping == mapping


def test_lines_of_gsm8k_are_lines_of_pairs() -> None:
    """The working and the final answer behind #### stay verbatim."""
    answer = "4 + 4 = <<4+4=8>>8\n#### 8"
    ((_, pair),) = read("train.jsonl", {"question": "How many?", "answer": answer}).entries
    assert isinstance(pair, Pair)
    assert pair.answer == answer


mutations = st.tuples(
    st.sampled_from(sorted(DOCUMENTS)),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3)), min_size=1, max_size=4),
)


@given(mutations)
def test_damaged_deliveries_never_raise(mutation: tuple[str, list[tuple[int, bytes]]]) -> None:
    """Bytes exchanged anywhere in a delivery of any family give pairs and refusals, no crash."""
    family, changes = mutation
    name, content = DOCUMENTS[family]
    raw = bytearray(content if isinstance(content, bytes) else orjson.dumps(content))
    for place, put in changes:
        raw[place % len(raw) : place % len(raw) + len(put)] = put
    delivered = read(name, bytes(raw))
    for _, entry in delivered.entries:
        if isinstance(entry, Refusal):
            assert len(entry.message) <= 200


def test_reading_a_table_leaves_the_csv_module_as_it_was() -> None:
    """A large cell is read without changing a limit that the whole process shares."""
    before = csv.field_size_limit()
    delivered = read("faq.csv", b"question,answer\nwhy?," + b"x" * 200_000 + b"\n")
    ((_, pair),) = delivered.entries
    assert isinstance(pair, Pair)
    assert len(pair.answer) == 200_000
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("name", "said", "mapping", "by"),
    [
        ("a.json", {"indicator": "RSI", "topic": "MACD"}, [], "declared"),
        ("rsi.json", {"topic": "MACD"}, ["indicator <- topic"], "topic"),
        ("macd.json", {"topic": "charts"}, ["indicator <- file name"], "file_name"),
        ("a.json", {"question": "What is slippage?"}, [], None),
        ("a.json", {"question": "What does RSI show?"}, ["indicator <- question"], "question"),
    ],
)
def test_an_indicator_that_no_record_declares_is_a_guess(
    name: str, said: dict[str, str], mapping: list[str], by: str | None
) -> None:
    """The books name where an indicator was looked for; each pair says how it was found."""
    plan = Plan([Indicator("RSI", "C", "S"), Indicator("MACD", "C", "S")])
    content = json.dumps([{**PAIR, **said}]).encode()
    delivered = read_delivery(name, content, plan=plan, rules=RULES, max_bytes=10**6)
    ((_, pair),) = delivered.entries
    assert isinstance(pair, Pair)
    assert (delivered.mapping, pair.resolved_by, pair.candidates) == (mapping, by, [])


def test_an_ambiguous_indicator_is_none_and_its_candidates_are_told() -> None:
    """A form that two indicators share names neither."""
    names = ("Active Addresses (Daily)", "Active Addresses (Weekly)")
    plan = Plan(Indicator(name, "C", "S") for name in names)
    content = json.dumps([{**PAIR, "topic": "active addresses"}]).encode()
    ((_, pair),) = read_delivery("a", content, plan=plan, rules=RULES, max_bytes=10**6).entries
    assert isinstance(pair, Pair)
    assert (pair.indicator, pair.resolved_by, pair.candidates) == (None, None, list(names))
