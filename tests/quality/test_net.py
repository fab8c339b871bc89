"""A fault of this program in one pair costs its grades, and nobody else's."""

from typing import Any

import daft
import pyarrow as pa
import pytest

from pipeline.core.errors import UserError
from pipeline.quality import grading
from pipeline.quality.grading import Yardstick, graded
from pipeline.quality.net import caught
from tests.quality.test_scoring import LIMITS, PARAMS, SUBJECT

ANSWER = "An RSI of 70 means that prices rose more than they fell, as 14 days of closes say."
TEXTS = {
    "pair_id": ["1", "2", "3"],
    "question": ["What does an RSI of 70 mean?", "Which one fails?", "What does 30 mean?"],
    "answer": [ANSWER, ANSWER, ANSWER],
}


def grades() -> list[dict[str, Any]]:
    yardstick = Yardstick(SUBJECT, LIMITS, PARAMS["penalties"])
    rows: list[dict[str, Any]] = graded(daft.from_pydict(TEXTS), yardstick).to_pylist()
    return rows


def failing_on_the_second(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """Let the measuring of one question fail, wherever it stands in a batch."""
    well_asked = grading.well_asked

    def failing(question: str, kind: Any) -> float:
        if question == TEXTS["question"][1]:
            raise fault
        return well_asked(question, kind)

    monkeypatch.setattr(grading, "well_asked", failing)


def test_a_pair_that_we_fail_on_waits_for_a_review(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has one flag with the fault's place in our code; the others are graded as ever."""
    before = grades()
    failing_on_the_second(monkeypatch, ZeroDivisionError("Bitcoin"))
    first, second, third = grades()
    assert [first, third] == [before[0], before[2]]
    (flag,) = second["flags"]
    assert (flag["code"], second["worst"]) == ("internal", "warn")
    assert flag["evidence"].startswith("grading: ZeroDivisionError at pipeline/quality/grading.py:")
    assert second["answer_chars"] == len(ANSWER)


@pytest.mark.parametrize("fault", [UserError("mend it"), MemoryError()])
def test_what_concerns_the_whole_run_goes_on(fault: Exception) -> None:
    """What the user can mend, and a machine without memory, end the run as ever."""

    def failing(*_: list[str]) -> pa.StructArray:
        raise fault

    with pytest.raises(type(fault)):
        caught(["a?", "b?"], ["a", "b"], failing, pa.struct([]))
