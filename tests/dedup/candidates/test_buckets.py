import daft
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.candidates.buckets import Words, bucket_pairs, neighbours_in_order
from pipeline.dedup.candidates.fingerprints import MinHash, fingerprints


def banded(rows: list[list[int]]) -> Words:
    return np.array(rows, np.uint32).reshape(len(rows), -1 if rows else 1)


def paired(rows: list[list[int]], reach: int) -> tuple[list[tuple[int, int]], int, int]:
    found = bucket_pairs(banded(rows), reach=reach)
    left, right = found.pairs.tolist()
    return list(zip(left, right, strict=True)), *found.sizes


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), max_size=8))
def test_small_buckets_are_paired_in_full(rows: list[list[int]]) -> None:
    """Every two rows that share a band meet, once, when no bucket is too large."""
    expected = [
        (left, right)
        for right in range(len(rows))
        for left in range(right)
        if any(a == b for a, b in zip(rows[left], rows[right], strict=True))
    ]
    assert paired(rows, reach=10)[0] == sorted(expected)


def test_a_bucket_of_everything_stays_linear_and_is_reported() -> None:
    """One bucket of 2,000 rows gives at most reach pairs a row, and is counted as bounded."""
    pairs, largest, bounded = paired([[7]] * 2000, reach=5)
    assert len(pairs) <= 5 * 2000
    assert (largest, bounded) == (2000, 1)


def test_a_large_bucket_of_strangers_costs_reach_squared() -> None:
    """Rows that share one band alone give no more pairs, the more they are."""
    costs = [len(paired([[7, 100 + n] for n in range(count)], reach=20)[0]) for count in (100, 350)]
    assert costs[0] <= 20 * 20
    assert costs[1] <= 20 * 20


def test_twins_in_a_too_large_bucket_still_meet() -> None:
    """Rows that share further bands stand side by side in a bucket that is cut to its reach."""
    rows = [[7, 1000 + n, 2000 + n] for n in range(200)]
    rows[190] = rows[3]
    assert (3, 190) in paired(rows, reach=2)[0]


def test_pairs_over_the_limit_of_bits_are_dropped() -> None:
    """A sketch that differs in more bits than allowed does not meet its bucket's members."""
    found = bucket_pairs(banded([[1, 0], [1, 1], [1, 7]]), reach=5, differing_bits=1)
    assert found.pairs.T.tolist() == [[0, 1]]


def test_neighbours_stay_in_their_group() -> None:
    """Positions are paired inside a group only, at most reach places apart."""
    left, right = neighbours_in_order(np.array([1, 1, 1, 2]), np.array([1, 1, 1, 1]))
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (1, 2)]


def bands_of(questions: list[str]) -> list[list[int]]:
    count = len(questions)
    table = {"pair_id": [str(n) for n in range(count)], "question": questions}
    texts = daft.from_pydict({**table, "answer": ["answer"] * count})
    found = fingerprints(texts, MinHash(128, 32, 4, 32, 8, 2, 1)).to_pydict()
    return [found["bands"][found["pair_id"].index(str(n))] for n in range(count)]


def test_near_questions_share_a_band_and_unlike_ones_none() -> None:
    """One changed word leaves a band in common; another question has none."""
    near, nearer, other = bands_of(
        [
            "how do hash ribbons signal the end of a miner capitulation",
            "how do hash ribbons signal the end of miner capitulations",
            "what fees does a lending desk charge for collateral",
        ]
    )
    assert set(near) & set(nearer)
    assert not set(near) & set(other)


def test_a_signature_depends_on_its_row_alone() -> None:
    """A question has the same bands whatever stands beside it."""
    questions = ["alpha beta gamma delta", "one two three four", "a"]
    assert bands_of(questions)[2:] == bands_of(questions[2:])
    assert bands_of(questions)[:1] == bands_of(questions[:1])
