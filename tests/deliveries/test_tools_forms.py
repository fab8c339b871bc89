"""What tools and public data sets write is read exactly, text by text."""

import pytest

from pipeline.deliveries.pairs import Pair
from tests.deliveries.test_reading import read
from tests.deliveries.tools_forms import FORMS


@pytest.mark.parametrize("form", FORMS)
def test_a_form_gives_exactly_its_pairs(form: str) -> None:
    """Question and answer are those that the file holds, in order, and nothing else is a pair."""
    name, content, expected = FORMS[form]
    raw = content.encode() if isinstance(content, str) else content
    found = [entry for _, entry in read(name, raw).entries if isinstance(entry, Pair)]
    assert [(pair.question, pair.answer) for pair in found] == expected
