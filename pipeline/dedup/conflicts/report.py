"""The conflicts of a data set: pairs of one cluster whose answers cannot both hold."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

import daft
import pyarrow as pa
from daft import DataType, col

from pipeline.core.memo import Memo
from pipeline.dedup.conflicts.finding import conflicts_between
from pipeline.dedup.conflicts.statements import Statement, statements
from pipeline.dedup.guards.lexicon import Lexicon

_COMPARED_AT_MOST = 12  # the best of a cluster; of a hundred reruns the others say the same
_STATEMENTS = pa.large_list(
    pa.struct(
        [
            ("kind", pa.large_string()),
            ("about", pa.large_list(pa.large_string())),
            ("content", pa.large_list(pa.large_string())),
            ("start", pa.int64()),
            ("end", pa.int64()),
        ]
    )
)


class _Answered(NamedTuple):
    """A pair of a cluster, and what its answer states."""

    pair_id: str
    question: str
    answer: str
    stated: list[Statement]


def find_conflicts(
    texts: daft.DataFrame, kept: daft.DataFrame, known: Lexicon, memo: Memo
) -> dict[str, Any]:
    """Return every conflict between answers of one cluster, with both spans, and their counts.

    texts has text_key, pair_id, question and answer, kept pair_id, cluster_id and score. Compared
    are the 12 best pairs of a cluster, each two of them; what is stated twice in a cluster is
    listed once. What an answer states is remembered by its text. known are the words of the base.
    """
    clusters = _members(texts, kept, known, memo)
    listed = [
        {"cluster_id": cluster, **row}
        for cluster in sorted(clusters)
        for row in _of_cluster(clusters[cluster], known)
    ]
    by_kind = Counter(str(row["kind"]) for row in listed)
    return {
        "conflicts": listed,
        "summary": {
            "conflicts": len(listed),
            "by_kind": dict(sorted(by_kind.items())),
            "clusters_compared": len(clusters),
            "clusters_in_conflict": len({row["cluster_id"] for row in listed}),
        },
    }


def _members(
    texts: daft.DataFrame, kept: daft.DataFrame, known: Lexicon, memo: Memo
) -> dict[str, list[_Answered]]:
    """Return the best pairs of each cluster of two and more, best first."""
    table = kept.select("pair_id", "cluster_id", "score").to_pydict()
    ranked: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for pair_id, cluster, score in zip(*table.values(), strict=True):
        ranked[cluster].append((-score, pair_id))
    best = {
        pair_id: cluster
        for cluster, rows in ranked.items()
        if len(rows) > 1
        for _, pair_id in sorted(rows)[:_COMPARED_AT_MOST]
    }
    wanted = daft.from_arrow(pa.table({"pair_id": pa.array(sorted(best), pa.large_string())}))
    some = texts.select("pair_id", "text_key", "question", "answer").join(wanted, on="pair_id")
    rows = some.collect()
    stated = _remembered(rows, known, memo)
    members: dict[str, list[_Answered]] = defaultdict(list)
    for row in sorted(rows.to_pylist(), key=lambda row: str(row["pair_id"])):
        found = stated[row["text_key"]]
        answered = _Answered(row["pair_id"], row["question"], row["answer"], found)
        members[best[row["pair_id"]]].append(answered)
    return dict(members)


def _remembered(rows: daft.DataFrame, known: Lexicon, memo: Memo) -> dict[str, list[Statement]]:
    keyed = rows.select(col("text_key").alias("pair_id"), "answer")
    made = memo.rows(
        "statements",
        keyed,
        lambda unseen: unseen.select("pair_id", _stated(known)(col("answer")).alias("stated")),
        lexicon=known.digest,
    ).to_pydict()
    return {
        key: [
            Statement(s["kind"], frozenset(s["about"]), tuple(s["content"]), s["start"], s["end"])
            for s in stated
        ]
        for key, stated in zip(made["pair_id"], made["stated"], strict=True)
    }


def _stated(known: Lexicon) -> Callable[..., daft.Expression]:
    @daft.func.batch(return_dtype=DataType.from_arrow_type(_STATEMENTS))
    def stated(answers: daft.Series) -> pa.Array:
        """Return what each answer states."""
        return pa.array(
            [
                [{**one._asdict(), "about": sorted(one.about)} for one in statements(answer, known)]
                for answer in answers.to_pylist()
            ],
            _STATEMENTS,
        )

    return stated


def _of_cluster(members: list[_Answered], known: Lexicon) -> Iterator[dict[str, Any]]:
    listed: set[tuple[str, ...]] = set()
    for left, right in combinations(members, 2):
        for conflict in conflicts_between(left.stated, right.stated, known):
            both = sorted([conflict.left.content, conflict.right.content])
            facts = (conflict.kind, *both[0], "|", *both[1])
            if facts in listed:
                continue
            listed.add(facts)
            yield {
                "kind": conflict.kind,
                "left": _place(left, conflict.left),
                "right": _place(right, conflict.right),
            }


def _place(pair: _Answered, statement: Statement) -> dict[str, Any]:
    return {
        "pair_id": pair.pair_id,
        "question": pair.question,
        "span": pair.answer[statement.start : statement.end],
        "start": statement.start,
        "end": statement.end,
    }
