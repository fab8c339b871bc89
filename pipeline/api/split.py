"""qa.split: rows as train, validation and test, as split draws them."""

from inspect import signature
from typing import Any, NamedTuple

from pipeline.api.dedupe import DedupedRows, dedupe
from pipeline.api.inputs import Folder, call_stage, source_of
from pipeline.api.rows import Rows
from pipeline.api.why import WhyDropped
from pipeline.core.errors import UserError
from pipeline.core.splits import ALTERNATIVE, SPLITS, WAITING, WITHHELD
from pipeline.stages.split import Split
from pipeline.stages.split import split as split_stage
from pipeline.workspace.workspace import Workspace

_MESSAGES = {
    WAITING: 'is under review: a person must settle it first, or include must be "all"',
    ALTERNATIVE: "stands beside a better answer to its question",
    WITHHELD: "has a twin in a stricter split",
}


class SplitRows(NamedTuple):
    """Rows by split, each in its caller's form and order.

    kept are those in any split, dropped those in none, with a reason each in why: duplicates, and
    what must not be trained or tested on. stage is split's own result.
    """

    kept: Any
    dropped: Any
    why: list[WhyDropped]
    train: Any
    validation: Any
    test: Any
    rows: Rows
    stage: Split


def split(
    rows: Any, *, domain: Folder | None = None, workspace: Workspace | None = None, **params: Any
) -> SplitRows:
    """Return rows as train, validation and test; no cluster of likenesses lies in two of them.

    Rows are deduplicated first, because whatever shares a cluster must share a split. What dedupe
    gave is not deduplicated again, and domain or workspace must be those that dedupe had.

    rows: what dedupe gave, or rows as dedupe takes them.
    domain, workspace: as in dedupe.
    params: params of split, as method, train_pct (0-100) or seed, `include` of export, and where
        dedupe is still to be called those that it takes; a name that both have is split's.

    Raises UserError for what are no rows, for a param that is not allowed, and for percentages
    that do not sum to 100.
    """
    names = {*signature(split_stage).parameters, "include"}
    ours = {name: value for name, value in params.items() if name in names}
    others = {name: value for name, value in params.items() if name not in names}
    source = source_of(("split", "export"), ours, domain, workspace)
    deduped = _deduped(rows, others, domain, workspace)
    own = [place for place, why in _by_place(deduped).items() if why is None]
    ids = deduped.rows.pair_ids
    kept = deduped.stage.kept.whole
    kept = (
        kept.where(kept["pair_id"].is_in([ids[place] for place in own])) if own else kept.limit(0)
    )
    result: Split = call_stage(split_stage, source, kept=kept.collect())
    drawn = result.assignments.select("pair_id", "split").to_pydict()
    of_pair = dict(zip(drawn["pair_id"], drawn["split"], strict=True))
    places: dict[str, list[int]] = {name: [] for name in SPLITS}
    reasons = {place: why for place, why in _by_place(deduped).items() if why is not None}
    for place in own:
        name = of_pair[ids[place]]
        if name in places:
            places[name].append(place)
        else:
            reasons[place] = WhyDropped(place, name, f"row {place} {_MESSAGES[name]}")
    taken = deduped.rows.taken
    return SplitRows(
        kept=taken(sorted(place for several in places.values() for place in several)),
        dropped=taken(sorted(reasons)),
        why=[reasons[place] for place in sorted(reasons)],
        **{name: taken(places[name]) for name in SPLITS},
        rows=deduped.rows,
        stage=result,
    )


def _deduped(
    rows: Any, params: dict[str, Any], domain: Folder | None, workspace: Workspace | None
) -> DedupedRows:
    if not isinstance(rows, DedupedRows):
        return dedupe(rows, domain=domain, workspace=workspace, **params)
    if params:
        names = ", ".join(sorted(params))
        raise UserError(f"{names}: no param of split, and these rows were deduplicated already")
    return rows


def _by_place(deduped: DedupedRows) -> dict[int, WhyDropped | None]:
    """Return for each row of the caller why dedupe dropped it, None where it stayed."""
    dropped = {why.row: why for why in deduped.why}
    return {place: dropped.get(place) for place in range(len(deduped.rows.pair_ids))}
