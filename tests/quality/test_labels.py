"""Laws of the labels that the benchmark of quality measures against."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

LABELS = Path(__file__).parents[2] / "benchmarks/quality_labels.csv"
CLASSES = {
    "clean",
    "refusal",
    "template",
    "padding",
    "cut_off",
    "off_topic",
    "off_question",
    "mojibake",
    "other",
}


def rows() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_labels_are_one_per_pair_of_known_classes_with_a_reason() -> None:
    """Each pair has one label, a class of the list, a short reason and where it was drawn."""
    listed = rows()
    assert len({row["pair_id"] for row in listed}) == len(listed) >= 300
    assert {row["class"] for row in listed} <= CLASSES
    assert all(0 < len(row["reason"]) <= 100 and row["drawn"] for row in listed)
    assert sum(row["drawn"] == "uniform" for row in listed) >= 150


def test_halves_follow_from_the_ids_alone() -> None:
    """Which half a label is in was not chosen by what stands in it."""
    for row in rows():
        digest = hashlib.sha256(f"half:{row['pair_id']}".encode()).hexdigest()
        half = "held_out" if int(digest, 16) % 2 else "dev"
        assert row["half"] in (half, "fresh", "fresh_2", f"{half}_2")
    halves = Counter(row["half"] for row in rows())
    assert min(halves["dev"], halves["held_out"]) >= 150
    assert halves["dev_2"] + halves["held_out_2"] >= 200


def test_each_sample_has_a_uniform_draw() -> None:
    """Strata say what rules do with a defect; a uniform draw says how often it occurs."""
    uniform = Counter(row["half"][-2:] == "_2" for row in rows() if row["drawn"] == "uniform")
    assert min(uniform.values()) >= 120
