"""Measures, flags and parts of the score for every pair, as a batch UDF over Arrow."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import daft
import numpy as np
import pyarrow as pa
from daft import DataType, col, lit
from daft.functions import when

from pipeline.core.cores import forked, may_fork
from pipeline.quality.asking import Kind, kind_of, well_asked
from pipeline.quality.evidence import has_examples, has_formulas, has_sources
from pipeline.quality.exactness import Exactness
from pipeline.quality.lexicon import Subject
from pipeline.quality.measures import Floats, Pairs
from pipeline.quality.net import caught
from pipeline.quality.rules import Check, Flag, Limits, Part, Rule, Severity, bound, raised
from pipeline.quality.substance import Bodies
from pipeline.quality.suspects import suspects

PARTS: tuple[str, ...] = get_args(Part)
"""The parts of the score; each is a column `part_<name>` between 0 and 1."""

SEVERITIES: tuple[str, ...] = get_args(Severity)
"""From harmless to grave."""

_EARLY = 0.4
"""What of answering is for the words of the question that the first sentences take up."""

_ROWS_FOR_PROCESSES = 50_000
_ROWS_MEASURED, _CHARS_MEASURED = 128, 500_000
_ROWS_AT_ONCE = 500
"""So many rows a process is given at once: few enough that all are busy to the end."""


_FLAG = DataType.struct(
    {"code": DataType.string(), "severity": DataType.string(), "evidence": DataType.string()}
)
_GRADES = DataType.struct(
    {
        "flags": DataType.list(_FLAG),
        "worst": DataType.string(),
        "answer_chars": DataType.int32(),
        "question_chars": DataType.int32(),
        "answer_words": DataType.int32(),
        "question_kind": DataType.string(),
        "specificity": DataType.float32(),
        "has_sources": DataType.bool(),
        "has_examples": DataType.bool(),
        "has_formulas": DataType.bool(),
        **{f"part_{part}": DataType.float32() for part in PARTS},
    }
)


_NO_GRADES = pa.array([], _GRADES.to_arrow_dtype())


@dataclass(frozen=True, slots=True)
class Yardstick:
    """All that grades depend on beside the pair itself.

    subject holds its words, acronyms and terms, limits the rules' thresholds by code,
    penalties the share of a part that one flag takes away, by severity (0-1).
    """

    subject: Subject
    limits: Limits
    penalties: Mapping[str, float]


def graded(texts: daft.DataFrame, yardstick: Yardstick) -> daft.DataFrame:
    """Return pair_id, flags, the worst severity, measures and parts for every row of texts.

    texts holds pair_id, question and answer; every row is graded by itself. Rules are Python, of
    which a process runs one thread at a time, so forks grade, one per core. Where a stage may not
    fork, on a cluster say, very many rows are graded by processes that Daft starts; for fewer
    ones their start costs more than they save.
    """
    rows = texts.count_rows()
    if rows >= _ROWS_FOR_PROCESSES and not may_fork():
        return _by(_of_series, texts, yardstick, use_process=True)
    with forked(lambda asked, answered: _grade(asked, answered, yardstick), rows) as grade:

        def here(questions: daft.Series, answers: daft.Series) -> pa.Array:
            return grade(questions.to_pylist(), answers.to_pylist())

        return _by(here, texts).collect()


def _by(
    grade: Callable[..., pa.Array], texts: daft.DataFrame, *given: Any, use_process: bool = False
) -> daft.DataFrame:
    batches: Callable[..., daft.Expression] = daft.func.batch(
        return_dtype=_GRADES, unnest=True, use_process=use_process, batch_size=_ROWS_AT_ONCE
    )(grade)
    return texts.select("pair_id", batches(texts["question"], texts["answer"], *given))


def _of_series(questions: daft.Series, answers: daft.Series, yardstick: Yardstick) -> pa.Array:
    return _grade(questions.to_pylist(), answers.to_pylist(), yardstick)


def _grade(asked: list[str], answered: list[str], yardstick: Yardstick) -> pa.Array:
    checks = bound(yardstick.limits)

    def measure(some: list[str], answers: list[str]) -> pa.StructArray:
        return _grades(Pairs(some, answers, yardstick.subject), checks, yardstick)

    grades = [
        caught(asked[part], answered[part], measure, _NO_GRADES.type)
        for part in _portions(answered)
    ]
    return pa.concat_arrays([_NO_GRADES, *grades])


def _portions(answers: list[str]) -> Iterator[slice]:
    """Yield parts of a batch that are measured together: what is counted of them stays small."""
    start = chars = 0
    for at, answer in enumerate(answers):
        if at - start == _ROWS_MEASURED or (at > start and chars + len(answer) > _CHARS_MEASURED):
            yield slice(start, at)
            start, chars = at, 0
        chars += len(answer)
    if start < len(answers):
        yield slice(start, len(answers))


def with_flag(
    grades: daft.DataFrame, spoken: daft.DataFrame, rule: Rule, penalty: float
) -> daft.DataFrame:
    """Return grades with one more flag on the pairs that spoken (pair_id, evidence) names.

    The flag takes penalty (0-1) from its part and from cleanliness, as those of texts do.
    """
    named = grades.join(spoken, on="pair_id")
    parts = {
        f"part_{part}": (col(f"part_{part}") * lit(1.0 - penalty)).cast("float32")
        for part in sorted({rule.part, "cleanliness"})
    }
    flags = _appended(named["flags"], named["evidence"], rule.code, rule.severity)
    milder = SEVERITIES[: SEVERITIES.index(rule.severity)]
    is_milder = col("worst").is_in(["", *milder])
    worst = when(is_milder, lit(rule.severity)).otherwise(col("worst"))
    named = named.with_columns({**parts, "flags": flags, "worst": worst}).exclude("evidence")
    others = grades.join(spoken.select("pair_id"), on="pair_id", how="anti")
    return others.concat(named.select(*others.column_names))


@daft.func.batch(return_dtype=DataType.list(_FLAG), use_process=False)
def _appended(flags: daft.Series, evidence: daft.Series, code: str, severity: str) -> pa.Array:
    raised_now = zip(flags.to_pylist(), evidence.to_pylist(), strict=True)
    rows = [
        [*raised, {"code": code, "severity": severity, "evidence": one}]
        for raised, one in raised_now
    ]
    return pa.array(rows, type=DataType.list(_FLAG).to_arrow_dtype())


def _grades(
    pairs: Pairs, checks: tuple[tuple[Rule, Check], ...], yardstick: Yardstick
) -> pa.StructArray:
    flags = raised(pairs, checks)
    kinds = [kind_of(question) for question in pairs.questions]
    columns = {
        "flags": [[_flag_row(flag) for flag in found] for found in flags],
        "worst": [
            max((flag.severity for flag in found), key=SEVERITIES.index, default="")
            for found in flags
        ],
        "answer_chars": list(map(len, pairs.answers)),
        "question_chars": list(map(len, pairs.questions)),
        "answer_words": pairs.answer_words,
        "question_kind": kinds,
        "specificity": pairs.specificity,
        "has_sources": _evidence(pairs, "sources"),
        "has_examples": _evidence(pairs, "examples"),
        "has_formulas": _evidence(pairs, "formulas"),
        **_parts(pairs, kinds, flags, yardstick),
    }
    return pa.StructArray.from_arrays(
        [pa.array(columns[field.name], field.type) for field in _NO_GRADES.type],
        fields=list(_NO_GRADES.type),
    )


def _flag_row(flag: Flag) -> dict[str, str]:
    return {"code": flag.code, "severity": flag.severity, "evidence": flag.evidence}


_EVIDENCE: dict[str, Callable[[str], bool]] = {
    "sources": has_sources,
    "examples": has_examples,
    "formulas": has_formulas,
}


def _evidence(pairs: Pairs, kind: str) -> list[bool]:
    """Return whether each answer brings evidence of a kind; most are told by their words."""
    suspected = suspects(kind, pairs).tolist()
    brings = _EVIDENCE[kind]
    rows = zip(suspected, pairs.lowered, strict=True)
    return [is_suspect and brings(lowered) for is_suspect, lowered in rows]


def _parts(
    pairs: Pairs, kinds: list[Kind], flags: list[list[Flag]], yardstick: Yardstick
) -> dict[str, Floats]:
    """Return the parts of the score: a flag takes from its own part and from cleanliness.

    None of them grows with length: shares of sentences and of the question's words count. None
    asks for the words of a subject either.
    """
    bodies = Bodies(pairs)
    asked = zip(pairs.questions, kinds, strict=True)
    parts = {
        "completeness": np.ones(len(pairs)),
        "answering": (1.0 - _EARLY) * pairs.taken_up + _EARLY * bodies.taken_up_early(),
        "substance": bodies.substance(),
        "exactness": Exactness(bodies).worth(),
        "question": np.array([well_asked(question, kind) for question, kind in asked]),
        "cleanliness": np.ones(len(pairs)),
    }
    for at, found in enumerate(flags):
        for flag in found:
            left = 1.0 - yardstick.penalties[flag.severity]
            for part in sorted({flag.part, "cleanliness"}):
                parts[part][at] *= left
    return {f"part_{part}": values for part, values in parts.items()}
