import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import daft
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline as qa
from pipeline.api.forms import json_value
from pipeline.api.inputs import source_of
from pipeline.api.rows import rows_of
from pipeline.core.ids import pair_id
from pipeline.core.memo import NoMemo
from pipeline.core.schemas import arrow_schema
from pipeline.stages.dedup import dedup
from pipeline.stages.embed import embed
from pipeline.stages.qa import qa as qa_stage
from pipeline.stages.split import split as split_stage
from pipeline.workspace.params import read_params
from tests.conftest import ROOT, lent, schema
from tests.thoroughness import often

GARDEN = ROOT / "examples/garden"
SLIPPAGE = (
    "The gap between the price that was expected and the price at which an order is executed."
)
LIMIT = "An order that is executed at the price that it names or a better one, or not at all."
OLD = [{"question": "what is slippage??", "answer": SLIPPAGE}]
NEW: list[Any] = [
    {"question": "What is slippage?", "answer": SLIPPAGE, "by": "anna"},
    {"instruction": "What is a limit order?", "output": LIMIT},
    {"question": "What is a limit order", "answer": LIMIT},
    {"question": "Who asks?"},
    "no record",
    {"question": "What is slippage?", "answer": SLIPPAGE, "by": "ben"},
    {"question": "Half a \ud83d", "answer": LIMIT},
]

TEXTS = st.sampled_from(
    ["What is slippage?", "what is slippage", "What is a limit order?", "What are limit orders?"]
)
PAIRS = st.lists(
    st.fixed_dictionaries(
        {"question": TEXTS, "answer": st.sampled_from([SLIPPAGE, SLIPPAGE.upper(), LIMIT, "Yes."])}
    ),
    max_size=6,
)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [pair_id(row["question"], row["answer"]) for row in rows]


def nothing(name: str) -> Any:
    """Return an input of qa as it is where there is no domain and no workspace."""
    return source_of(("qa",), {}, None, None).read("qa", name)


def accepted(pairs: daft.DataFrame) -> daft.DataFrame:
    """Return scores of pairs that nobody judged."""
    judged = {"score": 100.0, "verdict": "accept", "decided_by": "rule", "flags": []}
    rows = [{"pair_id": one, **judged} for one in pairs.to_pydict()["pair_id"]]
    columns = arrow_schema(schema("scores"))
    names = ("pair_id", *judged)
    return daft.from_arrow(
        pa.Table.from_pylist(rows, schema=pa.schema([columns.field(name) for name in names]))
    )


