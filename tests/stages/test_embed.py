from collections.abc import Callable
from typing import Any

import daft
import numpy as np
import pyarrow as pa
import pytest

from pipeline.core.json_values import pretty
from pipeline.core.memo import NoMemo
from pipeline.core.schemas import arrow_schema
from pipeline.embedding.encoder import parse_space
from pipeline.stages.embed import embed
from tests.conftest import pairs_table, schema

NO_REPAIRS = daft.from_arrow(pa.Table.from_pylist([], arrow_schema(schema("repairs"))))
HASHING = {"dimension": 32, "ngram_chars_min": 3, "ngram_chars_max": 4}
PARAMS: dict[str, Any] = {"encoder": "hashing", "model": "", "windows": 1, "hashing": HASHING}
VECTORS = ("question_vector", "document_vector")


class Seen:
    """Remembers what was computed, as the memo on disk does; counts the rows."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {}
        self.computed: list[tuple[str, str]] = []

    def rows(
        self,
        name: str,
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame], daft.DataFrame],
        *,
        key: str = "pair_id",
        **params: object,
    ) -> daft.DataFrame:
        place = f"{name} {sorted(params.items())}"
        known = self.known.setdefault(place, {})
        unseen = table.where(~daft.col(key).is_in([*known, ""]))
        made = compute(unseen).to_arrow()
        for number, row in enumerate(made[key].to_pylist()):
            known[row] = made.slice(number, 1)
            self.computed.append((name, row))
        wanted = table.to_pydict()[key]
        return daft.from_arrow(pa.concat_tables([known[row] for row in wanted]))


@pytest.mark.parametrize("encoder", ["hashing", "distilled"])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_every_pair_has_two_unit_vectors(count: int, encoder: str) -> None:
    """One row per pair, both vectors of the encoder's dimension, from an empty table upwards."""
    rows = [{"question": f"what is {n}", "answer": "a number"} for n in range(count)]
    table = pairs_table(rows)
    result = embed(table, NO_REPAIRS, [], **{**PARAMS, "encoder": encoder}, memo=NoMemo())
    got = result.vectors.to_arrow()
    assert sorted(got["pair_id"].to_pylist()) == sorted(table.to_pydict()["pair_id"])
    dimension = int(result.metrics["dimension"])
    for name in VECTORS:
        assert got[name].type.list_size == dimension
        vectors = np.array(got[name].to_pylist()).reshape(count, dimension)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert {parse_space(space).encoder for space in got["space"].to_pylist()} <= {encoder}
    assert isinstance(result.vectors, daft.DataFrame)


def test_a_question_owes_nothing_to_its_answer() -> None:
    """Two answers to one question share its vector, and have documents of their own."""
    table = pairs_table([{"question": "what is gas", "answer": text} for text in ("a fee", "air")])
    got = embed(table, NO_REPAIRS, [], **PARAMS, memo=NoMemo()).vectors.to_pydict()
    assert got["question_vector"][0] == got["question_vector"][1]
    assert got["document_vector"][0] != got["document_vector"][1]


def test_only_new_texts_are_computed() -> None:
    """A question that was there, with a new answer, costs one document; nothing else is made."""
    first = {"question": "what is gas", "answer": "a fee"}
    memo = Seen()
    embed(pairs_table([first]), NO_REPAIRS, [], **PARAMS, memo=memo)
    before = len(memo.computed)
    both = pairs_table([first, {"question": "what is gas", "answer": "a state of matter"}])
    warm = embed(both, NO_REPAIRS, [], **PARAMS, memo=memo).vectors.sort("pair_id").to_pylist()
    assert [name for name, _ in memo.computed[before:]] == ["document_vectors"]
    cold = embed(both, NO_REPAIRS, [], **PARAMS, memo=NoMemo()).vectors.sort("pair_id").to_pylist()
    assert warm == cold
    other = {**PARAMS, "hashing": {**HASHING, "ngram_chars_max": 5}}
    embed(both, NO_REPAIRS, [], **other, memo=memo)
    assert len(memo.computed) == before + 1 + 3


@pytest.mark.golden
def test_vectors_are_golden(golden: Callable[[str, bytes], None]) -> None:
    """The vectors of three pairs, to six decimals."""
    asked = ("What is open interest?", "Was ist die Schieflage (σ³)?", "")
    table = pairs_table([{"question": text, "answer": f"{text} …"} for text in asked])
    result = embed(table, NO_REPAIRS, [], **PARAMS, memo=NoMemo())
    rows = result.vectors.sort("pair_id").to_pylist()
    rounded = {
        row["pair_id"]: {name: [round(float(x), 6) for x in row[name]] for name in VECTORS}
        for row in rows
    }
    golden("embed/vectors.json", pretty(rounded))
