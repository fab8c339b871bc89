"""The weights of `faucet ask`'s ranking, learned from the graded questions of the half `dev`.

    python benchmarks/ranker.py WORKSPACE [--half dev] [--encoder minilm --vectors FILE]

WORKSPACE is as in benchmarks/retrieval.py, FILE as in benchmarks/retrieval_judged.py, without
which the encoder is the one that WORKSPACE was exported with. A logistic regression on every two
graded pairs of a question of which one answers it better (users' words and other terms; each
question counts the same) weighs the differences of their features; what nobody graded teaches
nothing, and what is not among the best that are read is not ranked by it. Writes the encoder's
table in pipeline/rag/ranker.json, and prints it.
"""

import json
import sqlite3
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from retrieval import HERE, SEEDS, every_grade, opened_base, questions
from retrieval_judged import judged_base

from pipeline.core.errors import UserError
from pipeline.rag.candidates import READ, Asker, direction_of, features_of, find_candidates
from pipeline.rag.matching import parse
from pipeline.rag.meta import read_meta
from pipeline.rag.ranker import FEATURES

TABLE = HERE.parent / "pipeline/rag/ranker.json"
RIDGE = 0.001
"""Of the squared weights, beside the mean of the logistic loss: .0003 to .01 order alike."""

ROUNDS = 100
DIGITS = 2

Floats = npt.NDArray[np.float64]


def differences(rag: sqlite3.Connection, asker: Asker, text: str, grades: dict[str, int]) -> Floats:
    """Return the features of each better pair less those of each worse one of a question."""
    meta = read_meta(rag)
    question = parse(rag, text, documents=meta.documents, language=meta.language)
    direction = direction_of(meta.vectors, asker, question.respelt)
    found = find_candidates(rag, meta, question, direction, allowed=None)
    if asker.word_vectors is None:
        raise UserError(f"{asker.encoder} has no vectors of words: the weights are not for it")
    of = features_of(rag, meta, question, found, asker.word_vectors)
    read = np.sort(np.argsort(-found.fused.score, kind="stable")[:READ])
    rows = np.stack([of[name][read] for name in FEATURES], axis=1) * (1 - found.fused.sureness)
    named = rag.execute(
        "SELECT pair_id FROM documents WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps([found.ids[place] for place in read]),),
    )
    of_each = np.array([grades.get(pair_id, -1) for (pair_id,) in named])
    better, worse = np.nonzero((of_each[:, None] > of_each) & (of_each >= 0))
    return np.asarray(rows[better] - rows[worse])


def fitted(parts: list[Floats]) -> Floats:
    """Return the weights under which the better pair of each two comes first, as far as may be."""
    rows = np.concatenate(parts)
    share = np.concatenate([np.full(len(part), 1 / len(part) / len(parts)) for part in parts])
    weights = np.zeros(rows.shape[1])
    for _ in range(ROUNDS):
        wrong = 1 / (1 + np.exp(rows @ weights))
        slope = RIDGE * weights - rows.T @ (share * wrong)
        curve = (rows.T * (share * wrong * (1 - wrong))) @ rows + RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


@click.command()
@click.argument("workspace", type=click.Path(exists=True, file_okay=False))
@click.option("--half", type=click.Choice([*SEEDS]), default="dev")
@click.option("--encoder", default="minilm")
@click.option("--vectors", "kept", type=click.Path(dir_okay=False, path_type=Path))
def main(workspace: str, half: str, encoder: str, kept: Path | None) -> None:
    """Learn the weights on one half of the questions."""
    rag, asker = judged_base(workspace, encoder, kept) if kept else opened_base(workspace)
    grades = every_grade()
    parts = [
        differences(rag, asker, one.text, grades[one.question_id])
        for one in questions(half)
        if one.grades
    ]
    weights = fitted([part for part in parts if len(part)])
    table = dict(zip(FEATURES, weights.round(DIGITS).tolist(), strict=True))
    tables = json.loads(TABLE.read_text(encoding="utf-8")) | {asker.encoder: table}
    TABLE.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    print(asker.encoder, table)


if __name__ == "__main__":
    main()
