import pytest

from pipeline.dedup.outputs.wording import difference, reason
from pipeline.dedup.rules import Evidence, Ruling, Thresholds, rule_on

THRESHOLDS = Thresholds(fuzzy=90, review=85, answer=95, cosine=0.95, wording=97)
EVIDENCE = Evidence(
    0,
    1,
    is_same_question=False,
    is_same_answer=False,
    question_similarity=95.0,
    answer_similarity=99.0,
    cosine=None,
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("near_duplicate", "merge")),
        ({"is_same_question": True}, ("same_question_same_answer", "merge")),
        ({"is_same_question": True, "is_same_answer": True}, ("identical_text", "merge")),
        ({"is_same_answer": True}, ("other_question_same_answer", "alias")),
        (
            {"is_same_answer": True, "guards": ("entity: rsi | adx",)},
            ("other_question_same_answer", "keep"),
        ),
        (
            {"is_same_answer": True, "guards": ("leftover: volatilty | volatil",)},
            ("other_question_same_answer", "review"),
        ),
        ({"answer_similarity": None}, ("same_question_other_answer", "keep")),
        ({"answer_guards": ("answer number: 1 | 2",)}, ("near_duplicate", "review")),
        ({"guards": ("number: 1 | 2",)}, ("look_alike", "keep")),
        ({"question_similarity": 87.0}, ("near_duplicate", "review")),
        (
            {"question_similarity": 87.0, "answer_similarity": 60.0},
            ("same_question_other_answer", "review"),
        ),
        ({"question_similarity": 50.0}, ("other_question_same_answer", "review")),
        ({"question_similarity": 50.0, "answer_similarity": None}, None),
        ({"question_similarity": 50.0, "answer_guards": ("answer number: 1 | 2",)}, None),
        (
            {"question_similarity": 50.0, "guards": ("leftover: tool | none",)},
            ("other_question_same_answer", "keep"),
        ),
        ({"question_similarity": 50.0, "cosine": 0.96}, ("near_duplicate", "review")),
        (
            {"question_similarity": 50.0, "cosine": 1.0, "guards": ("leftover: a | b",)},
            ("near_duplicate", "review"),
        ),
        (
            {"question_similarity": 50.0, "cosine": 0.96, "guards": ("leftover: a, c | none",)},
            ("near_duplicate", "review"),
        ),
        (
            {
                "question_similarity": 50.0,
                "answer_similarity": None,
                "cosine": 0.99,
                "guards": ("leftover: a | b",),
            },
            None,
        ),
        (
            {
                "question_similarity": 50.0,
                "answer_similarity": None,
                "cosine": 1.0,
                "guards": ("leftover: a, b, c, d, and 2 more | e, f",),
            },
            None,
        ),
        ({"question_similarity": 50.0, "cosine": 0.96, "guards": ("number: 1 | 2",)}, None),
        (
            {"question_similarity": 50.0, "cosine": 0.99, "guards": ("direction: none | best",)},
            ("near_duplicate", "review"),
        ),
        (
            {"question_similarity": 50.0, "cosine": 0.97, "guards": ("direction: none | best",)},
            None,
        ),
        ({"question_similarity": 50.0, "cosine": 1.0, "guards": ("direction: buy | sell",)}, None),
        (
            {"question_similarity": 50.0, "cosine": 1.0, "guards": ("entity: none | dao",)},
            ("near_duplicate", "review"),
        ),
        ({"question_similarity": 50.0, "cosine": 1.0, "guards": ("entity: dao | dex",)}, None),
        (
            {"question_similarity": 50.0, "cosine": 0.99, "siblings": 3},
            ("near_duplicate", "review"),
        ),
        (
            {
                "question_similarity": 50.0,
                "answer_similarity": None,
                "cosine": 0.99,
                "siblings": 4,
            },
            None,
        ),
        (
            {
                "question_similarity": 97.0,
                "answer_similarity": None,
                "guards": ("leftover: tool | none",),
                "siblings": 4,
            },
            None,
        ),
        ({"question_similarity": 89.0, "guards": ("number: 1 | 2",)}, None),
        ({"guards": ("leftover: tool | none",)}, ("near_duplicate", "review")),
        (
            {
                "question_similarity": 97.0,
                "answer_similarity": None,
                "guards": ("leftover: tool | none",),
            },
            ("same_question_other_answer", "review"),
        ),
        ({"answer_similarity": None, "guards": ("leftover: tool | none",)}, None),
        (
            {
                "question_similarity": 91.0,
                "answer_similarity": None,
                "guards": ("leftover: tool | none", "detail: 1 of 9 words differ"),
            },
            ("same_question_other_answer", "review"),
        ),
        (
            {
                "answer_similarity": None,
                "guards": ("direction: retail | none", "detail: 2 of 40 words differ"),
            },
            ("same_question_other_answer", "review"),
        ),
        (
            {"guards": ("direction: retail | none", "detail: 2 of 40 words differ")},
            ("look_alike", "keep"),
        ),
        (
            {"question_similarity": 99.0, "answer_similarity": 60.0, "guards": ("number: 1 | 2",)},
            None,
        ),
    ],
)
def test_rules(change: dict[str, object], expected: tuple[str, str] | None) -> None:
    """Only the verified and unguarded is merged; what comes close is kept or proposed."""
    ruling = rule_on(EVIDENCE._replace(**change), THRESHOLDS)
    assert ruling == (None if expected is None else Ruling(*expected))
    if ruling is not None:
        assert reason(*ruling, EVIDENCE, THRESHOLDS).count("(") == 1


def test_a_difference_shows_only_what_differs() -> None:
    """Equal stretches become an ellipsis, and equal questions show nothing."""
    assert difference(["risk", "retail"], ["risk", "tech"]) == "… [retail -> tech]"
    assert difference(["a"], ["a", "b"]) == "… [nothing -> b]"
    assert difference(["a"], ["a"]) == ""
