"""qa.dedupe: rows without their duplicates, as dedup decides."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import daft
import pyarrow as pa

from pipeline.api.grade import Grade, GradedRows, why_of
from pipeline.api.inputs import Folder, Source, call_stage, source_of
from pipeline.api.packaged import packaged_json
from pipeline.api.read import ReadRows
from pipeline.api.rows import Rows, pairs_table, rows_of
from pipeline.api.why import WhyDropped
from pipeline.core.json_values import Json
from pipeline.core.schemas import arrow_schema
from pipeline.stages.dedup import Deduped, dedup
from pipeline.stages.embed import embed
from pipeline.workspace.workspace import Workspace

SECTIONS = ("dedup", "embed")
_MERGED = ("merge", "alias")
_NO_FLAGS = pa.large_list(
    pa.struct(dict.fromkeys(("code", "severity", "evidence"), pa.large_string()))
)


class DedupedRows(NamedTuple):
    """Rows without their duplicates, each in its caller's form.

    kept and dropped are the caller's rows in their order, why has one entry per dropped row.
    proposals are likenesses that no rule merges and a person might, with the positions of both
    rows. stage is dedup's own result.
    """

    kept: Any
    dropped: Any
    why: list[WhyDropped]
    proposals: list[Json]
    rows: Rows
    stage: Deduped


def dedupe(
    rows: Any,
    *,
    against: Any = None,
    domain: Folder | None = None,
    workspace: Workspace | None = None,
    **params: Any,
) -> DedupedRows:
    """Return the rows that are new and say what no other row says.

    Of rows that are merged the better one stays: of what grade gave the one with the better score,
    else the one with the longer answer. With against, every row goes that is merged with one of
    those, whichever is better. Merged is only what is the same in question and answer and what no
    guard objects to; what is alike and not the same stays, and stands in proposals.

    rows: a list of dicts, a table of pandas, Arrow or Daft, a datasets.Dataset, what read gave, or
        what grade gave: what it rejects is dropped.
    against: rows that are there already, in any of these forms.
    domain: a folder as data/domain: which names and directions tell two questions apart.
    workspace: whose domain, verdicts of people and params count.
    params: params of dedup, as fuzzy_threshold (0-100), and of embed, as encoder. Plants, which
        measure the rules and change no result, are only made where plants is given.

    Raises UserError for what are no rows, and for a param that is not allowed.
    """
    source = source_of(SECTIONS, {"plants": 0, **params}, domain, workspace)
    graded = rows if isinstance(rows, GradedRows) else None
    own = graded.rows if graded else rows_of(plain_rows(rows), source)
    others = None if against is None else rows_of(plain_rows(against), source, called="against")
    known = {} if others is None else others.first()
    stage = _deduped(source, own, others, graded)
    merges = _Merges.of(stage)
    grades = {one.pair_id: one for one in graded.grades if one} if graded else {}
    reasons = _reasons(own, known, merges, grades)
    out = {why.row for why in reasons}
    return DedupedRows(
        kept=own.taken([place for place in range(len(own.pair_ids)) if place not in out]),
        dropped=own.taken([why.row for why in reasons]),
        why=reasons,
        proposals=merges.proposals(own.first()),
        rows=own,
        stage=stage,
    )


def plain_rows(rows: Any) -> Any:
    """Return the rows that another function of the door kept, or the rows as they are."""
    return rows.kept if isinstance(rows, (ReadRows, GradedRows, DedupedRows)) else rows


class _Merges(NamedTuple):
    """What dedup merged: the pairs of every cluster by each of its ids, and all decisions."""

    cluster: Mapping[str, list[str]]  # the one that stays comes first
    decisions: Mapping[tuple[str, ...], Json]  # by both ids, sorted

    @classmethod
    def of(cls, stage: Deduped) -> "_Merges":
        kept = stage.kept.whole.select("pair_id", "aliases").to_pylist()
        decisions = stage.decisions.sort("decision_id").to_pylist()
        groups = [[row["pair_id"], *(one["pair_id"] for one in row["aliases"])] for row in kept]
        return cls(
            {identity: group for group in groups for identity in group},
            {tuple(row["members"]): row for row in decisions},
        )

    def why(
        self, place: int, identity: str, first: Mapping[str, int], known: Mapping[str, int]
    ) -> WhyDropped | None:
        """Return why a pair is dropped, None where it stays."""
        group = self.cluster[identity]
        there = [one for one in group if one in known]
        if not there and identity == group[0]:
            return None
        match = next((one for one in there if self._ruling(identity, one)), None)
        match = match or (there[0] if there else group[0])
        source = "against" if there else "rows"
        at = known[match] if there else first[match]
        ruling = self._ruling(identity, match)
        if ruling is None:  # both are merged into a third one
            message = f"row {place} and {source} {at} are merged into one"
            return WhyDropped(place, "merged", message, source, at)
        return WhyDropped(
            place, ruling["kind"], ruling["why"], source, at, ruling["question_similarity"]
        )

    def _ruling(self, one: str, other: str) -> Json | None:
        found = self.decisions.get(tuple(sorted((one, other))))
        return found if found is not None and found["action"] in _MERGED else None

    def proposals(self, first: Mapping[str, int]) -> list[Json]:
        """Return the decisions that a person is asked for, with the positions of both rows.

        A position is None where the row is one of those that rows are held against.
        """
        return [
            {**row, "rows": [first.get(one) for one in members]}
            for members, row in self.decisions.items()
            if row["action"] == "review" and not first.keys().isdisjoint(members)
        ]


def _reasons(
    own: Rows, known: Mapping[str, int], merges: _Merges, grades: Mapping[str, Grade]
) -> list[WhyDropped]:
    """Return why rows are dropped, in their order; known has the first rows of what is there."""
    first = own.first()
    reasons: list[WhyDropped | None] = []
    for place, identity in enumerate(own.pair_ids):
        if identity is None:
            reasons.append(own.refused(place))
        elif first[identity] != place:
            reasons.append(_repeated(place, "rows", first[identity]))
        elif identity in known:
            reasons.append(_repeated(place, "against", known[identity]))
        elif identity not in merges.cluster:  # dedup leaves out what qa or a person rejects
            reasons.append(_rejected(place, grades.get(identity)))
        else:
            reasons.append(merges.why(place, identity, first, known))
    return [why for why in reasons if why is not None]


def _rejected(place: int, judged: Grade | None) -> WhyDropped:
    if judged is None or judged.verdict != "reject":
        return WhyDropped(place, "reject", f"row {place} is rejected by a reviewer")
    return why_of(place, judged)


def _repeated(place: int, source: str, match: int) -> WhyDropped:
    return WhyDropped(
        place, "repeated", f"row {place} says what {source} {match} says", source, match
    )


def _deduped(source: Source, own: Rows, others: Rows | None, graded: GradedRows | None) -> Deduped:
    """Return dedup's result on all pairs of both."""
    pairs = own.pairs if others is None else _joined(own.pairs, others.pairs)
    judged = None if graded is None else graded.stage.scores
    repairs = graded.stage.repairs if graded else _table("repairs")
    vectors = call_stage(embed, source, pairs=pairs, repairs=repairs).vectors.whole
    result: Deduped = call_stage(
        dedup,
        source,
        pairs=pairs,
        scores=_scores(pairs, judged),
        vectors=vectors,
        repairs=repairs,
    )
    return result