def test_the_import_loads_no_library() -> None:
    """`import pipeline` costs nothing but itself: what its functions need comes with their use."""
    code = (
        "import sys; before = set(sys.modules); import pipeline as qa;"
        "print(*sorted(set(sys.modules) - before)); assert 'dedupe' in dir(qa)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    own = [name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names]
    assert own == ["pipeline"]
    assert len(loaded) < 20


def test_names_of_the_door_are_there_and_no_others() -> None:
    """Every name of __all__ can be asked for, and an unknown one is no attribute."""
    assert all(getattr(qa, name) for name in qa.__all__)
    with pytest.raises(AttributeError, match=r"has no attribute 'dedup_rows'"):
        _ = qa.dedup_rows


def test_what_is_there_already_goes_and_every_row_is_accounted_for() -> None:
    """Of two lists the rows of one stay that the other does not have, each other with its why."""
    found = qa.dedupe(NEW, against=OLD)
    assert found.kept == [NEW[2]]
    assert found.dropped == [NEW[0], NEW[1], *NEW[3:]]
    assert [(why.row, why.reason, why.source, why.match) for why in found.why] == [
        (0, "identical_text", "against", 0),
        (1, "identical_text", "rows", 2),
        (3, "no_answer", None, None),
        (4, "not_an_object", None, None),
        (5, "repeated", "rows", 0),
        (6, "lone_surrogate", None, None),
    ]


@given(PAIRS)
@often(5)
def test_dedupe_gives_what_the_stage_gives(rows: list[dict[str, str]]) -> None:
    """The rows that stay are the first ones of the pairs that dedup keeps at these params."""
    found = qa.dedupe(rows, encoder="hashing", plants=3)
    params, pairs = read_params(ROOT), found.rows.pairs
    repairs = daft.from_arrow(arrow_schema(schema("repairs")).empty_table())
    encoding = {**params["embed"], "encoder": "hashing"}
    stage = dedup(
        pairs,
        accepted(pairs),
        embed(pairs, repairs, [], nothing("recorded"), **encoding, memo=NoMemo()).vectors.whole,
        repairs,
        *map(nothing, ("plan", "opposites", "verdicts")),
        [],
        **{**params["dedup"], "plants": 3},
        **lent(dedup, "embed", encoding),
        memo=NoMemo(),
    )
    kept = set(stage.kept.whole.to_pydict()["pair_id"])
    first = dict.fromkeys(ids(rows))
    assert ids(found.kept) == [one for one in first if one in kept]
    assert found.stage.metrics == stage.metrics
    assert found.stage.decisions.to_pydict() == stage.decisions.to_pydict()
    assert len(found.kept) + len(found.dropped) == len(rows)


@given(PAIRS)
@often(3)
def test_grade_and_split_give_what_the_stages_give(rows: list[dict[str, str]]) -> None:
    """Scores are qa's, splits are split's, and every row is in one heap."""
    graded = qa.grade(rows, review_below=60)
    params = {**read_params(ROOT)["qa"], "review_below": 60}
    domain = ("plan", "terms", "generic_words", "senses", "formulas", "words")
    tables = map(nothing, (*domain, "verdicts", "edits", "test_sets"))
    stage = qa_stage(graded.rows.pairs, *tables, **params, memo=NoMemo())
    assert graded.stage.scores.to_pydict() == stage.scores.to_pydict()
    by_id = {row["pair_id"]: row for row in stage.scores.to_pylist()}
    assert [(one.score, one.verdict) for one in graded.grades if one] == [
        (by_id[one]["score"], by_id[one]["verdict"]) for one in ids(rows)
    ]
    assert len(graded.kept) + len(graded.waiting) + len(graded.dropped) == len(rows)
    assert len(graded.why) == len(graded.dropped)

    deduped = qa.dedupe(graded)
    found = qa.split(deduped, train_pct=50, validation_pct=25, test_pct=25, include="all")
    params = {**read_params(ROOT)["split"], "train_pct": 50, "validation_pct": 25, "test_pct": 25}
    drawn = split_stage(
        deduped.stage.kept.whole,
        *map(nothing, ("plan", "opposites", "verdicts")),
        **params,
        export_include="all",
        memo=NoMemo(),
    ).assignments.to_pydict()
    of_pair = dict(zip(drawn["pair_id"], drawn["split"], strict=True))
    for name in ("train", "validation", "test"):
        assert {of_pair[one] for one in ids(getattr(found, name))} <= {name}
    assert len(found.train) + len(found.validation) + len(found.test) == len(found.kept)
    assert len(found.kept) + len(found.dropped) == len(rows)
    assert [why.row for why in found.why] == sorted(why.row for why in found.why)


def _data_set(rows: list[dict[str, Any]]) -> Any:
    import datasets  # noqa: PLC0415 - takes seconds, and one test needs it

    return datasets.Dataset.from_list(rows)


FORMS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], list[Any]]]] = {
    "pandas": (pd.DataFrame, lambda table: table.to_dict("records")),
    "arrow": (pa.Table.from_pylist, lambda table: table.to_pylist()),
    "daft": (daft.from_pylist, lambda table: table.to_pylist()),
    "datasets": (_data_set, lambda table: table.to_list()),
    "iterator": (iter, list),
}


LISTED = [
    {"question": "What is slippage?", "answer": SLIPPAGE, "n": 1},
    {"question": "What is slippage??", "answer": SLIPPAGE, "n": 2},
    {"question": "What is a limit order?", "answer": LIMIT, "n": 3},
    {"question": None, "answer": LIMIT, "n": 4},
]


@pytest.fixture(scope="module")
def deduped() -> Any:
    """Return what becomes of a list of rows, which other forms are held to."""
    return qa.dedupe(LISTED)


@pytest.mark.parametrize("name", FORMS)
def test_rows_come_back_in_the_form_they_came_in(name: str, deduped: Any) -> None:
    """A table stays one of its library, with all its columns and the order of its rows."""
    make, plain = FORMS[name]
    found = qa.dedupe(make(LISTED))
    assert plain(found.kept) == deduped.kept
    assert [row["n"] for row in plain(found.dropped)] == [row["n"] for row in deduped.dropped]
    assert found.why == deduped.why
    if name != "iterator":
        assert type(found.kept) is type(make(LISTED))
    gone = qa.dedupe(make(LISTED[:1]), against=make(LISTED[1:2]))
    assert plain(gone.kept) == []


@pytest.mark.parametrize("rows", ["What is slippage?", {"train": OLD}, 7, None])
def test_what_are_no_rows_is_refused_in_one_sentence(rows: Any) -> None:
    """The caller is told what was given and what is taken."""
    with pytest.raises(qa.UserError, match=r"rows are a .*, must be a list of dicts"):
        qa.dedupe(rows)


def test_params_are_held_to_their_schema() -> None:
    """A param that no stage takes, or a value that is not allowed, is refused with what is."""
    with pytest.raises(qa.UserError, match=r"did you mean dedup.fuzzy_threshold"):
        qa.dedupe(OLD, fuzy_threshold=92)
    with pytest.raises(qa.UserError, match=r"params: dedup.fuzzy_threshold is 192, must be"):
        qa.dedupe(OLD, fuzzy_threshold=192)
    with pytest.raises(qa.UserError, match=r"must sum to 100"):
        qa.split(OLD, train_pct=90)
    with pytest.raises(qa.UserError, match=r"fuzzy_threshold: no param of split"):
        qa.split(qa.dedupe(OLD), fuzzy_threshold=92)
    with pytest.raises(qa.UserError, match=r"no folder"):
        qa.grade(OLD, domain="nowhere")
    refusal = [{"question": "What is slippage?", "answer": "I do not have access to that data."}]
    assert qa.grade(refusal).grades[0].verdict == "reject"
    off = qa.grade(refusal, rules={"refusal": False}).grades[0]
    assert "refusal" not in {flag["code"] for flag in off.flags}


