"""Answers that take up hardly anything of their question, beside others of their base."""

import daft
import pyarrow as pa
from daft import col, lit

_LONG_WORDS = 150
"""Words of an answer that has room for what is asked; a short one need not say it again."""

_LONGEST_QUESTION_CHARS = 300
"""A longer question tells a story, of which an answer takes up its point."""

_FEWEST_PAIRS = 100
_LEAST_MEDIAN, _MEDIAN_SHARE = 0.6, 0.45
_FOUND = pa.schema([("pair_id", pa.large_string()), ("evidence", pa.large_string())])


def other_question(grades: daft.DataFrame) -> daft.DataFrame:
    """Return pair_id and evidence of long answers that belong to another question.

    What an answer takes up of its question is part_answering (0-1), of pairs in which no rule has
    found anything graver than a remark. In a base whose long answers come to what is asked (half of
    them to _LEAST_MEDIAN and more) one that takes up less than _MEDIAN_SHARE of what half of them
    do was put under a question that is not its own. A base in another style tells nothing, nor
    do fewer than _FEWEST_PAIRS long answers.

    Of 16,838 real answers none is below, of answers moved to other topics' questions six in seven.
    """
    long = grades.where(
        (col("answer_words") >= lit(_LONG_WORDS))
        & (col("question_chars") <= lit(_LONGEST_QUESTION_CHARS))
        & col("worst").is_in(["", "info"])
    ).select("pair_id", "part_answering")
    parts = sorted(long.select("part_answering").to_pydict()["part_answering"])
    if len(parts) < _FEWEST_PAIRS or (median := parts[len(parts) // 2]) < _LEAST_MEDIAN:
        return daft.from_arrow(_FOUND.empty_table())
    low = long.where(col("part_answering") < lit(_MEDIAN_SHARE * median)).sort("pair_id")
    evidence = {
        row["pair_id"]: f"takes up {row['part_answering']:.0%} of what is asked, half of the long"
        f" answers of this base {median:.0%} and more"
        for row in low.to_pylist()
    }
    columns = {"pair_id": list(evidence), "evidence": list(evidence.values())}
    return daft.from_arrow(pa.table(columns, schema=_FOUND))
