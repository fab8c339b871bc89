"""Sticky splits: a pair's lot is its own, and what shares a group never lies in two splits."""

from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.splits import WITHHELD
from pipeline.splits.sticky import Lot, assign_sticky, drawn

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
EVEN = {"train": 0.4, "validation": 0.3, "test": 0.3}  # so that small examples hold all three

KEYS = st.lists(st.integers(0, 40).map(str), max_size=30)


def lots(keys: list[str], groups: list[int]) -> dict[str, Lot]:
    return {
        f"pair {n}": Lot(f"group {group}", key)
        for n, (key, group) in enumerate(zip(keys, groups, strict=True))
    }


@given(KEYS, st.data())
def test_no_group_lies_in_two_splits(keys: list[str], data: st.DataObject) -> None:
    """Whatever keys meet in a group, its pairs are in one split or withheld."""
    groups = [data.draw(st.integers(0, 9)) for _ in keys]
    found = lots(keys, groups)
    splits = assign_sticky(found, [], EVEN, 1, {})
    for group in groups:
        members = [name for name, lot in found.items() if lot.group_id == f"group {group}"]
        assert len({splits[name] for name in members} - {WITHHELD}) == 1


@given(KEYS, KEYS, st.data())
def test_no_pair_ever_moves_when_others_arrive(
    early: list[str], late: list[str], data: st.DataObject
) -> None:
    """More pairs, merged ones and joined groups withhold a pair at most; one in test stays."""
    groups = [data.draw(st.integers(0, 9)) for _ in early]
    joined = {group: data.draw(st.integers(0, group)) for group in range(10)}
    more = [data.draw(st.integers(0, 9)) for _ in late]
    cut = data.draw(st.integers(0, len(late)))
    before = assign_sticky(lots(early, groups), [], EVEN, 1, {})
    merged = [Lot(f"group {g}", key) for key, g in zip(late[cut:], more[cut:], strict=True)]
    grown = lots(early + late[:cut], [joined[g] for g in groups] + more[:cut])
    after = assign_sticky(grown, merged, EVEN, 1, {})
    for name, split in before.items():
        assert after[name] in {split, WITHHELD}
        assert split != "test" or after[name] == "test"


def test_shares_hold_within_the_binomial_error() -> None:
    """Of 20,000 keys each split gets its share, give or take four standard deviations."""
    count = 20_000
    splits = [drawn(str(n), SHARES, 1) for n in range(count)]
    for split, share in SHARES.items():
        error = 4 * sqrt(count * share * (1 - share))
        assert abs(splits.count(split) - count * share) < error


def test_the_seed_draws() -> None:
    """Another seed draws other splits; a split without a share gets nothing."""
    keys = list(map(str, range(200)))
    assert [drawn(k, SHARES, 1) for k in keys] != [drawn(k, SHARES, 2) for k in keys]
    only = {"train": 1.0, "validation": 0.0, "test": 0.0}
    assert {drawn(k, only, 1) for k in keys} == {"train"}
