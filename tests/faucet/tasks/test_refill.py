"""Queues do not run dry, and two machines refill them alike."""

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import AddTask, NoteDry
from pipeline.faucet.tasks.refill import Gap, dry_agents, refill
from pipeline.faucet.tasks.state import State, Task, claimable, standing
from tests.faucet.team import after, claim, judge, later, state, submit, task

GAPS = [Gap(f"Indicator {n}", pairs=n, target_pairs=100) for n in range(20)]
gaps_of = st.lists(
    st.builds(Gap, st.sampled_from([g.indicator for g in GAPS]), st.integers(0, 150), st.just(100)),
    unique_by=lambda gap: gap.indicator,
    max_size=20,
)


def filling(start: State, agent: str = "zai", **rules: object) -> State:
    queue = replace(start.queues[agent], rest={"refill": rules})
    return State({**start.queues, agent: queue}, done=start.done)


def added(start: State, tasks: list[Task]) -> State:
    return after(start, *(AddTask(one) for one in tasks))


def ready(found: State) -> int:
    return sum(standing(found, one) == "ready" for one in found.tasks())


@given(gaps=gaps_of, queued=st.integers(0, 9))
def test_the_floor_is_kept_as_long_as_there_are_gaps(gaps: list[Gap], queued: int) -> None:
    """At 4 ready tasks, before a claim leaves 3, a queue is filled to 8 or with all that lacks."""
    start = filling(state(*(task(f"t{n}") for n in range(queued))))
    wide = [gap for gap in gaps if gap.pairs < gap.target_pairs]
    expected = min(8, queued + len(wide)) if queued <= 4 else queued
    assert ready(added(start, refill(start, gaps, []))) == expected


@given(floor=st.integers(0, 9), fill_to=st.integers(0, 9), queued=st.integers(0, 9))
def test_a_queue_is_never_filled_beyond_its_bound(floor: int, fill_to: int, queued: int) -> None:
    """Whatever the rules of a refill say, it stops at fill_to and begins at floor alone."""
    rules = {"floor": floor, "fill_to": fill_to}
    start = filling(state(*(task(f"t{n}") for n in range(queued))), **rules)
    found = ready(added(start, refill(start, GAPS, [])))
    assert found == (max(queued, fill_to) if queued <= floor else queued)


@given(gaps=gaps_of, order=st.randoms(use_true_random=False))
def test_machines_refill_alike(gaps: list[Gap], order: st.DrawFn) -> None:
    """The same state gives the same tasks, whatever the order, and adding them twice is once."""
    start = filling(state())
    mixed = list(gaps)
    order.shuffle(mixed)
    tasks = refill(start, gaps, [])
    assert refill(start, mixed, []) == tasks
    filled = added(start, tasks)
    assert all(apply(filled, AddTask(one)) is filled for one in tasks)


def test_the_largest_gap_goes_first() -> None:
    """Indicators that lack most pairs are owed first, each once, in tasks of a bounded size."""
    start = filling(state(), pairs_per_task=40, gates=[{"delivery": "found", "min": 1}])
    tasks = refill(start, reversed(GAPS), [])
    assert [one.rest["indicators"] for one in tasks] == [
        [{"name": f"Indicator {n}", "target_pairs": 40}] for n in range(8)
    ]
    assert tasks[0].rest["gates"] == [
        {"delivery": "found", "min": 1},
        {"indicator": "Indicator 0", "min": 36},
    ]
    filled = added(start, tasks)
    short = State({"zai": replace(filled.queues["zai"], tasks=filled.queues["zai"].tasks[:3])})
    assert {one.rest["indicators"][0]["name"] for one in refill(short, GAPS, [])} == {
        f"Indicator {n}" for n in range(3, 8)
    }


def test_two_agents_are_not_owed_the_same() -> None:
    """An indicator is at one agent at a time; an agent that did not ask for work gets none."""
    start = filling(state(task("x", agent="droid"), task("y", agent="claude")))
    tasks = refill(filling(start, "droid"), GAPS, [])
    names = [one.rest["indicators"][0]["name"] for one in tasks]
    assert len(names) == len(set(names)) == 7 + 8
    assert {one.agent for one in tasks} == {"droid", "zai"}


