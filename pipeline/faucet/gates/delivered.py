"""What became of a task's deliveries: figures from the books and from the data set.

A delivery is known by its digest, because landing moves and renames it. An agent that mends a
refused delivery hands its pairs in a second time; what this task itself brought before is
therefore no duplicate. Rates are those of the last attempt, pairs that count those of all.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.answers.books import accounting
from pipeline.faucet.gates.counting import FIGURES, in_words, standings
from pipeline.faucet.gates.criteria import criteria_of, subject
from pipeline.faucet.gates.scores import score_lift
from pipeline.faucet.lookup import KEPT
from pipeline.faucet.tasks.state import Task
from pipeline.store.metrics import read_figures
from pipeline.workspace.layout import DELIVERIES, INBOX
from pipeline.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.faucet.gates.delivered_pairs import Delivered
    from pipeline.plan.indicators import Plan

_DIGEST_CHARS = 12
_SCORED = frozenset({"mean_score", "lowest_score"})
_COUNTED = frozenset({"counted", *FIGURES})


class Found(NamedTuple):
    """Figures of a task's deliveries, its pairs by indicator, why some are unknown or too low."""

    figures: Mapping[str, float] = {}
    indicators: Mapping[tuple[str, str], int] = {}
    unknown: Mapping[str, str] = {}
    lifts: Mapping[str, str] = {}


class Others(NamedTuple):
    """What other tasks were handed in with: digests with their tasks, and those that came later."""

    taken: Mapping[str, str] = {}
    later: frozenset[str] = frozenset()


def is_delivery(output: Json) -> bool:
    """Return whether an output was handed in as pairs to be integrated."""
    return Path(output["path"]).is_relative_to(INBOX) or Path(output["path"]).is_relative_to(
        DELIVERIES
    )


def stored_starts(task: Task) -> tuple[str, ...]:
    """Return how the stored names of what a task handed in as deliveries begin."""
    return tuple(f"{out['sha256'][:12]}-" for out in task.handed_in if is_delivery(out))


def awaits_integration(workspace: Workspace, task: Task) -> bool:
    """Return whether gates ask about deliveries that the DAG has not gone through yet.

    Books are integrate's, scores are qa's, pairs that count are dedup's: a gate waits for the
    stage that tells its figure. What has been gone through and tells no figure fails instead.
    """
    asked = [c for c in criteria_of(task.rest) if "delivery" in c or "indicator" in c]
    outputs = task.submission["outputs"] if task.submission else []
    handed = [output for output in outputs if is_delivery(output)]
    if not asked or not handed:
        return False
    if len(_books(workspace, task.agent, handed)) < len(handed):
        return True
    figures = {c.get("delivery") for c in asked}
    if figures & _SCORED and not _is_current(workspace, "qa"):
        return True
    return _asks_for_pairs(asked) and not _is_current(workspace, "dedup")


def delivered(workspace: Workspace, task: Task, criteria: Iterable[Json], others: Others) -> Found:
    """Return what criteria ask about the deliveries of a submitted task.

    acceptance_rate is the share of found records that are not quarantined, duplicate_rate the
    share of found records that others had delivered before. Scores are those of qa. counted are
    the pairs that count (counting.py), and so are the pairs of an indicator; the other rates are
    shares of the pairs of the last attempt (counting.FIGURES). Deliveries of other tasks are not
    counted.
    """
    asked = [c for c in criteria if "delivery" in c or "indicator" in c]
    if not asked:
        return Found()
    outputs = task.submission["outputs"] if task.submission else []
    last = [out for out in outputs if is_delivery(out) and out["sha256"] not in others.taken]
    every = [
        out for out in task.handed_in if is_delivery(out) and out["sha256"] not in others.taken
    ]
    books, all_books = (_books(workspace, task.agent, some) for some in (last, every))
    figures: dict[str, float] = {}
    lifts: dict[str, str] = {}
    indicators: dict[tuple[str, str], int] = {}
    if last and len(books) == len(last):
        figures = booked(books, all_books)
    names = [[row["delivery"] for row in some] for some in (all_books, books)]
    if (figures or _asks_for_database(asked)) and _needs_tables(asked):
        more = _from_tables(workspace, task, asked, names, others)
        figures = {**figures, **more.figures}
        indicators, lifts = dict(more.indicators), dict(more.lifts)
    why = _why_unknown(last, books, figures)
    return Found(figures, indicators, {subject(one): why for one in asked}, lifts)


def _why_unknown(last: list[Json], books: list[Json], figures: Mapping[str, float]) -> str:
    gone = [row["removed"] for row in books if row.get("removed")]
    if gone:
        return (
            f"the delivery was removed from the data set by {gone[0]['who']}: {gone[0]['reason']}"
        )
    if figures:
        return "the stages that tell it have not run on this delivery: `faucet repro`"
    return "the delivery is not integrated yet" if last else "nothing was delivered"


def _asks_for_pairs(asked: list[Json]) -> bool:
    return any("indicator" in one or one.get("delivery") in _COUNTED for one in asked)


def _asks_for_database(asked: list[Json]) -> bool:
    return any(one.get("of") == "database" for one in asked)


def _needs_tables(asked: list[Json]) -> bool:
    return _asks_for_pairs(asked) or any(one.get("delivery") in _SCORED for one in asked)


