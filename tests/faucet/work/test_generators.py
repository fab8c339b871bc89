"""Pairs that are computed come from whatever generator is installed, and from none that is not."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from pipeline.faucet.abilities import generators
from pipeline.faucet.abilities.ability import computed_as
from pipeline.faucet.abilities.generators import GROUP, installed
from tests.domains import PLAN, lookup

OURS = EntryPoint("examples", "pipeline.generate.generator:GENERATOR", GROUP)


def points(monkeypatch: pytest.MonkeyPatch, *found: EntryPoint) -> None:
    """Let these entry points be the installed ones."""
    monkeypatch.setattr(generators, "entry_points", lambda group: found if group == GROUP else ())
    installed.cache_clear()


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    installed.cache_clear()


def test_the_starters_generator_knows_entries_of_its_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name of the worked examples is an entry of the starter's plan, and is computed."""
    points(monkeypatch, OURS)
    (ours,) = installed().generators
    assert set(ours.names) <= set(PLAN["name"])
    made = ours.generate("Parabolic SAR", 3, seed=1, stem="sar", created="2025-11-01")
    assert (made.name, made.pairs, made.text.count('"question"')) == ("sar.json", 3, 3)
    assert computed_as("parabolic sar", lookup()) == "Parabolic SAR"


def test_without_its_library_a_generator_is_said_to_be_of_no_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What an extra brings is missed in one sentence, and nothing is computed."""
    points(monkeypatch, EntryPoint("roses", "no_such_garden:ROSES", GROUP))
    assert installed().generators == ()
    assert [fault.partition(",")[0] for fault in installed().faults] == [
        "generator roses needs no_such_garden"
    ]
    assert computed_as("Parabolic SAR", lookup()) is None
