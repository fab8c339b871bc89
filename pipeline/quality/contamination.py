"""Pairs that repeat an item of a test set: a model that learns them is not tested by it any more.

As in public practice a run of words in common is what counts: 13 words (Brown et al. 2020, GPT-3,
appendix C), for shorter items as many as they have, from 8 on (the least that GPT-3 used). Items
of fewer words count where they are the whole question. Words are compared in lower case, without
punctuation.
"""

from collections.abc import Iterable, Iterator

import daft
import pyarrow as pa
from daft import DataType, col

from pipeline.core.errors import UserError
from pipeline.core.text import excerpt
from pipeline.quality.words import words

LONGEST_RUN_WORDS = 13
SHORTEST_RUN_WORDS = 8
_SHORTEST_QUESTION_WORDS = 4
_SHOWN_CHARS = 80

Places = dict[tuple[str, ...], str]
"""Words in a row, and where they stand first in the test sets."""


def overlaps(
    pairs: daft.DataFrame, test_sets: daft.DataFrame, benchmarks: list[str]
) -> daft.DataFrame:
    """Return pair_id and evidence of the pairs that share a run of words with a test item.

    test_sets has file, line and text; benchmarks are the files that count. The evidence names
    file and line of the item and the words. Raises UserError for a file that is not there.
    """
    items = test_sets.where(col("file").is_in(benchmarks)).to_pydict()
    missing = sorted(set(benchmarks) - set(items["file"]))
    if missing:
        raise UserError(f"params.yaml: qa.benchmarks: {missing[0]} is missing, or holds no text")
    runs, short = _runs(zip(items["file"], items["line"], items["text"], strict=True))

    @daft.func.batch(return_dtype=DataType.string(), use_process=False)
    def evidence(questions: daft.Series, answers: daft.Series) -> pa.Array:
        rows = zip(questions.to_pylist(), answers.to_pylist(), strict=True)
        return pa.array([_evidence(*row, runs, short) for row in rows], pa.large_string())

    rows = pairs.select("pair_id", evidence(col("question"), col("answer")).alias("evidence"))
    return rows.where(col("evidence").not_null())


def _runs(items: Iterable[tuple[str, int, str]]) -> tuple[dict[int, Places], Places]:
    """Return the runs of all items by their length, and the items that are shorter than that."""
    runs: dict[int, Places] = {}
    short: Places = {}
    for file, line, text in items:
        text_words, place = words(text), f"{file} line {line}"
        length = min(len(text_words), LONGEST_RUN_WORDS)
        if length >= SHORTEST_RUN_WORDS:
            of_length = runs.setdefault(length, {})
            for run in _each_run(text_words, length):
                of_length.setdefault(run, place)
        elif length >= _SHORTEST_QUESTION_WORDS:
            short.setdefault(tuple(text_words), place)
    return runs, short


def _evidence(question: str, answer: str, runs: dict[int, Places], short: Places) -> str | None:
    asked = words(question)
    place = short.get(tuple(asked))
    if place:
        return f"{place}: {excerpt(question, _SHOWN_CHARS)}"
    for text_words in (asked, words(answer)):
        for length, known in sorted(runs.items()):
            for run in _each_run(text_words, length):
                if run in known:
                    return f"{known[run]}: {excerpt(' '.join(run), _SHOWN_CHARS)}"
    return None


def _each_run(text_words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(text_words[start:] for start in range(length)), strict=False)
