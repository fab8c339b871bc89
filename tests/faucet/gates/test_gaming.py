"""Sets that only look like work pass no seeded gate; honest ones pass at the first try."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.core.json_values import Json
from pipeline.deliveries.stored import landed
from pipeline.faucet.gates.criteria import evaluate, failed
from pipeline.faucet.gates.delivered import Others
from pipeline.faucet.gates.facts import gather
from pipeline.faucet.tasks.refill import GATES
from pipeline.faucet.tasks.state import Task
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.faucet.gates.gaming import (
    BASE_DELIVERY,
    COUNT,
    HONEST_DELIVERIES,
    NEAR_DELIVERY,
    delivery,
    gaming,
    honest,
)
from tests.faucet.team import task
from tests.thoroughness import LONG
from tests.workspaces import make_workspace, run_stages, small_corpus

SMA = "Simple Moving Average (SMA)"
LEAST = COUNT - COUNT // 10
STEP = 1 if LONG else 2
"""The short form judges every second set; `make long` all."""


class Judged(NamedTuple):
    """The reports of all sets by name, of honest ones and of others."""

    honest: dict[str, Json]
    gaming: dict[str, Json]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Return what the seeded gates make of every set, all delivered to one base and run once.

    The base is a part of the starter's deliveries, in the long form all that no set is taken from.
    """
    small = {path.name for path in small_corpus()} | {
        Path(BASE_DELIVERY).name,
        Path(NEAR_DELIVERY).name,
    }
    base = [
        one.path
        for one in landed(ROOT / "data/deliveries")
        if f"{one.agent}/{one.delivery}" not in HONEST_DELIVERIES
        and (LONG or one.path.name in small)
    ]
    root = make_workspace(tmp_path_factory.mktemp("gaming"), base)
    sets = {
        "honest": [("brief", SMA, [brief_pair()]), *honest()][::STEP],
        "gaming": list(gaming())[::STEP],
    }
    handed = {
        (kind, name): _deliver(root, f"{kind} {name}", indicator, pairs)
        for kind, listed in sets.items()
        for name, indicator, pairs in listed
    }
    run_stages(root, "integrate", "qa", "embed", "dedup")
    digests = {key: one.handed_in[0]["sha256"] for key, one in handed.items()}
    workspace, reports, order = Workspace(root), {}, list(handed)
    for key in order:
        others = frozenset(digests[other] for other in order if other != key)  # each by itself
        one = handed[key]
        facts = gather(workspace, one, Others(later=others))
        reports[key] = evaluate(one.rest["gates"], facts)
    return Judged(
        *({name: report for (of, name), report in reports.items() if of == kind} for kind in sets)
    )


def brief_pair() -> tuple[str, str]:
    """Return the question and the answer that the brief shows as a good pair."""
    page = (ROOT / "data/domain/brief.md").read_text(encoding="utf-8")
    lines = page.partition("A good pair:")[2].partition("A bad pair")[0].splitlines()
    quoted = [line.removeprefix(">").strip() for line in lines if line.startswith(">")]
    at = quoted.index("")
    return " ".join(quoted[:at]), " ".join(quoted[at + 1 :])


def _deliver(root: Path, name: str, indicator: str | None, pairs: list[Any]) -> Task:
    content = delivery(indicator, pairs)
    digest = hashlib.sha256(content).hexdigest()
    stored = root / f"data/deliveries/maker/{digest[:12]}-{name.replace(' ', '_')}.json"
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_bytes(content)
    path = stored.relative_to(root).as_posix()
    output = {"path": path, "sha256": digest, "bytes": len(content)}
    count = {"indicator": indicator} if indicator else {"delivery": "counted"}
    least = min(len(pairs), LEAST)
    found = task("a", agent="maker", gates=[*GATES, {**count, "min": least}])
    submission = {"outputs": [output], "inputs": [], "result": None, "submitted": name}
    return replace(found, submission=submission, handed_in=(output,))


def test_honest_sets_pass_at_the_first_try(judged: Judged) -> None:
    """Thirty-one sets of twenty pairs, of many styles, written and worked, pass every gate.

    So does the pair that the brief calls good.
    """
    assert len(judged.honest) == len(range(1 + 31)[::STEP])
    missed = {name: failed(report) for name, report in judged.honest.items()}
    assert {name: faults for name, faults in missed.items() if faults} == {}


def test_no_set_that_only_looks_like_work_passes(judged: Judged) -> None:
    """Of three dozen kinds of gaming none passes, and not for its score alone."""
    assert len(judged.gaming) == len(range(36)[::STEP])
    passed = [name for name, report in judged.gaming.items() if report["passed"]]
    assert passed == []
    by_score = [
        name
        for name, report in judged.gaming.items()
        if [row["criterion"] for row in report["criteria"] if not row["passed"]]
        == ["delivery mean_score"]
    ]
    assert by_score == []


def test_a_missed_gate_says_what_would_lift_it(judged: Judged) -> None:
    """Every figure that was measured and is too low comes with a count and with what to do."""
    for report in judged.gaming.values():
        for row in report["criteria"]:
            if (
                not row["passed"]
                and row["got"] is not None
                and "acceptance" not in row["criterion"]
            ):
                assert row["why"][0].isdigit(), json.dumps(row)
                assert ": " in row["why"], json.dumps(row)
