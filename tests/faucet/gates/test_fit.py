"""Answers of a whole batch tell whether they stand under their own questions."""

from collections.abc import Callable

import pytest

from pipeline.faucet.gates.fit import misplaced
from tests.faucet.gates.gaming import COUNT, Pair, halved, mixed, moved, woven, written

SETS = {name: pairs for name, _, pairs in written()}
FEW = COUNT // 10


def struck(pairs: list[Pair]) -> dict[str, str]:
    return misplaced([(str(place), *pair) for place, pair in enumerate(pairs)])


def test_honest_answers_stay_whole_or_in_part() -> None:
    """Of no honest set more than a pair in ten is struck, be it delivered whole or in part."""
    for name, pairs in SETS.items():
        for part in (pairs, pairs[:15], pairs[5:], [*pairs, *SETS["puell_lecture"]]):
            assert len(struck(part)) <= FEW, name


@pytest.mark.parametrize(
    ("mix", "reasons", "unseen"),
    [(moved, {"other_question"}, 0), (halved, {"other_question", "patched"}, 2),
     (woven, {"other_question", "patched"}, 1)],
    ids=["moved", "halved", "woven"],
)  # fmt: skip
def test_answers_of_others_are_seen(
    mix: Callable[[str, str], str], reasons: set[str], unseen: int
) -> None:
    """Of answers that were moved, halved or woven with the next one's nine in ten are struck.

    In up to two sets of nineteen answers are so short or so alike that this cannot be seen.
    """
    found = {name: struck(mixed(pairs, mix)) for name, pairs in SETS.items()}
    missed = [name for name, reason in found.items() if len(reason) < COUNT * 0.75]
    assert len(missed) <= unseen, missed
    assert {reason for of in found.values() for reason in of.values()} == reasons


def test_few_pairs_prove_nothing() -> None:
    """Fewer than a dozen pairs are not judged together."""
    pairs = mixed(SETS["network_value_long"][:11], moved)
    assert struck(pairs) == {}


def test_what_was_handed_in_before_does_not_taint_what_follows() -> None:
    """Twenty moved answers and twenty honest ones behind them: the first are struck alone."""
    bad = mixed(SETS["network_value_long"], moved)
    found = struck([*bad, *SETS["spread_tutor"]])
    assert {int(place) < COUNT for place in found} == {True}
    assert len(found) > COUNT - FEW


def test_one_form_for_all_is_no_proof_against_it() -> None:
    """Answers of one form, that differ by what they are asked for, are not taken apart."""
    pairs = [
        (f"What does probe {n} say about venue {n % 9}?",
         f"Probe {n} reads {3 * n} units at venue {n % 9}, {n % 7} units above its usual level.")
        for n in range(30)
    ]  # fmt: skip
    assert struck(pairs) == {}
