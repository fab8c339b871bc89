"""Stratified splits: exact to one group per stratum, blind to order, never dividing a group."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.splits.stratified import Group, assign_stratified

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
groups = st.lists(
    st.builds(
        Group,
        st.uuids().map(str),
        st.sampled_from("abc"),
        st.integers(1, 6),
        drawn_by=st.just(""),
        held_out=st.none(),
    ),
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


COUNTED = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from("ab"), st.sampled_from("xyz")),
    min_size=60,
    max_size=300,
)


@given(COUNTED, st.integers(0, 3))
def test_every_value_of_every_dimension_is_shared_out_alike(
    drawn: list[tuple[int, str, str]], seed: int
) -> None:
    """Of each cell a split has its share, give or take a few groups, not the leavings of others."""
    made = [
        Group(
            f"{number:04d}",
            stratum,
            size,
            {("category", stratum): size, ("length", length): size, ("size", str(size)): size},
        )
        for number, (size, stratum, length) in enumerate(drawn)
    ]
    assigned = assign_stratified(made, SHARES, seed)
    largest = max(group.size for group in made)
    for cell in {cell for group in made for cell in group.cells}:
        having = [group for group in made if cell in group.cells]
        total = sum(group.cells[cell] for group in having)
        for split, share in SHARES.items():
            got = sum(g.cells[cell] for g in having if assigned[g.group_id] == split)
            assert abs(got - share * total) <= GROUPS_OFF * largest


GROUPS_OFF = 4
"""How many of the largest groups a split may have too much or too little of a cell.

Small groups make up in their stratum for what large ones cannot share out."""
