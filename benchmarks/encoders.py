"""Encoders beside one another: duplicates found by sense, and what a vector costs.

`python benchmarks/encoders.py WORKSPACE` takes a workspace in which integrate has run, and four
sets of labels by hand: benchmarks/dedup_labels.csv, drawn by likeness of words,
benchmarks/encoders_labels.csv, drawn to be hard: by nearness of sense where words differ, by
shared rare words, and uniformly; benchmarks/encoders_labels_2.csv, drawn uniformly from what
vectors alone bring near, with room below the threshold; and benchmarks/encoders_labels_3.csv,
drawn in seven ways, topics alike: two of a topic, two of a cluster, and the nearest of a pair by
words, by the question vectors of both encoders, by documents, and by sense where words differ.
What a sibling costs and both thresholds were chosen on the three older sets and on the half "dev"
of the last; its half "set_aside" was read once. Prints Markdown and writes it beside this script.
Needs the extra minilm.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from rapidfuzz import fuzz

from pipeline.dedup.guards.lexicon import Lexicon, lexicon_of
from pipeline.dedup.guards.question_guards import question_guards, question_words
from pipeline.dedup.likeness.siblings import siblings, word_sets
from pipeline.dedup.rules import Evidence, Thresholds, near_from, rule_on
from pipeline.dedup.text import plain, sorted_key, tokens
from pipeline.embedding.encoder import Encoder
from pipeline.embedding.encoders import encoder_of
from pipeline.embedding.windows import document_vectors
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import OPPOSITES, PLAN

HERE = Path(__file__).parent
COMMAND = "python benchmarks/encoders.py WORKSPACE"
NAMES = ("hashing", "distilled", "minilm")
TIMED = {"questions": 2000, "documents": 200}


class Label(NamedTuple):
    """Two questions with their answers, whether they ask the same, the half, and siblings."""

    left: tuple[str, str]
    right: tuple[str, str]
    is_duplicate: bool
    half: str
    siblings: int = 0


def labels(file: str, pairs: dict[str, tuple[str, str]]) -> list[Label]:
    """Return the labels of a file whose pairs are in the workspace."""
    with (HERE / file).open(encoding="utf-8", newline="") as lines:
        rows = [(row["pair_id"], row["other_id"], row) for row in csv.DictReader(lines)]
    return [
        Label(pairs[one], pairs[other], row["label"] == "duplicate", row["half"])
        for one, other, row in rows
        if one in pairs and other in pairs
    ]


def with_siblings(
    sets: dict[str, list[Label]], questions: list[str], known: Lexicon
) -> dict[str, list[Label]]:
    """Return the labels with the siblings of their questions among all of the workspace."""
    keys = {text: sorted_key(tokens(plain(text))) for text in questions}
    place = {key: number for number, key in enumerate(dict.fromkeys(keys.values()))}
    asked = word_sets(pa.array(list(place), pa.large_string()), known.generic | known.relations)
    counted = {}
    for name, some in sets.items():
        ends = [[place[keys[two[0]]] for two in (of.left, of.right)] for of in some]
        numbers = siblings(asked, np.array(ends, np.int64).T).tolist()
        counted[name] = [of._replace(siblings=n) for of, n in zip(some, numbers, strict=True)]
    return counted


def cosines(encoder: Encoder, some: list[Label], windows: int) -> npt.NDArray[np.float64]:
    """Return the mean of the cosines of the questions and of the documents of each label."""
    near = np.zeros(len(some))
    asked, given = (
        [[getattr(label, side)[place] for label in some] for side in ("left", "right")]
        for place in (0, 1)
    )
    for left, right in (
        [encoder.encode(texts, "question") for texts in asked],
        [document_vectors(encoder, *texts, windows) for texts in zip(asked, given, strict=True)],
    ):
        near += np.einsum("ij,ij->i", left.astype(np.float64), right) / 2
    return near


def declared(label: Label, cosine: float | None, thresholds: Thresholds, known: Lexicon) -> bool:
    """Return whether the rules propose, link or merge two questions with different answers."""
    ours, theirs = (plain(question) for question, _ in (label.left, label.right))
    keys = [sorted_key(tokens(text)) for text in (ours, theirs)]
    evidence = Evidence(
        0,
        1,
        is_same_question=tokens(ours) == tokens(theirs),
        is_same_answer=False,
        question_similarity=fuzz.ratio(*keys),
        answer_similarity=None,
        cosine=cosine,
        guards=tuple(question_guards(*(question_words(text, known) for text in (ours, theirs)))),
        siblings=label.siblings,
    )
    ruling = rule_on(evidence, thresholds)
    return ruling is not None and ruling.kind != "look_alike"


def found(some: list[Label], said: list[bool]) -> str:
    """Return recall and precision of what was declared."""
    true = sum(label.is_duplicate for label in some)
    hits = sum(label.is_duplicate for label, yes in zip(some, said, strict=True) if yes)
    return (
        f"{hits}/{true} = {hits / true:.2f} | {hits}/{sum(said)} = {hits / max(1, sum(said)):.2f}"
    )


def average_precision(scores: npt.NDArray[np.float64], some: list[Label]) -> float:
    """Return the mean precision at each true one, nearest first."""
    is_true = np.array([label.is_duplicate for label in some])[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(is_true) / np.arange(1, len(some) + 1))[is_true].mean())


def rate(encoder: Encoder, texts: list[str]) -> float:
    """Return how many texts a CPU second encodes."""
    start = time.process_time()
    encoder.encode(texts, "document")
    return len(texts) / (time.process_time() - start)


def report(root: Path) -> Iterator[str]:
    """Yield the lines of the report."""
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    dedup = params["dedup"]
    names = ("fuzzy", "review", "answer", "cosine", "wording")
    thresholds = Thresholds(*(dedup[f"{name}_threshold"] for name in names))
    known = lexicon_of(read_input(root, PLAN), read_input(root, OPPOSITES))
    columns = ["pair_id", "question", "answer"]
    table = pq.read_table(root / "data/integrate/pairs.parquet", columns=columns).to_pydict()
    texts = zip(table["question"], table["answer"], strict=True)
    pairs = dict(zip(table["pair_id"], texts, strict=True))
    files = {
        "words": "dedup_labels.csv",
        "hard": "encoders_labels.csv",
        "proposed": "encoders_labels_2.csv",
        "seven_ways": "encoders_labels_3.csv",
    }
    sets = {key: labels(file, pairs) for key, file in files.items()}
    sets = with_siblings(sets, table["question"], known)
    sets["all"] = [label for some in sets.values() for label in some]
    documents = [f"{q}\n{a}" for q, a in zip(table["question"], table["answer"], strict=True)]
    yield f"# Encoders: {len(pairs):,} real pairs, {len(sets['all'])} labels\n"
    yield f"`{COMMAND}`\n"
    yield "| encoder | dimension | questions a CPU second | documents a CPU second | average precision, words | hard | proposed | seven ways |"  # noqa: E501
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    made = {name: encoder_of({**params["embed"], "encoder": name}) for name in NAMES}
    windows = params["embed"]["windows"]
    near = {
        name: {key: cosines(made[name], some, windows) for key, some in sets.items()}
        for name in NAMES
    }
    for name, encoder in made.items():
        rates = [
            rate(encoder, table["question"][: TIMED["questions"]]),
            rate(encoder, documents[: TIMED["documents"]]),
        ]
        ap = [average_precision(near[name][key], sets[key]) for key in files]
        yield (
            f"| {name} | {encoder.dimension} | {rates[0]:,.0f} | {rates[1]:,.0f} | "
            + " | ".join(f"{value:.3f}" for value in ap)
            + " |"
        )
    yield (
        f"\nWhat rules propose, link or merge at dedup.cosine_threshold {thresholds.cosine} "
        f"({near_from(thresholds.cosine, 'minilm'):g} with minilm), by labels drawn by words, hard "
        "ones, proposed ones, those drawn in seven ways, and all:\n"
    )
    yield "| encoder | half | labels | recall | precision |"
    yield "|---|---|---|---:|---:|"
    for name in ("no vectors", *NAMES):
        by_encoder = thresholds._replace(cosine=near_from(thresholds.cosine, name))
        for half in ("dev", "set_aside"):
            for key, some in sets.items():
                values = near[name][key].tolist() if name in near else [None] * len(some)
                both = [
                    (label, declared(label, value, by_encoder, known))
                    for label, value in zip(some, values, strict=True)
                    if label.half == half
                ]
                chosen, said = [list(side) for side in zip(*both, strict=True)]
                yield f"| {name} | {half} | {key} | {found(chosen, said)} |"


def main() -> None:
    """Measure in the workspace that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path, help="where integrate has run")
    text = "\n".join(report(parser.parse_args().workspace)) + "\n"
    (HERE / "encoders.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
