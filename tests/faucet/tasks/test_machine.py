"""The state machine by example: each arrow of its diagram, and what has no arrow."""

import copy

import pytest

from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import (
    AddTask,
    ClaimTask,
    Operation,
    PauseAgent,
    PauseTask,
    ReleaseClaim,
    RenewClaim,
    ResumeAgent,
    ResumeTask,
    RetryTask,
)
from pipeline.faucet.tasks.state import State, Task, claimable, held_by, lapsed, standing
from tests.faucet.team import (
    MISSED,
    after,
    claim,
    fail,
    judge,
    later,
    refused,
    state,
    submit,
    task,
)


def only(found: State, task_id: str = "a") -> Task:
    queued = found.task(task_id)
    assert queued
    return queued


def standings(found: State) -> dict[str, str]:
    return {queued.task_id: standing(found, queued) for queued in found.tasks()}


def test_a_task_goes_from_ready_to_completed() -> None:
    """Claimed, handed in and passed, a task leaves its queue for a receipt with its history."""
    start = state(task("a"))
    told = [standings(start)]
    for operation in (claim("a"), submit("a"), judge("a")):
        start = after(start, operation)
        told.append(standings(start))
    assert told == [{"a": "ready"}, {"a": "claimed"}, {"a": "submitted"}, {}]
    assert start.done == {"a"}
    receipt = start.receipts["a"]
    assert (receipt["owner"], receipt["attempt"], receipt["turn"]) == ("w1", 1, 1)
    moments = [receipt[name] for name in ("claimed", "submitted", "completed")]
    assert moments == [
        "2026-01-01T12:00:00.000Z",
        "2026-01-01T12:00:05.000Z",
        "2026-01-01T12:00:06.000Z",
    ]


def test_completing_triggers_what_waited() -> None:
    """A task becomes ready when the last of its dependencies is done, at whichever agent."""
    start = state(task("a"), task("b"), task("c", "a", "b", agent="droid"))
    assert standings(start)["c"] == "waiting"
    start = after(start, claim("a"), submit("a"), judge("a"))
    assert standings(start)["c"] == "waiting"
    before = start.queues["droid"]
    start = after(start, claim("b"), submit("b"), judge("b"))
    assert standings(start)["c"] == "ready"
    assert start.queues["droid"] is before  # the other agent's queue was not edited


def test_failed_gates_bring_the_task_back_with_their_report() -> None:
    """A missed gate costs an attempt; the task returns to the front after a wait, and knows why."""
    start = state(task("a", priority=7), task("b", priority=1))
    start = after(start, claim("a"), submit("a"), judge("a", passes=False))
    back = only(start)
    assert (back.attempt, back.priority, back.claim, back.submission) == (2, 0, None, None)
    assert back.not_before == "2026-01-01T12:00:16.000Z"
    assert back.failures[-1]["report"] == MISSED
    assert "metric qa.pairs" in back.failures[-1]["reason"]
    assert [t.task_id for t in claimable(start, "zai", later(15))] == ["b"]
    assert [t.task_id for t in claimable(start, "zai", later(16))] == ["a", "b"]
    assert start.done == frozenset()


def test_three_attempts_and_the_task_is_dead() -> None:
    """The third failure ends a task; only a person gives it new attempts, and none are burnt."""
    start = state(task("a"), task("b", "a"))
    for turn in (1, 2, 3):
        start = after(start, claim("a", turn, at=1000 * turn), fail("a", turn, at=1000 * turn))
    assert standings(start) == {"a": "dead", "b": "waiting"}
    assert only(start).attempt == 3
    assert refused(start, claim("a", 4, at=9000)) == "dead"
    start = after(start, RetryTask("a"))
    assert (only(start).attempt, only(start).setbacks) == (1, 0)
    assert len(only(start).failures) == 3
    assert standings(after(start, claim("a", 4, at=3001)))["a"] == "claimed"


@pytest.mark.parametrize("kind", ["transient", "quota"])
def test_faults_of_the_world_burn_no_attempt(kind: str) -> None:
    """A task can meet any number of transient faults and empty quotas and keeps its attempt."""
    start = state(task("a"))
    for turn in range(1, 12):
        start = after(start, claim("a", turn, at=1000 * turn), fail("a", turn, kind, 1000 * turn))
    assert (only(start).attempt, standings(start)) == (1, {"a": "ready"})
    assert only(start).failures == ()


def test_waits_double_up_to_five_minutes() -> None:
    """Transient faults in a row wait 10, 20, 40 ... and at most 300 seconds."""
    start = state(task("a"))
    waits = []
    for turn in range(1, 8):
        at = 1000 * turn
        start = after(start, claim("a", turn, at=at), fail("a", turn, "transient", at))
        due = [s for s in range(301) if claimable(start, "zai", later(at + s))]
        waits.append(due[0])
    assert waits == [10, 20, 40, 80, 160, 300, 300]


def test_an_empty_quota_stops_the_agent_and_not_the_others() -> None:
    """A quota answer opens the agent's breaker until it says, and handing in closes it."""
    start = state(task("a"), task("b"), task("c", agent="droid"))
    start = after(start, claim("a"), claim("b", owner="w2"))
    start = after(start, fail("a", kind="quota")._replace(retry_after_s=100))
    assert claimable(start, "zai", later(104)) == []
    assert refused(start, claim("a", 2, at=104)) == "agent_paused"
    assert [t.task_id for t in claimable(start, "droid", later(6))] == ["c"]
    assert [t.task_id for t in claimable(start, "zai", later(105))] == ["a"]
    start = after(start, submit("b", owner="w2"))
    assert start.queues["zai"].breaker is None


