"""Leaks looked for by brute force: every two questions of two splits, on a real corpus.

`python benchmarks/splits.py WORKSPACE` takes a workspace in which dedup has run, splits it in
every way there is and compares all questions of two splits with one another, which the stage
itself need not do. Prints Markdown and writes it beside this script.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import daft
import numpy as np
import pandas as pd
import yaml
from rapidfuzz import fuzz, process

from pipeline.core.memo import NoMemo
from pipeline.core.splits import WITHHELD
from pipeline.dedup.guards.lexicon import lexicon_of
from pipeline.dedup.guards.question_guards import question_guards, question_words
from pipeline.dedup.text import plain, sorted_key, tokens
from pipeline.stages.split import GROUPS, METHODS, split
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import OPPOSITES, PLAN

HERE = Path(__file__).parent
ROOT = HERE.parent
SUBJECT = (read_input(ROOT, PLAN), read_input(ROOT, OPPOSITES))
COMMAND = "python benchmarks/splits.py WORKSPACE"
AT_ONCE = 256
WORDS = lexicon_of(*SUBJECT)


def brute_force(questions: dict[str, set[str]], threshold: float) -> tuple[int, int, int]:
    """Return how many two questions of two splits were compared, are alike, and are twins."""
    compared = alike = twins = 0
    for one, other in combinations(sorted(questions), 2):
        left, right = sorted(questions[one]), sorted(questions[other])
        keys = [[sorted_key(text.split(" ")) for text in side] for side in (left, right)]
        for start in range(0, len(left), AT_ONCE):
            some = keys[0][start : start + AT_ONCE]
            ratios = process.cdist(
                some, keys[1], scorer=fuzz.ratio, score_cutoff=threshold, dtype=np.float32
            )
            compared += ratios.size
            for row, column in np.argwhere(ratios >= threshold).tolist():
                alike += 1
                two = (
                    question_words(left[start + row], WORDS),
                    question_words(right[column], WORDS),
                )
                twins += not question_guards(*two)
    return compared, alike, twins


def report(kept: daft.DataFrame, verdicts: pd.DataFrame, params: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    texts = kept.select("pair_id", "question").to_pydict()
    words = {
        pair_id: " ".join(tokens(plain(text)))
        for pair_id, text in zip(texts["pair_id"], texts["question"], strict=True)
    }
    yield f"# Splits of {len(words):,} real pairs\n"
    yield f"`{COMMAND}`\n"
    yield (
        "Alike are two questions of two splits from a token-sort similarity of "
        f"{params['twin_threshold']} on, twins those of them that no guard tells apart. The "
        "stage's own search compares questions of one meaning alone, and pairs with one answer.\n"
    )
    yield (
        "| method | group_by | train / validation / test | withheld | groups | largest "
        "| stage: CPU s | compared | leaks | brute force: CPU s | compared | alike | twins |"
    )
    yield "|---|---|---:|" + "---:|" * 10
    for method in METHODS:
        for group_by in GROUPS:
            start = time.process_time()
            chosen = {**params, "method": method, "group_by": group_by}
            result = split(kept, *SUBJECT, verdicts, **chosen, memo=NoMemo())
            took = time.process_time() - start
            questions: dict[str, set[str]] = {}
            for row in result.assignments.select("pair_id", "split").to_pylist():
                if row["split"] != WITHHELD:
                    questions.setdefault(row["split"], set()).add(words[row["pair_id"]])
            start = time.process_time()
            compared, alike, twins = brute_force(questions, params["twin_threshold"])
            spent = time.process_time() - start
            told = result.metrics
            sizes = " / ".join(f"{told[f'{s}_pairs']:,}" for s in ("train", "validation", "test"))
            cells = [method, group_by, sizes, f"{told['withheld']:,}", f"{told['groups']:,}"]
            cells += [f"{told['largest_group']:,}", f"{took:.1f}", f"{told['leak_comparisons']:,}"]
            cells += [f"{told['leaked_twins']:,}", f"{spent:.1f}", f"{compared:,}"]
            yield f"| {' | '.join([*cells, f'{alike:,}', f'{twins:,}'])} |"


def main() -> None:
    """Measure in the workspace that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path, help="where dedup has run")
    root = parser.parse_args().workspace
    kept = daft.read_parquet(str(root / "data/dedup/kept.parquet")).collect()
    verdicts = pd.read_csv(root / "data/reviews/verdicts.csv", dtype=str, keep_default_na=False)
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))["split"]
    text = "\n".join(report(kept, verdicts, params)) + "\n"
    (HERE / "splits.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
