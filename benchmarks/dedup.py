"""Duplicates beside the peers, on one corpus and one set of labels.

`python benchmarks/dedup.py WORKSPACE` takes a workspace in which integrate, qa and embed have
run, and labels by hand (benchmarks/dedup_labels.csv: two pair_ids, whether their questions ask
the same, the stratum that the two were drawn from, and the half; thresholds and lexicon were
tuned on the half "dev" alone).
Times CPU seconds of this process, cold, without reading and writing of files. Prints Markdown and
writes it beside this script. Needs the group bench: datasketch, rensa, semhash.
"""

import argparse
import csv
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import daft
import numpy as np
import pyarrow as pa
import yaml

from pipeline.core.memo import NoMemo
from pipeline.dedup.candidates.fingerprints import (
    MinHash,
    fingerprints,
    matrix,
    remembered_fingerprints,
)
from pipeline.dedup.candidates.near_answers import near_answers
from pipeline.dedup.candidates.near_questions import near_questions
from pipeline.dedup.candidates.search import find_candidates
from pipeline.dedup.clusters.canonical import components
from pipeline.dedup.comparison.evidence import compare_edges
from pipeline.dedup.entries import Entries, Ints, Worth, rank_entries, representatives
from pipeline.dedup.guards.lexicon import lexicon_of
from pipeline.dedup.likeness.bounds import may_be_alike
from pipeline.dedup.likeness.siblings import word_sets
from pipeline.dedup.likeness.token_sort import ratios
from pipeline.dedup.pairing import pair_entries
from pipeline.dedup.rules import MERGING, Thresholds, rule_on
from pipeline.dedup.text import plain, sorted_key
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import OPPOSITES, PLAN

HERE = Path(__file__).parent
LABELS = HERE / "dedup_labels.csv"
COMMAND = "python benchmarks/dedup.py WORKSPACE"
Two = tuple[str, str]


class Label(NamedTuple):
    """What a reader said of two pairs."""

    two: Two
    is_duplicate: bool
    stratum: str
    half: str


class Found(NamedTuple):
    """What a method declares, and what it took."""

    name: str
    cpu_s: float
    declares: Callable[[Two], bool]


class Corpus(NamedTuple):
    """The tables of a workspace, in memory."""

    pairs: daft.DataFrame
    scores: daft.DataFrame
    vectors: daft.DataFrame
    params: dict[str, Any]


