"""Laws of the qa stage, on made-up pairs."""

import gc
import random
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import daft
import orjson
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.core.ids import pair_id
from pipeline.core.json_values import pretty
from pipeline.core.memo import Memo, NoMemo
from pipeline.core.schemas import arrow_schema, faults
from pipeline.quality.rules import INTERNAL, RULES
from pipeline.stages.qa import Scored, qa
from tests.conftest import origin, pairs_table, schema
from tests.domains import LISTS
from tests.forking import forking
from tests.quality.made_up import ANSWER, PARAMS, QUESTION
from tests.thoroughness import often

RSI = "Relative Strength Index (RSI)"
OSCILLATORS = "Price-Based Technical Indicators"
COLUMNS = ["when", "who", "verdict", "pair_id", "other_id", "note"]
SILENT = pd.DataFrame(columns=COLUMNS)
SECRET = "sk-" + "a1B2c3D4" * 4
PAGE = (
    " Files of such names tend to hold rows of numbers, one for each day or week, with a header "
    "that says what was counted. Analysts load them into a table, look for gaps, plot what is "
    "left and write down what they see. Whether any of that holds for yours nobody can tell from "
    "its name; please paste some lines, or describe where it came from, and what you hope for."
)

ROWS: list[dict[str, Any]] = [
    {"question": QUESTION, "answer": ANSWER, "indicator": RSI, "category": OSCILLATORS},
    {
        "question": "How are exchange fees set?",
        "answer": ANSWER.replace("RSI", "Fee").replace("relative strength index", "exchange fee"),
        "category": "House rules",
    },
    {
        "question": 'Trends in "batch-7-notes.txt" data',
        "answer": "Unfortunately, I do not have access to the file." + PAGE,
        "origins": [origin("gemini", "b" * 12), origin("droid", "c" * 12)],
    },
    {"question": "What is Keltner?", "answer": "[Answer 3 - Keltner Channels]", "indicator": RSI},
    {"question": "What is a rollup bridge?", "answer": "A" * 3000},
    {"question": "What is mining?", "answer": "Here is a comprehensive"},
    {"question": "How is =cmd read?", "answer": f"Set the key to {SECRET} and sign each call."},
    {
        "question": "What is a mural?",
        "answer": (
            "A mural is a painting on plaster, brick or concrete, often large. Artists sketch it, "
            "grid the surface, mix pigments with lime and work from scaffolds, top to bottom, "
            "before rain, frost or vandals spoil their colours."
        ),
    },
]


NO_TEST_SETS = daft.from_pydict({"file": [], "line": [], "text": []})


def run(
    rows: list[dict[str, Any]],
    plan: pd.DataFrame,
    verdicts: pd.DataFrame = SILENT,
    memo: Memo | None = None,
    **changed: Any,
) -> Scored:
    return qa(
        pairs_table(rows),
        plan,
        *LISTS,
        verdicts,
        [],
        NO_TEST_SETS,
        **{**PARAMS, **changed},
        memo=memo or NoMemo(),
    )


def listed(scored: Scored) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = scored.scores.sort("pair_id").to_pylist()
    return rows


def id_of(row: dict[str, Any]) -> str:
    return pair_id(row["question"], row["answer"])


@pytest.fixture(scope="module")
def result(plan: pd.DataFrame) -> Scored:
    return run(ROWS, plan)


@pytest.mark.parametrize("number", [0, 1, 8])
def test_outputs_keep_their_schemas(number: int, plan: pd.DataFrame) -> None:
    """Tables and report fit their schemas for no, one and several pairs; rows are conserved."""
    scored = run(ROWS[:number], plan)
    scores = scored.scores.to_arrow().cast(arrow_schema(schema("scores")))
    assert faults(scores, schema("scores")) == []
    assert sorted(scores["pair_id"].to_pylist()) == sorted(map(id_of, ROWS[:number]))
    review = scored.review.cast(arrow_schema(schema("review")))
    assert faults(review, schema("review")) == []
    report = orjson.loads(pretty(scored.quality_analysis_report))
    Draft202012Validator(schema("quality_analysis_report")).validate(report)
    assert report["pairs"] == number
    assert len(report["score_per_pair"]) == number


# Daft leaves the pipes of its processes to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_processes_grade_as_threads_do(result: Scored, plan: pd.DataFrame) -> None:
    """Very many rows are graded by processes of their own, with the same scores and flags."""
    with patch("pipeline.quality.grading._ROWS_FOR_PROCESSES", 1):
        rows = listed(run(ROWS, plan, memo=Collecting()))
    gc.collect()
    assert rows == listed(result)