def test_files_are_read_as_deliveries_and_their_pairs_keep_their_ids(tmp_path: Path) -> None:
    """What read gives are integrate's pairs and books, and the next function takes them as such."""
    (tmp_path / "a.jsonl").write_text(
        '{"frage": "What is slippage?", "answer": "A gap."}\n{"frage": "Why?"}\n', encoding="utf-8"
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/b.json").write_text(
        '[{"question": "What is slippage?", "answer": "A gap.", "tags": ["x"]}, {]',
        encoding="utf-8",
    )
    (tmp_path / ".hidden.json").write_text("[]", encoding="utf-8")
    (tmp_path / "link.json").symlink_to(tmp_path / "a.jsonl")
    found = qa.read(tmp_path, mapping={"question": "frage"})
    assert [(row["question"], row["pair_id"]) for row in found.kept] == [
        ("What is slippage?", pair_id("What is slippage?", "A gap."))
    ]
    assert set(found.kept[0]) == set(schema("pairs")["properties"])
    assert len(found.dropped) == len(found.why) == found.accounting["totals"]["quarantined"]
    assert found.why[0].reason == "no_answer"
    assert found.why[0].message.startswith("a.jsonl: line 2")
    totals = found.accounting["totals"]
    assert totals["found"] == totals["accepted"] + totals["repeated"] + totals["quarantined"]
    graded = qa.grade(found)
    assert graded.rows.pairs.to_pylist() == found.kept
    with pytest.raises(qa.UserError, match=r"is no file and no folder"):
        qa.read(tmp_path / "nothing.json")


def test_a_subject_is_a_folder() -> None:
    """With a domain pairs are placed by its plan and judged by its words, without one neither."""
    domain = GARDEN / "domain"
    alien = {
        "question": "How does the funding rate of Bitcoin perpetual futures work?",
        "answer": "Longs pay shorts while the perpetual contract trades above the spot price of "
        "Bitcoin, and shorts pay longs while it trades below. Exchanges settle it every eight "
        "hours, so traders who hold leveraged positions watch it closely as a sign of sentiment.",
    }
    assert "off_topic" in flags(alien, domain)
    assert "off_topic" not in flags(alien, None)
    found = qa.read(GARDEN / "deliveries", domain=domain)
    assert {row["category"] for row in found.kept} > {None}
    with pytest.raises(qa.UserError, match=r"domain and workspace are both given"):
        qa.grade([alien], domain=domain, workspace=qa.Workspace(ROOT))


def flags(row: dict[str, str], domain: Path | None) -> list[str]:
    judged = qa.grade([row], domain=domain).grades[0]
    assert judged is not None
    return [flag["code"] for flag in judged.flags]


def test_a_workspace_is_opened_and_searched(built_once: Path) -> None:
    """Its tables, params and hits are those of its files; a database alone gives the same hits."""
    base = qa.Workspace(built_once / "data")
    assert base.root == built_once.resolve()
    assert base.params == read_params(built_once)
    kept = base.table("kept").to_pylist()
    asked = kept[0]["question"]
    hits = base.search(asked, limit=3)
    assert hits[0].question == asked
    assert qa.search(built_once, asked, limit=3) == hits
    assert qa.search(built_once / "data/export", asked, limit=3) == hits
    assert qa.search(built_once / "data/export/rag.sqlite", asked, limit=3) == hits
    assert qa.search(built_once, asked, category="no such category") == []
    with pytest.raises(qa.UserError, match=r"rag.sqlite is missing"):
        qa.search(built_once / "data/qa", asked)
    again = qa.dedupe(kept[:3], against=base.table("kept"), workspace=base)
    assert [why.reason for why in again.why] == ["repeated"] * 3


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (float("nan"), None),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.array(["a", "b"]), ["a", "b"]),
        (pd.NaT, None),
        (pd.NA, None),
        (pd.Timestamp("2026-01-02"), "2026-01-02T00:00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (Decimal("1.50"), "1.50"),
        (b"caf\xc3\xa9", "café"),
        (2**70, str(2**70)),
        ({1: (True, None)}, {"1": [True, None]}),
    ],
)
def test_cells_of_every_library_become_json(value: Any, wanted: Any) -> None:
    """What is no type of JSON is told as the nearest one, and such a row is read like any other."""
    assert json_value(value) == wanted
    row = {"question": "What is slippage?", "answer": SLIPPAGE, "note": value}
    found = rows_of([row], source_of(("qa",), {}, None, None))
    assert found.taken([0])[0] is row
    assert found.refusals == {}
    assert found.pairs.to_pydict()["answer"] == [SLIPPAGE]
