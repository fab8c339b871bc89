"""integrate: every record is found again as a pair, a repetition or a refusal."""

import io
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.ids import content_digest
from pipeline.core.json_values import compact
from pipeline.deliveries import spilling
from pipeline.reviews.removals import Removal
from pipeline.stages.integrate import Integrated, integrate
from pipeline.store.inputs import read_input
from pipeline.store.spooled import DiskSpool
from pipeline.store.tables import checked, checked_ranges
from tests.conftest import schema
from tests.domains import LOOK_ALIKES, TOPICS

stage = sys.modules[integrate.__module__]
SHARED = {"question": "What is RSI?", "answer": "An oscillator between 0 and 100."}


def run(root: Path, plan: pd.DataFrame, removed: Sequence[Removal] = ()) -> Integrated:
    deliveries = read_input(root, Path("data/deliveries"))
    spool = DiskSpool(root / ".cache", "v1")
    entries = [entry._asdict() for entry in removed]
    inputs = (deliveries, entries, plan, LOOK_ALIKES, TOPICS, schema("delivered_pair"))
    return integrate(*inputs, max_delivery_mb=1, spool=spool)


def workspace(root: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        agent, _, rest = name.partition("/")
        written = content if isinstance(content, bytes) else orjson.dumps(content)
        path = root / "data/deliveries" / agent / f"{content_digest(written)[:12]}-{rest}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written)
    return root


def books(result: Integrated) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = result.accounting["deliveries"]
    return rows


@pytest.mark.golden
def test_integration_is_golden(
    tmp_path: Path, plan: pd.DataFrame, golden: Callable[[str, bytes], None]
) -> None:
    """Pairs, quarantine and books of five deliveries, to the byte."""
    root = workspace(
        tmp_path,
        {
            "droid/rsi.json": {
                "indicator": "RSI",
                "total_pairs": 9,
                "generation_date": "2025-10-02T08:00:00",
                "qa_pairs": [SHARED, {"question": "no answer?"}, {**SHARED, "tags": ["momentum"]}],
            },
            "zai/again.jsonl": compact({**SHARED, "difficulty": "easy", "model": 7}).encode()
            + b"\n{",
            "zai/broken.json": b'{"qa_pairs": [',
            "zai/empty.json": {"total_pairs": 0, "qa_pairs": []},
            "zai/prose.txt": b"done",
        },
    )
    result = run(root, plan)
    pairs = checked(result.pairs.whole, schema("pairs")).to_pylist()
    told = {"pairs": pairs, "quarantine": list(result.quarantine), "accounting": result.accounting}
    golden("integrate/five_deliveries.json", orjson.dumps(told, option=orjson.OPT_INDENT_2))


@pytest.mark.parametrize(
    "files", [{}, {"zai/none.json": {"qa_pairs": []}}, {"zai/one.json": SHARED}]
)
def test_few_deliveries_are_no_special_case(
    tmp_path: Path, plan: pd.DataFrame, files: dict[str, Any]
) -> None:
    """No delivery, an empty one and a single pair run like any other."""
    result = run(workspace(tmp_path, files), plan)
    assert (
        result.pairs.whole.count_rows() == result.metrics["accepted"] == ("zai/one.json" in files)
    )
    assert checked(result.pairs.whole, schema("pairs")).num_rows == result.metrics["accepted"]


records = st.sampled_from(
    [SHARED, {"question": "a?", "answer": "b"}, {"question": "a?"}, 5, {"answer": "c"}]
)
deliveries = st.lists(
    st.tuples(st.sampled_from(["droid", "zai"]), st.lists(records, max_size=4)), max_size=4
)


@given(deliveries)
def test_the_books_balance(
    tmp_path_factory: pytest.TempPathFactory,
    plan: pd.DataFrame,
    delivered: list[tuple[str, list[Any]]],
) -> None:
    """Found = accepted + repeated + quarantined for each delivery, and found is what was put in."""
    files = {f"{agent}/{n}.json": {"qa_pairs": rows} for n, (agent, rows) in enumerate(delivered)}
    result = run(workspace(tmp_path_factory.mktemp("books"), files), plan)
    put_in = {name.split("/")[1]: len(content["qa_pairs"]) for name, content in files.items()}
    assert {row["name"]: row["found"] for row in books(result)} == put_in
    for row in books(result):
        assert row["found"] == row["accepted"] + row["repeated"] + row["quarantined"]
        assert row["quarantined"] == sum(row["reasons"].values())
    rows = result.pairs.whole.to_pydict()
    assert len(set(rows["pair_id"])) == len(rows["pair_id"]) == result.metrics["accepted"]
    origins = sum(len(found) for found in rows["origins"])
    assert origins == result.metrics["accepted"] + result.metrics["repeated"]
    assert len(list(result.quarantine)) == result.metrics["quarantined"]


def test_pairs_and_refusals_are_the_same_however_many_ranges_they_come_in(
    tmp_path: Path, plan: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ranges hold few entries each, follow each other, and give what one range gives."""
    rows: list[Any] = [{"question": f"{n % 7}?", "answer": "a" * n} for n in range(40)]
    files = {"droid/a.json": [*rows, 5, {"question": "b?"}], "zai/b.json": {"qa_pairs": rows[:9]}}
    root = workspace(tmp_path, files)
    whole = run(root, plan)
    expected = checked(whole.pairs.whole, schema("pairs"))
    refused = list(whole.quarantine)
    assert len(list(whole.pairs.parts)) == 1
    monkeypatch.setattr(stage, "_CHARS_PER_RANGE", 100)
    cut = run(root, plan)
    parts = list(checked_ranges(cut.pairs, schema("pairs")))
    assert len(parts) > 5
    assert max(part.num_rows for part in parts) < 15
    assert pa.concat_tables(parts).to_pylist() == expected.to_pylist()
    assert list(cut.quarantine) == refused
    assert cut.accounting == whole.accounting


def test_a_delivery_refused_in_the_midst_of_reading_leaves_nothing_behind(
    tmp_path: Path, plan: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was spilled of it before is no pair; its books hold the one refusal."""
    talk = [{"from": "human", "value": "a" * 900}, {"from": "gpt", "value": "b" * 900}] * 300
    files = {"droid/long.json": [{"conversations": talk}], "zai/one.json": SHARED}
    monkeypatch.setattr(spilling, "_CHARS_IN_MEMORY", 10_000)
    root = workspace(tmp_path, files)
    result = run(root, plan)
    assert result.metrics == {
        "deliveries": 2, "found": 2, "accepted": 1, "repeated": 0, "quarantined": 1, "removed": 0,
        "internal": 0,
    }  # fmt: skip
    assert [row["reason"] for row in result.quarantine] == ["too_large"]
    assert result.pairs.whole.to_pydict()["question"] == [SHARED["question"]]


@given(
    deliveries,
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["removed", "undone"])), max_size=6),
)
def test_a_removed_delivery_is_as_if_it_had_never_come(
    tmp_path_factory: pytest.TempPathFactory,
    plan: pd.DataFrame,
    delivered: list[tuple[str, list[Any]]],
    changes: list[tuple[int, str]],
) -> None:
    """What is left is what the others give without it; the last entry about a delivery counts."""
    files = {f"{agent}/{n}.json": {"qa_pairs": rows} for n, (agent, rows) in enumerate(delivered)}
    root = workspace(tmp_path_factory.mktemp("removed"), files)
    stored = sorted((root / "data/deliveries").glob("*/*"), key=lambda path: path.name)
    changes = [(number, action) for number, action in changes if number < len(stored)]
    book = [
        Removal(
            f"2025-11-05T09:30:0{second}Z", "eva", action,
            stored[number].parent.name, stored[number].name, "0" * 64, "why not",
        )
        for second, (number, action) in enumerate(changes)
    ]  # fmt: skip
    gone = [stored[n] for n, action in dict(changes).items() if action == "removed"]
    result = run(root, plan, list(reversed(book)))
    pairs, quarantine = checked(result.pairs.whole, schema("pairs")), list(result.quarantine)
    for path in gone:
        path.unlink()
    expected = run(root, plan)
    assert pairs == checked(expected.pairs.whole, schema("pairs"))
    assert quarantine == list(expected.quarantine)
    assert [row for row in books(result) if not row["removed"]] == books(expected)
    assert {**result.metrics, "removed": 0} == expected.metrics
    out = [row for row in books(result) if row["removed"]]
    assert [(row["agent"], row["delivery"]) for row in out] == sorted(
        (path.parent.name, path.name) for path in gone
    )
    assert all(row["removed"]["who"] == "eva" and row["found"] == 0 for row in out)


