"""The data set card: README.md as the Hugging Face Hub and `datasets` read it."""

from collections.abc import Collection, Iterable

import pandas as pd
import pyarrow as pa

from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.rag.card_texts import (
    ABSTRACT,
    CSV,
    FILES,
    FORMS,
    LICENSED,
    LIMITS,
    LOADING,
    MAKING,
    PROVENANCE,
    SECRETS,
    UNLICENSED,
)
from pipeline.rag.columns import FIELDS
from pipeline.rag.contents import Contents
from pipeline.rag.front_matter import NO_LICENSE, fenced, loaders_block


def data_set_card(
    contents: Contents,
    *,
    names: Json,
    dimension: int,
    provider: str,
    secrets: str = "mask",
    csv: str = "safe",
    training: Collection[str] = (),
    columns: pa.Schema | None = None,
) -> str:
    """Return the card: YAML that loaders read, then what a person asks before using the data.

    It holds counts and no date, so that the same rows give the same card.

    names: title of the data set, noun of an entry of its plan and its plural, language (ISO 639
    code), license (the Hub's identifier, "unknown" or "other" where none was given), and a notice.
    dimension, provider: of the vectors in rag.sqlite.
    secrets, csv: what was done with credentials, and with cells that look like formulas.
    training: the training files that there are, as <format>/<split>, and dataset_info.
    columns: of an example, for loaders; the card names no types without it.
    """
    splits = list(contents.splits["split"])
    title, license_id = names["title"], names["license"]
    pairs = int(contents.splits["pairs"].sum())
    # `datasets` fails on a Parquet file without rows, so an empty split is not offered to it.
    filled = list(contents.splits.loc[contents.splits["pairs"] > 0, "split"])
    split_files = "\n".join(
        f"| `{name}.json`, `{name}.csv`, `{name}.parquet` | split {name} |" for name in splits
    )
    return "".join(
        (
            fenced(loaders_block(filled, pairs, names, columns)),
            "\n",
            f"# {_cell(title)}\n\n",
            ABSTRACT.format(pairs=pairs),
            _split_table(contents.splits),
            _group_table(contents.groups, splits),
            FILES.format(
                split_files=split_files,
                dimension=dimension,
                provider=_code(provider),
                training=_training(training),
                loading=LOADING if training else "",
                csv=CSV[csv],
                secrets=SECRETS[secrets].format(pairs=counted(contents.secrets, "pair")),
            ),
            "\n## Fields\n\n| field | what |\n|---|---|\n",
            *(f"| `{name}` | {description} |\n" for name, description in FIELDS.items()),
            f"\nAn entry of the plan is here: {_cell(names['entry'])}.\n\n",
            MAKING,
            _agent_table(contents.agents),
            _quality(contents),
            LIMITS.format(notice=_notice(names["notice"])),
            _license(license_id),
        )
    )


def _notice(text: str) -> str:
    return f"- {_cell(text)}\n" if text.strip() else ""


def _split_table(splits: pd.DataFrame) -> str:
    """Return the counts per split."""
    total = max(int(splits["pairs"].sum()), 1)
    rows = "".join(
        f"| {row['split']} | {row['pairs']:,} | {row['pairs'] / total:.1%} | {row['clusters']:,} "
        f"| {row['score_mean']:.1f} | {row['answer_chars_mean']:,.0f} |\n"
        for _, row in splits.iterrows()
    )
    return (
        "| split | pairs | share | clusters | mean score | mean answer, characters |\n"
        f"|---|---:|---:|---:|---:|---:|\n{rows}\n"
    )


def _group_table(groups: pd.DataFrame, names: list[str]) -> str:
    """Return the counts per group and split."""
    rows = "".join(
        f"| {_cell(row['group'])} | "
        + " | ".join(f"{int(row[name]):,}" for name in names)
        + f" | {int(sum(row[name] for name in names)):,} |\n"
        for _, row in groups.iterrows()
    )
    rule = "|---" + "|---:" * (len(names) + 1) + "|\n"
    return f"## Contents\n\n| group | {' | '.join(names)} | all |\n{rule}{rows}\n"


def _training(files: Iterable[str]) -> str:
    """Return the rows of the table of files that name the training files, one per format."""
    forms = dict.fromkeys(name.split("/")[0] for name in files)
    return "".join(
        f"| `training/{form}/*.jsonl` | the splits for trainers: {FORMS[form]} |\n"
        if form in FORMS
        else f"| `training/{form}.json` | the same files as data sets of LLaMA-Factory |\n"
        for form in forms
    )


def _agent_table(agents: pd.DataFrame) -> str:
    """Return who delivered how many pairs of the splits."""
    rows = "".join(
        f"| {_cell(row['agent'])} | {row['pairs']:,} | {row['alone']:,} |\n"
        for _, row in agents.iterrows()
    )
    head = "| delivered by | pairs | by nobody else |\n|---|---:|---:|\n"
    return f"## Provenance\n\n{PROVENANCE}{head}{rows}\n"


def _quality(contents: Contents) -> str:
    """Return what the counts say of quality and duplicates."""
    pairs = int(contents.splits["pairs"].sum())
    clusters = int(contents.splits["clusters"].sum())
    return (
        "## Quality and duplicates\n\n"
        f"These {counted(pairs, 'pair')} stand for {counted(contents.aliases, 'duplicate')} more "
        "that were\nmerged into them, and form "
        f"{counted(clusters, 'cluster')}. Where a cluster has several pairs, they are\nalike, "
        "and no rule could or should merge them. `score` says how well a pair passes the "
        "rules:\nset your own limit.\n\n"
        f"{_likeness(contents.farthest)}{_outside(contents)}"
    )


def _likeness(farthest: Json | None) -> str:
    """Return how far the splits are from each other at most."""
    if farthest is None:
        return ""
    return (
        "The splits are alike in sizes of clusters, verdicts, scores, categories, groups and\n"
        f"lengths of answers: the largest distance from train is {farthest['distance']:.1%} of the "
        f"pairs ({farthest['split']}, {farthest['dimension']}).\n\n"
    )


def _outside(contents: Contents) -> str:
    """Return what the card says of pairs that are in no split."""
    by_flag = ", ".join(f"{_cell(code)} {n:,}" for code, n in contents.waiting_by_flag.items())
    outside = (
        (contents.withheld, "withheld", "a twin lies in a split that must not share it"),
        (contents.waiting, "waiting", f"under review until somebody settles it ({by_flag})"),
        (contents.alternatives, "alternative", "stands beside a better answer to its question"),
    )
    lines = [
        f"- `{name}`: {counted(count, 'pair')}; {why}\n" for count, name, why in outside if count
    ]
    if not lines:
        return ""
    head = "In rag.sqlite alone, and in no split (column `split`):\n\n"
    return f"{head}{''.join(lines)}\n"


def _license(license_id: str) -> str:
    """Return what the card says of rights: never more than the license field does."""
    text = UNLICENSED if license_id in NO_LICENSE else LICENSED
    return text.format(license_id=_code(license_id))


def _code(text: str) -> str:
    """Return text that stays in its code span, where Markdown reads nothing but backticks."""
    return " ".join(text.replace("`", "'").split())


def _cell(text: str) -> str:
    """Return text that stays in its table cell, with no markup of Markdown or HTML read in it."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in " ".join(text.split()))
    return escaped.replace("&", "&amp;")