def test_forks_grade_as_this_process_does(result: Scored, plan: pd.DataFrame) -> None:
    """Many rows are graded by forks of the stage, with the same scores, flags and report."""
    with forking():
        forked = run(ROWS, plan)
    assert listed(forked) == listed(result)
    assert pretty(forked.quality_analysis_report) == pretty(result.quality_analysis_report)


@often(3)
@given(order=st.randoms(use_true_random=False))
def test_row_order_changes_nothing(
    order: random.Random, result: Scored, plan: pd.DataFrame
) -> None:
    """Shuffled pairs give the same scores, the same report and the same list to review."""
    once, again = result, run(order.sample(ROWS, len(ROWS)), plan)
    assert listed(once) == listed(again)
    assert pretty(once.quality_analysis_report) == pretty(again.quality_analysis_report)
    assert once.review.equals(again.review)
    assert once.metrics == again.metrics


@often(3)
@given(chosen=st.sets(st.sampled_from(range(len(ROWS))), min_size=1))
def test_a_pair_is_scored_by_itself(chosen: set[int], result: Scored, plan: pd.DataFrame) -> None:
    """In a base too small to tell what is common, no pair is worth less for the others."""
    some = listed(run([ROWS[at] for at in sorted(chosen)], plan))
    everyone = {row["pair_id"]: row for row in listed(result)}
    assert some == [everyone[row["pair_id"]] for row in some]


def test_inputs_stay_as_they_are(plan: pd.DataFrame) -> None:
    """Neither pairs nor plan nor verdicts are changed."""
    pairs, given, verdicts = pairs_table(ROWS), plan.copy(), SILENT.copy()
    before = pairs.to_pylist()
    qa(pairs, given, *LISTS, verdicts, [], NO_TEST_SETS, **PARAMS, memo=NoMemo())
    assert pairs.to_pylist() == before
    pd.testing.assert_frame_equal(given, plan)
    pd.testing.assert_frame_equal(verdicts, SILENT)


def test_defects_are_flagged_and_a_good_answer_is_accepted(result: Scored) -> None:
    """Each kind of defect is told by its code, and decides the verdict by its severity."""
    rows = {row["pair_id"]: row for row in listed(result)}
    told = [
        (
            rows[id_of(row)]["verdict"],
            [flag["code"] for flag in rows[id_of(row)]["flags"]],
        )
        for row in ROWS
    ]
    assert told == [
        ("accept", []),
        ("accept", []),
        ("reject", ["refusal", "off_topic", "file_subject"]),
        ("reject", ["template_answer"]),
        ("reject", ["padding"]),
        ("reject", ["cut_off", "preamble_only"]),
        ("reject", ["credential"]),
        ("review", ["off_topic"]),
    ]


def test_no_output_shows_a_credential(result: Scored) -> None:
    """A leaked key is flagged and stands in no output of the stage."""
    shown = [
        pretty(result.quality_analysis_report),
        pretty(result.review.to_pylist()),
        pretty(listed(result)),
    ]
    assert all(SECRET.encode() not in content for content in shown)
    assert any(b"[redacted]" in content for content in shown)


def test_the_review_list_is_worst_first_and_names_the_first_origin(result: Scored) -> None:
    """Rejected pairs come first, low scores first; agent and delivery are the first origin's."""
    rows = result.review.to_pylist()
    keys = [(row["verdict"] != "reject", row["score"], row["pair_id"]) for row in rows]
    assert keys == sorted(keys)
    assert {row["pair_id"] for row in rows} == {
        row["pair_id"] for row in listed(result) if row["verdict"] != "accept"
    }
    (refused,) = (row for row in rows if row["pair_id"] == id_of(ROWS[2]))
    assert (refused["agent"], refused["delivery"]) == ("droid", "c" * 12)
    assert refused["flags"] == "refusal|off_topic|file_subject"


def test_verdicts_of_people_stand_and_leave_the_list(plan: pd.DataFrame) -> None:
    """A person's verdict replaces the rules', its flags stay, and nobody is asked again."""
    template = id_of(ROWS[3])
    verdicts = pd.DataFrame(
        [
            ["2026-01-01", "ann", "accept", template, "", ""],
            ["2026-01-01", "ann", "reject", id_of(ROWS[0]), "", ""],
            ["2026-01-01", "ann", "reject", "f" * 32, "", "gone since"],
        ],
        columns=COLUMNS,
    )
    scored = run(ROWS, plan, verdicts)
    rows = {row["pair_id"]: row for row in listed(scored)}
    assert (rows[template]["verdict"], rows[template]["decided_by"]) == ("accept", "reviewer")
    assert rows[template]["flags"][0]["code"] == "template_answer"
    assert rows[id_of(ROWS[0])]["verdict"] == "reject"
    assert template not in scored.review["pair_id"].to_pylist()
    told = scored.quality_analysis_report["verdicts"]
    assert (told["decided_by_reviewer"], told["unknown_pairs"]) == (2, ["f" * 32])


