"""A team with faults under a virtual clock: the short form of benchmarks/fortnight.py."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from benchmarks.fortnight import VARIANTS, documents, known, outcomes
from benchmarks.fortnight_rules import Faults, Policy, plan_targets
from benchmarks.fortnight_team import Team
from pipeline.faucet.monitor.spans import total_s
from pipeline.faucet.tasks.refill import DEFAULTS
from pipeline.faucet.tasks.state import MAX_ATTEMPTS, standing
from tests.conftest import ROOT
from tests.thoroughness import LONG

DAYS = 3 if LONG else 0.25
LAST = VARIANTS[-1]


def worked(
    seed: int,
    faults: Faults | None = None,
    check: Callable[[Team], None] = lambda _: None,
    days: float = DAYS,
) -> Team:
    """Return a team after some days of work; check looks at it after every event."""
    hard = faults or Faults(missed_gates=0.25, quota_an_hour=0.2, crashes_an_hour=0.2)
    targets = plan_targets(ROOT)
    team = Team(documents(LAST), targets, LAST.policy, hard, seed, on_step=check)
    team.run(days)
    return team


def no_task_is_lost_or_done_twice(team: Team) -> None:
    queued = [task.task_id for task in team.state.tasks()]
    completed = [receipt["task_id"] for receipt in team.receipts]
    assert max(Counter([*queued, *completed]).values()) == 1
    assert set(queued) | set(completed) == set(team.added)


def no_claim_leaks(team: Team) -> None:
    claims = {
        task.claim.owner: task.task_id
        for task in team.state.tasks()
        if task.claim and standing(team.state, task) == "claimed"
    }
    at_work = {agent: task_id for agent, task_id in team.away.items() if task_id}
    assert at_work.items() <= claims.items()
    gone = {agent for agent, task_id in team.away.items() if not task_id}
    assert set(claims) - set(at_work) <= gone, "a dead owner's claim waits for its lease alone"
    assert all(task.attempt <= MAX_ATTEMPTS for task in team.state.tasks())


def the_floor_is_kept(team: Team) -> None:
    for agent in LAST.refilled:
        tasks = team.state.queues[agent].tasks
        ready = sum(standing(team.state, task) == "ready" for task in tasks)
        failed = [task for task in tasks if task.failures and task.failures[-1]["report"]]
        owed = sum(task.rest.get("kind") == "deliver" for task in failed)
        assert ready >= DEFAULTS["floor"] or owed >= DEFAULTS["most_failing"]


def holds(team: Team) -> None:
    no_task_is_lost_or_done_twice(team)
    no_claim_leaks(team)
    the_floor_is_kept(team)


@cache
def faulty(seed: int) -> Team:
    """Return a team that met many faults, and was looked at after every event."""
    return worked(seed, check=holds)


@pytest.mark.parametrize("seed", [1, 2] if LONG else [1])
def test_nothing_is_lost_and_queues_stay_deep(seed: int) -> None:
    """With many faults no task is lost or done twice, no claim leaks, the floor is kept."""
    team = faulty(seed)
    assert len(team.receipts) > 100 * DAYS
    assert {receipt["agent"] for receipt in team.receipts} == set(team.state.queues)


def test_the_same_seed_is_the_same_fortnight() -> None:
    """Whatever is drawn, is drawn from the seed."""
    first, again, other = (worked(seed, days=0.05).receipts for seed in (1, 1, 2))
    assert first == again != other
    assert first


def test_the_monitor_tells_what_happened() -> None:
    """Idle time is the real one; what left no record adds to it, a dead owner's claim is busy."""
    quiet = worked(1, Faults(0.2, 0, 0, 0))
    window = known(quiet)[3]
    for agent, told in outcomes(quiet).items():
        real = 1 - total_s(quiet.busy[agent]) / window.seconds
        running = 3_600 / window.seconds  # an attempt that has not ended is busy for the monitor
        assert real - running <= told.idle <= real + 1e-9
    team = faulty(1)
    for agent, told in outcomes(team).items():
        gone = total_s(team.gone.get(agent, [])) / window.seconds
        assert told.idle >= told.really_idle - 2 * running - gone


def test_work_that_ends_leaves_agents_idle() -> None:
    """With the first tasks alone, agents without refill run dry and the monitor says why."""
    team = Team(documents(VARIANTS[0]), plan_targets(ROOT), Policy(is_flowing=False))
    team.run(1)
    found = outcomes(team)
    for agent in ("zai", "claude_code"):
        assert team.state.queues[agent].tasks == ()
        assert found[agent].idle > 0.8
        assert next(iter(found[agent].reasons)) == "empty"
    assert found["claude"].lowest > 3
