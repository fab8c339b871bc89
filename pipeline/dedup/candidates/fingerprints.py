"""What is kept of a pair for finding its duplicates: normal forms, digests and LSH bands."""

from collections.abc import Callable
from typing import Any, NamedTuple

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from daft import DataType, col
from daft.functions import minhash

from pipeline.core.ids import PAIR_ID_HEX
from pipeline.core.memo import Memo
from pipeline.dedup.text import digest, is_torn, plain, sorted_key, tokens

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio
_SHIFT = np.uint64(29)
_UPPER = np.uint64(32)
_DIGEST = pa.struct(
    [("plain", pa.large_string()), ("digest", pa.large_string()), ("chars", pa.int64())]
)

Words = npt.NDArray[np.uint32]


class MinHash(NamedTuple):
    """The shapes of two MinHash signatures in bands: of a question, and of an answer."""

    permutations: int  # a multiple of bands
    bands: int
    shingle_chars: int
    answer_permutations: int  # a multiple of answer_bands
    answer_bands: int
    answer_shingle_words: int
    seed: int


def fingerprints(texts: daft.DataFrame, shape: MinHash) -> daft.DataFrame:
    """Return per pair its question's normal forms, its answer's digest, and the bands of both.

    texts has pair_id, question and answer. The columns returned are pair_id, question_plain
    (words in order), question_key (words sorted), is_torn (whether the question has a quote or
    bracket without its other half), answer_digest (32 hex digits),
    answer_plain_chars (its length), bands, a list of hashes, each over permutations / bands
    values of a MinHash of the key's character shingles, and answer_bands, likewise of the plain
    answer's word shingles. Two texts share a band with probability 1 - (1 - J^rows)^bands at
    Jaccard J: 128 permutations in 32 bands find J = 0.5 with 87 % and J = 0.7 with 99.98 %.
    Of 12 bands of 5 two answers with J = 0.8 share two or more with 94 %, with J = 0.85 with
    99 %; an answer in which every twentieth word is another one keeps J = 0.82.

    Each row depends on its own text alone, so results can be kept between runs. The shingles are
    of the sorted key because the verification compares sorted keys. Daft's minhash counts its
    n-grams in words, so the characters are handed over as words.
    """
    texts = texts.select(
        "pair_id",
        plain_questions(col("question")).alias("question_plain"),
        torn_questions(col("question")).alias("is_torn"),
        digests(col("answer")).alias("answer"),
    )
    texts = texts.with_column("question_key", sorted_keys(col("question_plain")))
    signature = minhash(
        characters_as_words(col("question_key")),
        num_hashes=shape.permutations,
        ngram_size=shape.shingle_chars,
        seed=shape.seed,
    )
    of_answer = minhash(
        col("answer").get("plain"),
        num_hashes=shape.answer_permutations,
        ngram_size=shape.answer_shingle_words,
        seed=shape.seed,
    )
    return texts.select(
        "pair_id",
        "question_plain",
        "question_key",
        "is_torn",
        col("answer").get("digest").alias("answer_digest"),
        col("answer").get("chars").alias("answer_plain_chars"),
        _banded(signature, shape.permutations, shape.bands).alias("bands"),
        _banded(of_answer, shape.answer_permutations, shape.answer_bands).alias("answer_bands"),
    )


def remembered_fingerprints(pairs: daft.DataFrame, shape: MinHash, memo: Memo) -> pa.Table:
    """Return the fingerprints of all pairs, sorted by pair_id; texts are read for new ones only.

    pairs has pair_id, question and answer; the pair_id is what the texts are remembered by, so one
    with other texts than those that were delivered must say so (quality/repaired.py). The column
    text_key has it whole, pair_id the pair's own.
    """
    rows = memo.rows(
        "fingerprints",
        pairs.select("pair_id"),
        lambda unseen: fingerprints(
            pairs.select("pair_id", "question", "answer").join(unseen, on="pair_id"), shape
        ),
        **shape._asdict(),
    )
    table = rows.to_arrow().combine_chunks().sort_by("pair_id")
    keys = table["pair_id"]
    own = pc.utf8_slice_codeunits(keys, 0, PAIR_ID_HEX)
    return table.set_column(table.schema.get_field_index("pair_id"), "pair_id", own).append_column(
        "text_key", keys
    )


@daft.func.batch(return_dtype=DataType.string())
def plain_questions(questions: daft.Series) -> pa.Array:
    """Return the tokens of each question in order, joined by spaces."""
    words = [" ".join(tokens(plain(text))) for text in questions.to_pylist()]
    return pa.array(words, pa.large_string())


@daft.func.batch(return_dtype=DataType.bool())
def torn_questions(questions: daft.Series) -> pa.Array:
    """Return whether each question lacks the other half of a quote or bracket."""
    return pa.array(list(map(is_torn, questions.to_pylist())), pa.bool_())


@daft.func.batch(return_dtype=DataType.string())
def sorted_keys(questions: daft.Series) -> pa.Array:
    """Return the words of each question_plain in alphabetical order."""
    keys = [sorted_key(text.split(" ")) for text in questions.to_pylist()]
    return pa.array(keys, pa.large_string())


@daft.func.batch(return_dtype=DataType.from_arrow_type(_DIGEST))
def digests(answers: daft.Series) -> pa.Array:
    """Return each answer's plain form, its digest and its length."""
    texts = [plain(text) for text in answers.to_pylist()]
    columns = [
        pa.array(texts, pa.large_string()),
        pa.array(list(map(digest, texts)), pa.large_string()),
        pa.array(list(map(len, texts)), pa.int64()),
    ]
    return pa.StructArray.from_arrays(columns, fields=list(_DIGEST))


@daft.func.batch(return_dtype=DataType.string())
def characters_as_words(keys: daft.Series) -> pa.Array:
    """Return each key with spaces between its characters and its own spaces as underscores."""
    spaced = [" ".join(text.replace(" ", "_")) for text in keys.to_pylist()]
    return pa.array(spaced, pa.large_string())


def _banded(signature: daft.Expression, permutations: int, bands: int) -> daft.Expression:
    banded: daft.Expression = _band_hashes(bands, permutations // bands)(signature)
    return banded


def _band_hashes(bands: int, rows: int) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.list(DataType.uint32()))
    def band_hashes(signatures: daft.Series) -> pa.Array:
        values = np.asarray(signatures.to_arrow().flatten()).reshape(-1, bands, rows)
        return lists_of(hash_rows(values.astype(np.uint64)))

    return band_hashes


def hash_rows(values: npt.NDArray[np.uint64]) -> Words:
    """Return one 32-bit hash over the last axis of values.

    32 bits make rows of different values meet once in four billion pairs, which costs one
    comparison, and take half the room of 64.
    """
    hashes = np.zeros(values.shape[:-1], np.uint64)
    for row in range(values.shape[-1]):
        hashes = (hashes ^ values[..., row]) * _MULTIPLIER
        hashes ^= hashes >> _SHIFT
    return (hashes >> _UPPER).astype(np.uint32)


def lists_of(rows: npt.NDArray[Any]) -> pa.Array:
    """Return a matrix as an Arrow list array with one list per row."""
    ends = np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1]
    return pa.LargeListArray.from_arrays(pa.array(ends), pa.array(rows.ravel()))


def matrix(lists: pa.Array) -> npt.NDArray[Any]:
    """Return the values of an array of lists of one length, a list a row."""
    values = np.asarray(lists.flatten())
    return values.reshape(len(lists), -1) if len(lists) else values.reshape(0, 1)
