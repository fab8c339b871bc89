import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.providers.results import outcomes, unit_vector

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(FINITE, min_size=1, max_size=32))
def test_finite_numbers_become_a_unit_vector_in_their_direction(numbers: list[float]) -> None:
    """From the smallest to the largest numbers: length 1, signs kept; zeros have no direction."""
    found = unit_vector(numbers, len(numbers))
    if not any(numbers):
        assert found == "zero_vector"
        return
    assert not isinstance(found, str)
    assert found.dtype == np.float32
    assert np.linalg.norm(found.astype(np.float64)) == pytest.approx(1, abs=1e-6)
    assert (np.sign(found) * np.sign(numbers) >= 0).all()


@given(st.lists(FINITE, min_size=2, max_size=16), st.floats(0.01, 100))
def test_scale_does_not_matter(numbers: list[float], scale: float) -> None:
    """A provider that cuts vectors off without scaling gives what one that scales them gives."""
    numbers = [round(number % 10, 3) for number in numbers]
    one = unit_vector(numbers, len(numbers))
    other = unit_vector([number * scale for number in numbers], len(numbers))
    if isinstance(one, str):
        assert one == other
    else:
        np.testing.assert_allclose(one, other, atol=1e-6)


@given(
    st.one_of(
        st.none(), st.booleans(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), FINITE)
    )
)
def test_what_is_no_list_of_numbers_is_a_reason(value: object) -> None:
    """No value raises; none that is no vector passes as one."""
    assert isinstance(unit_vector(value, 3), str)


def test_base64_of_floats_is_read() -> None:
    """OpenAI's other encoding gives the same vector."""
    numbers = np.array([3, 4], "<f4")
    found = unit_vector(base64.b64encode(numbers.tobytes()).decode(), 2)
    np.testing.assert_allclose(np.asarray(found, float), [0.6, 0.8], rtol=1e-6)


@given(st.binary(max_size=200))
def test_no_line_raises(line: bytes) -> None:
    """Bytes of any kind are one outcome a line, with a vector or a reason."""
    for found in outcomes(line.split(b"\n"), dimension=2, model="m"):
        assert (found.vector is None) == bool(found.reason)


def answer(**body: object) -> bytes:
    value = {"custom_id": "k", "response": {"status_code": 200, "body": body}, "error": None}
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("named", "reason"),
    [("embed-small", ""), ("models/embed-small-2024", ""), ("embed-large", "other_model")],
)
def test_vectors_of_another_model_are_refused(named: str, reason: str) -> None:
    """A server that answers with another model's vector is found out where it says so."""
    line = answer(model=named, data=[{"embedding": [1.0, 0.0]}])
    (found,) = outcomes([line], dimension=2, model="embed-small")
    assert found.reason == reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"code": 3, "message": "bad"}, "refused"),
        ({"code": 13, "message": "internal"}, "server_error"),
        ({"code": 429, "message": "slow"}, "server_error"),
        ({"code": "batch_expired", "message": "late"}, "not_done"),
        ({"message": "?"}, "refused"),
        ("plain words", "refused"),
    ],
)
def test_errors_have_a_reason(error: object, reason: str) -> None:
    """Codes of google.rpc, of HTTP and of OpenAI are told apart by whose fault it was."""
    (found,) = outcomes([json.dumps({"key": "k", "error": error}).encode()], dimension=2, model="m")
    assert (found.key, found.reason) == ("k", reason)
