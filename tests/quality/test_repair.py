"""Laws of repaired copies: offered, applied only when asked for, and nothing else touched."""

from typing import Any

import daft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.core.ids import pair_id
from pipeline.core.schemas import arrow_schema, faults
from pipeline.quality.repair import checked_mode, repaired_text, repairs
from pipeline.quality.repaired import with_repairs
from tests.conftest import pairs_table, schema
from tests.quality.made_up import ANSWER

KINDS = ["mojibake", "ansi_residue", "report_residue"]
DAMAGED = [
    ("What is VWAP?", "VWAP = \u00ce\u00a3(Price \u00c3\u2014 Volume) / Volume", ["mojibake"]),
    ("\x1b[0;32mWhy?\x1b[0m", "Because.", ["ansi_residue"]),
    ("How?", "Like this.\n\nanswer characters: 1,204", ["report_residue"]),
    ("When?", "answer characters: 5\n[0;31mNow[0m", ["ansi_residue", "report_residue"]),
]
MENDED = [
    ("What is VWAP?", "VWAP = \u03a3(Price \u00d7 Volume) / Volume"),
    ("Why?", "Because."),
    ("How?", "Like this."),
    ("When?", "Now"),
]


def tables() -> tuple[daft.DataFrame, daft.DataFrame]:
    rows = [*DAMAGED, ("Whole?", ANSWER, []), ("Kept?", "It is kept.", ["report_residue"])]
    flags = [
        {
            "pair_id": pair_id(question, answer),
            "flags": [{"code": kind, "severity": "warn", "evidence": ""} for kind in kinds],
        }
        for question, answer, kinds in rows
    ]
    pairs = pairs_table([{"question": one, "answer": other} for one, other, _ in rows])
    return pairs, daft.from_pylist(flags)


def listed(mode: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = repairs(*tables(), mode, {}).to_pylist()
    return rows


def test_damage_is_undone_and_named() -> None:
    """Each kind of damage is undone in question and answer; a text without it is not listed."""
    found = {row["pair_id"]: row for row in listed("report")}
    wanted = {
        pair_id(question, answer): (*mended, kinds)
        for (question, answer, kinds), mended in zip(DAMAGED, MENDED, strict=True)
    }
    assert {
        key: (row["question"], row["answer"], row["kinds"]) for key, row in found.items()
    } == wanted


@pytest.mark.parametrize("mode", ["off", "report", "apply"])
def test_the_table_keeps_its_schema(mode: str) -> None:
    """Whatever the mode the table fits its schema; off lists nothing."""
    made = repairs(*tables(), mode, {}).to_arrow().cast(arrow_schema(schema("repairs")))
    assert faults(made, schema("repairs")) == []
    assert made.num_rows == (0 if mode == "off" else len(DAMAGED))


def test_only_apply_changes_what_goes_on() -> None:
    """A reported copy changes nothing; an applied one changes question and answer alone."""
    pairs, scores = tables()
    before = pairs.sort("pair_id").to_pylist()
    for mode in ("off", "report"):
        same = with_repairs(pairs, repairs(pairs, scores, mode, {}))
        assert same.sort("pair_id").to_pylist() == before
    after = with_repairs(pairs, repairs(pairs, scores, "apply", {})).sort("pair_id").to_pylist()
    texts = {(row["question"], row["answer"]) for row in after}
    assert set(MENDED) <= texts
    assert len(after) == len(before)
    for one, other in zip(before, after, strict=True):
        assert {**one, "question": "", "answer": ""} == {**other, "question": "", "answer": ""}


@given(st.text(), st.lists(st.sampled_from(KINDS), unique=True))
def test_repairing_is_idempotent(text: str, kinds: list[str]) -> None:
    """A repaired text has nothing left to repair, unless taking one damage out bares another."""
    once, _ = repaired_text(text, kinds)
    twice, _ = repaired_text(once, kinds)
    thrice, found = repaired_text(twice, kinds)
    assert thrice == twice
    assert found == []


@pytest.mark.parametrize("text", [ANSWER, "μ ± 2σ", "“Quoted” – it’s naïve…", "candles of [15m]"])
def test_good_text_is_left_as_it_is(text: str) -> None:
    """Formulas, typography and brackets come through to the character."""
    assert repaired_text(text, KINDS) == (text, [])


def test_off_may_stand_unquoted_and_other_words_are_refused() -> None:
    """YAML reads off as false; a misspelt mode is told in one sentence."""
    assert [checked_mode(mode) for mode in (False, "off", "report", "apply")] == [
        "off",
        "off",
        "report",
        "apply",
    ]
    for wrong in (True, "aply"):
        with pytest.raises(UserError, match=r"qa.repair is"):
            checked_mode(wrong)
