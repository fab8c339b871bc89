"""format: kept pairs in, request files for a batch embedding job out."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import daft
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.ids import content_digest
from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.core.ranges import ranges_of
from pipeline.core.scratch import Scratch
from pipeline.formats import gemini, openai
from pipeline.formats.limits import token_counts, within
from pipeline.secrets.masking import without_secrets

FORMS = ("gemini", "openai", "both")
OVER_LIMIT = ("cut", "refuse")
_JOINT = pa.scalar("\n\n", pa.large_string())
_PLACED = ("pair_id", "indicator", "category", "cluster_id")
_LINES = pa.schema([("pair_id", pa.large_string()), ("text", pa.large_string())])
_TEXTS = ("question", "answer")


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
    whatever the export holds. What was found in a pair's texts is remembered by them.
    """
    lines = Scratch(_LINES)
    located = []
    for part in ranges_of(kept.select(*_PLACED, "question", "answer"), "pair_id").parts:
        rows = part.sort("pair_id").to_arrow().combine_chunks()
        looked = _remembered(rows, max_tokens, memo)
        tokens = looked["tokens"].combine_chunks()
        is_long = pc.greater(tokens, max_tokens)
        has_line = pc.invert(is_long) if over_limit == "refuse" else pc.is_valid(tokens)
        sent = pc.coalesce(looked["changed"], _joined(rows))
        lines.add(pa.table([rows["pair_id"], sent], _LINES).filter(has_line))
        counted = {"tokens": tokens, "is_long": is_long, "has_line": has_line}
        located.append(_with(rows.select(_PLACED), counted))
    metadata_map = pa.concat_tables(located).combine_chunks()

    def of_gemini(key: str, text: str) -> Json:
        return gemini.embedding_request(
            key, text, model=gemini_model, task_type=task_type, dimension=output_dimensionality
        )

    def of_openai(key: str, text: str) -> Json:
        return openai.embedding_request(
            key, text, model=openai_model, dimension=output_dimensionality
        )

    return Formatted(
        embeddings_input_batch=_files(lines, of_gemini, lines_per_file, form != "openai"),
        openai_embeddings_input_batch=_files(lines, of_openai, lines_per_file, form != "gemini"),
        metadata_map=daft.from_arrow(_located(metadata_map, lines_per_file)),
        metrics=_figures(metadata_map, lines_per_file, max_tokens, over_limit),
    )


def _figures(
    counted: pa.Table, lines_per_file: int, max_tokens: int, over_limit: str
) -> dict[str, float]:
    """Return how many lines, files and tokens there are, and how many texts are too long."""
    sent = counted.filter(counted["has_line"])
    long = pc.sum(counted["is_long"]).as_py() or 0
    return {
        "lines": sent.num_rows,
        "files": -(-sent.num_rows // lines_per_file),
        "tokens": pc.sum(pc.min_element_wise(sent["tokens"], max_tokens)).as_py() or 0,
        "cut": long if over_limit == "cut" else 0,
        "over_limit": 0 if over_limit == "cut" else long,
    }


def _remembered(rows: pa.Table, max_tokens: int, memo: Memo) -> pa.Table:
    """Return what _looked_at finds of each of rows, which is looked for in new texts alone."""
    keys = pa.array(map(_text_key, *(rows[name].to_pylist() for name in ("pair_id", *_TEXTS))))
    keyed = rows.select(_TEXTS).append_column("text_key", keys.cast(pa.large_string()))
    found = memo.rows(
        "requests",
        daft.from_arrow(keyed),
        lambda unseen: daft.from_arrow(_looked_at(unseen.to_arrow().combine_chunks(), max_tokens)),
        key="text_key",
        max_tokens=max_tokens,
    ).to_arrow()
    return found.take(pc.index_in(keyed["text_key"], found["text_key"].combine_chunks()))


def _text_key(pair_id: str, question: str, answer: str) -> str:
    """Return what a pair with its texts is remembered by."""
    both = f"{len(question)} {question}{answer}"
    return f"{pair_id}-{content_digest(both.encode('utf-8', 'surrogatepass'))[:32]}"


def _looked_at(rows: pa.Table, max_tokens: int) -> pa.Table:
    """Return the tokens of each pair's text, and the text where it is not as the pair has it.

    That is where a secret is hidden, or where it is cut.
    """
    texts = _joined(without_secrets(rows, _TEXTS, "mask").table)
    tokens = token_counts(texts)
    sent = _cut(texts, pc.greater(tokens, max_tokens), max_tokens)
    is_changed = pc.not_equal(sent, _joined(rows))
    changed = pc.if_else(is_changed, sent, pa.scalar(None, sent.type))
    return pa.table({"text_key": rows["text_key"], "tokens": tokens, "changed": changed})


def _joined(rows: pa.Table) -> pa.Array:
    """Return the text of each pair: its question and its answer."""
    return pc.binary_join_element_wise(rows["question"], rows["answer"], _JOINT).combine_chunks()


def _cut(texts: pa.Array, is_long: pa.Array, max_tokens: int) -> pa.Array:
    """Return texts, those that are too long cut where a sentence ends."""
    if not pc.any(is_long).as_py():
        return texts
    short = [within(text, max_tokens) for text in texts.filter(is_long).to_pylist()]
    return pc.replace_with_mask(texts, is_long, pa.array(short, texts.type))


def _located(rows: pa.Table, lines_per_file: int) -> pa.Table:
    """Return where each pair's line stands, from 1; file and line are null where it has none."""
    is_line = np.asarray(rows["has_line"])
    place = np.cumsum(is_line) - 1
    numbers = {"file": place // lines_per_file + 1, "line": place % lines_per_file + 1}
    places = {name: pa.array(each, pa.int64(), mask=~is_line) for name, each in numbers.items()}
    return _with(rows.select(_PLACED), {**places, "tokens": rows["tokens"]})


def _with(table: pa.Table, columns: dict[str, pa.Array]) -> pa.Table:
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


def _files(
    lines: Scratch,
    request: Callable[[str, str], Json],
    lines_per_file: int,
    is_wanted: bool,  # noqa: FBT001 - of one caller here
) -> Iterator[Iterator[Json]]:
    requests = _requests(lines, request) if is_wanted else iter(())
    for first in requests:
        yield chain([first], islice(requests, lines_per_file - 1))


def _requests(lines: Scratch, request: Callable[[str, str], Json]) -> Iterator[Json]:
    for table in lines.tables():
        for batch in table.to_batches(max_chunksize=1024):
            columns = (batch.column(name).to_pylist() for name in _LINES.names)
            yield from map(request, *columns)
