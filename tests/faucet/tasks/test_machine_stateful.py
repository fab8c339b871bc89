"""The state machine under a team of workers that crash, send twice, and whose clocks differ."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import (
    AddTask,
    ClaimTask,
    FailTask,
    JudgeTask,
    Operation,
    PauseTask,
    Rejected,
    ReleaseClaim,
    RenewClaim,
    ResumeTask,
    RetryTask,
    SubmitTask,
)
from pipeline.faucet.tasks.state import MAX_ATTEMPTS, STANDINGS, State, claimable, lapsed, standing
from tests.faucet.team import MISSED, NOON, PASSED, state, task
from tests.thoroughness import often

AGENTS = ("claude_code", "droid", "zai")
WORKERS = tuple(f"{agent}-{number}" for agent in AGENTS for number in (1, 2))
IDS = tuple(f"t{number}" for number in range(5))
LEASE_S = 60

workers = st.sampled_from(WORKERS)
ids = st.sampled_from(IDS)


class Team(RuleBasedStateMachine):
    """Workers as they see the world: each knows the claims that it was given, and when by whom."""

    sent = Bundle("sent")

    @initialize(links=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4))
    def queues(self, links: list[tuple[int, int]]) -> None:
        waits = {
            number: sorted({IDS[low] for low, high in links if low < high == number})
            for number in range(len(IDS))
        }
        self.waits = {IDS[number]: names for number, names in waits.items()}
        self.state = state(
            *(
                task(IDS[number], *waits[number], agent=AGENTS[number % 3])
                for number in range(len(IDS))
            )
        )
        self.now = NOON
        self.skew_s = dict.fromkeys(WORKERS, 0)
        self.believes: dict[str, tuple[str, int]] = {}
        self.completions: Counter[str] = Counter()
        self.holders: dict[str, tuple[str, int]] = {}
        self.given: Counter[str] = Counter()

    def clock(self, worker: str) -> datetime:
        return self.now + timedelta(seconds=self.skew_s[worker])

    def send(self, operation: Operation) -> State | Rejected:
        """Apply an operation; what it changed, it must have had the right to change."""
        before = self.state
        outcome = apply(before, operation)
        if isinstance(outcome, Rejected) or outcome is before:
            return outcome
        new = outcome.done - before.done
        self.completions.update(new)
        assert all(before.done.issuperset(self.waits[name]) for name in new), "in order"
        self.follow(operation)
        self.state = outcome
        return outcome

    def follow(self, operation: Operation) -> None:
        """Keep own books of who holds what, and hold the operation to them."""
        match operation:
            case ClaimTask(name, _, owner, turn):
                assert name not in self.holders, "one owner at a time"
                self.given[name] += 1
                assert turn == self.given[name], "turns are given once and in order"
                self.holders[name] = (owner, turn)
            case RenewClaim(name, owner, turn) | SubmitTask(name, owner, turn):
                assert self.holders[name] == (owner, turn), "its owner, this turn"
            case FailTask(name, owner, turn):
                assert self.holders.pop(name) == (owner, turn), "its owner, this turn"
            case ReleaseClaim(name, turn) | JudgeTask(name, turn):
                assert self.holders.pop(name)[1] == turn, "this turn"

    @rule(seconds=st.integers(0, 400))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(worker=workers, seconds=st.integers(-3600, 3600))
    def a_clock_jumps(self, worker: str, seconds: int) -> None:
        self.skew_s[worker] = seconds

    @rule(target=sent, worker=workers)
    def claim_next(self, worker: str) -> ClaimTask:
        agent, now = worker.rpartition("-")[0], self.clock(worker)
        free = claimable(self.state, agent, now)
        name, turn = (free[0].task_id, free[0].turn + 1) if free else (IDS[0], 1)
        operation = ClaimTask(name, agent, worker, turn, now, LEASE_S)
        if isinstance(self.send(operation), State):
            self.believes[worker] = (name, turn)
        return operation

    @rule(target=sent, worker=workers, seen=ids, turn=st.integers(1, 4))
    def claim_blindly(self, worker: str, seen: str, turn: int) -> Operation:
        agent = worker.rpartition("-")[0]
        operation = ClaimTask(seen, agent, worker, turn, self.clock(worker), LEASE_S)
        if isinstance(self.send(operation), State):
            self.believes[worker] = (seen, turn)
        return operation

    @rule(target=sent, worker=workers, what=st.sampled_from(("renew", "submit")))
    def go_on(self, worker: str, what: str) -> Operation:
        name, turn = self.believes.get(worker, (IDS[0], 1))
        kind = RenewClaim if what == "renew" else SubmitTask
        operation = kind(name, worker, turn, self.clock(worker))
        self.send(operation)
        return operation

    @rule(
        target=sent,
        worker=workers,
        kind=st.sampled_from(("failed", "failed", "transient", "quota")),
    )
    def give_up(self, worker: str, kind: str) -> Operation:
        name, turn = self.believes.pop(worker, (IDS[0], 1))
        operation = FailTask(name, worker, turn, self.clock(worker), kind, "a reason")
        self.send(operation)
        return operation

    @rule(target=sent, passes=st.booleans(), worker=workers)
    def judge_one(self, worker: str, *, passes: bool) -> Operation:
        handed = [t for t in self.state.tasks() if standing(self.state, t) == "submitted"]
        name, turn = (handed[0].task_id, handed[0].turn) if handed else (IDS[0], 1)
        operation = JudgeTask(name, turn, self.clock(worker), PASSED if passes else MISSED)
        self.send(operation)
        return operation

    @rule(worker=workers)
    def work_through(self, worker: str) -> None:
        claimed = self.claim_next(worker)
        if worker in self.believes and self.believes[worker][0] == claimed.task_id:
            self.go_on(worker, "submit")
            self.judge_one(passes=True, worker=worker)

    @precondition(lambda self: self.holders)
    @rule(what=st.sampled_from(("submit", "fail", "release", "judge")))
    def news_from_an_earlier_claim(self, what: str) -> None:
        name, (owner, turn) = min(self.holders.items())
        late: dict[str, Operation] = {
            "submit": SubmitTask(name, owner, turn - 1, self.now),
            "fail": FailTask(name, owner, turn - 1, self.now, "failed", "a reason"),
            "release": ReleaseClaim(name, turn - 1),
            "judge": JudgeTask(name, turn - 1, self.now, PASSED),
        }
        assert isinstance(self.send(late[what]), Rejected)

    @rule(worker=workers)
    def crash(self, worker: str) -> None:
        self.believes.pop(worker, None)

    @rule(worker=workers)
    def free_lapsed_claims(self, worker: str) -> None:
        """Anybody with any clock may think a claim lapsed: a live owner loses it, no more."""
        for found in lapsed(self.state, self.clock(worker)):
            assert isinstance(self.send(ReleaseClaim(found.task_id, found.turn)), State)

    @rule(target=sent, name=ids, kind=st.sampled_from((RetryTask, PauseTask, ResumeTask)))
    def meddle(self, name: str, kind: type[RetryTask] | type[PauseTask]) -> Operation:
        operation = kind(name)
        self.send(operation)
        return operation

    @rule(target=sent, number=st.integers(0, 4))
    def add_again(self, number: int) -> Operation:
        name = IDS[number]
        operation = AddTask(task(name, *self.waits[name], agent=AGENTS[number % 3]))
        self.send(operation)
        return operation

    @rule(operation=sent)
    def deliver_again(self, operation: Operation) -> None:
        self.send(operation)

    @rule(operation=consumes(sent))
    def deliver_twice_at_once(self, operation: Operation) -> None:
        first = self.send(operation)
        again = self.send(operation)
        assert again is first or isinstance(again, Rejected) or isinstance(operation, RenewClaim)

    @invariant()
    def no_task_is_lost(self) -> None:
        queued = [found.task_id for found in self.state.tasks()]
        assert sorted([*queued, *self.state.done]) == sorted(IDS)

    @invariant()
    def none_is_completed_twice(self) -> None:
        assert set(self.completions.values()) <= {1}
        assert set(self.completions) == set(self.state.done) == set(self.state.receipts)

    @invariant()
    def no_claim_leaks(self) -> None:
        held = [found for found in self.state.tasks() if found.claim]
        working = [found for found in held if standing(self.state, found) == "claimed"]
        owners = [found.claim.owner for found in working if found.claim]
        told = {found.task_id: (found.claim.owner, found.turn) for found in held if found.claim}
        assert told == self.holders, "claims are those that were given and not ended"
        assert len(owners) == len(set(owners)), "one task for each owner"
        for found in self.state.tasks():
            assert standing(self.state, found) in STANDINGS
            assert found.submission is None or found.claim
            assert 1 <= found.attempt <= MAX_ATTEMPTS
            if found.claim:
                assert self.state.done.issuperset(found.dependencies), "dependencies in order"
                assert not found.is_dead

    @invariant()
    def written_states_are_derived(self) -> None:
        for queue in self.state.queues.values():
            assert {found.status for found in queue.tasks} <= {"ready", "waiting"}

    @precondition(lambda self: len(self.state.done) < len(IDS))
    @rule()
    def everything_can_be_finished(self) -> None:
        """From any state a patient worker finishes everything: nothing is stuck for good."""
        reached, now = self.state, self.now + timedelta(days=1)
        for _ in range(2 * len(IDS)):
            for found in [found for found in reached.tasks() if found.task_id not in reached.done]:
                reached = finish(reached, found.task_id, now)
        assert reached.done == set(IDS)


def finish(start: State, name: str, now: datetime) -> State:
    """Return the state after one more task is done, if its dependencies are."""
    found = start.task(name)
    assert found
    turn = found.turn if found.claim else found.turn + 1
    steps: list[Operation] = [ReleaseClaim(name, turn)] if found.claim else []
    steps += [ResumeTask(name), RetryTask(name)]
    if not (found.claim and found.submission):
        turn = found.turn + 1
        steps += [ClaimTask(name, found.agent, "patient", turn, now, LEASE_S)]
        steps += [SubmitTask(name, "patient", turn, now)]
    for step in [*steps, JudgeTask(name, turn, now, PASSED)]:
        outcome = apply(start, step)
        start = outcome if isinstance(outcome, State) else start
    return start


TestTeam = Team.TestCase
TestTeam.settings = settings(often(30), stateful_step_count=40)
