"""The report tells what receipts, queues, metrics and commits tell, and no more."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.monitor.figures import Figure
from pipeline.faucet.monitor.json_view import as_json
from pipeline.faucet.monitor.report import Report, report, since_of
from pipeline.faucet.monitor.words import pairs
from pipeline.faucet.tasks.operations import ClaimTask, FailTask
from tests.faucet.monitor.story import (
    BEGIN,
    NOW,
    STORY,
    commit,
    entry,
    metrics,
    play,
    queue,
    workspace,
)
from tests.faucet.team import later


def told(root: Path, since: datetime | None = None) -> Report:
    return report(root, NOW, since)


def trailers(before: int, after: int) -> str:
    return f"checkpoint\n\nPairs-Before: {before}\nPairs-After: {after}"


def test_nothing_is_invented(tmp_path: Path) -> None:
    """In a workspace where nobody worked and nothing ran every figure is unknown, with a reason."""
    found = told(workspace(tmp_path))
    assert not found.has_begun
    assert not found.all_active
    assert {figure.value for figure in found.quality} == {None}
    assert found.quality.mean_score.why == "qa has not run yet"
    assert found.growth.pairs.value is None
    assert "not a git repository" in found.growth.pairs.why
    for one in found.agents:
        assert one.idle_share.value is None
        assert one.idle_share.why == "no attempt was recorded yet"
        assert one.per_day.value is None
    assert found.acceptance == {}
    assert found.depths == found.flow == []


def test_pairs_outside_the_plan_have_its_noun(tmp_path: Path) -> None:
    """What the monitor calls an entry of the plan is what words.yaml calls it."""
    root = workspace(tmp_path)
    place = root / "data/domain/words.yaml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("entry: plant\n")
    found = report(root, NOW)
    assert found.nouns.entry == "plant"
    found = found._replace(quality=found.quality._replace(unassigned=Figure(3)))
    assert ("unassigned", "3", "under no plant of the plan") in pairs(found)


def test_an_agents_figures(tmp_path: Path) -> None:
    """Cycles run from the first claim to the completion, attempts until they are handed in."""
    root = workspace(tmp_path)
    play(root, *STORY)
    droid, zai = told(root).agents
    assert (droid.agent, droid.completed, droid.ready, droid.depth) == ("droid", 1, 1, 1)
    assert droid.cycle_mean_s.value == 120
    assert droid.attempt_mean_s.value == 100
    assert droid.estimate_ratio.value == pytest.approx(100 / 60)
    assert droid.per_day == (None, "the window is shorter than 60 minutes")
    assert report(root, later(7_200)).agents[0].per_day.value == pytest.approx(12)
    assert zai.cycle_mean_s.value == zai.cycle_p95_s.value == 300
    assert zai.attempt_mean_s.value == 90
    assert (zai.estimates_read, zai.estimates_unread) == (0, 1)
    assert zai.estimate_ratio.why == "no completed task had an estimate that can be read"
    assert zai.idle_share.value == pytest.approx(0.82)
    assert zai.idle_longest is not None
    assert zai.idle_longest.reason == "empty"


def test_who_is_active(tmp_path: Path) -> None:
    """Active is who has a task in hand, or had one within five minutes; the rest is named."""
    root = workspace(tmp_path)
    play(root, *STORY, ClaimTask("next_draft", "droid", "w7", 1, later(900), 86_400))
    found = told(root)
    droid, zai = found.agents
    assert (droid.standing, zai.standing) == ("active", "idle")
    assert [(work.task_id, work.owner) for work in droid.current] == [("next_draft", "w7")]
    assert "zai is idle" in found.concerns
    assert "zai has 0 queued, >3 wanted" in found.concerns
    assert report(root, later(700)).all_active


def test_a_healthy_faucet_has_no_concerns(tmp_path: Path) -> None:
    """All at work, more than three queued each, under 5 % idle: there is nothing to say."""
    tasks = [entry(f"t{number}") for number in range(5)]
    root = workspace(tmp_path, queue("zai", *tasks))
    play(root, ClaimTask("t0", "zai", "zai", 1, later(0), 86_400))
    found = told(root)
    assert (found.concerns, found.bottlenecks, found.all_active) == ([], [], True)
    assert as_json(found)["is_healthy"] is True


def test_pairs_come_from_checkpoints_of_the_window(tmp_path: Path) -> None:
    """Growth is the last checkpoint's pairs less those before the first one of the window."""
    root = workspace(tmp_path)
    play(root, *STORY)
    for at, before, after in ((10, 0, 100), (400, 100, 300), (900, 300, 250)):
        metrics(root, dedup={"kept": after, "duplicate_rate": 0.1}, qa={"mean_score": 60})
        commit(root, at, trailers(before, after))
    whole, late = told(root).growth, told(root, later(300)).growth
    assert (whole.checkpoints, whole.pairs.value) == (3, 250)
    assert whole.per_hour.value == pytest.approx(900)
    assert (late.checkpoints, late.pairs.value) == (2, 150)
    assert told(root, later(950)).growth.pairs == (None, "no checkpoint in the window")
    quality = told(root).quality
    assert (quality.pairs.value, quality.duplicate_rate.value) == (250, 0.1)
    assert quality.specificity_mean.why == "metrics/qa.json does not tell specificity_mean"


