"""A table of word vectors: what it holds, how it is kept, what makes a file one."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.errors import UserError

MOST_WEIGHT = 63
"""The largest weight of a word; 2,048 words of 63 x 127 stay below 2^24, exact in float32."""

REVISION_HEX = 12
_COLUMNS = ("word", "stem", "weight", "vector")


class WordTable(NamedTuple):
    """Words, each with a whole-number weight and vector, from which the vector of a text is added.

    stem is what a word is found by when the table lacks its other forms, "" where another word
    has the same. Mean and first principal component of the texts that the table was made for are
    taken off the vectors already, so that adding them up is all that is left.
    """

    words: list[str]
    stems: list[str]
    weights: npt.NDArray[np.uint8]  # 1 to MOST_WEIGHT: the rarer the word, the more
    vectors: npt.NDArray[np.int8]  # of shape (words, dimension)
    revision: str  # of the bytes that hold it


def read_word_table(source: bytes | str, sha256: str, place: str) -> WordTable:
    """Return the table that Parquet bytes, or the file at a path, hold.

    sha256 is of its bytes and gives the revision; place names it in a fault's sentence. Raises
    UserError where it is no such table.
    """
    try:
        table = pq.read_table(pa.BufferReader(source) if isinstance(source, bytes) else source)
    except (pa.ArrowInvalid, OSError) as fault:
        raise _refused(place, f"no Parquet file ({str(fault)[:80]})") from None
    missing = [name for name in _COLUMNS if name not in table.column_names]
    if missing:
        raise _refused(place, f"column {missing[0]} is missing")
    kind = table["vector"].type
    if not pa.types.is_fixed_size_binary(kind) or table["vector"].null_count:
        raise _refused(place, "column vector must be bytes of one length, a number of 8 bits each")
    weights = np.asarray(table["weight"], np.int64)
    words = table["word"].to_pylist()
    if not words or len(set(words)) != len(words) or None in words:
        raise _refused(place, "column word must hold distinct words, at least one")
    if weights.min() < 1 or weights.max() > MOST_WEIGHT:
        raise _refused(place, f"column weight must be 1 to {MOST_WEIGHT}")
    return WordTable(
        words=words,
        stems=[stem or "" for stem in table["stem"].to_pylist()],
        weights=weights.astype(np.uint8),
        vectors=np.frombuffer(b"".join(table["vector"].to_pylist()), np.int8).reshape(
            len(words), kind.byte_width
        ),
        revision=sha256[:REVISION_HEX],
    )


def word_table_bytes(
    words: list[str],
    stems: list[str],
    weights: npt.NDArray[np.uint8],
    vectors: npt.NDArray[np.int8],
) -> bytes:
    """Return a table as Parquet, the same bytes for the same values."""
    dimension = vectors.shape[1]
    table = pa.table(
        {
            "word": pa.array(words, pa.string()),
            "stem": pa.array(stems, pa.string()),
            "weight": pa.array(weights, pa.uint8()),
            "vector": pa.array([row.tobytes() for row in vectors], pa.binary(dimension)),
        }
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=False, write_statistics=False)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _refused(place: str, rule: str) -> UserError:
    return UserError(f"{place}: no table of word vectors: {rule}; `faucet embed distill` makes one")
