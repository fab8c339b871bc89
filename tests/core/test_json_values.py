import pytest

from pipeline.core.json_values import compact, pretty


def test_key_order_changes_no_byte() -> None:
    """Two dictionaries with the same entries are written as the same bytes."""
    assert pretty({"b": 1, "a": [1.5]}) == pretty({"a": [1.5], "b": 1})
    assert compact({"b": 1, "a": 2}) == '{"a":2,"b":1}'


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_report_never_holds_a_number_without_a_value(number: float) -> None:
    """A figure that came out wrong stops the run and is not written as null."""
    with pytest.raises(ValueError, match="not finite"):
        pretty({"metrics": [{"mean": number}]})