def labels() -> list[Label]:
    """Return the labels."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        return [
            Label(
                (row["pair_id"], row["other_id"]),
                row["label"] == "duplicate",
                row["stratum"],
                row["half"],
            )
            for row in csv.DictReader(file)
        ]


@contextmanager
def timed(spent: list[float]) -> Iterator[None]:
    """Append the CPU seconds of a block to spent."""
    start = time.process_time()
    yield
    spent.append(time.process_time() - start)


def _worth(score: Any) -> Worth:
    """Return scores of pairs that nobody doubts and nothing repaired."""
    nothing = np.zeros(len(score), bool)
    return Worth(pa.array(score), nothing, nothing)


def questions_alone(corpus: Corpus, threshold: float) -> Found:
    """Return what the first half of the stage finds, which does what the peers do.

    That is normal forms, MinHash, candidates and exact verification of the questions; normal
    forms are a gift to the peers.
    """
    shape = MinHash(*(corpus.params[name] for name in MinHash._fields))
    known = remembered_fingerprints(corpus.pairs, shape, NoMemo())
    entries = rank_entries(known, _worth(np.zeros(len(known))), pa.array([], pa.large_string()))
    spent: list[float] = []
    with timed(spent):
        made = fingerprints(corpus.pairs, shape).select("pair_id", "question_key", "bands")
        bands = matrix(made.to_arrow().combine_chunks().sort_by("pair_id")["bands"].chunk(0))
        near = near_questions(
            bands, entries, review_threshold=threshold, reach=corpus.params["max_bucket"] - 1
        )
    met = set(map(tuple, near.pairs.T.tolist()))
    keys = dict(zip(entries.pair_id.to_pylist(), entries.key_id.tolist(), strict=True))

    def declared(two: Two) -> bool:
        left, right = sorted(keys[pair_id] for pair_id in two)
        return left == right or (left, right) in met

    return Found(f"this stage, questions alone, verified at {threshold:g}", spent[0], declared)


def ours(corpus: Corpus) -> tuple[list[Found], Counter[str]]:
    """Return what the rules declare, merged or linked, without and with proposals."""
    params = corpus.params
    names = ("fuzzy", "review", "answer", "cosine", "wording")
    thresholds = Thresholds(*(params[f"{name}_threshold"] for name in names))
    shape = MinHash(*(params[name] for name in MinHash._fields))
    root = Path(__file__).parents[1]
    words = lexicon_of(read_input(root, PLAN), read_input(root, OPPOSITES))
    spent: list[float] = []
    with timed(spent):
        known = remembered_fingerprints(corpus.pairs, shape, NoMemo())
        score = corpus.scores.sort("pair_id").to_arrow()["score"]
        entries = rank_entries(known, _worth(score.to_numpy()), pa.array([], pa.large_string()))
        same_text = representatives(entries, {})
        distinct = np.unique(same_text)
        asked = word_sets(entries.keys, words.generic | words.relations)
        candidates = find_candidates(
            known,
            entries,
            distinct,
            corpus.vectors,
            asked,
            thresholds,
            **{name: params[name] for name in ("cosine_bands", "max_bucket", "seed")},
        )
        nobody = np.zeros((2, 0), np.int64)
        edges = pair_entries(
            entries, distinct, candidates, asked, nobody, anchors=params["anchors"]
        )
        evidence = compare_edges(edges, entries, known, corpus.pairs, thresholds, words, NoMemo())
        ruled = {(e.left, e.right): rule_on(e, thresholds) for e in evidence}
    said = {two: f"{r.kind}/{r.action}" for two, r in ruled.items() if r is not None}
    by_rule = {two for two, r in ruled.items() if r is not None and r.action in MERGING}
    linked = {two for two, s in said.items() if s == "same_question_other_answer/keep"}
    proposed = {two for two, r in ruled.items() if r is not None and r.action == "review"}
    ties = np.array(sorted(by_rule | linked), np.int64).reshape(-1, 2).T
    together = components(len(same_text), ties)[same_text]
    declares = _by_entries(entries, same_text)
    return [
        Found("this stage: merged by rule", spent[0], declares(same_text, by_rule)),
        Found("this stage: merged, or kept as one question", spent[0], declares(together, set())),
        Found("this stage: the same and proposals", spent[0], declares(together, proposed)),
    ], Counter(said.values())


def _by_entries(
    entries: Entries, same_text: Ints
) -> Callable[[Ints, set[tuple[int, int]]], Callable[[Two], bool]]:
    entry_of = {pair_id: entry for entry, pair_id in enumerate(entries.pair_id.to_pylist())}

    def declares(together: Ints, found: set[tuple[int, int]]) -> Callable[[Two], bool]:
        """Return what declares the same: one label in together, or a place among found."""

        def declared(two: Two) -> bool:
            places = [entry_of[pair_id] for pair_id in two]
            left, right = sorted(int(same_text[place]) for place in places)
            return together[places[0]] == together[places[1]] or (left, right) in found

        return declared

    return declares


def near_answers_found(corpus: Corpus) -> tuple[int, int]:
    """Return how many pairs of answers are near, by brute force, and how many of them meet.

    Near are different answers, none of them rejected, whose token-sort similarity reaches the
    threshold. Brute force leaves out what cannot reach it by its length or by the pairs of letters
    that it holds.
    """
    threshold = corpus.params["answer_threshold"]
    shape = MinHash(*(corpus.params[name] for name in MinHash._fields))
    known = remembered_fingerprints(corpus.pairs, shape, NoMemo())
    rejected = corpus.scores.where(daft.col("verdict") == "reject").to_pydict()["pair_id"]
    entries = rank_entries(
        known, _worth(np.zeros(len(known))), pa.array(rejected, pa.large_string())
    )
    found = near_answers(
        matrix(known["answer_bands"].combine_chunks()),
        entries,
        np.arange(len(entries.pair_id)),
        answer_threshold=threshold,
        reach=corpus.params["max_bucket"] - 1,
    )
    met = {tuple(two) for two in np.sort(entries.answer_id[found.pairs], axis=0).T.tolist()}
    rows = corpus.pairs.select("pair_id", "answer").to_pydict()
    texts = dict(zip(rows["pair_id"], map(plain, rows["answer"]), strict=True))
    first = np.unique(entries.answer_id, return_index=True)[1]  # answer_ids are 0, 1, 2 ...
    answers = [texts[entries.pair_id[int(entry)].as_py()] for entry in first]
    chars = np.array(list(map(len, answers)), np.int64)
    order = np.argsort(chars, kind="stable")
    longest = chars[order] * (200 - threshold) / threshold
    counts = np.searchsorted(chars[order], longest, side="right") - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), counts)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
    pairs = np.sort(np.stack([order[left], order[right]]), axis=0)
    pairs = pairs[:, may_be_alike(answers, pairs, threshold)]
    keys = [sorted_key(answer.split(" ")) for answer in answers]
    ends = [[keys[place] for place in side] for side in pairs.tolist()]
    near = pairs[:, ratios(*ends, threshold) >= threshold].T.tolist()
    return len(near), sum(tuple(two) in met for two in near)


def questions_of(corpus: Corpus) -> dict[str, str]:
    """Return the words of each question, sorted, by pair_id: what every method is given."""
    shape = MinHash(*(corpus.params[name] for name in MinHash._fields))
    known = remembered_fingerprints(corpus.pairs, shape, NoMemo())
    names = ("pair_id", "question_key")
    return dict(zip(*(known[name].to_pylist() for name in names), strict=True))


def datasketch(keys: dict[str, str], threshold: float) -> Found:
    """Return what MinHash and LSH of datasketch declare, with its own estimate of Jaccard."""
    from datasketch import MinHash as Sketch  # noqa: PLC0415 - group bench
    from datasketch import MinHashLSH  # noqa: PLC0415

    spent: list[float] = []
    with timed(spent):
        sketches = {}
        lsh = MinHashLSH(threshold=threshold, num_perm=128)
        for pair_id, key in keys.items():
            sketches[pair_id] = Sketch(num_perm=128)
            sketches[pair_id].update_batch([s.encode() for s in shingles(key)])
            lsh.insert(pair_id, sketches[pair_id])
        near = {pair_id: set(lsh.query(sketch)) for pair_id, sketch in sketches.items()}
        met = {
            two
            for two in ((a, b) for a, others in near.items() for b in others if a < b)
            if sketches[two[0]].jaccard(sketches[two[1]]) >= threshold
        }
    return Found(f"datasketch, Jaccard {threshold}", spent[0], lambda two: _sorted(two) in met)


def rensa(keys: dict[str, str], threshold: float) -> Found:
    """Return what MinHash and LSH of rensa declare, with its own estimate of Jaccard."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415 - group bench

    spent: list[float] = []
    with timed(spent):
        ids = list(keys)
        lsh = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=32)
        sketches = []
        for number, key in enumerate(keys.values()):
            sketch = RMinHash(num_perm=128, seed=1)
            sketch.update(sorted(shingles(key)))
            sketches.append(sketch)
            lsh.insert(number, sketch)
        met = {
            _sorted((ids[number], ids[other]))
            for number, sketch in enumerate(sketches)
            for other in lsh.query(sketch)
            if number < other and sketch.jaccard(sketches[other]) >= threshold
        }
    return Found(f"rensa, Jaccard {threshold}", spent[0], lambda two: _sorted(two) in met)


