"""Duplicates: everybody is given the texts of all pairs, and is asked which are one.

A label says whether the questions of two pairs ask the same (benchmarks/dedup_labels.csv); the
half `set_aside` counts here, on which nothing was tuned. Found are the duplicates among them that
a method declares, wrong what it declares and a reader denies: a pair that the method would drop.
Thresholds are those that a library has by default, or that its first page shows; one more is at
about the recall of ours.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.peers_run import Clock, Outcome, Peer, Source
from benchmarks.peers_stage import DECISIONS, PAIRS, columns, labels, run_cold, sampled

SHINGLE_CHARS = 4
PERMUTATIONS = 128
EVERY = 20
"""Datatrove takes minutes for whole pairs: it reads the labelled ones and every 20th other."""


class Declared(NamedTuple):
    """What is one: pairs with one group, and groups that are declared near."""

    group: dict[str, Any]
    near: set[tuple[Any, Any]]

    def is_one(self, pair_id: str, other_id: str) -> bool:
        """Return whether two pairs are declared to be one."""
        left, right = self.group[pair_id], self.group[other_id]
        return left == right or (left, right) in self.near or (right, left) in self.near

    def hanging(self) -> dict[str, Any]:
        """Return the pairs with one group for all that hang together."""
        root: dict[Any, Any] = {group: group for group in self.group.values()}

        def find(group: Any) -> Any:
            while root[group] != group:
                root[group] = root[root[group]]
                group = root[group]
            return group

        for left, right in self.near:
            root[find(left)] = find(right)
        return {pair_id: find(group) for pair_id, group in self.group.items()}

    def dropped(self) -> int:
        """Return how many pairs go when one of all that hang together is kept."""
        return len(self.group) - len(set(self.hanging().values()))


def counted(source: Source, declared: Declared, *named: Declared) -> Outcome:
    """Return recall and false merges by the labels; named is found too, where nothing is lost."""
    known = [row for row in labels(source.labels / "dedup_labels.csv") if _counts(row, declared)]
    duplicates = [row for row in known if row["label"] == "duplicate"]
    others = [row for row in known if row["label"] != "duplicate"]

    def is_named(row: dict[str, str]) -> bool:
        return any(_is_one(each, row) for each in (declared, *named))

    words = f"{declared.dropped():,} pairs dropped"
    if named:
        words += f"; {sum(map(is_named, others))} of the others linked or put before a reviewer"
    return Outcome(
        len(declared.group),
        sum(map(is_named, duplicates)),
        len(duplicates),
        sum(_is_one(declared, row) for row in others),
        len(others),
        words,
    )


def _counts(row: dict[str, str], declared: Declared) -> bool:
    two = {row["pair_id"], row["other_id"]}
    return row["half"] == "set_aside" and two <= declared.group.keys()


def _is_one(declared: Declared, row: dict[str, str]) -> bool:
    return declared.is_one(row["pair_id"], row["other_id"])


def whole_stage(source: Source, clock: Clock) -> Outcome:
    """Run dedup as the DAG does; what it leaves out is merged, the rest is linked or asked."""
    run_cold("dedup", source.workspace, clock)
    own: dict[str, Any] = {one: one for one in columns(source.workspace / PAIRS, "pair_id")[0]}
    by_ruling: dict[str, set[tuple[str, str]]] = {"merge": set(), "keep": set(), "review": set()}
    names = ("members", "action", "kind")
    for members, action, kind in zip(*columns(source.workspace / DECISIONS, *names), strict=True):
        if kind != "look_alike":
            by_ruling["merge" if action == "alias" else action].add(tuple(members))
    merged = Declared(own, by_ruling["merge"])
    linked = Declared(Declared(own, by_ruling["merge"] | by_ruling["keep"]).hanging(), set())
    return counted(source, merged, linked, Declared(own, by_ruling["review"]))


def questions_alone(source: Source, clock: Clock, *, threshold: float) -> Outcome:
    """Call the first half of the stage: normal forms, MinHash, candidates, exact verification."""
    import daft
    import numpy as np
    import pyarrow as pa
    import yaml

    from pipeline.core.memo import NoMemo
    from pipeline.dedup.candidates.fingerprints import MinHash, matrix, remembered_fingerprints
    from pipeline.dedup.candidates.near_questions import near_questions
    from pipeline.dedup.entries import Worth, one_array, rank_entries

    text = (source.workspace / "params.yaml").read_text(encoding="utf-8")
    params = yaml.safe_load(text)["dedup"]
    shape = MinHash(*(params[name] for name in MinHash._fields))
    pairs = daft.read_parquet(str(source.workspace / PAIRS)).select("pair_id", "question").collect()
    with clock:
        alone = pairs.with_column("answer", daft.lit(""))
        known = remembered_fingerprints(alone, shape, NoMemo())
        nothing = np.zeros(len(known))
        worth = Worth(pa.array(nothing), nothing.astype(bool), nothing.astype(bool))
        entries = rank_entries(known, worth, pa.array([], pa.large_string()))
        near = near_questions(
            matrix(one_array(known["bands"])),
            entries,
            review_threshold=threshold,
            reach=params["max_bucket"] - 1,
        )
    keys = dict(zip(entries.pair_id.to_pylist(), entries.key_id.tolist(), strict=True))
    return counted(source, Declared(keys, set(map(tuple, near.pairs.T.tolist()))))


def normal_forms(questions: Iterable[str]) -> list[list[str]]:
    """Return the shingles of our normal forms, which the peers without any of their own take."""
    from pipeline.dedup.text import plain, sorted_key, tokens

    keys = (sorted_key(tokens(plain(question))) for question in questions)
    return [
        sorted({key[n : n + SHINGLE_CHARS] for n in range(max(1, len(key) - SHINGLE_CHARS + 1))})
        for key in keys
    ]


def datasketch(source: Source, clock: Clock, *, threshold: float) -> Outcome:
    """Call MinHash and LSH of datasketch, and its own estimate of Jaccard."""
    from datasketch import MinHash, MinHashLSH

    ids, questions = columns(source.workspace / PAIRS, "pair_id", "question")
    with clock:
        lsh = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
        sketches = {}
        for pair_id, shingles in zip(ids, normal_forms(questions), strict=True):
            sketches[pair_id] = MinHash(num_perm=PERMUTATIONS)
            sketches[pair_id].update_batch([shingle.encode() for shingle in shingles])
            lsh.insert(pair_id, sketches[pair_id])
        near = {
            (pair_id, other)
            for pair_id, sketch in sketches.items()
            for other in lsh.query(sketch)
            if pair_id < other and sketch.jaccard(sketches[other]) >= threshold
        }
    return counted(source, Declared({pair_id: pair_id for pair_id in ids}, near))


def rensa(source: Source, clock: Clock, *, threshold: float) -> Outcome:
    """Call MinHash and LSH of rensa, and its own estimate of Jaccard."""
    from rensa import RMinHash, RMinHashLSH

    ids, questions = columns(source.workspace / PAIRS, "pair_id", "question")
    with clock:
        lsh = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=32)
        sketches = []
        for number, shingles in enumerate(normal_forms(questions)):
            sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
            sketch.update(shingles)
            sketches.append(sketch)
            lsh.insert(number, sketch)
        near = {
            (ids[number], ids[other])
            for number, sketch in enumerate(sketches)
            for other in lsh.query(sketch)
            if number < other and sketch.jaccard(sketches[other]) >= threshold
        }
    return counted(source, Declared({pair_id: pair_id for pair_id in ids}, near))


def semhash(source: Source, clock: Clock, *, threshold: float) -> Outcome:
    """Call semhash on the vectors of our embed stage: its own model would be downloaded."""
    import numpy as np
    from semhash import SemHash

    ids, vectors = columns(
        source.workspace / "data/embed/vectors.parquet", "pair_id", "question_vector"
    )
    rows = np.array(vectors, np.float32)
    place = {pair_id: number for number, pair_id in enumerate(ids)}

    class Encoder:
        """Looks a record's vector up."""

        def encode(self, sentences: list[str], **_: object) -> Any:
            return rows[[place[pair_id] for pair_id in sentences]]

    with clock:
        index = SemHash.from_records(records=list(ids), model=Encoder())
        found = index.self_deduplicate(threshold)
        group = {pair_id: pair_id for pair_id in ids}
        for kept in found.selected_with_duplicates:
            group |= {str(record): str(kept.record) for record, _ in kept.duplicates}
    return counted(source, Declared(group, set()))


