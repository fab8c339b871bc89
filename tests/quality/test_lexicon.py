"""Laws of the domain's lexicon."""

import pandas as pd
import pytest

from pipeline.quality.lexicon import lexicon, subject
from tests.domains import LISTS
from tests.quality.made_up import ANSWER, reading


def test_names_and_abbreviations_of_the_plan_mark_the_domain() -> None:
    """A name's own words and abbreviation are in, in singular and plural."""
    words = lexicon(["Zigzag Ribbons (ZZR)", "Snapback Equities"], (), ())
    assert {"zigzag", "zigzags", "zzr", "snapback"} <= words


@pytest.mark.parametrize("word", ["rate", "index", "daily", "signal", "the", "value", "100"])
def test_generic_words_mark_nothing(word: str, plan: pd.DataFrame) -> None:
    """Words that every field uses, and numbers, are left out although the plan has them."""
    assert word not in lexicon(plan["name"], *LISTS[:2])


def test_the_order_of_the_plan_changes_nothing(plan: pd.DataFrame) -> None:
    """The lexicon is the same whatever the order of the indicators."""
    names = list(plan["name"])
    assert lexicon(names, *LISTS[:2]) == lexicon(reversed(names), *LISTS[:2])


def test_an_answer_of_the_domain_is_more_specific_than_one_of_another() -> None:
    """Another field's meaning of a shared acronym stays far below an answer on trading."""
    typists = (
        "RSI means repetitive strain injury here: wrists, tendons and shoulders of typists hurt "
        "after long hours at keyboards, and RSI heals slowly when breaks are skipped."
    )
    assert reading(ANSWER).specificity > 3 * reading(typists).specificity


def test_acronyms_are_read_from_either_side_of_the_parentheses() -> None:
    """An acronym stands for the words whose initials it spells; notes spell nothing."""
    names = [
        "Know Sure Thing (KST)",
        "Rate of Change (ROC)",
        "MVRV Ratio (Market Value to Realized Value)",
        "Staking Rate (PoS chains)",
        "Supply (% of circulating)",
        "Aroon Indicator",
    ]
    assert subject(names).acronyms == {
        "KST": (("know", "sure", "thing"),),
        "MVRV": (("market", "value", "to", "realized", "value"),),
        "ROC": (("rate", "of", "change"),),
    }


def test_the_domain_does_not_depend_on_the_order_of_names() -> None:
    """Names in any order, and names said twice, give the same domain."""
    names = ["Know Sure Thing (KST)", "Rate of Change (ROC)"]
    assert subject(names) == subject([*reversed(names), names[0]])
