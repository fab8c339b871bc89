"""A subject that the engine has never heard of is judged by what its plan and its base say."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.deliveries.landing import land
from pipeline.faucet.queues.seeding import first_queues
from pipeline.faucet.runs.summary import lines
from pipeline.workspace.dag import Dag
from pipeline.workspace.workspace import Workspace
from tests.domain.subjects import (
    CRYPTO,
    PLANTS,
    REFUSED,
    bare_subject,
    garden,
    plan_of_plants,
    read_rows,
    twins,
)
from tests.workspaces import run_stages

GOOD = [*garden(), *twins()]


def run_through(root: Path, *but: str) -> Path:
    """Land what waits and run every stage but some."""
    landed = land(root / "data/inbox", root / "data/deliveries")
    assert all(item.stored for item in landed)
    run_stages(root, *(name for name in Dag(root).names if name not in but))
    return root


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of the garden of which plan.csv alone says something."""
    root = tmp_path_factory.mktemp("planned")
    pairs = [*GOOD, CRYPTO, REFUSED]
    subject = bare_subject(root, pairs, {"plan.csv": plan_of_plants()})
    return run_through(subject, "format", "split", "export", "visualize")


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of the garden in a domain without a file."""
    root = tmp_path_factory.mktemp("unknown")
    return run_through(bare_subject(root, [*GOOD, CRYPTO, REFUSED], {}))


def verdicts(root: Path) -> dict[str, dict[str, Any]]:
    """Return verdict and codes of flags by question."""
    questions = {
        r["pair_id"]: r["question"] for r in read_rows(root, "data/integrate/pairs.parquet")
    }
    return {
        questions[row["pair_id"]]: {**row, "codes": {flag["code"] for flag in row["flags"]}}
        for row in read_rows(root, "data/qa/scores.parquet")
    }


def test_good_pairs_are_accepted_and_the_stranger_is_off_topic(planned: Path) -> None:
    """Of 62 good pairs 95 % are accepted; a crypto pair and a refusal are seen as what they are."""
    found = verdicts(planned)
    accepted = Counter(found[question]["verdict"] for question, _ in GOOD)
    assert accepted["accept"] >= 0.95 * len(GOOD)
    assert found[CRYPTO[0]]["codes"] == {"off_topic"}
    assert "refusal" in found[REFUSED[0]]["codes"]
    assert found[CRYPTO[0]]["score"] < sorted(found[q]["score"] for q, _ in GOOD)[len(GOOD) // 2]


def test_names_of_the_plan_are_told_apart(planned: Path) -> None:
    """Rose and rosemary are two things: nothing merges, aliases or proposes one for the other."""
    kept = {row["question"] for row in read_rows(planned, "data/dedup/kept.parquet")}
    assert {question for question, _ in twins()} <= kept
    decided = read_rows(planned, "data/dedup/decisions.parquet")
    assert not [row for row in decided if row["action"] in ("merge", "alias", "review")]


def test_pairs_belong_to_the_plants_that_they_name(planned: Path) -> None:
    """What a question names behind its first words places it; every plant has its own."""
    rows = read_rows(planned, "data/integrate/pairs.parquet")
    counted = Counter(row["indicator"] for row in rows if row["indicator"])
    assert set(counted) == set(PLANTS)
    assert min(counted.values()) >= 2


def test_without_a_domain_everything_else_is_judged(unknown: Path) -> None:
    """No subject, no off-topic: the summary says so, and good pairs are accepted all the same."""
    found = verdicts(unknown)
    accepted = Counter(found[question]["verdict"] for question, _ in GOOD)
    assert accepted["accept"] >= 0.95 * len(GOOD)
    assert "refusal" in found[REFUSED[0]]["codes"]
    assert "off_topic" not in found[CRYPTO[0]]["codes"]
    report = json.loads((unknown / "data/qa/quality_analysis_report.json").read_bytes())
    assert {row["rule"] for row in report["not_judged"]} == {
        "off_question",
        "off_topic",
        "wrong_expansion",
        "wrong_fact",
    }
    (line,) = [line for line in lines(Workspace(unknown)) if line.startswith("not judged: ")]
    assert "off_topic (terms.txt and plan.csv name no subject)" in line


def test_an_empty_domain_exports_and_draws(unknown: Path) -> None:
    """What a subject without words is called is said in general words."""
    card = (unknown / "data/export/README.md").read_text(encoding="utf-8")
    assert "# Questions and answers" in card
    assert "crypto" not in card.lower()
    assert (unknown / "data/visualize/dashboard.html").stat().st_size > 0


def test_first_queues_are_made_of_the_plan(planned: Path, unknown: Path) -> None:
    """A writer is owed pairs for plants, a keeper has the flow; without a plan nobody owes any."""
    queues = {queue["agent"]: queue for queue in first_queues(Workspace(planned))}
    owed = [task["indicators"][0]["name"] for task in queues["writer"]["queued_tasks"]]
    assert len(owed) == 8
    assert set(owed) <= set(PLANTS)
    assert [step["stage"] for step in queues["keeper"]["flow"]][:2] == ["integrate", "qa"]
    assert all(not queue["queued_tasks"] for queue in first_queues(Workspace(unknown)))