def _asking(number: str, text: str, **more: Any) -> dict[str, Any]:
    body = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return {"custom_id": number, "method": "POST", "url": "/v1/chat/completions", "body": body}


def _openai(number: str, text: str) -> dict[str, Any]:
    body = {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}
    response = {"status_code": 200, "body": body}
    return {"id": "b", "custom_id": number, "response": response, "error": None}


def _anthropic(number: str, text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": [{"type": "text", "text": text}]}
    return {"custom_id": number, "result": {"type": "succeeded", "message": message}}


def _gemini(number: str, text: str) -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": text}]}
    return {"key": number, "response": {"candidates": [{"content": content}]}}


def _lines(*values: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(value) + b"\n" for value in values)


_PARAMS = {"max_tokens": 9, "messages": [{"role": "user", "content": "What is ATR?"}]}
BATCHES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "OpenAI": (_asking("r1", "What is ATR?"), _openai("r1", "A range.")),
    "Anthropic": ({"custom_id": "r1", "params": _PARAMS}, _anthropic("r1", "A range.")),
    "Gemini": (
        {"key": "r1", "request": {"contents": [{"parts": [{"text": "What is ATR?"}]}]}},
        _gemini("r1", "A range."),
    ),
}


def texts(result: Integrated) -> list[tuple[str, str]]:
    rows = result.pairs.whole.sort("pair_id").to_pylist()
    return [(row["question"], row["answer"]) for row in rows]


