"""Measures, flags and parts of the score for every pair, as a batch UDF over Arrow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import daft
import pyarrow as pa
from daft import DataType, col, lit
from daft.functions import when

from pipeline.quality.asking import kind_of, well_asked
from pipeline.quality.evidence import has_examples, has_formulas, has_sources
from pipeline.quality.exactness import exactness, worth
from pipeline.quality.lexicon import Subject
from pipeline.quality.reading import Reading, read
from pipeline.quality.rules import Flag, Limits, Part, Rule, Severity, bound, flags
from pipeline.quality.substance import Sentence, body, substance, taken_up_early
from pipeline.quality.words import content_words

PARTS: tuple[str, ...] = get_args(Part)
"""The parts of the score; each is a column `part_<name>` between 0 and 1."""

SEVERITIES: tuple[str, ...] = get_args(Severity)
"""From harmless to grave."""

_EARLY = 0.4
"""What of answering is for the words of the question that the first sentences take up."""

_ROWS_FOR_PROCESSES = 5_000
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
    which a process runs one thread at a time, so very many rows are graded by processes of their
    own, one per core; for fewer ones their start costs more than they save.
    """
    grade = _graders(use_process=texts.count_rows() >= _ROWS_FOR_PROCESSES)
    return texts.select("pair_id", grade(texts["question"], texts["answer"], yardstick))


def _graders(*, use_process: bool) -> Callable[..., daft.Expression]:
    batches = daft.func.batch(
        return_dtype=_GRADES, unnest=True, use_process=use_process, batch_size=_ROWS_AT_ONCE
    )
    return batches(_grade)


def _grade(questions: daft.Series, answers: daft.Series, yardstick: Yardstick) -> pa.Array:
    checks = bound(yardstick.limits)
    rows = []
    for question, answer in zip(questions.to_pylist(), answers.to_pylist(), strict=True):
        reading = read(question, answer, yardstick.subject)
        rows.append(_grades(reading, flags(reading, checks), yardstick))
    return pa.array(rows, type=_GRADES.to_arrow_dtype())


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


def _grades(reading: Reading, raised: list[Flag], yardstick: Yardstick) -> dict[str, Any]:
    evidence = {
        "has_sources": has_sources(reading.lowered),
        "has_examples": has_examples(reading.lowered),
        "has_formulas": has_formulas(reading.lowered),
    }
    return {
        "flags": [
            {"code": flag.code, "severity": flag.severity, "evidence": flag.evidence}
            for flag in raised
        ],
        "worst": max((flag.severity for flag in raised), key=SEVERITIES.index, default=""),
        "answer_chars": len(reading.answer),
        "question_chars": len(reading.question),
        "answer_words": len(reading.answer_words),
        "question_kind": kind_of(reading.question),
        "specificity": reading.specificity,
        **evidence,
        **_parts(reading, raised, yardstick),
    }


def _parts(reading: Reading, raised: list[Flag], yardstick: Yardstick) -> dict[str, float]:
    """Return the parts of the score: a flag takes from its own part and from cleanliness.

    None of them grows with length: shares of sentences and of the question's words count. None
    asks for the words of a subject either.
    """
    sentences = body(reading.sentences)
    parts = {
        "completeness": 1.0,
        "answering": _answering(reading, sentences),
        "substance": substance(reading.question_words, sentences),
        "exactness": worth(exactness(sentences)),
        "question": well_asked(reading.question),
        "cleanliness": 1.0,
    }
    for flag in raised:
        left = 1.0 - yardstick.penalties[flag.severity]
        for part in sorted({flag.part, "cleanliness"}):
            parts[part] *= left
    return {f"part_{part}": value for part, value in parts.items()}


def _answering(reading: Reading, sentences: list[Sentence]) -> float:
    early = taken_up_early(content_words(frozenset(reading.question_words)), sentences)
    return (1.0 - _EARLY) * reading.taken_up + _EARLY * early
