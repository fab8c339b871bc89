"""Gates by their facts alone: what holds passes, what is missing does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.gates.criteria import Facts, FileFact, criteria_of, evaluate, failed, in_words

DIGEST = "0123456789ab" + 52 * "0"
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)


def passes(criterion: dict[str, object], facts: Facts) -> bool:
    report = evaluate([criterion], facts)
    assert report["passed"] is report["criteria"][0]["passed"]
    return bool(report["passed"])


@given(got=numbers, low=numbers | st.none(), high=numbers | st.none())
def test_bounds_are_inclusive(got: float, low: float | None, high: float | None) -> None:
    """A figure passes exactly from its lowest to its highest allowed value."""
    bounds = {name: bound for name, bound in (("min", low), ("max", high)) if bound is not None}
    expected = (low is None or got >= low) and (high is None or got <= high)
    assert passes({"metric": "qa.x", **bounds}, Facts(metrics={"qa.x": got})) is expected
    assert passes({"delivery": "found", **bounds}, Facts(delivery={"found": got})) is expected


@pytest.mark.parametrize(
    "criterion",
    [
        {"metric": "qa.mean_score", "max": 100},
        {"delivery": "duplicate_rate", "max": 1},
        {"indicator": "RSI", "min": 0},
        {"indicator": "RSI", "of": "database", "min": 0},
        {"deliverable": "data/a.json"},
    ],
)
def test_what_nobody_measured_fails(criterion: dict[str, object]) -> None:
    """A missing metric, figure or file fails its criterion, however weak its bounds."""
    report = evaluate([criterion], Facts())
    (row,) = report["criteria"]
    assert (report["passed"], row["got"], bool(row["why"])) == (False, None, True)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_that_is_no_number_fails(value: float) -> None:
    """What is not finite counts as not measured."""
    assert not passes({"metric": "qa.x", "max": 9}, Facts(metrics={"qa.x": value}))


@pytest.mark.parametrize(
    ("asked", "fact", "expected"),
    [
        ({}, FileFact(DIGEST, 5), True),
        ({"min_bytes": 5, "sha256": DIGEST}, FileFact(DIGEST, 5), True),
        ({"min_bytes": 6}, FileFact(DIGEST, 5), False),
        ({"sha256": "f" * 64}, FileFact(DIGEST, 5), False),
        ({}, FileFact(DIGEST, 5, "field x: breaks type"), False),
    ],
)
def test_deliverables_must_be_what_was_asked(
    asked: dict[str, object], fact: FileFact, *, expected: bool
) -> None:
    """A file passes when it fits its schema, has its size and its digest."""
    facts = Facts(files={("a.json", ""): fact})
    assert passes({"deliverable": "a.json", **asked}, facts) is expected


def test_pairs_of_an_indicator_are_counted_where_it_is_said() -> None:
    """Pairs that the task delivered and pairs in the data set are two figures."""
    facts = Facts(indicators={("delivery", "RSI"): 99, ("database", "RSI"): 100})
    assert not passes({"indicator": "RSI", "min": 100}, facts)
    assert passes({"indicator": "RSI", "of": "database", "min": 100}, facts)


def test_one_miss_fails_the_whole() -> None:
    """A report passes when every criterion and every handed-in file does."""
    asked = [{"metric": "qa.a", "min": 1}, {"metric": "qa.b", "min": 1}]
    good = Facts(metrics={"qa.a": 1, "qa.b": 1}, outputs={"x": None})
    assert evaluate(asked, good)["passed"]
    for bad in (
        good._replace(metrics={"qa.a": 1, "qa.b": 0}),
        good._replace(outputs={"x": "is not there any more"}),
    ):
        report = evaluate(asked, bad)
        assert not report["passed"]
        assert [row["passed"] for row in report["criteria"]].count(False) == 1


def test_a_bare_word_completes_nothing() -> None:
    """Where no criterion is set, a file or a result is asked for."""
    assert not evaluate([], Facts())["passed"]
    assert evaluate([], Facts(has_result=True))["passed"]
    assert evaluate([], Facts(outputs={"x": None}))["passed"]


def test_pairs_owed_are_gates_of_their_own() -> None:
    """A task that names indicators and no gates asks for nine of ten pairs that it names."""
    owed = {"indicators": [{"name": "RSI", "target_pairs": 100}]}
    assert criteria_of(owed) == [{"indicator": "RSI", "min": 90}]
    assert criteria_of({**owed, "gates": []}) == []
    assert criteria_of({}) == []


def test_reports_and_briefs_say_it_in_words() -> None:
    """Each criterion reads as one sentence before and after, with what was wanted and got."""
    assert in_words({"metric": "qa.a", "min": 1000, "max": 2000}) == (
        "metric qa.a: at least 1,000, at most 2,000"
    )
    assert in_words({"indicator": "RSI", "min": 5}) == "pairs delivered for RSI: at least 5"
    asked = {"deliverable": "a.json", "schema": "pairs", "min_bytes": 9, "sha256": DIGEST}
    assert in_words(asked) == (
        "deliverable a.json: exists, fits pairs, at least 9 bytes, digest 0123456789ab…"
    )
    report = evaluate([{"metric": "qa.a", "min": 2}], Facts(metrics={"qa.a": 1.23456}))
    assert failed(report) == ["metric qa.a: wanted at least 2, got 1.2346"]
    assert "got nothing (nothing measured it)" in failed(evaluate([{"metric": "q.a"}], Facts()))[0]
