"""format: kept pairs in, request files for a batch embedding job out."""

from collections.abc import Iterator
from typing import NamedTuple

import daft
import numpy as np
import pyarrow as pa

from pipeline.core.json_values import Json
from pipeline.formats.gemini import embedding_request
from pipeline.secrets.masking import without_secrets


class Formatted(NamedTuple):
    """Request lines in files of a bounded length, and where each pair's line stands."""

    embeddings_input_batch: Iterator[Iterator[Json]]
    metadata_map: daft.DataFrame
    metrics: dict[str, float]


def format(  # noqa: A001 - the stage's word in dvc.yaml, params.yaml and data/
    kept: daft.DataFrame, *, lines_per_file: int, output_dimensionality: int
) -> Formatted:
    """Return one request line per kept pair, in order of pair_id, and the map back to pairs.

    lines_per_file bounds a file (the service takes a bounded number of requests a job);
    output_dimensionality is the length of the vectors asked for. The files go to another's
    service, so that secrets in texts are hidden whatever the export holds.
    """
    columns = ("pair_id", "question", "answer", "indicator", "category", "cluster_id")
    rows = kept.select(*columns).sort("pair_id").to_arrow().combine_chunks()
    rows = without_secrets(rows, ("question", "answer"), "mask").table
    place = np.arange(rows.num_rows)
    located = rows.select(["pair_id", "indicator", "category", "cluster_id"])
    for name, numbers in (
        ("file", place // lines_per_file + 1),
        ("line", place % lines_per_file + 1),
    ):
        located = located.append_column(name, pa.array(numbers, pa.int64()))
    files = -(-rows.num_rows // lines_per_file)
    return Formatted(
        embeddings_input_batch=(
            _requests(rows.slice(start, lines_per_file), output_dimensionality)
            for start in range(0, rows.num_rows, lines_per_file)
        ),
        metadata_map=daft.from_arrow(located),
        metrics={"lines": rows.num_rows, "files": files},
    )


def _requests(rows: pa.Table, output_dimensionality: int) -> Iterator[Json]:
    for batch in rows.to_batches(max_chunksize=1024):
        for row in batch.select(["pair_id", "question", "answer"]).to_pylist():
            yield embedding_request(**_named(row), output_dimensionality=output_dimensionality)


def _named(row: dict[str, str]) -> dict[str, str]:
    return {"key": row["pair_id"], "question": row["question"], "answer": row["answer"]}
