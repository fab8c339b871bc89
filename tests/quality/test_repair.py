"""Laws of repaired copies: offered, applied only when asked for, and nothing else touched."""

from typing import Any

import daft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.core.ids import pair_id
from pipeline.core.memo import NoMemo
from pipeline.core.schemas import arrow_schema, faults
from pipeline.quality.repair import REPAIRS, checked_mode, repaired_text, repairs
from pipeline.quality.repaired import with_repairs
from tests.conftest import pairs_table, schema
from tests.quality.made_up import ANSWER

KINDS = list(REPAIRS)
RULE = "=" * 40
DAMAGED = [
    ("What is VWAP?", "VWAP = \u00ce\u00a3(Price \u00c3\u2014 Volume) / Volume", ["mojibake"]),
    ("\x1b[0;32mWhy?\x1b[0m", "Because.", ["ansi_residue"]),
    ("How?", "Like this.\n\nanswer characters: 1,204", ["report_residue"]),
    ("When?", "answer characters: 5\n\x1b[0;31mNow\x1b[0m", ["ansi_residue", "report_residue"]),
    ("Who?", "<think>Who asks?</think>\nA miner.<|im_end|>", ["model_residue"]),
    ("Where?", f"On a chain.\n{RULE}\nQuestion 12: Whence?\n{RULE}", ["run_log"]),
    (
        "Whose?",
        (
            f"Yours. answer characters: 6 {RULE} RESEARCH STATISTICS {RULE} Total Queries: 9 "
            "Success Rate: 100.0% Total Tokens: 52,881 Total Time: 3 s"
        ),
        ["report_residue", "run_log"],
    ),
]
MENDED = [
    ("What is VWAP?", "VWAP = \u03a3(Price \u00d7 Volume) / Volume"),
    ("Why?", "Because."),
    ("How?", "Like this."),
    ("When?", "Now"),
    ("Who?", "A miner."),
    ("Where?", "On a chain."),
    ("Whose?", "Yours."),
]
UNCERTAIN = [
    ("How is text coloured?", "Write [0;31m before and [0m after it.", ["ansi_residue"]),
    ("What does it cost?", "By tokens.\nTotal tokens: 1,000", ["run_log"]),
]


def pairs() -> daft.DataFrame:
    rows = [*DAMAGED, *UNCERTAIN, ("Whole?", ANSWER, [])]
    return pairs_table([{"question": one, "answer": other} for one, other, _ in rows])


def listed(mode: str, kinds: list[str] = KINDS) -> list[dict[str, Any]]:
    made = repairs(pairs(), mode, {}, kinds=kinds, memo=NoMemo())
    rows: list[dict[str, Any]] = made.to_pylist()
    return rows


def test_damage_is_undone_and_named() -> None:
    """Each kind of damage is undone in question and answer; a text without it is not listed."""
    found = {row["pair_id"]: row for row in listed("apply")}
    for (question, answer, kinds), mended in zip(DAMAGED, MENDED, strict=True):
        row = found.pop(pair_id(question, answer))
        assert (row["question"], row["answer"], row["kinds"]) == (*mended, kinds)
        assert (row["is_applied"], row["text_id"]) == (True, pair_id(*mended))
    assert len(found) == len(UNCERTAIN)


def test_what_is_not_certain_is_offered() -> None:
    """A code or a count that the answer may mean is taken off in a copy that nothing uses."""
    found = {row["pair_id"]: row for row in listed("apply")}
    for question, answer, kinds in UNCERTAIN:
        row = found[pair_id(question, answer)]
        assert (row["kinds"], row["is_applied"]) == (kinds, False)
        assert row["answer"] != answer


def test_a_rule_that_is_switched_off_repairs_nothing() -> None:
    """Only the kinds that are asked for are looked for."""
    assert {kind for row in listed("apply", ["run_log"]) for kind in row["kinds"]} == {"run_log"}


@pytest.mark.parametrize("mode", ["off", "report", "apply"])
def test_the_table_keeps_its_schema(mode: str) -> None:
    """Whatever the mode the table fits its schema; off lists nothing."""
    table = repairs(pairs(), mode, {}, kinds=KINDS, memo=NoMemo())
    made = table.to_arrow().cast(arrow_schema(schema("repairs")))
    assert faults(made, schema("repairs")) == []
    assert made.num_rows == (0 if mode == "off" else len(DAMAGED) + len(UNCERTAIN))


def test_only_apply_changes_what_goes_on() -> None:
    """A reported copy changes nothing; an applied one changes texts and the key they go by."""
    delivered = pairs().sort("pair_id")
    before = delivered.to_pylist()
    for mode in ("off", "report"):
        same = with_repairs(delivered, repairs(delivered, mode, {}, kinds=KINDS, memo=NoMemo()))
        wanted = [{**row, "text_key": row["pair_id"]} for row in before]
        assert same.sort("pair_id").to_pylist() == wanted
    made = repairs(delivered, "apply", {}, kinds=KINDS, memo=NoMemo())
    after = with_repairs(delivered, made).sort("pair_id").to_pylist()
    assert set(MENDED) <= {(row["question"], row["answer"]) for row in after}
    for one, other in zip(before, after, strict=True):
        texts = (other["question"], other["answer"])
        is_same = texts == (one["question"], one["answer"])
        own = one["pair_id"]
        assert other["text_key"] == (own if is_same else f"{own}-{pair_id(*texts)}")
        changed = {"question": "", "answer": ""}
        assert {**one, **changed, "text_key": ""} == {**other, **changed, "text_key": ""}


@given(st.text(), st.lists(st.sampled_from(KINDS), unique=True), st.booleans())
def test_repairing_is_idempotent(text: str, kinds: list[str], certain: bool) -> None:
    """A repaired text has nothing left to repair."""
    once, _ = repaired_text(text, kinds, certain_only=certain)
    assert repaired_text(once, kinds, certain_only=certain) == (once, [])


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
