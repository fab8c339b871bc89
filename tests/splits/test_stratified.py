"""Stratified splits: exact to one cluster per stratum, blind to order, never dividing a cluster."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.splits.stratified import Cluster, assign

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
clusters = st.lists(
    st.builds(Cluster, st.uuids().map(str), st.sampled_from("abc"), st.integers(1, 6)),
    unique_by=lambda cluster: cluster.cluster_id,
    max_size=60,
)


@given(clusters, st.integers(0, 5))
def test_a_split_misses_its_share_by_less_than_one_cluster(found: list[Cluster], seed: int) -> None:
    """In every stratum, |pairs of a split - its share| is below the stratum's largest cluster."""
    assigned = assign(found, SHARES, seed)
    assert set(assigned) == {cluster.cluster_id for cluster in found}
    for stratum in {cluster.stratum for cluster in found}:
        members = [cluster for cluster in found if cluster.stratum == stratum]
        total = sum(cluster.size for cluster in members)
        for split, share in SHARES.items():
            got = sum(c.size for c in members if assigned[c.cluster_id] == split)
            assert abs(got - share * total) <= max(c.size for c in members)


@given(clusters, st.randoms(use_true_random=False))
def test_order_and_other_strata_do_not_matter(found: list[Cluster], random: Any) -> None:
    """Shuffled clusters, and a stratum alone, get the splits that they get together."""
    assigned = assign(found, SHARES, 1)
    assert assign(random.sample(found, len(found)), SHARES, 1) == assigned
    alone = [cluster for cluster in found if cluster.stratum == "a"]
    assert assign(alone, SHARES, 1).items() <= assigned.items()


def test_the_seed_draws() -> None:
    """Another seed puts other clusters into the test split."""
    found = [Cluster(f"{n:04d}", "a", 1) for n in range(200)]
    chosen = [
        {name for name, split in assign(found, SHARES, seed).items() if split == "test"}
        for seed in (1, 2)
    ]
    assert [len(names) for names in chosen] == [20, 20]
    assert chosen[0] != chosen[1]
