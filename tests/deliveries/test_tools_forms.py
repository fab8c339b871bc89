"""What tools, programs and public data sets write is read exactly, text by text."""

import pytest

from pipeline.deliveries.pairs import Pair
from tests.deliveries import forms, forms_of_chats, forms_of_files, forms_of_sets, forms_of_texts
from tests.deliveries.test_reading import read
from tests.deliveries.tools_forms import FORMS

FILLED_BY = (forms_of_chats, forms_of_files, forms_of_sets, forms_of_texts)
ALL = {**FORMS, **forms.FORMS}


@pytest.mark.parametrize("form", ALL)
def test_a_form_gives_exactly_its_pairs(form: str) -> None:
    """Question and answer are those that the file holds, in order, and nothing else is a pair."""
    name, content, expected = ALL[form]
    raw = content.encode() if isinstance(content, str) else content
    found = [entry for _, entry in read(name, raw).entries if isinstance(entry, Pair)]
    assert [(pair.question, pair.answer) for pair in found] == expected
