"""Collecting tests loads no library that few of them use."""

import sys

import pytest

from tests.lazy_modules import LazyModule

NAME = "a_module_that_is_nowhere"
nowhere = LazyModule(NAME)  # collected with this file: imported then, no test of it would run


def test_it_is_imported_with_the_first_use() -> None:
    """What pytest asks of a name is no use of it; what a test asks for is."""
    for asked in ("_mock_name", "__wrapped__", "__bases__", "__test__", "_pytestfixturefunction"):
        assert getattr(nowhere, asked, None) is None
    with pytest.raises(ModuleNotFoundError, match=NAME):
        _ = nowhere.anything
    assert LazyModule("json").loads is sys.modules["json"].loads
