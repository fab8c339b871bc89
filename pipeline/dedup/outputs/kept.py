"""The pairs that stay, with their cluster and the questions that their answers also serve."""

from collections import defaultdict
from collections.abc import Mapping

import daft
import numpy as np
import pyarrow as pa

from pipeline.dedup.clusters.canonical import components
from pipeline.dedup.clusters.decisions import DecisionSet
from pipeline.dedup.entries import Entries
from pipeline.dedup.outputs.merged_metadata import taken_over, with_taken_over

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


def kept_pairs(
    texts: daft.DataFrame,
    judged: daft.DataFrame,
    entries: Entries,
    resolution: DecisionSet,
    clusters: list[str],
    questions: Mapping[str, str],
) -> daft.DataFrame:
    """Return the pairs that are not merged away, with all that is known of them.

    texts are the pairs as they are compared, judged has pair_id, verdict, decided_by, flags and
    warnings (codes) and repairs (kinds). Added are cluster_id, score, aliases, the better answer
    that a pair is an alternative of, and of what was merged into it the origins, the metadata that
    it lacks and the conflicts of metadata.
    """
    ids = entries.pair_id.to_pylist()
    aliases: dict[int, list[dict[str, str]]] = defaultdict(list)
    for entry, canonical in sorted(resolution.merged.items()):
        aliases[canonical].append({"pair_id": ids[entry], "question": questions[ids[entry]]})
    staying = [entry for entry in range(len(ids)) if entry not in resolution.merged]
    rows = pa.array(staying, pa.int64())
    better = [resolution.alternatives.get(entry) for entry in staying]
    columns = {
        "pair_id": entries.pair_id.take(rows),
        "cluster_id": pa.array([clusters[entry] for entry in staying], pa.large_string()),
        "score": entries.score.take(rows),
        "aliases": pa.array(
            [sorted(aliases.get(entry, ()), key=lambda a: a["pair_id"]) for entry in staying],
            _ALIASES,
        ),
        "alternative_of": pa.array(
            [None if entry is None else ids[entry] for entry in better], pa.large_string()
        ),
    }
    placed = texts.exclude("resolved_by", "candidates", "text_key")
    kept = placed.join(daft.from_arrow(pa.table(columns)), on="pair_id")
    kept = kept.join(judged, on="pair_id", how="left")
    members = {ids[one]: [alias["pair_id"] for alias in others] for one, others in aliases.items()}
    return with_taken_over(kept, taken_over(texts, members))
