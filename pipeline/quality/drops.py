"""Deliveries whose questions lost a part on the way: seen in all pairs of a delivery together."""

import re
from collections.abc import Iterable

import daft
import pyarrow as pa
from daft import DataType, col, lit

from pipeline.core.memo import Memo
from pipeline.quality.words import STOP_WORDS, words

_FOUND = pa.schema([("pair_id", pa.large_string()), ("evidence", pa.large_string())])
_ANNOUNCED = re.compile(
    r"""
    (?:overview|summary|explanation|analysis|breakdown|information|guide|description|report)
        \ (?:of|on|about|regarding|for)\ (?:the\ (?:topics?|topics?\ of|query|question)\ )?
        [\"“']{0,2}(?P<subject>[^:.!?\n]{10,300}?)[\"”']{0,2}\s*(?::|\.|\n|$)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NOUNS = tuple(
    f"{noun} "
    for noun in (
        *("overview", "summary", "explanation", "analysis", "breakdown", "information"),
        *("guide", "description", "report"),
    )
)
_OPENING_CHARS = 500
_MIN_MORE_WORDS = 2
_COURTEOUS = frozenset(
    """
    comprehensive detailed topic topics overview summary key information relevant based research
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)


def repeated_questions(pairs: daft.DataFrame, *, max_times: float) -> daft.DataFrame:
    """Return pair_id and evidence of pairs whose question stands too often in one delivery.

    More than max_times answers to one question of one delivery are no reruns: what made the
    questions different was cut off before they were delivered. Case and space do not count.
    """
    asked = _asked(pairs)
    often = (
        asked.groupby("delivery", "asked")
        .agg(col("pair_id").count().alias("times"))
        .where(col("times") > lit(max_times))
    )
    rows = asked.join(often, on=["delivery", "asked"]).select("pair_id", "delivery", "times")
    return _found(
        (row["pair_id"], f"{row['times']} times in {row['delivery']}") for row in rows.to_pylist()
    )


def cut_questions(
    pairs: daft.DataFrame, memo: Memo, *, min_pairs: float, min_share: float
) -> daft.DataFrame:
    """Return pair_id and evidence of pairs of deliveries whose answers announce longer questions.

    An answer that opens with "an overview of the pruning of roses in winter:" was asked for
    more than "pruning". One such answer may say more by itself; a delivery in which at
    least min_pairs pairs and min_share (0-1) of all do was cut. What an answer announces is
    remembered by its pair.
    """
    announcing = memo.rows(
        "announced",
        pairs.select("pair_id", "question", "answer"),
        lambda unseen: unseen.select(
            "pair_id", _announced_more(col("question"), col("answer")).alias("announced")
        ),
    )
    asked = _asked(pairs).join(announcing, on="pair_id").collect()
    counted = asked.groupby("delivery").agg(
        col("pair_id").count().alias("pairs"), col("announced").count().alias("longer")
    )
    cut = counted.where(
        (col("longer") >= lit(min_pairs)) & (col("longer") >= lit(min_share) * col("pairs"))
    )
    rows = (
        asked.where(col("announced").not_null())
        .join(cut, on="delivery")
        .select("pair_id", "announced")
        .to_pylist()
    )
    return _found((row["pair_id"], f"the answer is on {row['announced']}") for row in rows)


def announced_more(question: str, answer: str) -> str | None:
    """Return what an answer says that it is about, where that says more than the question.

    All of the question's words stand in it, and at least two others of content beside them.
    """
    opening = answer[:_OPENING_CHARS]
    lowered = opening.lower()
    is_suspect = not opening.isascii() or any(noun in lowered for noun in _NOUNS)
    match = _ANNOUNCED.search(opening) if is_suspect else None
    if match is None:
        return None
    asked, announced = set(words(question)), set(words(match["subject"]))
    more = announced - asked - STOP_WORDS - _COURTEOUS
    if not asked <= announced or len(more) < _MIN_MORE_WORDS:
        return None
    return match["subject"].strip()


@daft.func.batch(return_dtype=DataType.string(), use_process=False)
def _announced_more(questions: daft.Series, answers: daft.Series) -> pa.Array:
    rows = zip(questions.to_pylist(), answers.to_pylist(), strict=True)
    return pa.array([announced_more(*row) for row in rows], pa.large_string())


def _asked(pairs: daft.DataFrame) -> daft.DataFrame:
    """Return one row per pair and delivery, with the question without case and outer space."""
    each = pairs.select("pair_id", "question", "origins").explode("origins")
    delivery = col("origins").get("agent") + lit("/") + col("origins").get("delivery")
    asked = col("question").lower().lstrip().rstrip()
    return each.select("pair_id", delivery.alias("delivery"), asked.alias("asked")).distinct()


def _found(rows: Iterable[tuple[str, str]]) -> daft.DataFrame:
    evidence_of: dict[str, str] = {}
    for pair_id, evidence in sorted(rows):
        evidence_of.setdefault(pair_id, evidence)
    columns = {"pair_id": list(evidence_of), "evidence": list(evidence_of.values())}
    return daft.from_arrow(pa.table(columns, schema=_FOUND))
