"""The order of candidates where words and vectors speak, learned from graded questions."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from pipeline.rag.evidence import WordEvidence
from pipeline.rag.fusion import Fused, of_best
from pipeline.rag.questions import QuestionMatch
from pipeline.rag.vectors import ROLES

Scores = npt.NDArray[np.float64]

FEATURES = (
    "fused",
    "surplus",
    "covered",
    "asked",
    "document",
    "neighbours",
    "coverage",
    "quality",
    "question_cosine",
    "document_cosine",
)
"""What a candidate is ranked by: what words and vectors say together (fusion.py), how its question
fits (questions.py), the cosine of its document as a share of the best, the user's words side by
side in it and their share of weight in it, its score by the rules of qa, and both cosines as they
are. What an encoder's table leaves out weighs nothing."""

_OTHERWISE = "distilled"


@cache
def tables() -> Mapping[str, Mapping[str, float]]:
    """Return the weight of each feature, by encoder: `python benchmarks/ranker.py` makes them."""
    content = files("pipeline.rag").joinpath("ranker.json").read_text(encoding="utf-8")
    by_encoder: dict[str, dict[str, float]] = json.loads(content)
    return by_encoder


def weights(encoder: str) -> Mapping[str, float]:
    """Return the weights for an encoder's vectors; those of sums of words where it has none."""
    return tables().get(encoder, tables()[_OTHERWISE])


def features(
    by: Fused,
    words: WordEvidence,
    cosines: Mapping[str, Scores],
    places: npt.NDArray[np.int64],
    match: QuestionMatch,
) -> dict[str, Scores]:
    """Return each feature of all candidates, 0-1.

    cosines: of the candidates' questions and documents.
    match: of the candidates at places; the question of any other is taken not to fit at all.
    """
    shown = {name: np.zeros(len(by.score)) for name in ("covered", "asked", "quality")}
    shown["surplus"] = np.ones(len(by.score))
    for name, values in shown.items():
        values[places] = getattr(match, name)
    return {
        **shown,
        "fused": by.score,
        "document": of_best(cosines["document"]),
        **{f"{role}_cosine": np.clip(cosines[role], 0, 1) for role in ROLES},
        "neighbours": of_best(words.neighbours),
        "coverage": words.coverage,
    }


def ranked(by: Fused, of: Mapping[str, Scores], weighed: Mapping[str, float]) -> Fused:
    """Return scores by the weighted features, as shares of the best.

    A sentence out of a pair asks for that pair, whatever its question: as far as words are sure,
    the fused score stays.
    """
    score = sum((weight * of[name] for name, weight in weighed.items()), np.zeros(len(by.score)))
    score = (1 - by.sureness) * np.asarray(score) + by.sureness * by.score
    return by._replace(score=of_best(score))
