"""The last net of grading: a fault of this program costs the pair that it met, not the run."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from pipeline.core.faults import GOES_ON, fault_place
from pipeline.quality.asking import PHRASE
from pipeline.quality.rules import INTERNAL

Measure = Callable[[list[str], list[str]], pa.StructArray]
"""From questions and answers to a row of grades for each."""


def caught(asked: list[str], answered: list[str], measure: Measure, row: pa.StructType) -> pa.Array:
    """Return what measure gives; where it fails, pairs are measured one by one.

    The pair that it fails on has the flag `internal`, which asks for a review, with the fault's
    place in our code; row is the type of what measure gives. Its neighbours have their grades.
    """
    try:
        return measure(asked, answered)
    except GOES_ON:
        raise
    except Exception as fault:  # noqa: BLE001 - that is what a last net is for
        if len(asked) == 1:
            return pa.array([_ungraded(asked[0], answered[0], fault, row)], row)
    each = zip(asked, answered, strict=True)
    return pa.concat_arrays([caught([one], [other], measure, row) for one, other in each])


def _ungraded(asked: str, answered: str, fault: Exception, row: pa.StructType) -> dict[str, Any]:
    """Return the grades of a pair that could not be measured: nothing is taken from its parts."""
    evidence = f"grading: {fault_place(fault)}"
    flag = {"code": INTERNAL.code, "severity": INTERNAL.severity, "evidence": evidence}
    known = {
        "flags": [flag],
        "worst": INTERNAL.severity,
        "question_kind": PHRASE,
        "answer_chars": len(answered),
        "question_chars": len(asked),
    }
    parts = {field.name: 1.0 for field in row if field.name.startswith("part_")}
    return {**{field.name: 0 for field in row}, **parts, **known} | {
        field.name: False for field in row if pa.types.is_boolean(field.type)
    }
