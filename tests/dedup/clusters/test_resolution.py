"""What reviewers said of two entries, beside the rules: four relations, and reruns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.clusters.decisions import DecisionSet, resolve
from pipeline.dedup.clusters.reruns import choose_alternatives
from pipeline.dedup.clusters.reviewed import Edge, ReviewedEdges
from pipeline.dedup.rules import Evidence, Thresholds

THRESHOLDS = Thresholds(fuzzy=90, review=85, answer=95, cosine=0.95, wording=95)
SIZE = 8
EDGES = st.lists(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(lambda e: e[0] < e[1]),
    unique=True,
    max_size=6,
)
NONE = ReviewedEdges([], [], [], [])


def answers_of(left: int, right: int, similarity: float | None) -> Evidence:
    """Return the evidence on two answers to one question; None is below the threshold."""
    return Evidence(
        left,
        right,
        is_same_question=True,
        is_same_answer=False,
        question_similarity=100.0,
        answer_similarity=similarity,
        cosine=None,
    )


def one_question(twins: list[Edge]) -> list[Evidence]:
    """Return the evidence on SIZE answers to one question, of which twins are nearly the same."""
    every_two = [(left, right) for right in range(SIZE) for left in range(right)]
    return [answers_of(*edge, 99.0 if edge in twins else None) for edge in every_two]


def resolved(evidence: list[Evidence], reviewed: ReviewedEdges) -> DecisionSet:
    return resolve(evidence, np.arange(SIZE), reviewed, THRESHOLDS, reruns="keep_all")


@pytest.mark.parametrize(
    ("relation", "ruling", "is_merged", "is_linked"),
    [
        ("merge", ("same_question_same_answer", "merge"), True, True),
        ("keep_both", ("same_question_other_answer", "keep"), False, True),
        ("better_of_rerun", ("same_question_other_answer", "keep"), False, True),
    ],
)
def test_a_reviewer_settles_what_a_rule_would_merge(
    relation: str, ruling: tuple[str, str], *, is_merged: bool, is_linked: bool
) -> None:
    """Each relation decides over two twins, with one decision and the link that it means."""
    reviewed = NONE._replace(**{relation: [(0, 1)]})
    resolution = resolved([answers_of(0, 1, 99.0)], reviewed)
    (decision,) = resolution.decisions
    assert decision.ruling == ruling
    assert decision.is_by_reviewer
    assert (resolution.merged == {1: 0}) is is_merged
    assert ((0, 1) in resolution.links) is is_linked


def test_what_is_kept_apart_is_linked_by_nothing() -> None:
    """Two near questions that a reviewer keeps apart are neither merged nor linked."""
    near = answers_of(0, 1, 99.0)._replace(is_same_question=False, question_similarity=95.0)
    assert resolved([near], NONE).merged == {1: 0}
    resolution = resolved([near], NONE._replace(keep_apart=[(0, 1)]))
    assert (resolution.merged, resolution.links) == ({}, [])
    assert [d.ruling for d in resolution.decisions] == [("look_alike", "keep")]


@given(EDGES, EDGES, EDGES, EDGES, EDGES)
def test_no_relation_is_broken_by_another(
    twins: list[Edge], merge: list[Edge], apart: list[Edge], both: list[Edge], rerun: list[Edge]
) -> None:
    """What a reviewer keeps is in no cluster of one record, whatever else is merged."""
    reviewed = ReviewedEdges(merge, apart, both, rerun)
    resolution = resolved(one_question(twins), reviewed)
    record = {entry: resolution.merged.get(entry, entry) for entry in range(SIZE)}
    assert all(record[left] != record[right] for left, right in reviewed.objections())
    assert set(reviewed.links()) <= set(resolution.links)


@given(EDGES, EDGES, EDGES, EDGES)
def test_alternatives_are_records_beside_a_better_record(
    twins: list[Edge], apart: list[Edge], both: list[Edge], rerun: list[Edge]
) -> None:
    """An alternative is not merged, stands beside a better record, and no two kept share one."""
    reviewed = ReviewedEdges([], apart, both, rerun)
    evidence = one_question(twins)
    merged = resolved(evidence, reviewed).merged
    for reruns in ("keep_all", "keep_best"):
        alternatives = choose_alternatives(evidence, merged, reviewed, THRESHOLDS, reruns=reruns)
        assert not {*alternatives, *alternatives.values()} & merged.keys()
        assert not alternatives.keys() & set(alternatives.values())
        assert all(best < entry for entry, best in alternatives.items())
        top = {e: alternatives.get(r, r) for e in range(SIZE) for r in [merged.get(e, e)]}
        assert all(top[left] != top[right] for left, right in (*apart, *both))


@given(EDGES)
def test_reruns_keep_all_or_the_best(twins: list[Edge]) -> None:
    """keep_all makes no alternative; keep_best leaves one record of a question with none beside."""
    evidence = one_question(twins)
    merged = resolved(evidence, NONE).merged

    def alternatives(reruns: str) -> dict[int, int]:
        return choose_alternatives(evidence, merged, NONE, THRESHOLDS, reruns=reruns)

    assert alternatives("keep_all") == {}
    records = set(range(SIZE)) - merged.keys()
    assert alternatives("keep_best") == dict.fromkeys(sorted(records - {0}), 0)


def test_a_rerun_follows_the_record_that_it_is_merged_into() -> None:
    """A verdict on a merged entry makes the record that stands for it an alternative."""
    evidence = [answers_of(1, 2, 99.0), answers_of(0, 1, None), answers_of(0, 2, None)]
    reviewed = NONE._replace(better_of_rerun=[(0, 2)])
    merged = resolved(evidence, reviewed).merged
    assert merged == {2: 1}
    found = choose_alternatives(evidence, merged, reviewed, THRESHOLDS, reruns="keep_all")
    assert found == {1: 0}
