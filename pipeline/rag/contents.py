"""What an export holds, counted: for the data set card and for the metrics."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import daft
import pandas as pd
from daft import DataType, col, lit

from pipeline.core.json_values import Json
from pipeline.core.scores import STEPS, in_steps
from pipeline.core.splits import ALTERNATIVE, SPLITS, WAITING, WITHHELD
from pipeline.domain.topics_table import NO_GROUP


class Contents(NamedTuple):
    """What the card counts.

    splits: split, pairs, clusters, score_mean (0-100), answer_chars_mean; in order of splits.
    agents: agent, pairs of splits that it delivered, and alone: those that nobody else did.
    groups: group and a column of pairs per split.
    categories: how many categories of the plan there are pairs of.
    aliases: questions of merged duplicates.
    withheld, waiting, alternatives: pairs in the database that are in no split, and why not.
    waiting_by_flag: pairs that wait, by code of each of their flags.
    farthest: dimension, split and distance (0-1) of the split least like train; None without one.
    secrets: kept pairs with a credential in a text.
    """

    splits: pd.DataFrame
    agents: pd.DataFrame
    groups: pd.DataFrame
    categories: int
    aliases: int
    withheld: int = 0
    waiting: int = 0
    alternatives: int = 0
    waiting_by_flag: Mapping[str, int] = {}
    farthest: Json | None = None
    secrets: int = 0


def contents_of(examples: daft.DataFrame, split_metadata: Json) -> Contents:
    """Return the counts that the card and the metrics state, each a sum of integers.

    examples: pair_id, split, category, group, cluster_id, score, sources, answer_chars (the length
    of the answer) and alias_count of each.
    """
    by_group = (
        examples.with_column("score_steps", in_steps("score"))
        .groupby("split", "category", "group")
        .agg(
            col("pair_id").count().alias("pairs"),
            col("score_steps").sum(),
            col("answer_chars").sum(),
            col("alias_count").sum(),
        )
        .to_pandas()
    )
    clusters = examples.select("split", "cluster_id").distinct().groupby("split")
    clusters_by_split = clusters.agg(col("cluster_id").count().alias("clusters")).to_pandas()
    pairs = by_group.groupby("split")["pairs"].sum().to_dict()
    return Contents(
        splits=_splits(by_group, clusters_by_split),
        agents=_agents(examples),
        groups=_groups(by_group),
        categories=int(by_group["category"].nunique()),
        aliases=int(by_group["alias_count"].sum()),
        withheld=int(pairs.get(WITHHELD, 0)),
        waiting=int(pairs.get(WAITING, 0)),
        alternatives=int(pairs.get(ALTERNATIVE, 0)),
        waiting_by_flag=split_metadata["waiting_by_flag"],
        farthest=split_metadata["largest_distance"],
    )


def _splits(by_group: pd.DataFrame, clusters_by_split: pd.DataFrame) -> pd.DataFrame:
    """Return one row per split, also for one without pairs."""
    summed = ["pairs", "score_steps", "answer_chars"]
    sums = by_group.groupby("split")[summed].sum().reindex(list(SPLITS), fill_value=0)
    pairs = sums["pairs"].clip(lower=1)
    clusters = clusters_by_split.set_index("split")["clusters"].reindex(list(SPLITS), fill_value=0)
    return pd.DataFrame(
        {
            "split": list(SPLITS),
            "pairs": sums["pairs"].astype(int).to_numpy(),
            "clusters": clusters.astype(int).to_numpy(),
            "score_mean": (sums["score_steps"] / STEPS / pairs).to_numpy(),
            "answer_chars_mean": (sums["answer_chars"] / pairs).to_numpy(),
        }
    )


def _groups(by_group: pd.DataFrame) -> pd.DataFrame:
    """Return one row per group, sorted, NO_GROUP last, with the pairs of each split."""
    pivot = by_group.pivot_table(
        index="group", columns="split", values="pairs", aggfunc="sum", fill_value=0
    )
    pivot = pivot.reindex(columns=list(SPLITS), fill_value=0)
    names = sorted(pivot.index, key=lambda name: (name == NO_GROUP, name))
    return pivot.reindex(names).rename_axis("group").reset_index()


def _agents(examples: daft.DataFrame) -> pd.DataFrame:
    """Return one row per agent: the pairs of splits that it delivered, and those it alone did."""
    named = examples.where(col("split").is_in(list(SPLITS))).select("pair_id", "sources")
    each = named.explode("sources").select("pair_id", col("sources")["agent"].alias("agent"))
    several = each.distinct().groupby("pair_id").agg(col("agent").count().alias("agents"))
    alone = col("agents") == lit(1)
    counted = (
        each.distinct()
        .join(several, on="pair_id")
        .groupby("agent")
        .agg(
            col("pair_id").count().alias("pairs"),
            alone.cast(DataType.int64()).sum().alias("alone"),
        )
    )
    return counted.where(col("agent").not_null()).sort("agent").to_pandas()


def contents_metrics(contents: Contents, dimension: int) -> dict[str, float]:
    """Return the stage's figures."""
    splits = contents.splits
    pairs = int(splits["pairs"].sum())
    score_sum = float((splits["score_mean"] * splits["pairs"]).sum())
    named: dict[str, Any] = dict(zip(splits["split"], splits["pairs"], strict=True))
    return {
        "pairs": pairs,
        **{f"{split}_pairs": int(count) for split, count in named.items()},
        "clusters": int(splits["clusters"].sum()),
        "categories": contents.categories,
        "groups": len(contents.groups),
        "aliases": contents.aliases,
        "withheld": contents.withheld,
        "waiting": contents.waiting,
        "alternatives": contents.alternatives,
        "score_mean": round(score_sum / max(pairs, 1), 4),
        "vector_dimension": dimension,
        "pairs_with_secrets": contents.secrets,
    }
