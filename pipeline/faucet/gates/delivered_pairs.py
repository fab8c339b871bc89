"""The pairs that a task delivered, as the last run's tables tell them, and what the base has near.

The base is what is there without the task: pairs of other deliveries, those that were handed in
later left out.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pipeline.faucet.gates.counting import DeliveredPair
from pipeline.faucet.gates.tables import tables_of
from pipeline.faucet.lookup import Row, table
from pipeline.workspace.workspace import Workspace

VECTORS = "vectors.parquet"
_NEAREST = 40
_RANKS = re.compile(r"(\d+)")
_SHORT = "too_short"

MOST_OF_INDICATOR = 400
"""So many pairs of the same indicator a pair is compared with."""

DOUBTS = ("warn", "error")
"""Severities of flags that doubt a pair."""


class Delivered(NamedTuple):
    """Pairs of a task in the order of their delivery, those of the last attempt, and their parts.

    parts has the parts of the score (0-1) by pair_id.
    """

    pairs: tuple[DeliveredPair, ...]
    last: frozenset[str]
    parts: Mapping[str, Mapping[str, float]]


def delivered_pairs(
    workspace: Workspace,
    agent: str,
    every: Sequence[str],
    last: Collection[str],
    later: Collection[str] = (),
) -> Delivered | None:
    """Return the pairs of an agent's deliveries; None where a stage that tells of them is missing.

    every has the deliveries of a task in the order in which they were handed in, last those of
    the attempt that is judged, later the starts of deliveries of tasks that came after.
    """
    read = tables_of(workspace)
    if read is None:
        return None
    rows, scores, kept = read
    order = {name: place for place, name in enumerate(every)}
    placed = {
        row["pair_id"]: min(places)
        for row in rows
        if (places := list(_places(row["origins"], agent, order)))
    }
    mine = sorted(
        (row for row in rows if row["pair_id"] in placed), key=lambda row: placed[row["pair_id"]]
    )
    base = _base(rows, agent, order, tuple(later))
    near = _neighbours(workspace, mine, [row for row in rows if row["pair_id"] in base], scores)
    merged = {alias["pair_id"]: key for key, row in kept.items() for alias in row["aliases"] or ()}
    named = frozenset(last)
    return Delivered(
        tuple(
            _pair(row, scores.get(row["pair_id"]), kept, merged, base)._replace(
                neighbours=near.get(row["pair_id"], ())
            )
            for row in mine
        ),
        frozenset(
            row["pair_id"]
            for row in mine
            if any(one["agent"] == agent and one["delivery"] in named for one in row["origins"])
        ),
        {row["pair_id"]: parts_of(scores.get(row["pair_id"], {})) for row in mine},
    )


def _places(origins: list[Row], agent: str, order: Mapping[str, int]) -> Any:
    """Yield where a pair stands in an agent's deliveries, so that places sort as in the files."""
    for one in origins:
        if one["agent"] == agent and one["delivery"] in order:
            pointer = _RANKS.split(one["pointer"])
            parts = [(int(part), "") if part.isdigit() else (-1, part) for part in pointer]
            yield order[one["delivery"]], parts


def _base(
    rows: list[Row], agent: str, order: Mapping[str, int], later: tuple[str, ...]
) -> frozenset[str]:
    """Return the pairs that others delivered, or the agent outside of the task, and not later."""
    return frozenset(
        row["pair_id"]
        for row in rows
        if any(
            not (one["agent"] == agent and one["delivery"] in order)
            and not one["delivery"].startswith(later or ("/",))
            for one in row["origins"]
        )
    )


def _pair(
    row: Row,
    score: Row | None,
    kept: Mapping[str, Row],
    merged: Mapping[str, str],
    base: frozenset[str],
) -> DeliveredPair:
    key = row["pair_id"]
    text = kept.get(key, row)
    winner = merged.get(key)
    one_with = (
        {winner} if winner else {a["pair_id"] for a in kept.get(key, {}).get("aliases") or ()}
    )
    flags = doubts((score or {}).get("flags") or ())
    return DeliveredPair(
        pair_id=key,
        question=text["question"],
        answer=text["answer"],
        indicator=row["indicator"],
        is_accepted=score is not None and is_sound(score["verdict"], flags, text["answer"]),
        is_kept=key in kept,
        is_known=key in base or not base.isdisjoint(one_with),
        score=score["score"] if score else None,
        flags=tuple(flags),
    )


def doubts(flags: Iterable[Row]) -> list[str]:
    """Return the codes of the flags that doubt a pair."""
    return [flag["code"] for flag in flags if flag["severity"] in DOUBTS]


def is_sound(verdict: str, flags: list[str], answer: str) -> bool:
    """Return whether qa accepts a pair, or doubts a figure for its shortness alone ("70.")."""
    return verdict == "accept" or (flags == [_SHORT] and any(map(str.isdigit, answer)))


def parts_of(score: Row) -> dict[str, float]:
    """Return the parts (0-1) of a row of scores by name."""
    return {
        name.removeprefix("part_"): value
        for name, value in score.items()
        if name.startswith("part_") and value is not None
    }


def _neighbours(
    workspace: Workspace, mine: list[Row], base: list[Row], scores: Mapping[str, Row]
) -> dict[str, tuple[str, ...]]:
    """Return answers of the base that may say what a pair says: of its indicator, or near to it.

    What qa rejected teaches nothing and is no base.
    """
    sound = [row for row in base if scores.get(row["pair_id"], {}).get("verdict") != "reject"]
    answers = {row["pair_id"]: row["answer"] for row in sound}
    same = {
        name: [row["answer"] for row in sound if row["indicator"] == name][:MOST_OF_INDICATOR]
        for name in {row["indicator"] for row in mine if row["indicator"]}
    }
    near = _nearest(workspace, [row["pair_id"] for row in mine], list(answers))
    return {
        row["pair_id"]: tuple(
            dict.fromkeys(
                [
                    *(answers[key] for key in near.get(row["pair_id"], ())),
                    *same.get(row["indicator"], ()),
                ]
            )
        )
        for row in mine
    }


def _nearest(workspace: Workspace, mine: list[str], base: list[str]) -> dict[str, list[str]]:
    """Return the ids of the pairs of the base whose vectors are nearest to each of ours."""
    if not workspace.has(VECTORS) or not mine or not base:
        return {}
    rows = table(workspace, VECTORS).select("pair_id", "document_vector").to_arrow()
    place = {key: at for at, key in enumerate(rows["pair_id"].to_pylist())}
    values = rows["document_vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    vectors = values.astype(np.float32).reshape(len(rows), -1)
    ours, theirs = [key for key in mine if key in place], [key for key in base if key in place]
    if not ours or not theirs:
        return {}
    matrix = vectors[[place[key] for key in theirs]]
    cosines = vectors[[place[key] for key in ours]] @ matrix.T
    first = np.argsort(-cosines, axis=1, kind="stable")[:, :_NEAREST]
    return {key: [theirs[at] for at in places] for key, places in zip(ours, first, strict=True)}
