"""A small made-up corpus and an encoder that needs no model."""

import sqlite3
import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from pipeline.rag.candidates import Asker
from pipeline.rag.database import build
from pipeline.rag.meta import VectorMeta

DIMENSION = 128
ABOUT = VectorMeta("trigrams", "1", DIMENSION, has_meaning=True, limit_words=10**9, windows=1)

QUESTIONS = (
    ("Relative Strength Index", "Momentum", "How is the relative strength index calculated?"),
    ("Bollinger Bands", "Volatility", "When do Bollinger Bands squeeze before a breakout?"),
    ("On-Balance Volume", "Volume", "Why does on-balance volume lead the price?"),
    ("Funding Rate", "Derivatives", "What does a negative funding rate tell a trader?"),
    ("Stochastic Oscillator", "Momentum", "Which periods suit the stochastic oscillator?"),
    ("Hash Ribbons", "On-Chain", "How do hash ribbons mark the end of miner capitulation?"),
)

Encode = Callable[[str], npt.NDArray[np.float32]]


def trigram_vector(text: str) -> npt.NDArray[np.float32]:
    """Return the counts of hashed character trigrams, at unit length unless there is none."""
    vector = np.zeros(DIMENSION, dtype=np.float32)
    spaced = f" {' '.join(text.lower().split())} "
    for start in range(len(spaced) - 2):
        vector[zlib.crc32(spaced[start : start + 3].encode()) % DIMENSION] += 1
    return vector / max(float(np.linalg.norm(vector)), 1)


def corpus_batch() -> pa.RecordBatch:
    """Return the made-up documents as the export stage hands them over."""
    rows = [
        {
            "pair_id": f"{place:032x}",
            "indicator": indicator,
            "category": category,
            "subcategory": None,
            "group": category,
            "topic": indicator.lower(),
            "difficulty": ("beginner", "advanced", None)[place % 3],
            "split": ("train", "train", "test")[place % 3],
            "score": 50.0 + place,
            "verdict": "accept",
            "cluster_id": f"c{place}",
            "question": question,
            "answer": f"The {indicator} belongs to {category}. Worked example {place}: 3 of 14.",
            "aliases": [],
            "citations": ["https://example.com/a"],
            "context": [],
            "flags": [],
            "repairs": [],
            "sources": [{"agent": ("droid", "zai")[place % 2], "delivery": "d1"}],
            "tags": ["made up"],
        }
        for place, (indicator, category, question) in enumerate(QUESTIONS)
    ]
    table = pa.Table.from_pylist(rows)
    documents = [f"{row['question']} {row['answer']}" for row in rows]
    for name, texts in (
        ("question_vector", [question for _, _, question in QUESTIONS]),
        ("document_vector", documents),
    ):
        numbers = np.concatenate([trigram_vector(text) for text in texts])
        table = table.append_column(
            name, pa.FixedSizeListArray.from_arrays(pa.array(numbers), DIMENSION)
        )
    return table.combine_chunks().to_batches()[0]


@pytest.fixture(scope="session")
def batch() -> pa.RecordBatch:
    """Give the made-up documents."""
    return corpus_batch()


@pytest.fixture(scope="session")
def asker() -> Asker:
    """Give the encoder that made the vectors."""
    return Asker("trigrams", "1", trigram_vector)


@pytest.fixture
def corpus(batch: pa.RecordBatch) -> sqlite3.Connection:
    """Give a database of the made-up documents."""
    connection = build([batch], ABOUT, language="en")
    yield connection
    connection.close()
