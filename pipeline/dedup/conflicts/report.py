"""The conflicts of a data set: pairs of one cluster whose answers cannot both hold."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import daft
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from daft import col, lit

from pipeline.core.cores import spread
from pipeline.core.ids import PAIR_ID_HEX
from pipeline.core.memo import Memo
from pipeline.core.text_file import TextFile
from pipeline.dedup.answers import stored_answers
from pipeline.dedup.conflicts.finding import conflicts_between
from pipeline.dedup.conflicts.statements import statements
from pipeline.dedup.entries import Ints
from pipeline.dedup.guards.lexicon import Lexicon

_COMPARED_AT_MOST = 12  # the best of a cluster; of a hundred reruns the others say the same
_COMPARED_AT_ONCE = 500  # twos of answers
_TEXT = pa.large_string()
_SIDE = [("content", pa.large_list(_TEXT)), ("start", pa.int64()), ("end", pa.int64())]
_FOUND = pa.large_list(
    pa.struct([("kind", _TEXT), ("left", pa.struct(_SIDE)), ("right", pa.struct(_SIDE))])
)


class _Compared(NamedTuple):
    """Two pairs of a cluster, in order of pair_id, by the texts that they have."""

    cluster_id: str
    left: str
    right: str

    @property
    def key(self) -> str:
        """What the conflicts of the two are remembered by."""
        return f"{self.left} {self.right}"


def find_conflicts(
    texts: daft.DataFrame, kept: daft.DataFrame, known: Lexicon, memo: Memo
) -> dict[str, Any]:
    """Return every conflict between answers of one cluster, with both spans, and their counts.

    texts has text_key, pair_id, question and answer, kept pair_id, cluster_id and score. Compared
    are the 12 best pairs of a cluster, each two of them; what is stated twice in a cluster is
    listed once. What two answers contradict each other in is remembered by their texts. known are
    the words of the base.
    """
    best = _best(kept)
    keys = _of_pairs(texts, best, "text_key").to_pydict()
    pair_of = dict(zip(keys["text_key"], keys["pair_id"], strict=True))
    members: dict[str, list[str]] = defaultdict(list)
    for text_key in sorted(pair_of, key=pair_of.__getitem__):
        members[best[pair_of[text_key]]].append(text_key)
    compared = [
        _Compared(cluster, *two)
        for cluster in sorted(members)
        for two in combinations(members[cluster], 2)
    ]
    found = _remembered(compared, texts, known, memo)
    named = {pair_of[text_key] for key in found for text_key in key.split(" ")}
    shown = _of_pairs(texts, named, "text_key", "question", "answer").to_pylist()
    listed = [*_listed(compared, found, {row["text_key"]: row for row in shown})]
    by_kind = Counter(str(row["kind"]) for row in listed)
    return {
        "conflicts": listed,
        "summary": {
            "conflicts": len(listed),
            "by_kind": dict(sorted(by_kind.items())),
            "clusters_compared": len(members),
            "clusters_in_conflict": len({row["cluster_id"] for row in listed}),
        },
    }


def _best(kept: daft.DataFrame) -> dict[str, str]:
    """Return the cluster of each pair that is compared: of the best of two and more."""
    table = kept.select("pair_id", "cluster_id", "score").to_pydict()
    ranked: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for pair_id, cluster, score in zip(*table.values(), strict=True):
        ranked[cluster].append((-score, pair_id))
    return {
        pair_id: cluster
        for cluster, rows in ranked.items()
        if len(rows) > 1
        for _, pair_id in sorted(rows)[:_COMPARED_AT_MOST]
    }


def _of_pairs(texts: daft.DataFrame, pair_ids: Collection[str], *columns: str) -> daft.DataFrame:
    """Return columns of some pairs."""
    wanted = daft.from_arrow(pa.table({"pair_id": pa.array(sorted(pair_ids), _TEXT)}))
    return texts.select("pair_id", *columns).join(wanted, on="pair_id", how="semi")


def _remembered(
    compared: list[_Compared], texts: daft.DataFrame, known: Lexicon, memo: Memo
) -> dict[str, list[dict[str, Any]]]:
    """Return the conflicts of each two that have any, by their key."""
    names = ("key", *_Compared._fields)
    columns = {name: pa.array([getattr(two, name) for two in compared], _TEXT) for name in names}
    table = pa.table(columns)
    found = memo.rows(
        "conflicts",
        daft.from_arrow(table),
        lambda unseen: daft.from_arrow(_conflicts(unseen.to_arrow(), texts, known)),
        key="key",
        lexicon=known.digest,
    ).where(col("found").list_count() > lit(0))
    rows = found.to_pydict()
    return dict(zip(rows["key"], rows["found"], strict=True))


def _conflicts(unseen: pa.Table, texts: daft.DataFrame, known: Lexicon) -> pa.Table:
    """Return key and conflicts of each two rows of texts that unseen names by left and right.

    Those of a cluster are compared one after the other, so that few answers are in memory.
    """
    unseen = unseen.sort_by([("cluster_id", "ascending"), ("key", "ascending")]).combine_chunks()
    sides = pa.concat_arrays([unseen[name].combine_chunks() for name in ("left", "right")])
    keys = pc.unique(sides)
    keys = keys.take(pc.sort_indices(keys))
    answers = stored_answers(texts, pc.utf8_slice_codeunits(keys, 0, PAIR_ID_HEX))
    ends = pc.index_in(sides, keys).to_numpy().astype(np.int64).reshape(2, -1)
    found = spread(lambda two: _found(*two, known), _with_answers(ends, answers), len(keys))
    return pa.table({"key": unseen["key"], "found": pa.chunked_array(found, _FOUND)})


def _with_answers(ends: Ints, answers: TextFile) -> Iterator[tuple[Ints, list[str]]]:
    """Yield places of two in a list of answers, and that list, for some of ends at a time."""
    for start in range(0, ends.shape[1], _COMPARED_AT_ONCE):
        some = ends[:, start : start + _COMPARED_AT_ONCE]
        places = np.unique(some)
        yield np.searchsorted(places, some), answers.take(places).to_pylist()


def _found(ends: Ints, answers: list[str], known: Lexicon) -> pa.Array:
    """Return the conflicts of each two answers."""
    stated = statements(answers, known)
    rows = [
        [
            {"kind": one.kind, "left": one.left._asdict(), "right": one.right._asdict()}
            for one in conflicts_between(stated[left], stated[right], known)
        ]
        for left, right in ends.T.tolist()
    ]
    return pa.array(rows, _FOUND)


def _listed(
    compared: list[_Compared], found: dict[str, list[dict[str, Any]]], shown: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the conflicts in the order of those compared, each of a cluster once."""
    listed: set[tuple[str, ...]] = set()
    for two in compared:
        for conflict in found.get(two.key, ()):
            both = sorted(tuple(conflict[side]["content"]) for side in ("left", "right"))
            facts = (two.cluster_id, conflict["kind"], *both[0], "|", *both[1])
            if facts in listed:
                continue
            listed.add(facts)
            yield {
                "cluster_id": two.cluster_id,
                "kind": conflict["kind"],
                "left": _place(shown[two.left], conflict["left"]),
                "right": _place(shown[two.right], conflict["right"]),
            }


def _place(row: Mapping[str, Any], statement: Mapping[str, Any]) -> dict[str, Any]:
    start, end = statement["start"], statement["end"]
    return {
        "pair_id": row["pair_id"],
        "question": row["question"],
        "span": row["answer"][start:end],
        "start": start,
        "end": end,
    }
