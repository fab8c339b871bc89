"""Laws of the score, the verdict on it and the verdicts of people."""

from typing import Any

import daft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.quality.grading import PARTS, Yardstick, graded
from pipeline.quality.scoring import checked_weights, decided, scored
from tests.quality.made_up import ANSWER, LIMITS, PARAMS, QUESTION, SUBJECT
from tests.thoroughness import often

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


@often(25)
@given(
    weights=WEIGHTS,
    parts=st.fixed_dictionaries(dict.fromkeys(PARTS, SHARES)),
    part=st.sampled_from(PARTS),
    more=SHARES,
)
def test_the_score_never_falls_when_a_part_rises(
    weights: dict[str, int], parts: dict[str, float], part: str, more: float
) -> None:
    """The score lies between 0 and 100 and rises with each part; the points make it up."""
    better = {**parts, part: max(parts[part], more)}
    scores = score_of(weights, parts, better)
    low, high = scores["score"]
    assert 0 <= low <= high <= 100
    points = sum(scores[f"points_{part}"][0] for part in PARTS)
    assert points == pytest.approx(low, abs=0.05)


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
    "weights", [{}, {**PARAMS["weights"], "charm": 1}, {**PARAMS["weights"], "answering": -1}]
)
def test_weights_that_fit_no_part_are_refused(weights: dict[str, float]) -> None:
    """Missing, unknown and negative weights are told; so are weights of nothing."""
    with pytest.raises(UserError, match=r"qa\.weights"):
        checked_weights(weights)
    with pytest.raises(UserError, match="all zero"):
        checked_weights(dict.fromkeys(PARTS, 0))


@often(20)
@given(st.integers(2, 30))
def test_length_earns_nothing_by_itself(times: int) -> None:
    """Saying an answer again, or its question in other frames, raises no part of the score."""
    once = grades_of(ANSWER)
    again = grades_of("\n".join([ANSWER] * times))
    framed = grades_of(ANSWER + f" It is important to understand this: {QUESTION}" * times)
    for part in PARTS:
        assert again[f"part_{part}"] <= once[f"part_{part}"] + 1e-6
        assert framed[f"part_{part}"] <= once[f"part_{part}"] + 1e-6


@pytest.mark.parametrize("length", [1, 3, 10])
def test_a_short_exact_answer_beats_a_long_hollow_one(length: int) -> None:
    """A formula with its reading is worth more than frames around the question, at any length."""
    exact = grades_of("RSI = 100 - 100 / (1 + gain / loss). In an uptrend it stays above 40.")
    hollow = grades_of(
        "The relative strength index plays an important role in a strong uptrend. It can help"
        " to understand various aspects, and provides valuable insights. " * length
    )
    assert exact["part_exactness"] > hollow["part_exactness"]
    assert exact["part_substance"] > hollow["part_substance"]


def test_who_comes_to_the_point_answers_more() -> None:
    """The question's words count most in the first sentences that say something of their own."""
    point = "In a strong uptrend the relative strength index is read above 40, rarely near 30, 20."
    others = [f"Bands of {band} periods follow candles, volume, closes." for band in range(4)]
    early, late = " ".join([point, *others]), " ".join([*others, point])
    assert grades_of(early)["part_answering"] > grades_of(late)["part_answering"]
    again = f"{QUESTION} {late}"
    assert grades_of(again)["part_answering"] == pytest.approx(grades_of(late)["part_answering"])
    assert grades_of(early)["part_exactness"] > grades_of(" ".join(others))["part_exactness"]


@pytest.mark.parametrize(
    ("subject", "verb"), [("relative strength index", "rises"), ("soil of tomatoes", "dries")]
)
def test_no_subject_is_worth_more_than_another(subject: str, verb: str) -> None:
    """The same sentences on a garden and on a market have the same parts."""
    question = f"When is the {subject} low?"
    answer = f"The {subject} is low when it {verb} below 20. Water it at 6 in the morning."
    market = grades_of(
        "The relative strength index is low when it rises below 20. Water it at 6 in the morning.",
        "When is the relative strength index low?",
    )
    own = grades_of(answer, question)
    assert own["part_exactness"] == pytest.approx(market["part_exactness"])
    assert own["part_question"] == pytest.approx(market["part_question"])
    assert own["part_answering"] == pytest.approx(market["part_answering"])


def grades_of(answer: str, question: str = QUESTION) -> dict[str, Any]:
    """Return the grades of an answer without any rule, so that flags take nothing away."""
    yardstick = Yardstick(SUBJECT, LIMITS, dict.fromkeys(PARAMS["penalties"], 0.0))
    texts = daft.from_pydict({"pair_id": ["1"], "question": [question], "answer": [answer]})
    grades: dict[str, Any] = graded(texts, yardstick).to_pylist()[0]
    return grades


def test_padding_scores_at_the_bottom() -> None:
    """A text of one letter is rejected, and leaves nothing of what its flags concern."""
    texts = daft.from_pydict(
        {"pair_id": ["1", "2"], "question": [QUESTION] * 2, "answer": ["A" * 3000, ANSWER]}
    )
    yardstick = Yardstick(SUBJECT, LIMITS, PARAMS["penalties"])
    scores = scored(
        graded(texts, yardstick), PARAMS["weights"], review_below=50, reject_below=20
    ).to_pydict()
    assert scores["verdict"] == ["reject", "accept"]
    assert scores["score"][0] < scores["score"][1] / 2
    assert scores["points_substance"][0] == scores["points_cleanliness"][0] == 0


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