def datatrove(source: Source, clock: Clock, *, with_answers: bool) -> Outcome:
    """Call the four steps of datatrove's MinHash up to its clusters, with its own normal forms."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.utils.hashing import HashConfig
    from datatrove.utils.logging import logger

    logger.remove()
    names = ("question", "answer") if with_answers else ("question",)
    rows = list(zip(*columns(source.workspace / PAIRS, "pair_id", *names), strict=True))
    if with_answers:
        known = labels(source.labels / "dedup_labels.csv")
        wanted = {row[name] for row in known for name in ("pair_id", "other_id")}
        rows = sampled(rows, wanted, EVERY)
    ids = [row[0] for row in rows]
    config = MinhashConfig(hash_config=HashConfig(hash_fc="sha1"))  # its xxhash is below 4
    with TemporaryDirectory() as folder, clock:
        signatures, buckets, clusters = (f"{folder}/{name}" for name in ("sigs", "dups", "ids"))
        documents = (Document(text="\n".join(parts), id=pair_id) for pair_id, *parts in rows)
        MinhashDedupSignature(signatures, config=config).run(documents)
        for bucket in range(config.num_buckets):
            step = MinhashDedupBuckets(signatures, buckets, config=config)
            step.run(rank=bucket, world_size=config.num_buckets)
        MinhashDedupCluster(buckets, clusters, config=config, save_cluster_id=True).run()
        own: dict[str, Any] = {pair_id: pair_id for pair_id in ids}
        group = own | {ids[place]: cluster for place, cluster in _clusters(Path(clusters))}
    return counted(source, Declared(group, set()))


def _clusters(folder: Path) -> Iterable[tuple[int, int]]:
    """Yield the place of each document that has a cluster, and the cluster's number."""
    import numpy as np

    for path in sorted(folder.glob("*.clusters")):
        yield from map(tuple, np.fromfile(path, "<u4").reshape(-1, 2).tolist())