def test_the_report_adds_up(result: Scored, plan: pd.DataFrame) -> None:
    """Every part of the report speaks of the same pairs as the scores."""
    report, rows = result.quality_analysis_report, listed(result)
    verdicts = report["verdicts"]
    assert verdicts["accept"] + verdicts["review"] + verdicts["reject"] == len(rows)
    assert sum(row["pairs"] for row in report["category_distribution"]) == len(rows)
    assert sum(one["pairs"] for one in report["answer_length"]["histogram"]) == len(rows)
    assert sum(one["pairs"] for one in report["scores"]["histogram"]) == len(rows)
    flagged = {flag["code"]: flag["pairs"] for flag in report["flags"]}
    said = [flag["code"] for row in rows for flag in row["flags"]]
    assert flagged == {rule.code: said.count(rule.code) for rule in (*RULES, INTERNAL)}
    coverage = report["indicator_coverage"]
    assert [one["indicator"] for one in coverage["by_indicator"]] == list(plan["name"])
    assert sum(one["pairs"] for one in coverage["by_indicator"]) == 2
    assert coverage["unassigned_pairs"] == len(rows) - 2
    assert coverage["indicators_covered"] == 1
    assert report["category_distribution"][-1]["category"] == "unassigned"


def test_coverage_counts_no_surplus(plan: pd.DataFrame) -> None:
    """An indicator beyond its target hides no other indicator's gap."""
    plan = plan.head(2).assign(target=[1, 3])
    name = plan["name"].iloc[0]
    rows = [{"question": f"{QUESTION} {at}", "answer": ANSWER, "indicator": name} for at in "abc"]
    coverage = run(rows, plan).quality_analysis_report["indicator_coverage"]
    assert coverage["coverage_pct"] == 25.0
    assert coverage["by_indicator"][0]["pct"] == 300.0


def test_metrics_are_flat_numbers(result: Scored) -> None:
    """Metrics hold one number per name, the same names whatever the pairs."""
    assert all(isinstance(value, int | float) for value in result.metrics.values())
    assert {f"flag_{rule.code}" for rule in RULES} <= set(result.metrics)


def test_the_memo_sees_texts_alone(plan: pd.DataFrame) -> None:
    """What is remembered depends on question and answer; weights and thresholds are not asked."""
    seen = Spy()
    pairs = pairs_table(ROWS)
    qa(pairs, plan, *LISTS, SILENT, [], NO_TEST_SETS, **PARAMS, memo=seen)
    changed = {**PARAMS, "review_below": 99, "weights": {**PARAMS["weights"], "question": 1}}
    qa(pairs, plan, *LISTS, SILENT, [], NO_TEST_SETS, **changed, memo=seen)
    assert (
        seen.columns == [["pair_id", "question", "answer"]] * 6
    )  # repairs, grades and what is announced
    repaired, graded, announced = seen.params[:3]
    assert seen.params[3:] == [repaired, graded, announced]
    qa(pairs, plan.head(3), *LISTS, SILENT, [], NO_TEST_SETS, **PARAMS, memo=seen)
    assert seen.params[6] == repaired
    assert seen.params[7] != graded


@pytest.mark.golden
def test_golden_scores(result: Scored, golden: Callable[[str, bytes], None]) -> None:
    """Eight made-up pairs give these scores and this list to review, to the byte."""
    scores = [
        {name: round(one, 4) if isinstance(one, float) else one for name, one in row.items()}
        for row in listed(result)
    ]
    golden("qa/scores.json", pretty({"scores": scores, "review": result.review.to_pylist()}))


class Collecting(NoMemo):
    """A memo that computes once, as one on disk does, however often its rows are asked for."""

    def rows(
        self,
        name: str,
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame], daft.DataFrame],
        *,
        key: str = "pair_id",
        **params: object,
    ) -> daft.DataFrame:
        return super().rows(name, table, compute, key=key, **params).collect()


class Spy(NoMemo):
    """A memo that remembers what it was asked."""

    def __init__(self) -> None:
        self.columns: list[list[str]] = []
        self.params: list[bytes] = []

    def rows(
        self,
        name: str,
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame], daft.DataFrame],
        *,
        key: str = "pair_id",
        **params: object,
    ) -> daft.DataFrame:
        self.columns.append(table.column_names)
        self.params.append(pretty(params))
        return super().rows(name, table, compute, key=key, **params)
