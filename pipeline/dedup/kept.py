"""The pairs that stay, with their cluster and the questions that their answers also serve."""

from collections import defaultdict
from collections.abc import Mapping

import daft
import numpy as np
import pyarrow as pa

from pipeline.dedup.clusters import components
from pipeline.dedup.decisions import Settled
from pipeline.dedup.population import Population

_ALIASES = pa.large_list(
    pa.struct([("pair_id", pa.large_string()), ("question", pa.large_string())])
)


def cluster_ids(people: Population, links: list[tuple[int, int]]) -> list[str]:
    """Return for each entry the smallest pair_id of all that it is linked to, directly or not."""
    ends = np.array(links, np.int64).reshape(-1, 2).T
    labels = components(len(people.pair_id), ends)
    smallest: dict[int, str] = {}
    ids = people.pair_id.to_pylist()
    for label, pair_id in zip(labels.tolist(), ids, strict=True):
        smallest[label] = min(pair_id, smallest.get(label, pair_id))
    return [smallest[label] for label in labels.tolist()]


def questions_of(pairs: daft.DataFrame, people: Population, settled: Settled) -> dict[str, str]:
    """Return the verbatim question of every pair that a decision names, by pair_id."""
    named = sorted({entry for d in settled.decisions for entry in (d.left, d.right)})
    wanted = pa.table({"pair_id": people.pair_id.take(pa.array(named, pa.int64()))})
    found = pairs.select("pair_id", "question").join(daft.from_arrow(wanted), on="pair_id")
    table = found.to_arrow()
    return dict(zip(table["pair_id"].to_pylist(), table["question"].to_pylist(), strict=True))


def kept_pairs(
    pairs: daft.DataFrame,
    people: Population,
    settled: Settled,
    clusters: list[str],
    questions: Mapping[str, str],
) -> daft.DataFrame:
    """Return the rows of pairs that are not merged away, with cluster_id, score and aliases."""
    ids = people.pair_id.to_pylist()
    aliases: dict[int, list[dict[str, str]]] = defaultdict(list)
    for entry, anchor in settled.merged.items():
        aliases[anchor].append({"pair_id": ids[entry], "question": questions[ids[entry]]})
    staying = [entry for entry in range(len(ids)) if entry not in settled.merged]
    rows = pa.array(staying, pa.int64())
    columns = {
        "pair_id": people.pair_id.take(rows),
        "cluster_id": pa.array([clusters[entry] for entry in staying], pa.large_string()),
        "score": people.score.take(rows),
        "aliases": pa.array(
            [sorted(aliases[entry], key=lambda a: a["pair_id"]) for entry in staying], _ALIASES
        ),
    }
    placed = pairs.exclude("resolved_by", "candidates")  # how a pair was placed stays with pairs
    return placed.join(daft.from_arrow(pa.table(columns)), on="pair_id")