def _books(workspace: Workspace, agent: str, outputs: Iterable[Json]) -> list[Json]:
    """Return the books of an agent's outputs, in the order of the outputs."""
    starts = [f"{output['sha256'][:_DIGEST_CHARS]}-" for output in outputs]
    rows = {
        row["delivery"][: _DIGEST_CHARS + 1]: row
        for row in accounting(workspace)
        if row["agent"] == agent
    }
    return [rows[start] for start in dict.fromkeys(starts) if start in rows]


def booked(last: Sequence[Json], every: Sequence[Json]) -> dict[str, float]:
    """Return the sums of the books of the last attempt, with pairs of every one, and rates."""
    names = ("found", "accepted", "repeated", "quarantined")
    sums: dict[str, float] = {name: sum(row[name] for row in last) for name in names}
    valid = sums["found"] - sums["quarantined"]
    sums["pairs"] = sum(row["accepted"] for row in every)
    if sums["found"]:
        sums["acceptance_rate"] = valid / sums["found"]
        sums["duplicate_rate"] = max(0, valid - sums["pairs"]) / sums["found"]
    return sums


def _from_tables(
    workspace: Workspace,
    task: Task,
    asked: list[Json],
    deliveries: Sequence[Sequence[str]],
    others: Others,
) -> Found:
    """Return scores, rates and pairs that count; of each only what its stage has gone through."""
    from pipeline.faucet.gates.delivered_pairs import (  # noqa: PLC0415 - loads the engine
        delivered_pairs,
    )

    every, last = deliveries
    later = [f"{digest[:_DIGEST_CHARS]}-" for digest in others.later]
    found = delivered_pairs(workspace, task.agent, every, last, later)
    if found is None:
        return Found()
    scores = scores_of(workspace, found)
    if not _asks_for_pairs(asked) or not _is_current(workspace, "dedup"):
        return scores
    from pipeline.faucet.gates.subjects import Subjects  # noqa: PLC0415
    from pipeline.store.plan import read_plan  # noqa: PLC0415

    plan = read_plan(workspace)  # which knows the other spellings of an indicator
    owed = [known_as(plan, one["indicator"]) for one in asked if "indicator" in one]
    named = [one for one in asked if "indicator" in one and one.get("of") != "database"]
    reasons = standings(found.pairs, frozenset(owed) if named else None, Subjects(plan).about)
    rates, lifts = rates_of(found, reasons)
    counted = [pair.indicator for pair in found.pairs if reasons[pair.pair_id] is None]
    return Found(
        {**scores.figures, **rates, "counted": len(counted)},
        _by_indicator(workspace, asked, plan, counted),
        {},
        {**scores.lifts, **lifts, **indicator_lifts(named, plan, found, reasons)},
    )


def scores_of(workspace: Workspace, found: "Delivered") -> Found:
    """Return mean and lowest score of the last attempt; nothing where a pair has no score yet."""
    pairs = [pair for pair in found.pairs if pair.pair_id in found.last]
    scores = [pair.score for pair in pairs if pair.score is not None]
    if not scores or len(scores) < len(pairs):
        return Found()
    lift = score_lift(pairs, found.parts, workspace.dag.params["qa"]["weights"])
    return Found(
        {"mean_score": sum(scores) / len(scores), "lowest_score": min(scores)},
        lifts={f"delivery {name}": lift for name in _SCORED},
    )


def rates_of(
    found: "Delivered", reasons: Mapping[str, str | None]
) -> tuple[dict[str, float], dict[str, str]]:
    """Return the shares of the last attempt's pairs (counting.FIGURES), and what lifts each."""
    last = [reasons[pair.pair_id] for pair in found.pairs if pair.pair_id in found.last]
    if not last:
        return {}, {}
    rates = {
        name: 1 - sum(reason in against for reason in last) / len(last)
        for name, against in FIGURES.items()
    }
    lifts = {
        f"delivery {name}": in_words(reason for reason in last if reason in against)
        for name, against in FIGURES.items()
    }
    return rates, {**lifts, "delivery counted": in_words(reasons.values())}


def _by_indicator(
    workspace: Workspace, asked: list[Json], plan: "Plan", counted: list[str | None]
) -> dict[tuple[str, str], int]:
    names = {"delivery": counted}
    if _asks_for_database(asked):
        from pipeline.faucet.lookup import table  # noqa: PLC0415 - loads the engine

        names["database"] = table(workspace, KEPT).select("indicator").to_pydict()["indicator"]
    wanted = {(c.get("of", "delivery"), c["indicator"]) for c in asked if "indicator" in c}
    return {(whose, name): names[whose].count(known_as(plan, name)) for whose, name in wanted}


def indicator_lifts(
    asked: list[Json], plan: "Plan", found: "Delivered", reasons: Mapping[str, str | None]
) -> dict[str, str]:
    """Return by criterion why pairs of its indicator, or of none that is owed, do not count."""
    owed = {known_as(plan, one["indicator"]) for one in asked}
    why_not = {}
    for one in asked:
        name = known_as(plan, one["indicator"])
        mine = [p for p in found.pairs if p.indicator == name or p.indicator not in owed]
        why_not[subject(one)] = in_words(reasons[pair.pair_id] for pair in mine)
    return why_not


def known_as(plan: "Plan", name: str) -> str:
    """Return the plan's own name of an indicator, the name itself where it has none."""
    known = plan.named(name)
    return known.indicator if known else name


def _is_current(workspace: Workspace, stage: str) -> bool:
    """Return whether a stage ran on the pairs that integrate why_not last."""
    integrate, later = (read_figures(workspace, name) for name in ("integrate", stage))
    return bool(integrate and later and integrate["accepted"] == later["pairs"])
