"""Flags, score and indicators against the labels of quality_sample.py: prints Markdown.

`python benchmarks/quality_second.py <pairs.parquet> <scores.parquet> [--half dev]` reads the two
tables of a workspace that holds the real deliveries, and the labels beside this file
(quality_labels_2.csv, quality_preferences.csv, quality_indicators.csv).
"""

import argparse
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

HERE = Path(__file__).parent
HALVES = ("dev", "held", "held_2", "dev_3", "held_3", "dev_4", "held_4", "dev_5", "held_5")
"""Each `dev` is tuned on, each `held` read once, in the state that was tuned before it."""

KINDS: dict[str, tuple[set[str], set[str]]] = {
    "template": ({"template"}, {"template_answer"}),
    "padding": ({"padding"}, {"padding", "repetition"}),
    "cut-off": ({"cut_off"}, {"cut_off"}),
    "refusal": ({"refusal"}, {"refusal"}),
    "off topic or off question": (
        {"off_topic", "off_question"},
        {"off_topic", "off_question", "file_subject", "wrong_expansion"},
    ),
    "run log": ({"run_log"}, {"run_log", "report_residue", "model_residue", "ansi_residue"}),
    "preamble without content": ({"preamble_without_content"}, {"preamble_only"}),
}
"""Labels and the flags that claim them, by the name of the row."""


def share(part: int, whole: int) -> str:
    """Return part of whole as a share with both counts, a dash where there is nothing."""
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "-"


def flags(scores: pd.DataFrame, half: str) -> None:
    """Print precision and recall by kind, and what became of clean and defective pairs."""
    labels = pd.read_csv(HERE / "quality_labels_2.csv", dtype=str)
    rows = labels[labels["half"] == half].merge(scores, on="pair_id")
    rows["said"] = [
        {flag["code"] for flag in raised if flag["severity"] != "info"} for raised in rows["flags"]
    ]
    rows["meant"] = [set(labels.split("|")) - {"none"} for labels in rows["labels"]]
    for draw, some in (("all", rows), ("uniform", rows[rows["drawn"] == "uniform"])):
        if some.empty:
            continue
        print(f"\n| {half}, {draw} ({len(some)}) | precision | recall |\n|---|---|---|")
        for kind, (names, codes) in KINDS.items():
            meant = some["meant"].map(lambda found, names=names: bool(found & names))
            said = some["said"].map(lambda found, codes=codes: bool(found & codes))
            both = int((meant & said).sum())
            print(f"| {kind} | {share(both, int(said.sum()))} | {share(both, int(meant.sum()))} |")
        clean, accepted = some[~some["meant"].map(bool)], some[some["verdict"] == "accept"]
        print(
            f"| clean pairs flagged | {share(int(clean['said'].map(bool).sum()), len(clean))} | |"
        )
        defective = int(accepted["meant"].map(bool).sum())
        print(f"| accepted pairs defective | {share(defective, len(accepted))} | |")


def preferences(scores: pd.DataFrame, half: str) -> None:
    """Print how often the higher score is the pair that a reader would rather have."""
    labels = pd.read_csv(HERE / "quality_preferences.csv", dtype=str)
    rows = labels[(labels["half"] == half) & (labels["choice"] != "equal")]
    known = scores.set_index("pair_id")
    flagged = known["flags"].map(lambda raised: any(f["severity"] != "info" for f in raised))
    a, b = known.loc[rows["a"], "score"].to_numpy(), known.loc[rows["b"], "score"].to_numpy()
    agrees = pd.Series((a > b) == (rows["choice"] == "a").to_numpy())
    free = pd.Series(~flagged.loc[rows["a"]].to_numpy() & ~flagged.loc[rows["b"]].to_numpy())
    print(f"\n| {half}: score and reader | agree |\n|---|---|")
    print(f"| all | {share(int(agrees.sum()), len(agrees))} |")
    print(f"| neither flagged | {share(int(agrees[free].sum()), int(free.sum()))} |")


def indicators(pairs: pd.DataFrame, half: str) -> None:
    """Print how many indicators are assigned right, and how many are missing though named."""
    labels = pd.read_csv(HERE / "quality_indicators.csv", dtype=str, keep_default_na=False)
    rows = labels[labels["half"] == half].merge(pairs, on="pair_id", suffixes=("_label", ""))
    if rows.empty:
        return
    given = rows[rows["indicator"].notna()]
    right = int((given["indicator"] == given["indicator_label"]).sum())
    open_ = int((given["indicator_label"] == "ambiguous").sum())
    named = rows[~rows["indicator_label"].isin(["none", "ambiguous"])]
    print(f"\n| {half}: indicators | |\n|---|---|")
    print(f"| assigned right | {share(right, len(given))} |")
    print(f"| assigned where several fit | {share(open_, len(given))} |")
    print(f"| missing though named | {share(int(named['indicator'].isna().sum()), len(named))} |")


def main() -> None:
    """Print the report for one half or both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("scores", type=Path)
    parser.add_argument("--half", choices=HALVES, nargs="+", default=HALVES)
    arguments = parser.parse_args()
    pairs = pq.read_table(arguments.pairs, columns=["pair_id", "indicator"]).to_pandas()
    scores = pq.read_table(
        arguments.scores, columns=["pair_id", "score", "verdict", "flags"]
    ).to_pandas()
    for half in arguments.half:
        flags(scores, half)
        preferences(scores, half)
        indicators(pairs, half)


if __name__ == "__main__":
    main()