def test_what_is_handed_in_is_no_reason_to_wait() -> None:
    """Where no other gap is left its agent goes on with what a handed in task leaves open."""
    gaps = [Gap("A", 0, 60), Gap("B", 50, 60)]
    start = filling(state(task("y", agent="droid")))
    first = refill(start, gaps, [])
    assert [one.rest["indicators"][0] for one in first] == [
        {"name": "A", "target_pairs": 25},
        {"name": "B", "target_pairs": 10},
    ]
    start = added(start, first)
    assert refill(start, gaps, []) == []
    for left in ([25], [10], []):
        name = next(
            one.task_id
            for one in start.tasks()
            if one.task_id.startswith("deliver_a") and standing(start, one) == "ready"
        )
        start = after(start, claim(name), submit(name))
        alone = replace(start.queues["zai"], rest={})
        assert refill(filling(start.with_queue(alone), "droid"), gaps, []) == []
        more = refill(start, gaps, [])
        assert [one.rest["indicators"][0]["target_pairs"] for one in more] == left
        assert refill(start, gaps, []) == more
        start = added(start, more)
    assert len({one.task_id for one in start.tasks()}) == 5


@given(steps=st.lists(st.sampled_from(["hand in", "pass", "read"]), max_size=30))
@example(steps=["hand in", "hand in", "pass", "hand in", "read"])
def test_what_is_added_is_never_there_already(steps: list[str]) -> None:
    """However coverage and gates lag behind each other, an open gap is a new task, not an old one.

    Kept and handed in may come to the same as before: what was made then waits for its gates.
    """
    start, kept, passed = filling(state()), 0, 0
    for step in steps:
        tasks = refill(start, [Gap("A", kept, 1_000)], [])
        known = start.done | {one.task_id for one in start.tasks()}
        assert known.isdisjoint(one.task_id for one in tasks)
        start = added(start, tasks)
        open_now = claimable(start, "zai", later(0))
        in_gates = [one for one in start.tasks() if standing(start, one) == "submitted"]
        assert open_now
        if step == "hand in":
            name = open_now[0].task_id
            start = after(start, claim(name), submit(name))
        elif step == "pass" and in_gates:
            start, passed = after(start, judge(in_gates[0].task_id)), passed + 25
        elif step == "read":
            kept = min(passed, 900)


def test_what_it_cannot_do_never_hides_that_an_agent_runs_dry() -> None:
    """Ready tasks of another kind that its agent cannot do here count for nothing."""
    start = filling(state(*(task(f"r{n}", kind="review") for n in range(6))))

    def able(one: Task) -> bool:
        return one.rest.get("kind") != "review"

    assert len(refill(start, GAPS, [], able)) == 8
    assert refill(start, GAPS, []) == []


@given(known=st.integers(0, 20), wide=st.integers(1, 20))
def test_what_the_narrower_agent_can_do_is_left_to_it(known: int, wide: int) -> None:
    """Who can do everything takes last what an agent of fewer abilities can do."""
    start = filling(state(task("x", agent="droid"), task("y", agent="claude")))
    few = {gap.indicator for gap in GAPS[:known]}

    def able(one: Task) -> bool:
        return one.agent != "zai" or one.rest["indicators"][0]["name"] in few

    tasks = refill(filling(start, "claude"), GAPS[:wide], [], able)
    taken = {one.rest["indicators"][0]["name"] for one in tasks if one.agent == "claude"}
    others = [gap.indicator for gap in GAPS[:wide] if gap.indicator not in few]
    assert taken.issuperset(others[:7])
    assert few.isdisjoint(taken) or len(others) < 7


def test_what_keeps_failing_is_not_refilled() -> None:
    """An agent whose deliveries fail their gates gets no more of them until that is mended."""
    start = filling(state(*(task(f"t{n}", kind="deliver") for n in range(2))), most_failing=2)
    assert refill(start, GAPS, []) != []
    for name in ("t0", "t1"):
        start = after(start, claim(name), submit(name), judge(name, passes=False))
    assert refill(start, GAPS, []) == []


