"""Laws of what counts as a source, an example, a formula."""

import pytest

from pipeline.quality.evidence import has_examples, has_formulas, has_sources
from tests.quality.made_up import ANSWER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ANSWER, True),
        ("More at https://example.org.", True),
        ("It falls.\n\n**Sources:**\n- Example Daily", True),
        ("It falls. Key academic sources:\n- Doe", True),
        ("References\n\n1. Doe, Margins", True),
        ("Volume leads price (Doe, 2019).", True),
        ("Doe et al. found it.", True),
        ("The source of yield is lending.", False),
        ("Miners look for a cheap energy source: hydro power, mostly, in the north.", False),
        ("Open source software helps.", False),
        ("", False),
    ],
)
def test_sources_are_named_not_mentioned(text: str, expected: bool) -> None:
    """URLs, lists and citations are sources; the word in a sentence is none."""
    assert has_sources(text.lower()) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ANSWER, True),
        ("Take a pool, e.g. a large one.", True),
        ("Case study: the third halving.", True),
        ("Suppose the price doubles.", True),
        ("Exemplary nodes are paid more.", False),
        ("", False),
    ],
)
def test_examples_show_a_case(text: str, expected: bool) -> None:
    """An example, a case study or a supposition counts."""
    assert has_examples(text.lower()) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ANSWER, True),
        ("NVT = market cap / transaction volume", True),
        ("multiplier = 2 ÷ (n + 1)", True),
        (r"$\frac{cap}{volume}$", True),
        ("Realised price × supply gives the realised cap.", True),
        ("https://example.org/?id=12&page=3", False),
        ("Set `debug=true` first.", False),
        ("Fees = happy miners", False),
        ("", False),
    ],
)
def test_formulas_compute_something(text: str, expected: bool) -> None:
    """An equation with an operator or number counts; a URL's query or a setting does not."""
    assert has_formulas(text.lower()) is expected