def test_gates_and_acceptance(tmp_path: Path) -> None:
    """Missed criteria are counted over all attempts; acceptance is by agent that delivered."""
    root = workspace(tmp_path)
    play(root, *STORY)
    rows = [
        {"agent": "droid", "delivery": "a-x.json", "found": 8, "quarantined": 1},
        {"agent": "droid", "delivery": "b-y.json", "found": 2, "quarantined": 0},
        {"agent": "zai", "delivery": "c-z.json", "found": 0, "quarantined": 0},
    ]
    (root / "data/integrate").mkdir()
    (root / "data/integrate/accounting.json").write_text(json.dumps({"deliveries": rows}))
    found = told(root)
    assert found.gate_failures == [("metric qa.pairs", 1, ("zai",))]
    assert found.acceptance["droid"].value == pytest.approx(0.9)
    assert found.acceptance["zai"] == (None, "its deliveries hold no records")


def test_bottlenecks(tmp_path: Path) -> None:
    """Dead tasks, tasks that hold up three others, low queues and loose deliveries are named."""
    waiting = [entry(f"w{number}", "head") for number in range(3)]
    root = workspace(tmp_path, queue("zai", entry("head"), *waiting), queue("droid", entry("d")))
    assert ("holding_up", "head", "ready at zai, holds up w0, w1, w2") in told(root).bottlenecks
    for turn in (1, 2, 3):
        at = 300.0 * turn
        claim = ClaimTask("head", "zai", "zai", turn, later(at), 86_400)
        play(root, claim, FailTask("head", "zai", turn, later(at + 9), "failed", "no"))
    (root / "data/inbox/zai").mkdir(parents=True)
    (root / "data/inbox/zai/new.json").write_text("{}")
    (root / "data/deliveries/zai").mkdir(parents=True)
    (root / "data/deliveries/zai/0123-old.json").write_text("{}")
    kinds = {(one.kind, one.what): one.detail for one in told(root).bottlenecks}
    assert kinds == {
        ("dead", "head"): "holds up w0, w1, w2",
        ("below_floor", "droid"): "1 task queued, >3 wanted",
        ("below_floor", "zai"): "3 tasks queued, >3 wanted",
        ("not_landed", "1 file"): "wait to land: `faucet land`",
        ("not_integrated", "1 file"): "landed: `faucet repro`",
    }
    assert "head is dead" in told(root).concerns


def test_who_is_gone_does_not_count_as_working(tmp_path: Path) -> None:
    """A claim whose lease is over makes its agent idle from then on, and is named."""
    root = workspace(tmp_path, queue("zai", entry("a")))
    play(root, ClaimTask("a", "zai", "w1", 1, later(0), 400))
    (zai,) = told(root).agents
    assert zai.standing == "idle"
    assert zai.idle_reasons == {"lapsed": pytest.approx(0.6)}
    assert ("lapsed", "a", "claimed by w1, its lease is over") in told(root).bottlenecks
    assert report(root, later(399)).all_active


def test_what_cannot_be_known_is_said(tmp_path: Path) -> None:
    """Notes tell what is approximated: unseen queues, unrecorded attempts, commits between."""
    root = workspace(tmp_path)
    play(root, *STORY)
    assert any("not a git repository" in note for note in told(root).notes)
    assert any("3 tasks counted as queued from the start" in note for note in told(root).notes)
    commit(root, 0)
    assert any("known from 1 commit" in note for note in told(root).notes)


def test_the_report_is_json(tmp_path: Path) -> None:
    """Everything is told to programs: figures with their reasons, moments, depths and flow."""
    root = workspace(tmp_path)
    play(root, *STORY)
    found = json.loads(json.dumps(as_json(told(root))))
    assert found["window"] == {"start": BEGIN.isoformat(), "end": NOW.isoformat()}
    assert found["agents"][0]["depth"] == 1
    assert found["agents"][1]["idle_share"] == {"value": 0.82}
    assert found["quality"]["pairs"] == {"value": None, "why": "dedup has not run yet"}
    assert {row["agent"] for row in found["depths"]} == {"droid", "zai"}


def test_since_is_read_or_refused() -> None:
    """A span back from now, or a moment; everything else is refused with what can be written."""
    assert since_of("90m", NOW) == later(1_000 - 5_400)
    assert since_of("2d", NOW) == later(1_000 - 172_800)
    assert since_of("2026-01-01T12:00", NOW) == BEGIN
    with pytest.raises(UserError, match="is no moment"):
        since_of("yesterday", NOW)