def _joined(own: daft.DataFrame, others: daft.DataFrame) -> daft.DataFrame:
    rows = {row["pair_id"]: row for table in (others, own) for row in table.to_pylist()}
    return pairs_table(rows.values())


def _scores(pairs: daft.DataFrame, judged: daft.DataFrame | None) -> daft.DataFrame:
    """Return a score of every pair: grade's, and the same accepted one for all others."""
    columns = ("pair_id", "score", "verdict", "decided_by", "flags")
    ids = pairs.select("pair_id")
    if judged is not None:
        judged = judged.select(*columns)
        ids = ids.join(judged.select("pair_id"), on="pair_id", how="anti")
    accepted = {"score": 100.0, "verdict": "accept", "decided_by": "rule", "flags": []}
    rows = [{"pair_id": one, **accepted} for one in ids.to_pydict()["pair_id"]]
    text = pa.large_string()
    schema = pa.schema(
        [
            ("pair_id", text),
            ("score", pa.float32()),
            ("verdict", text),
            ("decided_by", text),
            ("flags", _NO_FLAGS),
        ]
    )
    assumed = daft.from_arrow(pa.Table.from_pylist(rows, schema=schema))
    return assumed if judged is None else judged.concat(assumed).collect()


def _table(format_name: str) -> daft.DataFrame:
    """Return a table of a published format without rows."""
    return daft.from_arrow(arrow_schema(packaged_json(format_name)).empty_table())
