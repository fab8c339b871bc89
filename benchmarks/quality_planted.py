"""How many pairs damaged by hand the rules of quality find, and what they do to whole ones.

`python benchmarks/quality_planted.py [--half dev] [--show]` reads quality_planted.jsonl beside this
file: pairs of five subjects, whole ones (`clean`) and damaged ones with the kind of damage. Pairs
about crypto are read with the lists of data/domain, the others with no list at all, as a base of
theirs begins. Each `dev` was tuned on, each `held` read once. A damaged pair is found where any
rule warns or rejects, or where a certain repair takes the damage off.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.quality.lexicon import Subject, subject  # noqa: E402
from pipeline.quality.reading import read  # noqa: E402
from pipeline.quality.repair import REPAIRS, repaired_text  # noqa: E402
from pipeline.quality.rules import bound, flags  # noqa: E402
from pipeline.store.inputs import read_input  # noqa: E402
from pipeline.workspace.layout import FORMULAS, GENERIC_WORDS, PLAN, SENSES, TERMS  # noqa: E402

PLANTED = Path(__file__).with_name("quality_planted.jsonl")
HALVES = ("dev", "held", "dev_2", "held_2")
LISTED = "crypto"
"""The subject that the lists of data/domain are about."""


def findings(half: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield each pair of a half with what is found of it: codes of flags and of repairs."""
    limits = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))["qa"]["rules"]
    checks = bound(limits)
    plan, *lists = (
        read_input(ROOT, path) for path in (PLAN, TERMS, GENERIC_WORDS, SENSES, FORMULAS)
    )
    known: dict[bool, Subject] = {True: subject(plan["name"], *lists), False: subject([])}
    for line in PLANTED.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["half"] != half:
            continue
        answer, taken_off = repaired_text(row["answer"], REPAIRS, certain_only=True)
        reading = read(row["question"], answer, known[row["subject"] == LISTED])
        raised = [flag.code for flag in flags(reading, checks) if flag.severity != "info"]
        yield row, [*taken_off, *raised]


def main() -> None:
    """Print for each kind of damage how many pairs of a half are found, and by what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=HALVES, nargs="+", default=HALVES)
    parser.add_argument("--show", action="store_true", help="name what is missed")
    arguments = parser.parse_args()
    for half in arguments.half:
        found = list(findings(half))
        print(f"\n| {half} | pairs | flagged | by |\n|---|---|---|---|")
        for kind in sorted({row["kind"] for row, _ in found}):
            own = [codes for row, codes in found if row["kind"] == kind]
            by = ", ".join(sorted({code for codes in own for code in codes}))
            print(f"| {kind} | {len(own)} | {sum(map(bool, own))} | {by} |")
        damaged = [codes for row, codes in found if row["kind"] != "clean"]
        share = sum(map(bool, damaged)) / len(damaged)
        print(f"| all damaged | {len(damaged)} | {sum(map(bool, damaged))} ({share:.2f}) | |")
        for row, codes in found if arguments.show else ():
            if bool(codes) == (row["kind"] == "clean"):
                print(row["kind"], codes, row["question"], "->", row["answer"][:200], sep=" | ")


if __name__ == "__main__":
    main()
