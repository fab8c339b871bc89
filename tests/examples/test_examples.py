"""The examples of other subjects are judged at the defaults as whoever wrote them expects.

expected.csv of an example lists the pairs that are not good, by delivery, question and kind: the
code of the flag that must find it, or what dedup must make of it; all others are good.
"""

import csv
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.deliveries.landing import land
from pipeline.workspace.dag import Dag
from tests.domain.subjects import read_rows
from tests.workspaces import ROOT, make_workspace, run_stages

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/expected.csv"))
APART = ("look_alike",)
TWICE = ("duplicate",)
BESIDE_THE_PLAN = ("off_question", "wrong_fact", "wrong_number", "off_topic")
"""Kinds that the plan alone cannot tell, or not all of them (test_a_stranger_is_off_topic)."""


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda path: path.name)
def example(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture(scope="module", params=["its domain", "its plan alone"])
def judged(
    request: pytest.FixtureRequest, example: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Return a run of the example: its folder, and verdict and flags by question."""
    root = tmp_path_factory.mktemp(example.name)
    make_workspace(root, [])
    shutil.rmtree(root / "data/domain")
    is_whole = request.param == "its domain"
    kept = None if is_whole else lambda _, names: [n for n in names if n != "plan.csv"]
    shutil.copytree(example / "domain", root / "data/domain", ignore=kept)
    shutil.copytree(example / "deliveries", root / "data/inbox")
    assert all(item.stored for item in land(root / "data/inbox", root / "data/deliveries"))
    run_stages(root, *(name for name in Dag(root).names if name not in ("format", "visualize")))
    pairs = {r["pair_id"]: r for r in read_rows(root, "data/integrate/pairs.parquet")}
    scores = read_rows(root, "data/qa/scores.parquet")
    return {
        "root": root,
        "is_whole": is_whole,
        "questions": {pair_id: row["question"] for pair_id, row in pairs.items()},
        "rows": [{**pairs[row["pair_id"]], **row} for row in scores],
    }


def expected(example: Path) -> list[dict[str, str]]:
    with (example / "expected.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def test_good_pairs_are_accepted(judged: dict[str, Any], example: Path) -> None:
    """At least 95 % of the pairs that nobody planted are accepted."""
    planted = {row["question"] for row in expected(example) if row["kind"] not in (*APART, *TWICE)}
    good = [row for row in judged["rows"] if row["question"] not in planted]
    doubted = [row for row in good if row["verdict"] != "accept"]
    shown = [(r["question"], [(f["code"], f["evidence"]) for f in r["flags"]]) for r in doubted]
    assert len(good) >= 50
    assert len(doubted) <= 0.05 * len(good), shown


def test_planted_faults_are_flagged(judged: dict[str, Any], example: Path) -> None:
    """Every planted pair has the flag that it is planted for, and is not accepted."""
    missed = []
    for row in expected(example):
        if row["kind"] in (*APART, *TWICE) or (
            not judged["is_whole"] and row["kind"] in BESIDE_THE_PLAN
        ):
            continue
        found = [one for one in judged["rows"] if one["question"] == row["question"]]
        codes = {flag["code"] for one in found for flag in one["flags"]}
        accepted = any(one["verdict"] == "accept" for one in found)
        if row["kind"] not in codes or accepted:
            missed.append((row["kind"], row["question"], sorted(codes)))
    assert missed == []


def test_a_stranger_is_off_topic(judged: dict[str, Any], example: Path) -> None:
    """A pair on another subject is planted, and is the one that off_topic speaks of."""
    strangers = {row["question"] for row in expected(example) if row["kind"] == "off_topic"}
    flagged = {
        row["question"]
        for row in judged["rows"]
        if "off_topic" in {flag["code"] for flag in row["flags"]}
    }
    assert strangers
    share = 1 if judged["is_whole"] else 2 / 3  # what the base tells is less than what people list
    assert len(strangers & flagged) >= share * len(strangers)


def test_look_alikes_stay_apart_and_duplicates_are_found(
    judged: dict[str, Any], example: Path
) -> None:
    """What looks alike is neither merged nor proposed; what is the same is one or the other."""
    kinds = Counter(row["kind"] for row in expected(example))
    decided = read_rows(judged["root"], "data/dedup/decisions.parquet")
    joined = {
        judged["questions"][pair_id]
        for row in decided
        if row["action"] in ("merge", "alias", "review") or row["kind"].startswith("same_question")
        for pair_id in row["members"]
    }
    apart = {row["question"] for row in expected(example) if row["kind"] in APART}
    twice = {row["question"] for row in expected(example) if row["kind"] in TWICE}
    assert kinds["look_alike"] >= 2
    assert apart & joined == set()
    assert twice <= joined
