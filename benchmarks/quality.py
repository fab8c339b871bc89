"""How well the rules of quality find what people found: prints Markdown.

`python benchmarks/quality.py <pairs.parquet>` reads question and answer of the labelled pairs
(benchmarks/quality_labels.csv) from a table of real pairs (data/integrate/pairs.parquet of a
workspace that has them), applies the rules as params.yaml sets them, and prints, for both halves
of the labels, precision and recall per kind of defect, what the rules do to clean pairs, what
stands beside the labels on the whole table, and pairs per CPU second.

A pair has one label, and the rules' claim about it is the first flag that warns or rejects:
their table goes from the surest to the vaguest.
"""

import argparse
import hashlib
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow.parquet as pq
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.quality_damage import DAMAGES  # noqa: E402
from pipeline.core.ids import pair_id  # noqa: E402
from pipeline.quality.lexicon import Subject, subject  # noqa: E402
from pipeline.quality.reading import Reading, read  # noqa: E402
from pipeline.quality.rules import Check, Rule, bound, flags  # noqa: E402
from pipeline.store.inputs import read_input  # noqa: E402
from pipeline.workspace.layout import FORMULAS, GENERIC_WORDS, PLAN, SENSES, TERMS  # noqa: E402

LABELS = Path(__file__).with_name("quality_labels.csv")
HALVES = ("dev", "held_out", "fresh", "dev_2", "held_out_2", "fresh_2")
OFF = "off topic or off question"
KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "refusal": (frozenset({"refusal"}), frozenset({"refusal"})),
    "template": (frozenset({"template"}), frozenset({"template_answer"})),
    "padding": (frozenset({"padding"}), frozenset({"padding", "repetition"})),
    "cut-off": (frozenset({"cut_off"}), frozenset({"cut_off"})),
    OFF: (
        frozenset({"off_topic", "off_question"}),
        frozenset({"off_topic", "file_subject", "off_question", "wrong_expansion"}),
    ),
    "off question alone": (
        frozenset({"off_question"}),
        frozenset({"off_question", "wrong_expansion"}),
    ),
    "mojibake": (frozenset({"mojibake"}), frozenset({"mojibake"})),
}
"""Labels and the flags that claim them, by the name of the row."""

PLANTED = 200
LONG_CHARS = 1500
REPEATS = 5
SPEED_PAIRS = 3000
DRAW = "planted:"

Checks = tuple[tuple[Rule, Check], ...]


class Pair(NamedTuple):
    """A labelled pair, its label, and what the rules say first and about how many things."""

    pair_id: str
    question: str
    answer: str
    label: str
    half: str
    drawn: str
    first: str


def labelled(texts: pd.DataFrame, terms: Subject, checks: Checks) -> list[Pair]:
    """Return the labelled pairs that texts holds, with the rules' first flag ("" for none)."""
    labels = pd.read_csv(LABELS, dtype=str).merge(texts, on="pair_id")
    return [
        Pair(
            row.pair_id,
            row.question,
            row.answer,
            row["class"],
            row.half,
            row.drawn,
            first_flag(read(row.question, row.answer, terms), checks),
        )
        for _, row in labels.iterrows()
    ]


def first_flag(reading: Reading, checks: Checks) -> str:
    """Return the code of the first flag that warns or rejects, "" where there is none."""
    raised = flags(reading, checks)
    return next((flag.code for flag in raised if flag.severity != "info"), "")


def share(part: int, whole: int) -> str:
    """Return part of whole as a share with both counts, a dash where there is nothing."""
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "-"


def measured(kind: str, pairs: list[Pair]) -> str:
    """Return precision and recall of a kind over pairs, as two cells of a table."""
    labels, codes = KINDS[kind]
    claimed = [pair for pair in pairs if pair.first in codes]
    meant = [pair for pair in pairs if pair.label in labels]
    hit = sum(pair.label in labels for pair in claimed)
    found = sum(pair.first in codes for pair in meant)
    return f"{share(hit, len(claimed))} | {share(found, len(meant))} |"


def findings(pairs: list[Pair]) -> Iterator[str]:
    """Yield precision and recall by kind and half, and of the commonest kind where it is hard."""
    yield "| defect | half | precision | recall |"
    yield "|---|---|---|---|"
    for kind in KINDS:
        for half in HALVES:
            own = [pair for pair in pairs if pair.half == half]
            yield f"| {kind} | {half} | {measured(kind, own)}"
    others = [pair for pair in pairs if ".txt" not in pair.question]
    for half in HALVES:
        own = [pair for pair in others if pair.half == half]
        yield f"| ... without questions about files | {half} | {measured(OFF, own)}"
    for name, some in (("uniform draws", pairs), ("uniform draws without files", others)):
        drawn = [pair for pair in some if pair.drawn == "uniform"]
        yield f"| ... in the {name} | all | {measured(OFF, drawn)}"
        for half in HALVES:
            own = [pair for pair in drawn if pair.half == half]
            yield f"| ... in the {name} | {half} | {measured(OFF, own)}"


