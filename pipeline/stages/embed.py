"""embed: pairs in, one unit vector per pair out."""

from collections.abc import Callable
from typing import Any, NamedTuple

import daft
import pyarrow as pa
from daft import col

from pipeline.core.memo import Memo
from pipeline.embedding.providers import embedder
from pipeline.quality.repaired import keyed_by_pair, keyed_by_text, with_repairs


class Embedded(NamedTuple):
    """One vector per pair: `vector` is a fixed-size list of float32, of unit length."""

    vectors: daft.DataFrame
    metrics: dict[str, float]


def embed(
    pairs: daft.DataFrame,
    repairs: daft.DataFrame,
    *,
    provider: str,
    dimension: int,
    ngram_chars_min: int,
    ngram_chars_max: int,
    question_weight: float,
    memo: Memo,
) -> Embedded:
    """Return the vector of every pair, computing only the vectors of texts not seen before.

    The texts are those that are compared and exported: where repairs has a copy that is applied,
    the copy.
    The params are those of pipeline.embedding.providers.embedder.
    """
    params: dict[str, Any] = {
        "provider": provider,
        "dimension": dimension,
        "ngram_chars_min": ngram_chars_min,
        "ngram_chars_max": ngram_chars_max,
        "question_weight": question_weight,
    }
    vector = _vectorizer(params, dimension)

    def compute(table: daft.DataFrame) -> daft.DataFrame:
        return table.select("pair_id", vector(col("question"), col("answer")).alias("vector"))

    texts = keyed_by_text(with_repairs(pairs, repairs))
    vectors = keyed_by_pair(memo.rows("vectors", texts, compute, **params)).collect()
    counted: dict[str, float] = {"pairs": vectors.count_rows(), "dimension": dimension}
    return Embedded(vectors=vectors, metrics=counted)


def _vectorizer(params: dict[str, Any], dimension: int) -> Callable[..., daft.Expression]:
    kind = pa.list_(pa.float32(), dimension)

    @daft.func.batch(return_dtype=daft.DataType.from_arrow_type(kind), batch_size=1024)
    def vector(questions: daft.Series, answers: daft.Series) -> pa.Array:
        made = embedder(**params)
        rows = made.embed(questions.to_pylist(), answers.to_pylist())
        return pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), dimension)

    return vector
