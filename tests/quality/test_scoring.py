"""Laws of the score, the verdict on it and the verdicts of people."""

from typing import Any

import daft
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.quality.grading import PARTS, Yardstick, graded
from pipeline.quality.scoring import checked_weights, decided, scored
from tests.quality.made_up import ANSWER, DOMAIN, LIMITS, PARAMS, QUESTION

SHARES = st.floats(0, 1, width=32)
WEIGHTS = st.fixed_dictionaries({part: st.integers(0, 9) for part in PARTS}).filter(
    lambda weights: sum(weights.values()) > 0
)


def score_of(weights: dict[str, int], *rows: dict[str, float], worst: str = "") -> dict[str, Any]:
    """Return columns of the scores of rows of parts."""
    table = daft.from_pylist(
        [
            {"pair_id": str(at), "worst": worst, **{f"part_{part}": row[part] for part in PARTS}}
            for at, row in enumerate(rows)
        ]
    )
    scores: dict[str, Any] = scored(table, weights, review_below=50, reject_below=20).to_pydict()
    return scores


@settings(max_examples=25)
@given(
    weights=WEIGHTS,
    parts=st.fixed_dictionaries(dict.fromkeys(PARTS, SHARES)),
    part=st.sampled_from(PARTS),
    more=SHARES,
)
def test_the_score_never_falls_when_a_part_rises(
    weights: dict[str, int], parts: dict[str, float], part: str, more: float
) -> None:
    """The score lies between 0 and 100 and is monotone in each of its parts."""
    better = {**parts, part: max(parts[part], more)}
    low, high = score_of(weights, parts, better)["score"]
    assert 0 <= low <= high <= 100


def test_all_or_nothing() -> None:
    """Full parts give 100, empty ones 0, whatever the weights add up to."""
    full, empty = dict.fromkeys(PARTS, 1.0), dict.fromkeys(PARTS, 0.0)
    assert score_of(PARAMS["weights"], full, empty)["score"] == [100, 0]


@pytest.mark.parametrize(
    ("worst", "share", "verdict"),
    [
        ("", 0.5, "accept"),
        ("info", 1.0, "accept"),
        ("", 0.4999, "review"),
        ("warn", 1.0, "review"),
        ("error", 1.0, "reject"),
        ("warn", 0.1, "reject"),
    ],
)
def test_flags_and_thresholds_give_the_verdict(worst: str, share: float, verdict: str) -> None:
    """An error rejects, a warning or a score below the first threshold asks for a review."""
    row = dict.fromkeys(PARTS, share)
    assert score_of(dict.fromkeys(PARTS, 1), row, worst=worst)["verdict"] == [verdict]


@pytest.mark.parametrize(
    "weights", [{}, {**PARAMS["weights"], "charm": 1}, {**PARAMS["weights"], "length": -1}]
)
def test_weights_that_fit_no_part_are_refused(weights: dict[str, float]) -> None:
    """Missing, unknown and negative weights are told; so are weights of nothing."""
    with pytest.raises(UserError, match=r"qa\.weights"):
        checked_weights(weights)
    with pytest.raises(UserError, match="all zero"):
        checked_weights(dict.fromkeys(PARTS, 0))


@settings(max_examples=20)
@given(st.sampled_from(["length", "completeness", "evidence"]), st.data())
def test_an_answer_earns_no_less_with_more_of_a_part(part: str, data: st.DataObject) -> None:
    """Longer, more complete and better supported answers have higher parts."""
    extra = {
        "length": " Price moves on.",
        "completeness": f" {QUESTION}",
        "evidence": " For example, see https://example.org/a.",
    }[part]
    cut = data.draw(st.integers(40, len(ANSWER)))
    less, more = (grades_of(answer)[f"part_{part}"] for answer in (ANSWER[:cut], ANSWER + extra))
    assert more >= less


def grades_of(answer: str) -> dict[str, Any]:
    """Return the grades of an answer without any rule, so that flags take nothing away."""
    yardstick = Yardstick(DOMAIN, LIMITS, 200, 2000, 0.12, dict.fromkeys(PARAMS["penalties"], 0.0))
    texts = daft.from_pydict({"pair_id": ["1"], "question": [QUESTION], "answer": [answer]})
    grades: dict[str, Any] = graded(texts, yardstick).to_pylist()[0]
    return grades


def test_padding_earns_nothing_for_its_length() -> None:
    """A text of one letter meets every length and still scores at the bottom."""
    texts = daft.from_pydict(
        {"pair_id": ["1", "2"], "question": [QUESTION] * 2, "answer": ["A" * 3000, ANSWER]}
    )
    yardstick = Yardstick(DOMAIN, LIMITS, 200, 2000, 0.12, PARAMS["penalties"])
    scores = scored(
        graded(texts, yardstick), PARAMS["weights"], review_below=50, reject_below=20
    ).to_pydict()
    assert scores["verdict"] == ["reject", "accept"]
    assert scores["score"][0] == 0


def test_no_verdicts_leave_the_rules_alone() -> None:
    """Where nobody decided, the rules do."""
    scores = daft.from_pydict({"pair_id": ["p1"], "verdict": ["review"]})
    (row,) = decided(scores, {}).to_pylist()
    assert (row["verdict"], row["decided_by"]) == ("review", "rule")


def test_people_stand_over_the_rules() -> None:
    """A person's verdict replaces the rules' in either direction, and says so."""
    scores = daft.from_pydict({"pair_id": ["p1", "p2", "p3"], "verdict": ["reject"] * 3})
    rows = decided(scores, {"p1": "accept", "p3": "reject"}).sort("pair_id").to_pylist()
    found = [(row["verdict"], row["decided_by"]) for row in rows]
    assert found == [("accept", "reviewer"), ("reject", "rule"), ("reject", "reviewer")]