def test_recurring_tasks_come_back() -> None:
    """A completed task that recurs returns as its next round, once, and asks for a new page."""
    gates = [{"deliverable": "data/outbox/zai/look.md"}, {"metric": "qa.pairs", "min": 1}]
    start = state(task("look", recurs=True, gates=gates), task("once"))
    start = after(start, claim("look"), submit("look"), judge("look"))
    start = after(start, claim("once"), submit("once"), judge("once"))
    for number in (2, 3):
        receipts = list(start.receipts.values())
        (back,) = refill(start, [], receipts)
        assert (back.task_id, back.priority) == (f"look_{number}", 50)
        assert back.rest["gates"][0] == {"deliverable": f"data/outbox/zai/look_{number}.md"}
        start = added(start, [back])
        assert refill(start, [], receipts) == []
        name = back.task_id
        start = after(start, claim(name), submit(name), judge(name))


def test_every_series_has_its_turn() -> None:
    """Series of one agent take turns; the first of them does not come back before the others."""
    start = state(*(task(f"s{n}", priority=n, recurs=True) for n in range(1, 4)))
    order = []
    for _ in range(9):
        name = claimable(start, "zai", later(0))[0].task_id
        order.append(name.split("_")[0])
        start = after(start, claim(name), submit(name), judge(name))
        start = added(start, refill(start, [], list(start.receipts.values())))
    assert order == ["s1", "s2", "s3"] * 3


@given(gaps=gaps_of, known=st.integers(0, 20))
def test_an_entry_waits_at_who_cannot_do_it_only_where_nobody_can(
    gaps: list[Gap], known: int
) -> None:
    """What somebody here can do is given to nobody who cannot; what nobody can stays queued."""
    start = filling(state(task("x", agent="droid"), task("y", agent="claude")))
    few = {f"Indicator {number}" for number in range(known)}

    def able(one: Task) -> bool:
        names = {owed["name"] for owed in one.rest.get("indicators", ())}
        return one.agent == "droid" and bool(names) and names <= few

    for one in refill(filling(start, "droid"), gaps, [], able):
        assert able(one) or one.rest["indicators"][0]["name"] not in few


def test_an_agent_is_dry_once_the_plan_holds_nothing_for_it() -> None:
    """Not while an entry that it can do is open at anybody, nor before a run."""
    gaps = [Gap("A", 0, 20), Gap("B", 0, 20)]
    elsewhere = filling(filling(state(task("y", agent="droid"))), "droid")

    def able(one: Task) -> bool:
        names = [owed["name"] for owed in one.rest.get("indicators", ())]
        return one.agent == "droid" or names == ["A"]

    shared = added(elsewhere, refill(elsewhere, gaps, [], able))
    assert dry_agents(shared, gaps, able) == {"droid": False, "zai": False}
    alone = filling(state())
    start = added(alone, refill(alone, gaps, [], able))
    assert dry_agents(start, gaps, able) == {"zai": False}
    name = next(one.task_id for one in start.tasks() if able(one))
    handed_in = after(start, claim(name), submit(name))
    assert dry_agents(handed_in, gaps, able) == {"zai": True}
    assert dry_agents(handed_in, [], able) == {}
    assert dry_agents(after(handed_in, judge(name, passes=False)), gaps, able) == {"zai": False}


def test_a_queue_says_when_it_was_dry_last() -> None:
    """Noted when it begins and when it ends; what holds already changes nothing."""
    start = after(state(), NoteDry("zai", later(0), is_dry=True))
    assert start.queues["zai"].is_dry
    assert apply(start, NoteDry("zai", later(9), is_dry=True)) is start
    ended = after(start, NoteDry("zai", later(60), is_dry=False))
    assert ended.queues["zai"].rest["dry"] == {
        "since": "2026-01-01T12:00:00.000Z",
        "until": "2026-01-01T12:01:00.000Z",
    }
    assert apply(ended, NoteDry("zai", later(99), is_dry=False)) is ended
