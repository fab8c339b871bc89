"""The pairs that stay, with their cluster and the questions that their answers also serve."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import daft
import numpy as np
import pyarrow as pa

from pipeline.core.ranges import Ranges, between, limits_of
from pipeline.dedup.clusters.canonical import components
from pipeline.dedup.clusters.decisions import DecisionSet
from pipeline.dedup.entries import Entries
from pipeline.dedup.outputs.merged_metadata import (
    conflict_count,
    taken_over,
    with_taken_over,
)

_ALIASES = pa.large_list(
    pa.struct([("pair_id", pa.large_string()), ("question", pa.large_string())])
)


def cluster_ids(entries: Entries, links: list[tuple[int, int]]) -> list[str]:
    """Return for each entry the smallest pair_id of all that it is linked to, directly or not."""
    ends = np.array(links, np.int64).reshape(-1, 2).T
    labels = components(len(entries.pair_id), ends)
    smallest: dict[int, str] = {}
    ids = entries.pair_id.to_pylist()
    for label, pair_id in zip(labels.tolist(), ids, strict=True):
        smallest[label] = min(pair_id, smallest.get(label, pair_id))
    return [smallest[label] for label in labels.tolist()]


def decided_questions(
    pairs: daft.DataFrame, entries: Entries, resolution: DecisionSet
) -> dict[str, str]:
    """Return the verbatim question of every pair that a decision names, by pair_id."""
    named = sorted({entry for d in resolution.decisions for entry in (d.left, d.right)})
    wanted = pa.table({"pair_id": entries.pair_id.take(pa.array(named, pa.int64()))})
    texts = pairs.select("pair_id", "question").join(daft.from_arrow(wanted), on="pair_id")
    table = texts.to_arrow()
    return dict(zip(table["pair_id"].to_pylist(), table["question"].to_pylist(), strict=True))


class KeptPairs(NamedTuple):
    """The pairs that stay, in ranges; what clusters are made of; how many metadata disagree.

    placed has pair_id, cluster_id and score of each.
    """

    pairs: Ranges
    placed: daft.DataFrame
    metadata_conflicts: int


def kept_pairs(
    texts: daft.DataFrame,
    judged: daft.DataFrame,
    entries: Entries,
    resolution: DecisionSet,
    clusters: list[str],
    questions: Mapping[str, str],
) -> KeptPairs:
    """Return the pairs that are not merged away, with all that is known of them.

    texts are the pairs as they are compared, judged has pair_id, verdict, decided_by, flags and
    warnings (codes) and repairs (kinds). Added are cluster_id, score, aliases, the better answer
    that a pair is an alternative of, and of what was merged into it the origins, the metadata that
    it lacks and the conflicts of metadata. Texts are joined to that a range at a time.
    """
    ids = entries.pair_id.to_pylist()
    aliases: dict[int, list[dict[str, str]]] = defaultdict(list)
    for entry, canonical in sorted(resolution.merged.items()):
        aliases[canonical].append({"pair_id": ids[entry], "question": questions[ids[entry]]})
    rows = _staying(entries, resolution, clusters, aliases).sort_by("pair_id")
    members = {ids[one]: [alias["pair_id"] for alias in others] for one, others in aliases.items()}
    taken = taken_over(texts, members)
    added, judged = daft.from_arrow(rows), judged.collect()
    parts = []
    for limits in limits_of(rows["pair_id"]):
        own, known, verdicts = (
            between(table, "pair_id", *limits) for table in (texts, added, judged)
        )
        kept = own.exclude("resolved_by", "candidates", "text_key").join(known, on="pair_id")
        kept = kept.join(verdicts, on="pair_id", how="left")
        parts.append(with_taken_over(kept, taken))
    return KeptPairs(Ranges(tuple(parts)), added, conflict_count(taken))


def _staying(
    entries: Entries,
    resolution: DecisionSet,
    clusters: list[str],
    aliases: Mapping[int, list[dict[str, str]]],
) -> pa.Table:
    """Return what is said of each entry that is not merged away."""
    ids = entries.pair_id.to_pylist()
    staying = [entry for entry in range(len(ids)) if entry not in resolution.merged]
    rows = pa.array(staying, pa.int64())
    better = [resolution.alternatives.get(entry) for entry in staying]
    others = [sorted(aliases.get(entry, ()), key=lambda a: a["pair_id"]) for entry in staying]
    return pa.table(
        {
            "pair_id": entries.pair_id.take(rows),
            "cluster_id": pa.array([clusters[entry] for entry in staying], pa.large_string()),
            "score": entries.score.take(rows),
            "aliases": pa.array(others, _ALIASES),
            "alternative_of": pa.array(
                [None if entry is None else ids[entry] for entry in better], pa.large_string()
            ),
        }
    )
