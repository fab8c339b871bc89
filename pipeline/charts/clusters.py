"""The largest clusters: how many pairs each holds, its best ones, and what was decided on them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import daft
from daft import Window, col, lit
from daft.functions import row_number

from pipeline.charts.page import Card, Cards, Cell, Hint, Table, pair_link
from pipeline.core.text import excerpt

_LISTED_MEMBERS = 8

Row = dict[str, Any]


class ClusterView(NamedTuple):
    """What shares a cluster_id: the pairs that stay, and those merged into them."""

    cluster_id: str  # itself the pair_id of a member
    stay: int
    merged: int
    decisions: list[tuple[str, str, int]]  # kind, action, how many of them name a member
    best: list[Row]  # pair_id, score, is_merged, and the nearest decision or None


def largest_clusters(
    kept: daft.DataFrame, scores: daft.DataFrame, decisions: daft.DataFrame, listed_rows: int
) -> list[ClusterView]:
    """Return the listed_rows clusters of two pairs and more with most members, largest first.

    Of ties the smaller cluster_id comes first. A cluster's best members have the highest scores;
    at one score those that stay go before those merged, then the smaller pair_id. Ids and scores
    of the members are read, and no text but that of the decisions shown.
    """
    sizes = _sizes(kept, listed_rows)
    if not sizes:
        return []
    members = _members(kept, scores, [row["cluster_id"] for row in sizes]).collect()
    counted = _counted(decisions, members)
    best = _best(members)
    nearest = _nearest(decisions, [row["pair_id"] for rows in best.values() for row in rows])
    return [
        ClusterView(
            cluster_id=row["cluster_id"],
            stay=row["stay"],
            merged=row["merged"],
            decisions=counted[row["cluster_id"]],
            best=[
                {**member, "decision": nearest.get(member["pair_id"])}
                for member in best[row["cluster_id"]]
            ],
        )
        for row in sizes
    ]


def cluster_cards(clusters: Iterable[ClusterView], questions: Mapping[str, str]) -> Cards:
    """Return a card per cluster, headed by the question of its best member."""
    return Cards(
        "The largest clusters",
        Hint(
            "What shares a cluster stays in one split: pairs that are kept, and those merged into "
            "them. A cluster has the id of one of its pairs; all decisions on a pair:",
            "faucet dup PAIR_ID",
        ),
        [_card(place, cluster, questions) for place, cluster in enumerate(clusters, 1)],
        "no two pairs share a cluster",
    )


def _sizes(kept: daft.DataFrame, listed_rows: int) -> list[Row]:
    merged = col("aliases").length().alias("merged")
    return (
        kept.select("cluster_id", merged)
        .groupby("cluster_id")
        .agg(col("merged").count().alias("stay"), col("merged").sum())
        .with_column("size", col("stay") + col("merged"))
        .where(col("size") > lit(1))
        .sort(["size", "cluster_id"], desc=[True, False])
        .limit(listed_rows)
        .to_pylist()
    )


def _members(
    kept: daft.DataFrame, scores: daft.DataFrame, cluster_ids: list[str]
) -> daft.DataFrame:
    """Return a row per member of these clusters: cluster_id, pair_id, is_merged and score."""
    wanted = kept.select("cluster_id", "pair_id", "aliases")
    wanted = wanted.where(col("cluster_id").is_in(cluster_ids))
    stay = wanted.select("cluster_id", "pair_id", lit(value=False).alias("is_merged"))
    merged = (
        wanted.where(col("aliases").length() > lit(0))
        .explode("aliases")
        .select(
            "cluster_id",
            col("aliases").get("pair_id").alias("pair_id"),
            lit(value=True).alias("is_merged"),
        )
    )
    return stay.union_all(merged).join(scores.select("pair_id", "score"), on="pair_id", how="left")


def _counted(
    decisions: daft.DataFrame, members: daft.DataFrame
) -> dict[str, list[tuple[str, str, int]]]:
    """Return by cluster how many decisions of each kind and action name a member of it."""
    each = (
        decisions.select("decision_id", "kind", "action", col("members").alias("pair_id"))
        .explode("pair_id")
        .join(members.select("pair_id", "cluster_id"), on="pair_id")
        .select("cluster_id", "decision_id", "kind", "action")
        .distinct()
    )
    rows = each.groupby("cluster_id", "kind", "action").agg(col("decision_id").count())
    counted: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for row in rows.sort(["cluster_id", "kind", "action"]).to_pylist():
        counted[row["cluster_id"]].append((row["kind"], row["action"], row["decision_id"]))
    return counted


def _best(members: daft.DataFrame) -> dict[str, list[Row]]:
    ranked = Window().partition_by("cluster_id")
    ranked = ranked.order_by(["known", "is_merged", "pair_id"], desc=[True, False, False])
    rows = (
        members.with_column("known", col("score").fill_null(-1.0))
        .with_column("place", row_number().over(ranked))
        .where(col("place") <= lit(_LISTED_MEMBERS))
        .sort(["cluster_id", "place"])
        .select("cluster_id", "pair_id", "score", "is_merged")
    )
    best: dict[str, list[Row]] = defaultdict(list)
    for row in rows.to_pylist():
        best[row.pop("cluster_id")].append(row)
    return best


def _nearest(decisions: daft.DataFrame, pair_ids: list[str]) -> dict[str, Row]:
    """Return by pair_id the decision that merges it away, else that on the questions most alike.

    `of` is how many decisions name the pair.
    """
    each = Window().partition_by("pair_id")
    ranked = each.order_by(["leaves", "likeness", "decision_id"], desc=[True, True, False])
    rows = (
        decisions.with_column("pair_id", col("members"))
        .explode("pair_id")
        .where(col("pair_id").is_in(sorted(pair_ids)))
        .with_column("leaves", (col("winner") != col("pair_id")).fill_null(lit(value=False)))
        .with_column("likeness", col("question_similarity").fill_null(0.0))
        .with_column("place", row_number().over(ranked))
        .with_column("of", col("decision_id").count().over(each))
        .where(col("place") == lit(1))
        .select("pair_id", "action", "members", "guards", "why", "of")
    )
    return {row["pair_id"]: row for row in rows.to_pylist()}


def _card(place: int, cluster: ClusterView, questions: Mapping[str, str]) -> Card:
    size = cluster.stay + cluster.merged
    listed = len(cluster.best)
    shown = f"all {size:,} pairs" if listed == size else f"the best {listed:,} of {size:,} pairs"
    return Card(
        heading=excerpt(questions.get(cluster.best[0]["pair_id"], "")),
        facts=[
            f"{size:,} pairs: {cluster.stay:,} stay, {cluster.merged:,} merged",
            *(f"{kind}, {action}: {count:,}" for kind, action, count in cluster.decisions),
        ],
        key=cluster.cluster_id,
        table=Table(
            f"Cluster {place:,}: {shown}",
            ("Score", "Place", "Pair", "Decision", "Guards", "Why"),
            [_row(member, questions) for member in cluster.best],
        ),
        address=f"/duplicates/{cluster.cluster_id}",
    )


def _row(member: Row, questions: Mapping[str, str]) -> tuple[Cell, ...]:
    pair_id, score, decision = member["pair_id"], member["score"], member["decision"]
    return (
        None if score is None else round(score, 2),
        "merged" if member["is_merged"] else "stays",
        pair_link(pair_id, excerpt(questions.get(pair_id, ""))),
        *(_decided(pair_id, decision) if decision else _UNNAMED),
    )


_UNNAMED = (None, None, "no decision names it: of pairs that stay only the nearest is recorded")


def _decided(pair_id: str, decision: Row) -> tuple[Cell, ...]:
    other = next(one for one in decision["members"] if one != pair_id)
    more = f", and {decision['of'] - 1:,} more" if decision["of"] > 1 else ""
    action = f"{decision['action']} with {other}{more}"
    return action, decision["guards"] or "none", decision["why"]
