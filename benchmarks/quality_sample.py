"""Draws real pairs to be labelled blind: writes JSON Lines to read and a key to keep apart.

`python benchmarks/quality_sample.py <pairs.parquet> <scores.parquet> <folder>` draws, always the
same for the same table: pairs for flags (uniform, and by several methods that no rule uses), pairs
of pairs for preferences, pairs for indicators. What the readers get tells nothing of how a row
was drawn; `<kind>_key.csv` tells it, with the half that the row belongs to: dev for tuning, held
to be read once. Pairs that have a label already are left out.
"""

import argparse
import csv
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

LABELS = Path(__file__).with_name("quality_labels.csv")
UNIFORM, TARGETED, DIRECT = 200, 24, 0.012
UNIFORM_PREFERENCES, TARGETED_PREFERENCES, FLAGGED_PREFERENCES = 100, 35, 80
INDICATORS = 160
FLAG_ROWS, PREFERENCE_ROWS, INDICATOR_ROWS = 55, 40, 40
ITEM_WORDS = 5
SHOWN_CHARS, PREFERENCE_CHARS, START_CHARS = 7000, 2500, 400

_WORD = re.compile(r"[^\W\d_]{3,}")
_REFUSING = re.compile(
    r"\b(?:unable|sorry|apologi\w+|cannot|can't|hypothetical|fictional|unfortunately|language model"
    r"|real-time|up-to-date|knowledge cutoff|no information|not available|not familiar)\b",
    re.IGNORECASE,
)
_LOG = re.compile(
    r"\b(?:TOTAL|COMPLETED?|TOKENS?|STATUS|RESEARCH|SESSION|BATCH|GENERATED|PROGRESS|word count)\b"
)
_OPENING = re.compile(
    r"^\W*(?:certainly|sure|here (?:is|are)|here's|below|the following)", re.IGNORECASE
)
_EXACT = re.compile(r"=|[\u00d7÷√Σ∑]|\d\s*[-+*/]\s*\d|\b\d+(?:\.\d+)?%")
_ITEM = re.compile(r"^\s*(?:[-*•\u2013]|\d{1,2}[.)])\s+")
_MASHED = re.compile(r"\"[^\"]+\"[^\"]*\"|\"[^\"]+\"\s+\w+|\bAND\b")


def rank(text: str) -> int:
    """Return a number that shuffles: the same for the same text on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def half(text: str) -> str:
    """Return dev or held, by a hash."""
    return "held" if rank("half:" + text) % 2 else "dev"


def brackets(row: Any) -> float:
    """Return the share of brackets in an answer."""
    return sum(row.answer.count(sign) for sign in "[]{}<>") / max(50, len(row.answer))


def overlap(row: Any) -> float:
    """Return, the less the question's words stand in the answer, the more."""
    asked = set(_WORD.findall(row.question.lower()))
    return 1 - len(asked & set(_WORD.findall(row.answer.lower()))) / max(1, len(asked))


def compressed(row: Any) -> float:
    """Return, the better an answer compresses, the more."""
    text = row.answer.encode()
    return -len(zlib.compress(text)) / max(200, len(text))


def odd_end(row: Any) -> float:
    """Return 1 and a chance where an answer ends on neither a stop nor a source."""
    last = row.answer.rstrip().rpartition("\n")[2]
    is_open = bool(last) and last[-1] not in ".!?)\"”'" and "http" not in last and "." not in last
    return is_open + chance(row)


def hollow(row: Any) -> float:
    """Return the share of list items of at most four words in an answer's lines."""
    lines = [line for line in row.answer.splitlines() if line.strip()]
    short = [line for line in lines if _ITEM.match(line) and len(line.split()) <= ITEM_WORDS]
    return len(short) / max(8, len(lines))


def rare(row: Any) -> float:
    """Return 1 and a chance where few other pairs have the topic."""
    return (row.siblings <= 20) + chance(row)  # noqa: PLR2004 - a small delivery


def chance(row: Any) -> float:
    """Return a number below 1 that breaks ties."""
    return rank("tie:" + row.pair_id) / 2**64


def saying(pattern: re.Pattern[str], field: str = "answer") -> Callable[[Any], float]:
    """Return a method that puts rows first whose field says the pattern at all."""
    return lambda row: bool(pattern.search(getattr(row, field))) + chance(row)


FLAG_METHODS: dict[str, Callable[[Any], float]] = {
    "short_answer": lambda row: -len(row.answer),
    "brackets": brackets,
    "odd_end": odd_end,
    "low_overlap": overlap,
    "compressible": compressed,
    "refusing_words": saying(_REFUSING),
    "log_words": saying(_LOG),
    "opening_short": lambda row: bool(_OPENING.search(row.answer)) - len(row.answer) / 1e5,
    "rare_topic": rare,
    "long_answer": lambda row: len(row.answer),
}
PREFERENCE_METHODS: dict[str, Callable[[Any], float]] = {
    "short_exact": lambda row: bool(_EXACT.search(row.answer)) - len(row.answer) / 1e5,
    "mash_up": saying(_MASHED, "question"),
    "preamble": saying(_OPENING),
    "hollow_list": hollow,
}


def picked(table: pd.DataFrame, method: Callable[[Any], float], number: int) -> list[str]:
    """Return number ids out of the top of a method, twice as many where it only orders."""
    ordered = sorted(table.itertuples(), key=lambda row: (-method(row), row.pair_id))
    top = [row.pair_id for row in ordered[: max(number * 3, int(len(ordered) * DIRECT))]]
    return sorted(top, key=lambda found: rank("top:" + found))[:number]


