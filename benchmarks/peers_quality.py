"""Quality: everybody is given all pairs, and says of each whether it is to be kept, and why not.

Labels are those of benchmarks/quality_labels.csv in the halves that no rule was tuned on. Found
are defective pairs that are flagged or dropped, wrong are clean ones. The peers' filters were made
for pages of the web and read the answer as one.
"""

import os
from functools import partial

from benchmarks.peers_run import Clock, Outcome, Peer, Source
from benchmarks.peers_stage import PAIRS, SCORES, columns, labels, run_cold, sampled

EVERY = 20
"""Datatrove's filters take minutes for all: they read the labelled pairs and every 20th other."""

HALVES = ("held_out", "held_out_2", "fresh_2")


def counted(source: Source, ids: list[str], flagged: set[str]) -> Outcome:
    """Return how many defective and how many clean pairs among the labelled ones are flagged."""
    there = set(ids)
    rows = labels(source.labels / "quality_labels.csv")
    known = [row for row in rows if row["half"] in HALVES and row["pair_id"] in there]
    clean = [row["pair_id"] in flagged for row in known if row["class"] == "clean"]
    defective = [row["pair_id"] in flagged for row in known if row["class"] != "clean"]
    share = f"{len(flagged):,} of {len(ids):,} pairs flagged"
    return Outcome(len(ids), sum(defective), len(defective), sum(clean), len(clean), share)


def whole_stage(source: Source, clock: Clock) -> Outcome:
    """Run qa as the DAG does; what it does not accept is flagged."""
    run_cold("qa", source.workspace, clock)
    ids, verdicts = columns(source.workspace / SCORES, "pair_id", "verdict")
    kept = zip(ids, verdicts, strict=True)
    return counted(source, ids, {pair_id for pair_id, verdict in kept if verdict != "accept"})


def rules_alone(source: Source, clock: Clock) -> Outcome:
    """Call the rules of one pair: flags with evidence, measures and the parts of the score."""
    import daft
    import yaml

    from pipeline.quality.grading import Yardstick, graded
    from pipeline.quality.lexicon import subject
    from pipeline.store.inputs import read_input
    from pipeline.workspace.layout import FORMULAS, GENERIC_WORDS, PLAN, SENSES, TERMS

    text = (source.workspace / "params.yaml").read_text(encoding="utf-8")
    params = yaml.safe_load(text)["qa"]
    paths = (PLAN, TERMS, GENERIC_WORDS, SENSES, FORMULAS)
    plan, *lists = (read_input(source.workspace, path) for path in paths)
    yardstick = Yardstick(
        subject(sorted(set(plan["name"])), *lists), params["rules"], params["penalties"]
    )
    texts = daft.read_parquet(str(source.workspace / PAIRS))
    texts = texts.select("pair_id", "question", "answer").collect()
    with clock:
        grades = graded(texts, yardstick).select("pair_id", "worst").to_pydict()
    worst = dict(zip(grades["pair_id"], grades["worst"], strict=True))
    flagged = {pair_id for pair_id, severity in worst.items() if severity in {"warn", "error"}}
    return counted(source, list(worst), flagged)


def datatrove(source: Source, clock: Clock, *, filters: tuple[str, ...]) -> Outcome:
    """Call filters of datatrove in a row: an answer that one drops is not read by the next."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from datatrove.data import Document
    from datatrove.pipeline import filters as known

    rows = list(zip(*columns(source.workspace / PAIRS, "pair_id", "answer"), strict=True))
    known_labels = labels(source.labels / "quality_labels.csv")
    wanted = {row["pair_id"] for row in known_labels if row["half"] in HALVES}
    rows = sampled(rows, wanted, EVERY)
    lenient = {"C4QualityFilter": {"filter_no_terminal_punct": False}} if len(filters) > 1 else {}
    with clock:
        steps = [getattr(known, name)(**lenient.get(name, {})) for name in filters]
        kept = (Document(text=text, id=one) for one, text in rows)
        for step in steps:
            kept = step.run(kept)
        left = {document.id for document in kept}
    ids = [one for one, _ in rows]
    return counted(source, ids, set(ids) - left)


_ALL = ("GopherRepetitionFilter", "GopherQualityFilter", "C4QualityFilter", "FineWebQualityFilter")
_ONE = "less: one family of signs, of the answer alone; the first reason, no score"

PEERS = (
    Peer(
        "ours, whole stage",
        "daft",
        whole_stage,
        "more: both texts, the subject, credentials, repairs, score, report and review list; "
        "reads and writes files",
        "whole",
    ),
    Peer(
        "ours, rules alone",
        "daft",
        rules_alone,
        "equal: texts in, flags with reasons out; more in that every rule reads every pair, "
        "and gives evidence and a score",
    ),
    Peer(
        "datatrove: FineWeb's four in a row",
        "datatrove",
        partial(datatrove, filters=_ALL),
        "equal in kind, less in matter: does not read the question, stops at the first reason",
    ),
    *(
        Peer(f"datatrove: {name}", "datatrove", partial(datatrove, filters=(name,)), _ONE)
        for name in _ALL
    ),
)