def bystanders(pairs: list[Pair]) -> Iterator[str]:
    """Yield how many clean pairs the rules hold up, in all labels and in the uniform draw."""
    yield "| clean pairs flagged | half | all labels | uniform draw |"
    yield "|---|---|---|---|"
    for half in HALVES:
        clean = [pair for pair in pairs if pair.half == half and pair.label == "clean"]
        uniform = [pair for pair in clean if pair.drawn == "uniform"]
        told = [
            share(sum(bool(pair.first) for pair in some), len(some)) for some in (clean, uniform)
        ]
        yield f"| a warning or an error | {half} | {told[0]} | {told[1]} |"


def missed(pairs: list[Pair]) -> Iterator[str]:
    """Yield what is said of pairs with another label, as counts of label and first flag."""
    yield "| half | label | first flag | pairs |"
    yield "|---|---|---|---|"
    told = Counter((pair.half, pair.label, pair.first or "none") for pair in pairs)
    for (half, label, first), number in sorted(told.items()):
        claims = any(label in labels and first in codes for labels, codes in KINDS.values())
        if not claims and (label, first) != ("clean", "none"):
            yield f"| {half} | {label} | {first} | {number} |"


def planted(pairs: list[Pair], terms: Subject, checks: Checks) -> Iterator[str]:
    """Yield how many clean answers are found after damage: for defects with few real members."""
    clean = sorted(
        (pair for pair in pairs if pair.label == "clean" and len(pair.answer) >= LONG_CHARS),
        key=lambda pair: hashlib.sha256((DRAW + pair.pair_id).encode()).hexdigest(),
    )[:PLANTED]
    yield "| damage | counted as | found |"
    yield "|---|---|---|"
    for name, (kind, damage) in DAMAGES.items():
        codes = KINDS[kind][1]
        readings = (read(pair.question, damage(pair.answer), terms) for pair in clean)
        found = sum(
            not codes.isdisjoint(flag.code for flag in flags(reading, checks))
            for reading in readings
        )
        yield f"| {name} | {kind} | {share(found, len(clean))} |"


def corpus(texts: pd.DataFrame, terms: Subject, checks: Checks) -> Iterator[str]:
    """Yield how many pairs of the whole table have which first flag."""
    firsts = Counter(
        first_flag(read(question, answer, terms), checks)
        for question, answer in zip(texts["question"], texts["answer"], strict=True)
    )
    yield "| first flag | pairs | % |"
    yield "|---|---|---|"
    for code, number in sorted(firsts.items(), key=lambda item: (-item[1], item[0])):
        yield f"| {code or 'none'} | {number} | {100 * number / len(texts):.2f} |"


def speed(texts: pd.DataFrame, terms: Subject, checks: Checks) -> Iterator[str]:
    """Yield pairs per CPU second of reading and all rules, with and without credentials."""
    some = texts.head(SPEED_PAIRS)
    rows = list(zip(some["question"], some["answer"], strict=True))
    chars = statistics.mean(len(question) + len(answer) for question, answer in rows)
    secretless = tuple((rule, check) for rule, check in checks if rule.code != "credential")
    yield f"| {len(rows)} pairs of {chars:.0f} characters | pairs per CPU second | of 3,000 chars |"
    yield "|---|---|---|"
    for name, used in (("all rules", checks), ("without credentials", secretless)):
        rate = max(_rates(rows, terms, used))
        yield f"| {name} | {rate:,.0f} | {rate * chars / 3000:,.0f} |"


def _rates(rows: list[tuple[str, str]], terms: Subject, checks: Checks) -> Iterator[float]:
    for _ in range(REPEATS):
        start = time.process_time()
        for question, answer in rows:
            flags(read(question, answer, terms), checks)
        yield len(rows) / (time.process_time() - start)


def section(title: str, rows: Iterable[str]) -> None:
    """Print a heading and the lines below it."""
    print(f"\n## {title}\n")
    for row in rows:
        print(row)


def main() -> None:
    """Print the whole report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path, help="Parquet with the columns question and answer")
    parser.add_argument("--half", choices=HALVES, nargs="+", help="halves alone, as while tuning")
    arguments = parser.parse_args()
    texts = pq.read_table(arguments.pairs, columns=["question", "answer"]).to_pandas()
    texts["pair_id"] = list(map(pair_id, texts["question"], texts["answer"]))
    texts = texts.drop_duplicates("pair_id").sort_values("pair_id").reset_index(drop=True)
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["qa"]
    plan, *lists = (
        read_input(ROOT, path) for path in (PLAN, TERMS, GENERIC_WORDS, SENSES, FORMULAS)
    )
    terms, checks = subject(plan["name"], *lists), bound(params["rules"])

    pairs = [
        pair for pair in labelled(texts, terms, checks) if pair.half in (arguments.half or HALVES)
    ]
    labels = Counter((pair.label, pair.half) for pair in pairs)
    section(
        "Labels",
        [f"| class | {' | '.join(HALVES)} |", f"|---|{'---|' * len(HALVES)}"]
        + [
            f"| {label} | {' | '.join(str(labels[label, half]) for half in HALVES)} |"
            for label in sorted({label for label, _ in labels})
        ],
    )
    section("Precision and recall", findings(pairs))
    section("Clean pairs", bystanders(pairs))
    section("What is missed or claimed wrongly", missed(pairs))
    section("Damage done to clean answers", planted(pairs, terms, checks))
    section("The whole table", corpus(texts, terms, checks))
    section("Speed", speed(texts, terms, checks))


if __name__ == "__main__":
    main()