def test_a_claim_holds_for_one_owner() -> None:
    """Nobody else can take, renew, hand in or fail a claimed task; its owner has no second one."""
    start = after(state(task("a"), task("b")), claim("a"))
    assert refused(start, claim("a", owner="w2")) == "claimed"
    assert refused(start, submit("a", owner="w2")) == "not_yours"
    assert refused(start, fail("a")._replace(owner="w2")) == "not_yours"
    assert refused(start, RenewClaim("a", "w2", 1, later(1))) == "not_yours"
    assert refused(start, claim("b")) == "busy"
    assert standings(after(start, claim("b", owner="w2"))) == {"a": "claimed", "b": "claimed"}
    held = held_by(start, "w1")
    assert held is not None
    assert held.task_id == "a"


def test_a_lost_claim_is_free_again_and_its_owner_too_late() -> None:
    """After a release the next owner's claim stands, whatever the first one still sends."""
    start = after(state(task("a")), claim("a"), ReleaseClaim("a", 1), claim("a", 2, owner="w2"))
    for late in (submit("a"), fail("a"), RenewClaim("a", "w1", 1, later(3)), ReleaseClaim("a", 1)):
        assert refused(start, late) == "stale"
    assert only(start).attempt == 1


def test_leases_lapse_unless_renewed() -> None:
    """A claim lapses lease_s seconds after its owner was last seen; renewing never goes back."""
    start = after(state(task("a")), claim("a"), RenewClaim("a", "w1", 1, later(50)))
    start = after(start, RenewClaim("a", "w1", 1, later(20)))
    assert lapsed(start, later(109)) == []
    assert [t.task_id for t in lapsed(start, later(110))] == ["a"]
    assert lapsed(after(start, submit("a")), later(999)) == []


def test_operations_that_come_twice_count_once() -> None:
    """Every operation gives the same state a second time, or is rejected."""
    start = state(task("a"))
    steps: list[Operation] = [
        PauseTask("a"),
        ResumeTask("a"),
        PauseAgent("zai"),
        ResumeAgent("zai"),
        claim("a"),
        RenewClaim("a", "w1", 1, later(2)),
        fail("a"),
        RetryTask("a"),
        claim("a", 2),
        submit("a", 2),
        judge("a", 2),
    ]
    for step in steps:
        start = after(start, step)
        again = apply(start, step)
        assert again is start or not isinstance(again, State), step
    assert (start.receipts["a"]["turn"], len(start.receipts["a"]["failures"])) == (2, 1)


def test_pauses_keep_from_claiming() -> None:
    """A paused task, and every task of a paused agent, cannot be claimed until resumed."""
    start = after(state(task("a")), PauseTask("a"))
    assert refused(start, claim("a")) == "paused"
    assert claimable(start, "zai", later(0)) == []
    start = after(start, ResumeTask("a"), PauseAgent("zai"))
    assert refused(start, claim("a")) == "agent_paused"
    assert claimable(start, "zai", later(0)) == []
    assert claimable(after(start, ResumeAgent("zai")), "zai", later(0))


def test_lower_numbers_go_first() -> None:
    """The next task is the one of lowest priority number, the first listed among equals."""
    start = state(task("c", priority=2), task("b", priority=1), task("a", priority=1))
    assert [t.task_id for t in claimable(start, "zai", later(0))] == ["b", "a", "c"]


def test_a_task_is_added_once_and_in_no_ring() -> None:
    """The same task again changes nothing; another of its name, or one in a ring, is refused."""
    start = state(task("a", "missing"), done=frozenset({"past"}))
    start = after(start, AddTask(task("b", "a", "past")))
    assert apply(start, AddTask(task("b", "a", "past"))) is start
    assert refused(start, AddTask(task("b", "a"))) == "exists"
    assert refused(start, AddTask(task("b", "a", "past", agent="droid"))) == "exists"
    assert refused(start, AddTask(task("c", "nowhere"))) == "unknown"
    assert refused(start, AddTask(task("past"))) == "completed"
    assert refused(start, AddTask(task("c", agent="nobody"))) == "unknown_agent"
    assert refused(start, AddTask(task("../c"))) == "bad_id"
    assert refused(start, AddTask(task("missing", "a"))) == "cycle"


def test_nothing_else_is_allowed() -> None:
    """What has no arrow is rejected with its reason, and leaves the state as it was."""
    start = state(task("a"), task("b", "a"), done=frozenset({"past"}))
    assert refused(start, claim("b")) == "waiting"
    assert refused(start, claim("a", turn=2)) == "stale"
    assert refused(start, claim("nowhere")) == "unknown"
    assert refused(start, claim("past")) == "completed"
    assert refused(start, claim("a")._replace(agent="droid")) == "other_agent"
    assert refused(start, submit("a")) == "stale"
    assert refused(start, PauseAgent("nobody")) == "unknown_agent"
    held = after(start, claim("a"))
    assert refused(held, judge("a")) == "not_submitted"
    assert refused(held, RetryTask("a")) == "claimed"
    assert refused(held, fail("a", kind="bored")) == "bad_kind"
    handed = after(held, submit("a"))
    assert refused(handed, fail("a")) == "submitted"
    assert refused(handed, ReleaseClaim("a", 1)) == "submitted"
    assert refused(handed, claim("a")) == "submitted"


def test_no_argument_is_changed() -> None:
    """The state before an operation is still what it was."""
    start = state(task("a"), task("b", "a"))
    before = copy.deepcopy(start)
    steps: list[Operation] = [claim("a"), submit("a"), judge("a", passes=False)]
    after(start, *steps, ClaimTask("a", "zai", "w1", 2, later(99), 60))
    assert start == before
