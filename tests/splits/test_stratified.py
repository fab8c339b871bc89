"""Stratified splits: exact to one group per stratum, blind to order, never dividing a group."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.splits.stratified import Group, assign_stratified

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
groups = st.lists(
    st.builds(Group, st.uuids().map(str), st.sampled_from("abc"), st.integers(1, 6)),
    unique_by=lambda group: group.group_id,
    max_size=60,
)


@given(groups, st.integers(0, 5))
def test_a_split_misses_its_share_by_less_than_one_group(
    given_groups: list[Group], seed: int
) -> None:
    """In every stratum, |pairs of a split - its share| is below the stratum's largest group."""
    assigned = assign_stratified(given_groups, SHARES, seed)
    assert set(assigned) == {group.group_id for group in given_groups}
    for stratum in {group.stratum for group in given_groups}:
        members = [group for group in given_groups if group.stratum == stratum]
        total = sum(group.size for group in members)
        for split, share in SHARES.items():
            got = sum(c.size for c in members if assigned[c.group_id] == split)
            assert abs(got - share * total) <= max(c.size for c in members)


@given(groups, st.randoms(use_true_random=False))
def test_order_does_not_matter(given_groups: list[Group], random: Any) -> None:
    """Shuffled groups get the splits that they get in any other order."""
    assigned = assign_stratified(given_groups, SHARES, 1)
    assert assign_stratified(random.sample(given_groups, len(given_groups)), SHARES, 1) == assigned


def test_the_seed_draws() -> None:
    """Another seed puts other groups into the test split."""
    given_groups = [Group(f"{n:04d}", "a", 1) for n in range(200)]
    chosen = [
        {
            name
            for name, split in assign_stratified(given_groups, SHARES, seed).items()
            if split == "test"
        }
        for seed in (1, 2)
    ]
    assert [len(names) for names in chosen] == [20, 20]
    assert chosen[0] != chosen[1]
