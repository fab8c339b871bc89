"""What a question asks, as a key: twins share it, and templates share it but for the slots."""

from collections.abc import Callable
from typing import Any

import daft
import pyarrow as pa
from daft import DataType, col

from pipeline.core.memo import Memo
from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.guards.question_guards import QuestionWords, question_words
from pipeline.dedup.text import plain, tokens

_BETWEEN = "\x1f"  # no token holds it
_KEYS = pa.struct([(name, pa.large_string()) for name in ("question_plain", "meaning", "frame")])


def meanings(questions: daft.DataFrame, known: Lexicon, memo: Memo) -> daft.DataFrame:
    """Return question, question_plain (its words in order), meaning and frame of each question.

    questions has the column question, as delivered; each question is read once, and remembered.
    """
    return memo.rows(
        "meanings",
        questions.select("question").distinct(),
        lambda unread: unread.select("question", _keys(known)(col("question")).unnest()),
        key="question",
        lexicon=known.digest,
    )


def _keys(known: Lexicon) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.from_arrow_type(_KEYS))
    def keys(questions: daft.Series) -> pa.Array:
        plain_texts = [" ".join(tokens(plain(text))) for text in questions.to_pylist()]
        words = [question_words(text, known) for text in plain_texts]
        columns = [plain_texts, map(meaning, words), map(frame, words)]
        arrays = [pa.array(list(column), pa.large_string()) for column in columns]
        return pa.StructArray.from_arrays(arrays, fields=list(_KEYS))

    return keys


def meaning(words: QuestionWords) -> str:
    """Return a key that two questions share whenever no guard tells them apart.

    The guards compare numbers, names, directions and content words, and so does the key: what is
    merged or linked by rule as one question has one key, however it is worded.
    """
    parts = (words.numbers, sorted(words.entities), words.directions, sorted(words.content))
    return _BETWEEN.join(_BETWEEN.join(["", *part]) for part in parts)


def frame(words: QuestionWords) -> str:
    """Return a key that the fillings of one template share.

    The slots of a template are numbers, names and directions, so only how many of each there are
    counts; the content words stay. What fills a slot with any other word ("retail", "technology")
    is a template of its own here.
    """
    slots = (len(words.numbers), len(words.entities), len(words.directions))
    return _BETWEEN.join([*map(str, slots), *sorted(words.content)])