def drawn_flags(table: pd.DataFrame) -> dict[str, str]:
    """Return the stratum of every pair drawn for flags, by pair_id."""
    found: dict[str, str] = {}
    shuffled = sorted(table["pair_id"], key=lambda one: rank("flags:" + one))
    found |= dict.fromkeys(shuffled[:UNIFORM], "uniform")
    for name, method in FLAG_METHODS.items():
        left = table[~table["pair_id"].isin(found)]
        found |= dict.fromkeys(picked(left, method, TARGETED), name)
    return found


def drawn_preferences(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return (a, b, stratum): accepted pairs beside accepted ones, and some beside flagged ones."""
    good = table[table["verdict"] == "accept"]
    order = sorted(good["pair_id"], key=lambda one: rank("prefs:" + one))
    taken, pairs = iter(order), []
    pairs += [(next(taken), next(taken), "uniform") for _ in range(UNIFORM_PREFERENCES)]
    used = {one for a, b, _ in pairs for one in (a, b)}
    for name, method in PREFERENCE_METHODS.items():
        chosen = picked(good[~good["pair_id"].isin(used)], method, TARGETED_PREFERENCES)
        used |= set(chosen)
        for one in chosen:
            other = next(found for found in taken if found not in used)
            used.add(other)
            pairs.append((one, other, name))
    flagged = sorted(
        table[table["verdict"] != "accept"]["pair_id"], key=lambda one: rank("prefs:" + one)
    )
    for one in flagged[:FLAGGED_PREFERENCES]:
        other = next(found for found in taken if found not in used)
        pairs.append((one, other, "flagged"))
    return [(b, a, why) if rank("side:" + a + b) % 2 else (a, b, why) for a, b, why in pairs]


def shown(answer: str, limit: int) -> str:
    """Return an answer, a longer one than limit characters without its middle."""
    if len(answer) <= limit:
        return answer
    head, tail = answer[: limit * 2 // 3], answer[-(limit // 3) :]
    return f"{head}\n\n<<<<< {len(answer) - limit} characters not shown >>>>>\n\n{tail}"


def write(folder: Path, kind: str, rows: list[dict[str, Any]], size: int) -> None:
    """Write rows in files of size, shuffled."""
    rows.sort(key=lambda row: rank("order:" + row["id"]))
    for at in range(0, len(rows), size):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows[at : at + size]]
        path = folder / f"{kind}_{at // size:02d}.jsonl"
        path.write_text("".join(lines), encoding="utf-8")


def write_key(folder: Path, kind: str, header: Iterable[str], rows: list[list[str]]) -> None:
    """Write the key of a kind: what was drawn, how, and its half."""
    with (folder / f"{kind}_key.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([list(header), *sorted(rows)])


def main() -> None:
    """Draw and write everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("pairs", "scores", "folder"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    columns = ["pair_id", "question", "answer", "topic", "indicator"]
    table = pq.read_table(arguments.pairs, columns=columns).to_pandas()
    scores = pq.read_table(arguments.scores, columns=["pair_id", "verdict"]).to_pandas()
    table = table.merge(scores, on="pair_id")
    table["topic"] = table["topic"].fillna("")
    table["siblings"] = table["topic"].map(table["topic"].value_counts())
    known = set(pd.read_csv(LABELS, dtype=str)["pair_id"])
    fresh = table[~table["pair_id"].isin(known)].sort_values("pair_id")
    texts = {row.pair_id: row for row in table.itertuples()}
    arguments.folder.mkdir(parents=True, exist_ok=True)

    flags = drawn_flags(fresh)
    write(
        arguments.folder,
        "flags",
        [
            {
                "id": f"f{rank('id:' + one) % 10**9:09d}",
                "pair_id": one,
                "question": texts[one].question,
                "answer": shown(texts[one].answer, SHOWN_CHARS),
            }
            for one in flags
        ],
        FLAG_ROWS,
    )
    write_key(
        arguments.folder,
        "flags",
        ("pair_id", "stratum", "half"),
        [[one, why, half(one)] for one, why in flags.items()],
    )

    preferences = drawn_preferences(fresh)
    made, key = [], []
    for a, b, why in preferences:
        name = f"p{rank('id:' + a + b) % 10**9:09d}"
        sides = {
            side: {
                "question": texts[one].question,
                "answer": shown(texts[one].answer, PREFERENCE_CHARS),
            }
            for side, one in (("a", a), ("b", b))
        }
        made.append({"id": name, **sides})
        key.append([name, a, b, why, half(a + b)])
    write(arguments.folder, "prefs", made, PREFERENCE_ROWS)
    write_key(arguments.folder, "prefs", ("id", "a", "b", "stratum", "half"), key)

    order = sorted(table["pair_id"], key=lambda one: rank("indicator:" + one))[:INDICATORS]
    write(
        arguments.folder,
        "indicator",
        [
            {
                "id": f"i{rank('id:' + one) % 10**9:09d}",
                "question": texts[one].question,
                "answer_start": texts[one].answer[:START_CHARS],
                "topic": texts[one].topic,
            }
            for one in order
        ],
        INDICATOR_ROWS,
    )
    write_key(
        arguments.folder,
        "indicator",
        ("id", "pair_id", "half"),
        [[f"i{rank('id:' + one) % 10**9:09d}", one, half(one)] for one in order],
    )
    print(f"{len(flags)} flags, {len(preferences)} preferences, {len(order)} indicators")


if __name__ == "__main__":
    sys.exit(main())