_LESS = "equal: questions in, near ones out; compares sets of shingles by an estimate"

PEERS = (
    Peer(
        "ours, whole stage",
        "daft",
        whole_stage,
        "more than any peer: questions, answers and vectors, verified on the texts, guarded, "
        "explained; reads and writes Parquet, measures itself by planted duplicates",
        "whole",
    ),
    Peer(
        "ours, questions alone, verified at 85",
        "daft",
        partial(questions_alone, threshold=85),
        "equal: questions in, near ones out; verified on the texts",
    ),
    Peer(
        "ours, questions alone, verified at 90",
        "daft",
        partial(questions_alone, threshold=90),
        "the same, stricter",
    ),
    Peer(
        "datasketch, Jaccard 0.9 (default)", "datasketch", partial(datasketch, threshold=0.9), _LESS
    ),
    Peer("datasketch, Jaccard 0.7", "datasketch", partial(datasketch, threshold=0.7), _LESS),
    Peer("rensa, Jaccard 0.8 (its README)", "rensa", partial(rensa, threshold=0.8), _LESS),
    Peer("rensa, Jaccard 0.7", "rensa", partial(rensa, threshold=0.7), _LESS),
    Peer(
        "semhash, cosine 0.9 (default)",
        "semhash",
        partial(semhash, threshold=0.9),
        "less: vectors are given (our embed stage), no words are compared",
    ),
    Peer(
        "datatrove MinHash, questions (defaults)",
        "datatrove",
        partial(datatrove, with_answers=False),
        "equal: questions in, clusters out; runs of five words, no verification",
    ),
    Peer(
        "datatrove MinHash, question and answer",
        "datatrove",
        partial(datatrove, with_answers=True),
        "whole pairs as documents: what it is made for; no verification",
    ),
)
