"""Families of templates are the connected components of clusters and frames."""

from collections.abc import Iterable
from random import Random

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.splits.grouping import template_families

ROWS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz")), max_size=20)


def families(rows: Iterable[tuple[str, str]]) -> list[str]:
    columns = [pa.array(column, pa.large_string()) for column in (list(c) for c in zip(*rows))]  # noqa: B905
    if not columns:
        columns = [pa.array([], pa.large_string())] * 2
    found: list[str] = template_families(*columns).to_pylist()
    return found


@given(ROWS)
def test_a_family_is_closed_under_both_ties(rows: list[tuple[str, str]]) -> None:
    """Repeated joining of rows that share a cluster or a frame ends at the same families."""
    expected = [cluster for cluster, _ in rows]
    for _ in rows:
        for number, (cluster, form) in enumerate(rows):
            tied = [
                expected[n] for n, row in enumerate(rows) if row[0] == cluster or row[1] == form
            ]
            expected[number] = min(tied)
    assert families(rows) == expected


@given(ROWS, st.randoms(use_true_random=False))
def test_order_does_not_matter(rows: list[tuple[str, str]], random: Random) -> None:
    """Shuffled rows get the families that they had."""
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = families(rows[n] for n in order)
    assert shuffled == [families(rows)[n] for n in order]