def rensa_on_both(corpus: Corpus, keys: dict[str, str], thresholds: tuple[float, float]) -> Found:
    """Return what rensa declares by the questions or by the answers, of which it takes words.

    Answers get the signature that the stage gives them: as many permutations, runs of as many
    words. Their plain forms are a gift too.
    """
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415 - group bench

    by_question = rensa(keys, thresholds[0])
    rows = corpus.pairs.select("pair_id", "answer").to_pydict()
    words = [plain(answer).split(" ") for answer in rows["answer"]]
    permutations, bands, run = (
        corpus.params[f"answer_{name}"] for name in ("permutations", "bands", "shingle_words")
    )
    spent: list[float] = []
    with timed(spent):
        lsh = RMinHashLSH(threshold=thresholds[1], num_perm=permutations, num_bands=bands)
        sketches = []
        for number, some in enumerate(words):
            sketch = RMinHash(num_perm=permutations, seed=1)
            sketch.update([" ".join(some[n : n + run]) for n in range(max(1, len(some) - run + 1))])
            sketches.append(sketch)
            lsh.insert(number, sketch)
        met = {
            _sorted((rows["pair_id"][number], rows["pair_id"][other]))
            for number, sketch in enumerate(sketches)
            for other in lsh.query(sketch)
            if number < other and sketch.jaccard(sketches[other]) >= thresholds[1]
        }
    return Found(
        f"rensa, questions {thresholds[0]} or answers {thresholds[1]}",
        by_question.cpu_s + spent[0],
        lambda two: by_question.declares(two) or _sorted(two) in met,
    )


def semhash(keys: dict[str, str], vectors: daft.DataFrame, threshold: float) -> Found:
    """Return what semhash declares on the vectors of the embed stage; they are not timed."""
    from semhash import SemHash  # noqa: PLC0415 - group bench

    table = vectors.to_arrow()
    rows = matrix(table["question_vector"].combine_chunks())
    ids = table["pair_id"].to_pylist()
    place = {pair_id: number for number, pair_id in enumerate(ids)}

    class Encoder:
        """Looks a record's vector up."""

        def encode(self, sentences: list[str], **_: object) -> Any:
            return rows[[place[pair_id] for pair_id in sentences]]

    spent: list[float] = []
    with timed(spent):
        found = SemHash.from_records(records=list(keys), model=Encoder()).self_deduplicate(
            threshold
        )
        group: dict[str, Any] = {}
        for kept in found.selected_with_duplicates:
            for record in [kept.record, *(record for record, _ in kept.duplicates)]:
                group[record] = kept.record
    return Found(
        f"semhash, cosine {threshold}",
        spent[0],
        lambda two: group.get(two[0], two[0]) == group.get(two[1], two[1]),
    )


