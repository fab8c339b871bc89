"""How well `faucet ask` finds: users' words, synonyms, an answer's own words, beside peers.

    python benchmarks/retrieval.py WORKSPACE [--half dev|aside|fresh|new|late|newest|last]

WORKSPACE has run on the deliveries whose pairs retrieval_judgements.csv names. Every variant is
asked the same questions in this process: plain FTS5 (any word, bm25 as it comes), bm25s (English
stop words and stems, group `bench`), `ask` by words alone, `ask` with the vectors that the
workspace was exported with, and those vectors alone. Questions of the kind `contents` are made by
rule, seeded: seven words of a sentence in the middle of an answer, whose pair alone is right.
"""

import csv
import re
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

from pipeline.embedding.encoders import encoder_of
from pipeline.rag.candidates import Asker
from pipeline.rag.matching import full_text_query
from pipeline.rag.meta import read_meta
from pipeline.rag.search import Hit, search
from pipeline.rag.stop_words import stop_words
from pipeline.rag.vectors import ROLES, cosines, exact
from pipeline.store.models import read_models
from pipeline.workspace.workspace import Workspace

HERE = Path(__file__).parent
CONTENTS = 60
SEEDS = {"dev": 1, "aside": 2, "fresh": 3, "new": 4, "late": 5, "newest": 6, "last": 7}
TELLING = 7  # words of a question that is made of a sentence
LONG = range(10, 31)  # words of such a sentence
LONG_SENTENCES = 3  # of an answer that one is taken from
FEW = 5
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[a-z0-9]+")
_FENCES = re.compile(r"[*#`|]+")

Find = Callable[[str], Sequence[str]]


class Asked(NamedTuple):
    """A question, its kind, and the grade (1-2) of every pair that answers it."""

    kind: str
    text: str
    grades: dict[str, int]
    question_id: str = ""


def every_grade() -> dict[str, dict[str, int]]:
    """Return the grade (0-2) of every pair that somebody graded, by question."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in csv.DictReader((HERE / "retrieval_judgements.csv").open(encoding="utf-8")):
        grades[row["question_id"]][row["pair_id"]] = int(row["grade"])
    return grades


def questions(half: str) -> list[Asked]:
    """Return the hand-written questions of a half with their judgements."""
    grades = every_grade()
    rows = csv.DictReader((HERE / "retrieval_questions.csv").open(encoding="utf-8"))
    return [
        Asked(
            row["kind"],
            row["question"],
            {pair_id: grade for pair_id, grade in grades[row["question_id"]].items() if grade},
            row["question_id"],
        )
        for row in rows
        if row["half"] == half
    ]


def contents(rag: sqlite3.Connection, seed: int) -> list[Asked]:
    """Return questions made of seven words of an answer's sentence, in their order."""
    draw = np.random.default_rng(seed)
    rows = rag.execute("SELECT pair_id, answer FROM documents ORDER BY id").fetchall()
    made: list[Asked] = []
    for place in draw.permutation(len(rows)):
        pair_id, answer = rows[place]
        sentences = _SENTENCE.split(_FENCES.sub(" ", answer))
        long = [s for s in sentences if len(_WORD.findall(s.lower())) in LONG]
        if len(long) < LONG_SENTENCES:
            continue
        words = _WORD.findall(long[int(draw.integers(len(long)))].lower())
        telling = [word for word in words if word not in stop_words("en")]
        if len(telling) >= TELLING:
            kept = sorted(draw.choice(len(telling), TELLING, replace=False))
            made.append(Asked("contents", " ".join(telling[k] for k in kept), {pair_id: 2}))
        if len(made) == CONTENTS:
            break
    return made


def plain(rag: sqlite3.Connection) -> Find:
    """Return FTS5 as it comes: any word of the question, bm25, no stop words, no weights."""

    def find(text: str) -> list[str]:
        rows = rag.execute(
            """SELECT pair_id FROM documents_fts JOIN documents ON id = documents_fts.rowid
            WHERE documents_fts MATCH ? ORDER BY rank LIMIT 10""",
            (full_text_query(text),),
        )
        return [pair_id for (pair_id,) in rows]

    return find


def peer(rag: sqlite3.Connection) -> Find | None:
    """Return bm25s over question and answer, None where it is not installed."""
    try:
        import bm25s  # noqa: PLC0415 - a peer that need not be there
        import Stemmer  # noqa: PLC0415
    except ImportError:
        return None
    rows = rag.execute("SELECT pair_id, question, answer FROM documents ORDER BY id").fetchall()
    ids = [pair_id for pair_id, _, _ in rows]
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> object:
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)

    index = bm25s.BM25()
    index.index(tokens([f"{asked} {answer}" for _, asked, answer in rows]), show_progress=False)

    def find(text: str) -> list[str]:
        found, _ = index.retrieve(tokens([text]), k=10, show_progress=False)
        return [ids[int(place)] for place in found[0]]

    return find


