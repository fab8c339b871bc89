"""Answers that are compared: of a large base most pairs, so that they lie on disk."""

import daft
import pyarrow as pa

from pipeline.core.ranges import in_runs
from pipeline.core.text_file import TextFile


def stored_answers(texts: daft.DataFrame, ids: pa.Array) -> TextFile:
    """Return the answers of ids, which are sorted, in their order; a run of them is in memory.

    texts has pair_id and answer. Raises ValueError where it lacks one of ids.
    """
    answers = TextFile()
    found = 0
    for run in in_runs(texts.select("pair_id", "answer"), "pair_id", pa.chunked_array([ids])):
        table = run.sort("pair_id").to_arrow()
        found += len(table)
        answers.add(table["answer"])
    if found != len(ids):
        raise ValueError(f"{len(ids)} pairs are compared, {found} have an answer")
    return answers
