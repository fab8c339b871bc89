"""Laws of the rule for answers that stop before their end."""

import pytest

from pipeline.quality.completeness import cut_off
from tests.quality.made_up import ANSWER, reading

LEAD = "Miners sell when the difficulty rises. Their margin falls.\n"


def spoken(answer: str) -> str | None:
    return cut_off(reading(answer), max_stub_chars=400, min_prose_words=4)


@pytest.mark.parametrize(
    "answer",
    [
        "Here",
        "Here is a comprehensive",
        "Certainly! Here's an overview of staking:",
        "Sure.",
        "Okay, I'd be happy to help with that",
        "Here is a detailed overview of bridges and their",
        "Certainly! Here is an overview of mining for beginners:\n\nMining Pools",
        "Sure. Here's a guide to the " + "very " * 40 + "old mines:\n\nWhat",
        LEAD + "The hash rate then drops because the",
        LEAD + "Rewards halve every four years, and",
        LEAD + "They sell (",
        LEAD + "- Large pools hold on.\n- Small ones leave.\n- Hosted ones depend on",
        LEAD + "- Large pools hold on.\n- Small ones leave.\n- Hosted ones of the third gener",
        LEAD + "What follows is a long capitulation of the weaker pools that sell all their co",
        LEAD + "1. Capitulation: prices fall.\n2. Recovery:",
        LEAD + "-",
        LEAD + "Sources: Example Daily.\nThe pools that remain then take the",
        "Here is what I found:\n\n1. Miners and pools:\n   - Pools",
        LEAD + "\nHere's a",
        LEAD + "- Large pools hold on to their coins.\n- The key",
        LEAD + "In sum, they also",
        "References:\n1. Ash, B. (2019). Pools.\n2. Elm, C. (2020). Fees.\n3. Oak, D. E",
        "Here is how:\n\n1. Pools:\n- They share the work.\n- Rewards and fees of pools",
        LEAD + "| pool | fee |\n|---|---|\n| Large | two per",
        LEAD + "\nCapacity Constraint",
        LEAD
        + "Sources: Example Daily.\n"
        + LEAD * 25
        + "What follows is a long capitulation of the po",
        "Pools differ in size. They also differ in how they pay, and small miners in part",
    ],
)
def test_an_answer_that_breaks_off_is_found(answer: str) -> None:
    """Openings alone, open sentences, broken words and empty list items are cut off."""
    assert spoken(answer) is not None


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        "Yes",
        "42",
        "Above 70 it counts as overbought",
        "Here are three: maker fees, taker fees, funding.",
        LEAD + "More at https://example.org/miners/margins",
        LEAD + "Sources: Example Daily, The Miner's Week",
        LEAD + "1. Pools:\n- They share the work\n2. Fees:\n- They fall with the size of the pool",
        "References:\n1. Ash, B. (2019). Pools.\n2. Elm, C. (2020). Fees.\n3. Weekly: Pools, F",
        LEAD + 'References:\n- "Margins of Mining" - Example Press\n- Annual Report of the Pool',
        LEAD + '- "Margins of Mining" by Jo Doe\n- "The Third Halving" by Ann Other',
        LEAD + "Margin = revenue - power * price",
        LEAD + "The band is 2 σ wide; the ratio is 3 : 1",
        LEAD + "```python\nmargin = revenue - cost",
        LEAD + "    return revenue - cost",
        LEAD + "- large pools\n- small pools\n- hosted miners",
        LEAD + "| pool | share |\n|---|---|\n| a | 40 |",
        LEAD + "**They sell.**",
        LEAD + "They sell… 🚀",
        LEAD + "Difficulty adjusts every 2,016 blocks (about two weeks)",
        "",
    ],
)
def test_an_answer_may_end_without_a_full_stop(answer: str) -> None:
    """URLs, sources, formulas, code, tables, plain lists and short answers are whole."""
    found = spoken(answer)
    assert (found is None) == (answer != "")


def test_only_the_end_decides() -> None:
    """A complete sentence behind an open one makes the answer whole."""
    assert spoken(LEAD + "The hash rate drops because the") is not None
    assert spoken(LEAD + "The hash rate drops because the\npools leave.") is None
