"""A value that is not allowed is told with its key, itself and what is; all others pass."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.core.validation import Validator
from pipeline.params.checking import faults, leaves
from pipeline.params.editing import with_value
from pipeline.params.yaml_text import load_yaml
from pipeline.workspace.params import checked, read_params
from tests.conftest import ROOT, schema

SCHEMA = schema("params")
PARAMS: dict[str, Any] = load_yaml(ROOT / "params.yaml")
KEYS = sorted(key for key, _ in leaves(SCHEMA))

odd_values = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10_000)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(max_size=5)
    | st.just([])
    | st.just({})
    | st.dictionaries(st.sampled_from(["opening_chars", "x"]), st.integers(-1, 5), max_size=2)
)


@given(st.sampled_from(KEYS), odd_values)
def test_the_verdict_is_that_of_a_validator(key: str, value: Any) -> None:
    """What is refused is what JSON Schema refuses, and numbers with a point for whole ones."""
    values = with_value(PARAMS, key, value)
    told = faults(values, {**SCHEMA, "x-rules": []})
    is_point = isinstance(value, float) and value.is_integer()
    if is_point or value in (float("inf"), float("-inf")) or value != value:  # noqa: PLR0124 - NaN
        return
    assert (told == []) == (Validator(SCHEMA).first_fault(values) is None)
    assert all(key in sentence for sentence in told if "unknown" not in sentence)


@given(st.sampled_from(KEYS), st.text(alphabet="abcdefgh_", min_size=1, max_size=2))
def test_an_unknown_key_is_told_with_the_nearest_known_one(key: str, more: str) -> None:
    """A slip of the finger at the end of a key is answered with the key that was meant."""
    misspelt = f"{key}{more}"
    if misspelt in KEYS:
        return
    told = faults(with_value(PARAMS, misspelt, 1), SCHEMA)
    assert any(f"{misspelt} is unknown: did you mean " in sentence for sentence in told)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (
            "dedup.fuzzy_threshold",
            "abc",
            r"dedup\.fuzzy_threshold is 'abc', must be a number from 0",
        ),
        ("dedup.fuzzy_threshold", 9000, "is 9000, must be a number from 0 to 100 "),
        ("dedup.fuzy_threshold", 90, r"unknown: did you mean dedup\.fuzzy_threshold\?"),
        ("dedup.bands", 32.0, r"is 32\.0, must be a whole number"),
        ("dedup.seed", True, "is true, must be a whole number"),
        ("dedup.seed", float("nan"), "is nan, must be a whole number"),
        ("dedup.bands", 33, r"permutations \(128\) must be a multiple of dedup\.bands \(33\)"),
        ("split.train_pct", 70, r"train_pct \(70\).* must sum to 100"),
        ("embed.hashing.ngram_chars_min", 9, r"ngram_chars_min \(9\) must not be above"),
        ("qa.reject_below", 60, r"reject_below \(60\) must not be above qa\.review_below \(25\)"),
        ("qa.repair", "of", "must be one of report, apply, off, false"),
        ("qa.rules.refusl", False, r"did you mean qa\.rules\.refusal\?"),
        ("qa.rules.refusal", True, "must be false or a mapping with opening_chars"),
        ("engine.runner", "rey", "must be one of local, ray"),
        ("embed.hashing.dimension", 100, "must be one of 2, 4, 8"),
        ("qa", None, "qa is null, must be a mapping with rules"),
        ("faucet.remote", "origin", r"section faucet has moved.*faucet\.local\.yaml"),
    ],
)
def test_what_is_not_allowed_is_told_in_one_sentence(key: str, value: Any, sentence: str) -> None:
    """The sentence has the key, the value, what is allowed, and the key that was meant."""
    with pytest.raises(UserError, match=f"^params.yaml: .*{sentence}") as fault:
        checked(with_value(PARAMS, key, value), SCHEMA)
    assert "\n" not in str(fault.value)


def test_what_is_missing_is_told() -> None:
    """A stage gets every value, or does not run; a section that is gone names what it holds."""
    values = copy.deepcopy(PARAMS)
    del values["dedup"]["anchors"]
    del values["visualize"]
    told = faults(values, SCHEMA)
    assert any(one.startswith("dedup.anchors is missing, must be a whole number") for one in told)
    assert any(one.startswith("visualize is missing, must be a mapping") for one in told)


@pytest.mark.parametrize("values", [None, [], "text", 3])
def test_what_is_no_mapping_is_told(values: Any) -> None:
    """A file that is empty, a list or a word holds no sections."""
    with pytest.raises(UserError, match=r"^params\.yaml (is empty|holds a)"):
        checked(values, SCHEMA)


def test_switching_a_rule_off_is_allowed() -> None:
    """`<code>: false` stands for any rule, with limits or without; what is between it rests."""
    for code in ("refusal", "off_topic", "mojibake"):
        assert faults(with_value(PARAMS, f"qa.rules.{code}", False), SCHEMA) == []  # noqa: FBT003


def test_the_file_of_this_project_is_read_and_checked() -> None:
    """What stages get is the content of params.yaml."""
    assert read_params(ROOT) == PARAMS
