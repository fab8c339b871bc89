"""qa.grade: a score, a verdict and flags for every row, as qa gives them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.api.inputs import Folder, call_stage, source_of
from pipeline.api.read import ReadRows
from pipeline.api.rows import Rows, rows_of
from pipeline.api.why import WhyDropped
from pipeline.core.json_values import Json
from pipeline.stages.qa import Scored, qa
from pipeline.workspace.workspace import Workspace

_GRADE = ("pair_id", "score", "verdict", "flags")


class Grade(NamedTuple):
    """What one row is worth: score 0-100, verdict accept, review or reject, and its flags.

    A flag has code, severity (error, warn, info) and evidence.
    """

    pair_id: str
    score: float
    verdict: str
    flags: list[Json]


class GradedRows(NamedTuple):
    """Rows by what is to be done with them, each in its caller's form.

    kept are the accepted ones, waiting those that a person should look at, dropped those that are
    rejected or hold no pair; why has one entry per dropped row, doubts one per waiting row. grades
    has one entry per row of the caller, None where it holds no pair. stage is qa's own result.
    """

    kept: Any
    dropped: Any
    why: list[WhyDropped]
    waiting: Any
    doubts: list[WhyDropped]
    grades: list[Grade | None]
    rows: Rows
    stage: Scored


def grade(
    rows: Any, *, domain: Folder | None = None, workspace: Workspace | None = None, **params: Any
) -> GradedRows:
    """Return what every row is worth, and the rows parted by it.

    A row is judged beside the others of the same call, as a delivery is beside those of its base:
    templates, cut questions and answers much shorter than the rest show only among many.

    rows: a list of dicts, a table of pandas, Arrow or Daft, a datasets.Dataset, or what read gave.
    domain: a folder as data/domain; without one nothing is judged that needs a subject.
    workspace: whose domain, test sets, verdicts of people and params count.
    params: params of qa, as review_below (score 0-100) or rules={"refusal": False}.

    Raises UserError for what are no rows, and for a param that is not allowed.
    """
    source = source_of(("qa",), params, domain, workspace)
    found = rows_of(rows.kept if isinstance(rows, ReadRows) else rows, source)
    scored: Scored = call_stage(qa, source, pairs=found.pairs)
    by_id = {row["pair_id"]: Grade(**row) for row in scored.scores.select(*_GRADE).to_pylist()}
    grades = [None if one is None else by_id[one] for one in found.pair_ids]
    places: Mapping[str, list[int]] = {"accept": [], "review": [], "reject": []}
    for place, one in enumerate(grades):
        places["reject" if one is None else one.verdict].append(place)
    return GradedRows(
        kept=found.taken(places["accept"]),
        dropped=found.taken(places["reject"]),
        why=[_why(found, place, grades[place]) for place in places["reject"]],
        waiting=found.taken(places["review"]),
        doubts=[_why(found, place, grades[place]) for place in places["review"]],
        grades=grades,
        rows=found,
        stage=scored,
    )


def _why(rows: Rows, place: int, judged: Grade | None) -> WhyDropped:
    return rows.refused(place) if judged is None else why_of(place, judged)


def why_of(place: int, judged: Grade) -> WhyDropped:
    """Return why a row is not accepted: its flags with their evidence, the graver ones first."""
    ranks = ("error", "warn", "info")
    flags = sorted(judged.flags, key=lambda flag: ranks.index(flag["severity"]))
    named = [f"{flag['code']}: {flag['evidence']}".rstrip(": ") for flag in flags]
    message = "; ".join(named) or f"score {judged.score:.1f} of 100"
    return WhyDropped(place, judged.verdict, message)
