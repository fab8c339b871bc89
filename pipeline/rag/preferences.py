"""Preferences: pairs whose deliveries set a rejected answer against the one that was chosen."""

from collections.abc import Iterator

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.splits import SPLITS

_TEXT = pa.large_string()
_KEY = '"rejected":'


def preferences_of(kept: pa.Table, examples: pa.Table) -> pa.Table:
    """Return one row per pair of a split and rejected answer, by pair_id and order of delivery.

    The chosen answer is the pair's. A rejected one that says the same to the letter is none, and
    one that several deliveries of a pair reject stands once.

    kept: pair_id and origins, of which `extra` holds the rejected answers.
    examples: pair_id, split, question, context and answer of every kept pair.
    """
    rejected = dict(_rejected(kept))
    known = pa.array(sorted(rejected), _TEXT)
    chosen = examples.filter(
        pc.and_(
            pc.is_in(examples["pair_id"], value_set=known.cast(examples["pair_id"].type)),
            pc.is_in(examples["split"], value_set=pa.array(SPLITS, examples["split"].type)),
        )
    ).sort_by("pair_id")
    rows = [
        (place, text)
        for place, (pair_id, answer) in enumerate(
            zip(chosen["pair_id"].to_pylist(), chosen["answer"].to_pylist(), strict=True)
        )
        for text in rejected[pair_id]
        if text != answer
    ]
    taken = chosen.take(pa.array([place for place, _ in rows], pa.int64()))
    columns = {name: taken[name] for name in ("pair_id", "split", "question", "context")}
    texts = pa.array([text for _, text in rows], _TEXT)
    return pa.table({**columns, "chosen": taken["answer"], "rejected": texts})


def _rejected(kept: pa.Table) -> Iterator[tuple[str, list[str]]]:
    """Yield the rejected answers of each pair that has any, each text once."""
    for batch in kept.select(["pair_id", "origins"]).to_batches():
        origins = batch.column("origins")
        owners = pc.list_parent_indices(origins)
        extra = pc.struct_field(pc.list_flatten(origins), "extra")
        held = pc.match_substring(extra, _KEY)
        found: dict[int, dict[str, None]] = {}
        for owner, text in zip(
            owners.filter(held).to_pylist(), extra.filter(held).to_pylist(), strict=True
        ):
            answers = orjson.loads(text).get("rejected")
            if isinstance(answers, list):
                texts = [one for one in answers if isinstance(one, str)]
                found.setdefault(owner, {}).update(dict.fromkeys(texts))
        ids = batch.column("pair_id")
        yield from ((ids[owner].as_py(), list(texts)) for owner, texts in found.items() if texts)