def by_vectors(rag: sqlite3.Connection, asker: Asker) -> Find:
    """Return the nearest by the mean of both cosines, every vector compared."""
    meta = read_meta(rag)
    ids = [pair_id for (pair_id,) in rag.execute("SELECT pair_id FROM documents ORDER BY id")]
    stored = exact(rag, range(1, meta.documents + 1), meta.vectors.dimension)

    def find(text: str) -> list[str]:
        direction = np.asarray(asker.encode(text), np.float32)
        near = sum(cosines(getattr(stored, role), direction) for role in ROLES)
        return [ids[place] for place in np.argsort(-near, kind="stable")[:10]]

    return find


def ndcg(found: Sequence[str], grades: dict[str, int]) -> float:
    """Return nDCG@10 with gains 2^grade - 1."""
    gains = [2 ** grades.get(pair_id, 0) - 1 for pair_id in found[:10]]
    best = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:10]
    discounts = 1 / np.log2(np.arange(2, 12))
    return float(gains @ discounts[: len(gains)] / (best @ discounts[: len(best)]))


def figures(asked: Sequence[Asked], find: Find) -> dict[str, dict[str, float]]:
    """Return nDCG@10, recall@5 and 10, MRR by kind, and the CPU milliseconds of a question."""
    rows: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    spent = []
    for question in asked:
        start = time.process_time()
        found = find(question.text)
        spent.append(1000 * (time.process_time() - start))
        if not question.grades:
            continue
        right = [place for place, pair_id in enumerate(found) if pair_id in question.grades]
        reach = len(question.grades)
        row = (
            ndcg(found, question.grades),
            len([place for place in right if place < FEW]) / min(FEW, reach),
            len(right) / min(10, reach),
            1 / (right[0] + 1) if right else 0.0,
        )
        for kind in (question.kind, "all"):
            rows[kind].append(row)
    named = {
        kind: dict(
            zip(("nDCG@10", "R@5", "R@10", "MRR"), map(float, np.mean(of, axis=0)), strict=True)
        )
        for kind, of in rows.items()
    }
    return {**named, "cpu": {"mean": float(np.mean(spent)), "p95": float(np.percentile(spent, 95))}}


def refused(asked: Sequence[Asked], hits: Callable[[str], list[Hit]]) -> str:
    """Return how many questions of other subjects, and of this one, find nothing close."""
    strange = [not hits(question.text) for question in asked if question.kind == "nothing"]
    own = [not hits(question.text) for question in asked if question.grades]
    return f"{sum(strange)} of {len(strange)} strange, {sum(own)} of {len(own)} others"


def table_of(rag: sqlite3.Connection, asker: Asker, half: str) -> None:
    """Print the table of every variant, asked of one database."""
    asked = [*questions(half), *contents(rag, SEEDS[half])]

    def ask(by: Asker | None, floor: float | None) -> Callable[[str], list[Hit]]:
        return lambda text: search(rag, text, limit=10, asker=by, min_score=floor)

    def ids(hits: Callable[[str], list[Hit]]) -> Find:
        return lambda text: [hit.pair_id for hit in hits(text)]

    variants: dict[str, Find | None] = {
        "plain FTS5": plain(rag),
        "bm25s": peer(rag),
        f"vectors alone ({asker.encoder})": by_vectors(rag, asker),
        "ask, words alone": ids(ask(None, 0)),
        f"ask ({asker.encoder})": ids(ask(asker, 0)),
        f"ask ({asker.encoder}), with the floor": ids(ask(asker, None)),
    }
    kinds = ("users", "synonyms", "contents", "all")
    print(f"{read_meta(rag).documents} pairs, half {half}, {len(asked)} questions")
    print("| | " + " | ".join(kinds) + " | R@5 | R@10 | MRR | CPU ms, p95 |")
    print("|---|" + "---|" * (len(kinds) + 4))
    for name, find in variants.items():
        if find is None:
            print(f"{name} is not installed", file=sys.stderr)
            continue
        of = figures(asked, find)
        cells = [f"{of[kind]['nDCG@10']:.3f}" if kind in of else "-" for kind in kinds]
        cells += [f"{of['all'][name_]:.3f}" for name_ in ("R@5", "R@10", "MRR")]
        print(
            f"| {name} | "
            + " | ".join(cells)
            + f" | {of['cpu']['mean']:.0f}, {of['cpu']['p95']:.0f} |"
        )
    for name, by in ((asker.encoder, asker), ("words alone", None)):
        print(f"nothing close, {name}: {refused(asked, ask(by, None))}")


def opened_base(workspace: str) -> tuple[sqlite3.Connection, Asker]:
    """Return a workspace's database, for reading, and what asks it with the encoder of params."""
    base = Workspace(Path(workspace).resolve())
    path = base / base.output("rag.sqlite")
    rag = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    return rag, Asker.of(encoder_of(base.dag.params["embed"], read_models(base.root)))


@click.command()
@click.argument("workspace", type=click.Path(exists=True, file_okay=False))
@click.option("--half", type=click.Choice([*SEEDS]), default="dev")
def main(workspace: str, half: str) -> None:
    """Print the table of every variant on one half of the questions."""
    rag, asker = opened_base(workspace)
    table_of(rag, asker, half)


if __name__ == "__main__":
    main()
