"""A table of word vectors over a base's own vocabulary."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from pipeline.core.errors import UserError
from pipeline.embedding.distilling import distil, word_shares
from pipeline.embedding.onnx import minilm, vocabulary
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import ENCODERS, PLAN
from pipeline.workspace.workspace import Workspace

WORDS = ENCODERS / "words.parquet"


class Distilled(NamedTuple):
    """The table that was made."""

    path: Path
    words: int
    size_bytes: int


def distill_words(workspace: Workspace) -> Distilled:
    """Write the table of the words of all pairs that integrate accepted, and of the plan.

    Raises UserError where there are no pairs yet, or the extra minilm is not installed.
    """
    if not workspace.has("pairs.parquet"):
        raise UserError("pairs.parquet is missing: `faucet repro integrate` makes it")
    by = minilm()
    file = workspace / PLAN
    plan = file.read_text(encoding="utf-8") if file.exists() else ""
    shares = word_shares(vocabulary(), _texts(workspace), [plan])
    content = distil(shares, lambda words: by.encode(words, "question"))
    write_bytes(workspace / WORDS, content)
    return Distilled(WORDS, len(shares), len(content))


def _texts(workspace: Workspace) -> Iterator[str]:
    path = workspace / workspace.output("pairs.parquet")
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(columns=["question", "answer"]):
            for pair in batch.to_pylist():
                yield f"{pair['question']}\n{pair['answer']}"
