"""The evidence on the edges, remembered by the ids of their two ends."""

from typing import Any

import daft
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.memo import Memo
from pipeline.dedup.clusters.canonical import components
from pipeline.dedup.comparison.measuring import MEASURED, known_of, measure
from pipeline.dedup.entries import Entries, Flags, Ints, one_array
from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.likeness.bounds import like_length
from pipeline.dedup.pairing import Edges
from pipeline.dedup.rules import MERGING, Evidence, Thresholds, rule_on

_NOTHING = pa.scalar("", pa.large_string())


def compare_edges(
    edges: Edges,
    entries: Entries,
    fingerprints: pa.Table,
    pairs: daft.DataFrame,
    thresholds: Thresholds,
    known_words: Lexicon,
    memo: Memo,
) -> list[Evidence]:
    """Return what the questions and answers at the ends of edges have in common, in their order.

    fingerprints are those that entries was made of, pairs has the answers. What two texts have in
    common does not change, so it is remembered by the keys of the two, the better one first. Edges
    that no rule has a word for are left out, unless a reviewer spoke of one of the two; and so are
    those of two entries that are merged into the same one anyway: a family of a thousand twins is
    compared with its best one, not with itself.
    """
    table = _table_of(edges, entries, thresholds)
    questions = one_array(fingerprints["question_plain"]).take(pa.array(entries.row))

    def measured(some: Flags) -> list[Evidence]:
        rows = table.filter(pa.array(some))
        remembered = memo.rows(
            "likeness",
            daft.from_arrow(rows),
            lambda unseen: measure(
                unseen, entries.pair_id, questions, pairs, thresholds, known_words
            ),
            key="edge_key",
            lexicon=known_words.digest,
            **thresholds._asdict(),
        ).to_arrow()
        remembered = remembered.take(pc.index_in(rows["edge_key"], remembered["edge_key"]))
        for name in MEASURED:
            rows = rows.append_column(name, remembered[name])
        return evidence_rows(rows.filter(pa.array(_is_telling(rows, thresholds))))

    may_merge = ~known_of(table).by_answer_alone(thresholds)
    first = measured(is_first := _is_best(edges, may_merge))
    anchor = _certain_anchors(first, edges, may_merge, len(entries.pair_id), thresholds)
    is_settled = (anchor[edges.left] == anchor[edges.right]) & (anchor[edges.left] >= 0)
    rest = measured(~is_first & ~is_settled)
    return sorted(first + rest, key=lambda evidence: (evidence.left, evidence.right))


def _is_best(edges: Edges, some: Flags) -> Flags:
    """Return where an edge, one of some, is that of its right entry with the best one."""
    places = np.flatnonzero(some)
    is_best = np.zeros(len(some), bool)
    is_best[places[np.unique(edges.right[places], return_index=True)[1]]] = True  # sorted by left
    return is_best


def _certain_anchors(
    first: list[Evidence], edges: Edges, may_merge: Flags, size: int, thresholds: Thresholds
) -> Ints:
    """Return for each entry the one that it is merged into whatever else is measured, or -1.

    Certain is a merge by rule into the best entry on its edges, where that one has no better one
    that it might be merged into, and where no reviewer spoke of anything that the two are
    connected with.
    """
    anchor = np.full(size, -1)
    is_root = np.ones(size, bool)
    is_root[edges.right[may_merge]] = False
    connected = components(size, np.stack([edges.left, edges.right]))
    reviewed = np.unique(connected[edges.left[edges.is_reviewed]])
    is_free = ~np.isin(connected, reviewed)
    for evidence in first:
        if not (is_root[evidence.left] and is_free[evidence.left]):
            continue
        ruling = rule_on(evidence, thresholds)
        if ruling is not None and ruling.action in MERGING:
            anchor[evidence.right] = evidence.left
    return anchor


def evidence_rows(table: pa.Table) -> list[Evidence]:
    """Return the rows of a table with the columns of Evidence, in any order."""
    columns = {name: table[name].to_pylist() for name in Evidence._fields}
    for name in ("guards", "answer_guards"):
        columns[name] = list(map(tuple, columns[name]))
    return [Evidence(*row) for row in zip(*columns.values(), strict=True)]


def _table_of(edges: Edges, entries: Entries, thresholds: Thresholds) -> pa.Table:
    """Return one row per edge: its key and all that is known of it without its texts."""
    is_vector_near = np.asarray(edges.cosine >= thresholds.cosine)
    ends = np.stack([edges.left, edges.right])
    reviewed = np.unique(ends[:, edges.is_reviewed])
    return pa.table(
        {
            "edge_key": _edge_keys(edges, entries, is_vector_near),
            "left": edges.left,
            "right": edges.right,
            "question_similarity": edges.question_similarity,
            "siblings": edges.siblings,
            "cosine": pa.array(edges.cosine, mask=np.isnan(edges.cosine)),
            "is_same_question": np.equal(*entries.question_id[ends]),
            "is_same_answer": np.equal(*entries.answer_id[ends]),
            "is_like_length": like_length(entries.answer_chars[ends], thresholds.answer),
            "is_vector_near": is_vector_near,
            "is_answer_near": edges.is_answer_near,
            "is_reviewed": edges.is_reviewed,
            "touches_reviewed": np.isin(ends, reviewed).any(axis=0),
        }
    )


def _edge_keys(edges: Edges, entries: Entries, is_vector_near: Flags) -> pa.Array:
    """Return the two texts of each edge and what brought them together, as one key.

    What brought them together decides how closely they are looked at.
    """
    left, right = (entries.text_key.take(pa.array(side)) for side in (edges.left, edges.right))
    ways = np.full(len(edges.left), "", object)
    for name, is_way in (
        ("+answer", edges.is_answer_near),
        ("+vector", is_vector_near),
        ("+reviewed", edges.is_reviewed),
    ):
        ways[is_way] += name
    return pc.binary_join_element_wise(left, right, pa.array(ways, left.type), _NOTHING)


def _is_telling(table: pa.Table, thresholds: Thresholds) -> Flags:
    """Return where a rule may have a word to say, or a reviewer had."""
    flags: list[Any] = [
        pc.and_(
            pc.equal(pc.list_value_length(table["guards"]), 0),
            pc.greater_equal(table["question_similarity"], thresholds.review),
        ),
        pc.is_valid(table["answer_similarity"]),
        *(table[name] for name in ("is_same_answer", "is_vector_near", "touches_reviewed")),
    ]
    return np.asarray(np.logical_or.reduce([np.asarray(flag) for flag in flags]))