def shingles(key: str) -> set[str]:
    """Return the runs of four characters of a sorted question."""
    return {key[n : n + 4] for n in range(max(1, len(key) - 3))}


def _sorted(two: Two) -> Two:
    return min(two), max(two)


def row(found: Found, known: list[Label], pairs: int) -> str:
    """Return one line of the table."""
    cells = [found.name, f"{found.cpu_s:.1f}", f"{pairs / found.cpu_s:,.0f}"]
    for half in ("set_aside", "dev"):
        some = [label for label in known if label.half == half]
        declared = [label.is_duplicate for label in some if found.declares(label.two)]
        true = sum(label.is_duplicate for label in some)
        cells.append(f"{sum(declared)}/{len(declared)} = {_ratio(sum(declared), len(declared))}")
        cells.append(f"{sum(declared)}/{true} = {_ratio(sum(declared), true)}")
    return f"| {' | '.join(cells)} |"


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def by_stratum(known: list[Label], methods: list[Found]) -> Iterator[str]:
    """Yield a table: of the duplicates and of the others of each stratum, how many are declared."""
    yield "| stratum | labels | duplicates | " + " | ".join(m.name for m in methods) + " |"
    yield "|---|---:|---:|" + "---:|" * len(methods)
    for stratum in sorted({label.stratum for label in known}):
        some = [label for label in known if label.stratum == stratum]
        true = sum(label.is_duplicate for label in some)
        cells = []
        for method in methods:
            declared = [label.is_duplicate for label in some if method.declares(label.two)]
            cells.append(f"{sum(declared)} + {len(declared) - sum(declared)}")
        yield f"| {stratum} | {len(some)} | {true} | {' | '.join(cells)} |"


def report(corpus: Corpus) -> Iterator[str]:
    """Yield the lines of the report."""
    known = labels()
    keys = questions_of(corpus)
    rules, said = ours(corpus)
    lowest, highest = (corpus.params[f"{name}_threshold"] for name in ("review", "fuzzy"))
    middle = (lowest + highest) / 2
    methods = [
        *rules,
        *(questions_alone(corpus, threshold) for threshold in (lowest, middle, highest)),
        datasketch(keys, 0.7),
        datasketch(keys, 0.85),
        rensa(keys, 0.7),
        rensa(keys, 0.85),
        rensa_on_both(corpus, keys, (0.7, 0.8)),
        semhash(keys, corpus.vectors, 0.9),
        semhash(keys, corpus.vectors, 0.95),
    ]
    yield f"# Duplicates: {len(keys):,} real pairs, {len(known)} labels\n"
    yield f"`{COMMAND}`\n"
    yield (
        "A label says whether two questions ask the same. Precision is the share of true ones "
        "among the labelled pairs that a method declares, recall the share of the true ones that "
        "it declares. Peers compare questions (datasketch, rensa) or vectors (semhash), and one "
        "answers too; only the stage verifies on the texts, with guards, and says what it "
        "found. What is like for like with datasketch and rensa is the stage's first half, "
        "questions alone.\n"
    )
    yield "| method | CPU s | pairs per CPU s | set aside: precision | recall | dev: precision | recall |"  # noqa: E501
    yield "|---|---:|---:|---:|---:|---:|---:|"
    yield from (row(method, known, len(keys)) for method in methods)
    yield "\nPer stratum, true + false declared:\n"
    yield from by_stratum(known, [rules[1], rules[2], methods[4], methods[6], methods[8]])
    near, met = near_answers_found(corpus)
    yield (
        f"\nOf {near:,} two different answers that brute force finds to be near, {met:,} are "
        "brought together by their own MinHash."
    )
    yield "\nWhat the rules say of all pairs that they compared: " + ", ".join(
        f"{kind} {count:,}" for kind, count in sorted(said.items())
    )


def main() -> None:
    """Measure in the workspace that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path, help="where integrate, qa and embed have run")
    root = parser.parse_args().workspace
    tables = [
        daft.read_parquet(str(root / "data" / path)).collect()
        for path in ("integrate/pairs.parquet", "qa/scores.parquet", "embed/vectors.parquet")
    ]
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))["dedup"]
    text = "\n".join(report(Corpus(*tables, params))) + "\n"
    (HERE / "dedup.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
