"""Gates: what must hold for a task to be completed, as data, and their evaluation.

A criterion names one subject: a metric of the DAG, a figure of what the task delivered, the
pairs of an indicator, or a deliverable. What nobody measured has not been met: a missing figure
fails, and so does a file that changed after it was handed in.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.tasks.owed import counted_for, least_of

_DIGITS = 4


class FileFact(NamedTuple):
    """What a file is now: its digest and size, and the first fault that its schema finds."""

    sha256: str
    size_bytes: int
    fault: str | None = None


class Facts(NamedTuple):
    """What was found out about a submission, for evaluate to compare with its criteria.

    metrics by "stage.name"; delivery by figure; indicators by (delivery | database, indicator);
    files by (path, schema or ""); outputs by path: None where the file is as it was handed in,
    else what is wrong with it. has_result says that the agent gave an account of its work.
    arrivals has pairs of deliveries that are waited for, by the criterion's words. unknown tells
    why a figure, by its criterion's words, is missing; lifts what would raise one.
    """

    metrics: Mapping[str, float] = {}
    delivery: Mapping[str, float] = {}
    indicators: Mapping[tuple[str, str], int] = {}
    files: Mapping[tuple[str, str], FileFact] = {}
    outputs: Mapping[str, str | None] = {}
    has_result: bool = False
    unknown: Mapping[str, str] = {}
    lifts: Mapping[str, str] = {}
    arrivals: Mapping[str, float] = {}


def evaluate(criteria: Iterable[Json], facts: Facts) -> Json:
    """Return the report of a submission: passed, and each criterion with wanted and got.

    criteria are those of schemas/task_queue.schema.json; every file that was handed in is one
    more criterion, that it is still what it was. Where nothing else is asked, some evidence is:
    a file or a result, because nobody's bare word completes a task.
    """
    rows = [_output_row(path, fault) for path, fault in sorted(facts.outputs.items())]
    rows += [_row(criterion, facts) for criterion in criteria]
    rows = rows or [_evidence_row(has_result=facts.has_result)]
    return {"passed": all(row["passed"] for row in rows), "criteria": rows}


def criteria_of(definition: Json) -> list[Json]:
    """Return the criteria of a task: its gates, else the pairs that it owes for indicators."""
    if "gates" in definition:
        return list(definition["gates"])
    owed = definition.get("indicators", ())
    return [{"indicator": one["name"], "min": least_of(one["target_pairs"])} for one in owed]


def in_words(criterion: Json) -> str:
    """Return a criterion as one sentence for a brief, as in "metric qa.mean_score: at least 60"."""
    return f"{subject(criterion)}: {_wanted(criterion)}"


def subject(criterion: Json) -> str:
    """Return what a criterion is about, as in "metric qa.mean_score"."""
    if "indicator" in criterion:
        name = criterion["indicator"]
        return f"kept pairs for {name}" if criterion.get("of") == "database" else counted_for(name)
    if "arrived" in criterion:
        return f"pairs of deliveries {arrivals_in_words(criterion['arrived'])}"
    kind = next(name for name in ("metric", "delivery", "deliverable") if name in criterion)
    return f"{kind} {criterion[kind]}"


def arrivals_in_words(asked: Json) -> str:
    """Return which deliveries are meant: of whom, of which name, for which sessions."""
    first, last = asked.get("sessions", (0, 0))
    parts = [f"by {asked['agent']}"] if "agent" in asked else []
    parts += [f"named {asked['name']}"] if "name" in asked else []
    parts += [f"of sessions {first} to {last}"] if "sessions" in asked else []
    return " ".join(parts)


def failed(report: Json) -> list[str]:
    """Return one sentence per criterion that a report tells as not passed."""
    return [_sentence(row) for row in report["criteria"] if not row["passed"]]


def _sentence(row: Json) -> str:
    got = "nothing" if row["got"] is None else f"{row['got']}"
    why = f" ({row['why']})" if "why" in row else ""
    return f"{row['criterion']}: wanted {row['wanted']}, got {got}{why}"


def _row(criterion: Json, facts: Facts) -> Json:
    if "deliverable" in criterion:
        return _file_row(criterion, facts)
    asked = subject(criterion)
    got = _figure(criterion, facts)
    if got is None or not math.isfinite(got):
        why = facts.unknown.get(asked, "nothing measured it")
        return _result(criterion, None, passed=False, why=why)
    low, high = criterion.get("min", -math.inf), criterion.get("max", math.inf)
    is_passed = low <= got <= high
    lift = "" if is_passed else facts.lifts.get(asked, "")
    return _result(criterion, round(got, _DIGITS), passed=is_passed, why=lift)


def _figure(criterion: Json, facts: Facts) -> float | None:
    if "metric" in criterion:
        return facts.metrics.get(criterion["metric"])
    if "delivery" in criterion:
        return facts.delivery.get(criterion["delivery"])
    if "arrived" in criterion:
        return facts.arrivals.get(subject(criterion))
    return facts.indicators.get((criterion.get("of", "delivery"), criterion["indicator"]))


def _file_row(criterion: Json, facts: Facts) -> Json:
    found = facts.files.get((criterion["deliverable"], criterion.get("schema", "")))
    if found is None:
        why = facts.unknown.get(subject(criterion), "there is no such file")
        return _result(criterion, None, passed=False, why=why)
    faults = [found.fault] if found.fault else []
    if found.size_bytes < criterion.get("min_bytes", 0):
        faults.append("it is too small")
    if found.sha256 != criterion.get("sha256", found.sha256):
        faults.append(f"its digest is {found.sha256[:12]}…")
    got = f"{found.size_bytes:,} bytes"
    if faults:
        return _result(criterion, got, passed=False, why="; ".join(faults))
    return _result(criterion, got, passed=True)


def _output_row(path: str, fault: str | None) -> Json:
    row = {"criterion": f"output {path}", "wanted": "as it was handed in"}
    if fault is None:
        return {**row, "got": "as it was handed in", "passed": True}
    return {**row, "got": None, "passed": False, "why": fault}


def _evidence_row(*, has_result: bool) -> Json:
    got = "a result" if has_result else None
    wanted = "a file handed in, or a result"
    return {"criterion": "evidence", "wanted": wanted, "got": got, "passed": has_result}


def _result(criterion: Json, got: float | str | None, *, passed: bool, why: str = "") -> Json:
    row = {"criterion": subject(criterion), "wanted": _wanted(criterion), "got": got}
    return {**row, "passed": passed, **({"why": why} if why else {})}


def _wanted(criterion: Json) -> str:
    if "deliverable" in criterion:
        parts = ["exists"]
        parts += [f"fits {criterion['schema']}"] if "schema" in criterion else []
        parts += [f"at least {criterion['min_bytes']:,} bytes"] if "min_bytes" in criterion else []
        parts += [f"digest {criterion['sha256'][:12]}…"] if "sha256" in criterion else []
        return ", ".join(parts)
    bounds = [f"at least {criterion['min']:,}"] if "min" in criterion else []
    bounds += [f"at most {criterion['max']:,}"] if "max" in criterion else []
    return ", ".join(bounds)
