"""The table of forms that deliveries come in, filled by the modules forms_of_*."""

import json
from typing import Any

from tests.deliveries.tools_forms import ONE, Expected

FORMS: dict[str, tuple[str, str | bytes, Expected]] = {}


def add(form: str, file: str, content: Any, expected: Expected = ONE) -> None:
    """Enter what a file holds and the pairs that it must give; what must be refused has none."""
    assert form not in FORMS, form
    held = content if isinstance(content, (str, bytes)) else json.dumps(content)
    FORMS[form] = (file, held, expected)
