from collections.abc import Callable

import daft
import numpy as np
import pyarrow as pa
import pytest

from pipeline.core.json_values import pretty
from pipeline.core.memo import NoMemo
from pipeline.core.schemas import arrow_schema
from pipeline.stages.embed import embed
from tests.conftest import pairs_table, schema

NO_REPAIRS = daft.from_arrow(pa.Table.from_pylist([], arrow_schema(schema("repairs"))))
PARAMS = {"provider": "hashing", "dimension": 32, "ngram_chars_min": 3, "ngram_chars_max": 4}


@pytest.mark.parametrize("count", [0, 1, 5])
def test_every_pair_has_one_unit_vector(count: int) -> None:
    """One row per pair, of the dimension asked for, from an empty table upwards."""
    rows = [{"question": f"what is {n}", "answer": "a number"} for n in range(count)]
    table = pairs_table(rows)
    result = embed(table, NO_REPAIRS, **PARAMS, question_weight=0.5, memo=NoMemo())
    got = result.vectors.to_arrow()
    assert sorted(got["pair_id"].to_pylist()) == sorted(table.to_pydict()["pair_id"])
    assert got["vector"].type.list_size == 32
    vectors = np.array(got["vector"].to_pylist()).reshape(count, 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert isinstance(result.vectors, daft.DataFrame)


@pytest.mark.golden
def test_vectors_are_golden(golden: Callable[[str, bytes], None]) -> None:
    """The vectors of three pairs, to six decimals."""
    asked = ("What is open interest?", "Was ist die Schieflage (σ³)?", "")
    table = pairs_table([{"question": text, "answer": f"{text} …"} for text in asked])
    result = embed(table, NO_REPAIRS, **PARAMS, question_weight=0.5, memo=NoMemo())
    rows = result.vectors.sort("pair_id").to_pylist()
    told = {row["pair_id"]: [round(float(x), 6) for x in row["vector"]] for row in rows}
    golden("embed/vectors.json", pretty(told))