@pytest.mark.parametrize("provider", BATCHES)
@pytest.mark.parametrize("form", ["a before b", "b before a", "zip"])
def test_results_join_their_requests(
    tmp_path: Path, plan: pd.DataFrame, provider: str, form: str
) -> None:
    """In other deliveries or in one archive, whichever comes first; the request is no pair."""
    request, result = (_lines(one) for one in BATCHES[provider])
    if form == "zip":
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as archive:
            archive.writestr("requests.jsonl", request)
            archive.writestr("results.jsonl", result)
        files = {"zai/batch.zip": sink.getvalue()}
    else:
        names = ("a", "b") if form == "a before b" else ("b", "a")
        files = {f"zai/{names[0]}.jsonl": request, f"zai/{names[1]}.jsonl": result}
    made = run(workspace(tmp_path, files), plan)
    assert texts(made) == [("What is ATR?", "A range.")]
    assert [row["reason"] for row in made.quarantine] == ["batch_request"]
    totals = made.accounting["totals"]
    assert (totals["found"], totals["accepted"], totals["quarantined"]) == (2, 1, 1)


def test_no_request_is_guessed(tmp_path: Path, plan: pd.DataFrame) -> None:
    """Of two requests of one id the delivery that asks for all results counts, else neither."""
    files = {
        "zai/one.jsonl": _lines(_asking("r1", "What is ATR?"), _asking("r2", "What is CCI?")),
        "zai/two.jsonl": _lines(_asking("r1", "What is RSI?")),
        "zai/both.jsonl": _lines(_openai("r1", "A range."), _openai("r2", "A channel.")),
        "zai/unclear.jsonl": _lines(_openai("r1", "An oscillator.")),
        "droid/other.jsonl": _lines(_openai("r2", "Whose?")),
    }
    made = run(workspace(tmp_path, files), plan)
    found = sorted(texts(made))
    assert found == [("What is ATR?", "A range."), ("What is CCI?", "A channel.")]
    waiting = [row for row in made.quarantine if row["reason"] == "no_request"]
    refused = {row["delivery"][13:]: row for row in waiting}
    assert set(refused) == {"other.jsonl", "unclear.jsonl"}
    assert "without its request" in refused["other.jsonl"]["message"]
    assert "ask different things" in refused["unclear.jsonl"]["message"]
    totals = made.accounting["totals"]
    assert totals["found"] == 7 == totals["accepted"] + totals["quarantined"]
