import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.clusters.canonical import canonical_records, components, neighbours

PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda p: p[0] < p[1]))


def test_a_chain_is_not_followed() -> None:
    """A = B and B = C merge B into A and leave C, which was never verified against A."""
    assert canonical_records([(0, 1), (1, 2)], [], {}) == {1: 0}


@given(PAIRS)
def test_every_member_was_verified_against_its_anchor(verified: list[tuple[int, int]]) -> None:
    """A rule's merge is one of the verified pairs, and an anchor is never merged away itself."""
    merged = canonical_records(verified, [], {})
    assert all((anchor, entry) in verified for entry, anchor in merged.items())
    assert not set(merged.values()) & set(merged)


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_of_the_pairs_changes_nothing(
    verified: list[tuple[int, int]], random: "st.random_module"
) -> None:
    """The same pairs in another order give the same clusters."""
    assert canonical_records(list(reversed(verified)), [], {}) == canonical_records(
        verified, [], {}
    )


@given(PAIRS, PAIRS, PAIRS)
def test_no_cluster_holds_two_that_are_kept_apart(
    verified: list[tuple[int, int]], given_: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    """Neither rule nor order joins entries that a reviewer keeps apart, directly or not."""
    merged = canonical_records(verified, given_, neighbours(apart))
    for one, other in apart:
        assert merged.get(one, one) != merged.get(other, other)


def test_what_is_given_follows_its_anchor() -> None:
    """An entry that a reviewer merged goes along when its anchor is merged by rule."""
    assert canonical_records([(0, 1)], [(1, 5)], {}) == {1: 0, 5: 0}


def test_components_join_what_is_linked() -> None:
    """Linked entries share a label, others do not; no links leave everyone alone."""
    labels = components(4, np.array([[0, 1], [1, 3]]))
    assert labels[0] == labels[1] == labels[3] != labels[2]
    assert len(set(components(3, np.zeros((2, 0), np.int64)).tolist())) == 3
