"""format: kept pairs in, request files for a batch embedding job out."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import daft
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.formats import gemini, openai
from pipeline.formats.limits import token_counts, within
from pipeline.secrets.masking import without_secrets

FORMS = ("gemini", "openai", "both")
OVER_LIMIT = ("cut", "refuse")
_JOINT = pa.scalar("\n\n", pa.large_string())


class Formatted(NamedTuple):
    """Request lines in files of a bounded length, by provider, and where each pair's line stands.

    A form that was not asked for has no files.
    """

    embeddings_input_batch: Iterator[Iterator[Json]]
    openai_embeddings_input_batch: Iterator[Iterator[Json]]
    metadata_map: daft.DataFrame
    metrics: dict[str, float]


def format(  # noqa: A001 - the stage's word in dvc.yaml, params.yaml and data/
    kept: daft.DataFrame,
    *,
    form: str,
    lines_per_file: int,
    output_dimensionality: int,
    gemini_model: str,
    openai_model: str,
    task_type: str,
    max_tokens: int,
    over_limit: str,
    memo: Memo,
) -> Formatted:
    """Return one request line per kept pair, in order of pair_id, and the map back to pairs.

    form says whose lines are written: gemini, openai or both. lines_per_file bounds a file (the
    services take a bounded number of requests a job); output_dimensionality is the length of the
    vectors asked for, of gemini_model with task_type, or of openai_model. Texts of more than
    max_tokens tokens, as formats/limits.py estimates them, are cut behind a sentence, or refused:
    they have no line then. The files go to another's service, so that secrets in texts are hidden
    whatever the export holds.
    """
    columns = ("pair_id", "question", "answer", "indicator", "category", "cluster_id")
    rows = kept.select(*columns).sort("pair_id").to_arrow().combine_chunks()
    rows = without_secrets(rows, ("question", "answer"), "mask", memo).table
    texts = pc.binary_join_element_wise(rows["question"], rows["answer"], _JOINT).combine_chunks()
    tokens = token_counts(texts)
    is_long = pc.greater(tokens, max_tokens)
    has_line = pc.invert(is_long) if over_limit == "refuse" else pc.is_valid(tokens)
    lines = pa.table({"pair_id": rows["pair_id"], "text": _cut(texts, is_long, max_tokens)})
    lines = lines.filter(has_line).combine_chunks()

    def of_gemini(key: str, text: str) -> Json:
        return gemini.embedding_request(
            key, text, model=gemini_model, task_type=task_type, dimension=output_dimensionality
        )

    def of_openai(key: str, text: str) -> Json:
        return openai.embedding_request(
            key, text, model=openai_model, dimension=output_dimensionality
        )

    nothing = lines.slice(lines.num_rows)
    long = pc.sum(is_long).as_py() or 0
    return Formatted(
        embeddings_input_batch=_files(
            lines if form != "openai" else nothing, of_gemini, lines_per_file
        ),
        openai_embeddings_input_batch=_files(
            lines if form != "gemini" else nothing, of_openai, lines_per_file
        ),
        metadata_map=daft.from_arrow(_located(rows, has_line, tokens, lines_per_file)),
        metrics={
            "lines": lines.num_rows,
            "files": -(-lines.num_rows // lines_per_file),
            "tokens": pc.sum(pc.min_element_wise(tokens, max_tokens).filter(has_line)).as_py() or 0,
            "cut": long if over_limit == "cut" else 0,
            "over_limit": 0 if over_limit == "cut" else long,
        },
    )


def _cut(texts: pa.Array, is_long: pa.Array, max_tokens: int) -> pa.Array:
    """Return texts, those that are too long cut where a sentence ends."""
    if not pc.any(is_long).as_py():
        return texts
    short = [within(text, max_tokens) for text in texts.filter(is_long).to_pylist()]
    return pc.replace_with_mask(texts, is_long, pa.array(short, texts.type))


def _located(rows: pa.Table, has_line: pa.Array, tokens: pa.Array, lines_per_file: int) -> pa.Table:
    """Return where each pair's line stands, from 1; file and line are null where it has none."""
    is_line = np.asarray(has_line)
    place = np.cumsum(is_line) - 1
    located = rows.select(["pair_id", "indicator", "category", "cluster_id"])
    for name, numbers in (
        ("file", place // lines_per_file + 1),
        ("line", place % lines_per_file + 1),
    ):
        located = located.append_column(name, pa.array(numbers, pa.int64(), mask=~is_line))
    return located.append_column("tokens", tokens)


def _files(
    lines: pa.Table, request: Callable[[str, str], Json], lines_per_file: int
) -> Iterator[Iterator[Json]]:
    starts = range(0, lines.num_rows, lines_per_file)
    return (_requests(lines.slice(start, lines_per_file), request) for start in starts)


def _requests(lines: pa.Table, request: Callable[[str, str], Json]) -> Iterator[Json]:
    for batch in lines.to_batches(max_chunksize=1024):
        columns = (batch.column(name).to_pylist() for name in ("pair_id", "text"))
        yield from map(request, *columns)
