"""Pairs whose context differs are different pairs, and stay so through dedup."""

import daft
import pyarrow as pa

from pipeline.core.ids import pair_id
from pipeline.dedup.framing import contexts_of
from pipeline.stages.dedup import dedup
from tests.conftest import pairs_table
from tests.stages import test_dedup as stage


def test_the_same_texts_in_two_contexts_are_both_kept() -> None:
    """One fee in two years is two answers; the pair without context is a third."""
    texts = {"question": "What was the fee of the venue?", "answer": "It was 0.1 per cent a trade."}
    framed = [
        {**texts, "context": [{"role": "passage", "text": f"In {year} the venue changed it."}]}
        for year in (2019, 2021)
    ]
    rows = [*framed, texts]
    table = pairs_table(rows)
    ids = [pair_id(row["question"], row["answer"], row.get("context", ())) for row in rows]
    assert set(contexts_of(table)) == set(ids[:2])
    plain = stage.inputs([(f"question {n}?", "an answer") for n in range(len(rows))])
    scores, vectors = (
        table_of.to_arrow().set_column(0, "pair_id", pa.array([*ids], pa.large_string()))
        for table_of in plain[1:3]
    )
    result = dedup(
        table,
        daft.from_arrow(scores),
        daft.from_arrow(vectors),
        stage.repairs(),
        stage.PLAN,
        stage.OPPOSITES,
        stage.verdict_table(),
        [],
        **stage.PARAMS,
        memo=stage.NoMemo(),
    )
    assert stage.kept_ids(result) == set(ids)
    assert not any(row["action"] in ("merge", "alias") for row in stage.decisions(result))
