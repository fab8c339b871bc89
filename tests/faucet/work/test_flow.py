"""What is delivered becomes work for the team, once, in the order of the flow."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.queues.seeding import first_queues
from pipeline.faucet.tasks.documents import queue_of
from pipeline.faucet.tasks.operations import AddTask
from pipeline.faucet.tasks.state import State, standing
from pipeline.faucet.work.flow import wave
from pipeline.workspace.workspace import Workspace
from tests.faucet.team import after, claim, judge, state, submit, task
from tests.workspaces import ROOT

FIRST = {queue["agent"]: queue for queue in first_queues(Workspace(ROOT))}
NAMES = ("claude_code", "zai")
TEAM = State({name: replace(queue_of(FIRST[name]), tasks=()) for name in NAMES})
FLOW = ["integrate", "qa", "dedup", "format", "split", "export", "visualize"]


def test_one_chain_a_wave_from_reading_to_drawing() -> None:
    """Reader first, then scores, then duplicates, then what is made of kept pairs."""
    tasks = wave(TEAM, ["droid/a.json"])
    assert sorted(one.rest["stage"] for one in tasks) == sorted(FLOW)
    found = after(TEAM, *(AddTask(one) for one in tasks))
    ready = [one.rest["stage"] for one in found.tasks() if standing(found, one) == "ready"]
    assert ready == ["integrate"]
    agents = {one.rest["stage"]: one.agent for one in tasks}
    assert (agents["integrate"], agents["qa"], agents["export"]) == (
        "claude_code",
        "zai",
        "claude_code",
    )


@given(names=st.lists(st.text("abc", min_size=1), min_size=1, unique=True), draws=st.randoms())
def test_machines_make_the_same_wave(names: list[str], draws: st.DrawFn) -> None:
    """The tasks depend on which deliveries there are, not on who looks, or in which order."""
    mixed = list(names)
    draws.shuffle(mixed)
    assert wave(TEAM, mixed) == wave(TEAM, names)


def test_a_wave_that_has_not_begun_takes_more_deliveries_along() -> None:
    """Only once the reader is at work, or is done, do new files need a reader of their own."""
    first = wave(TEAM, ["droid/a.json"])
    waiting = after(TEAM, *(AddTask(one) for one in first))
    assert wave(waiting, ["droid/a.json", "droid/b.json"]) == []
    reader = first[0].task_id
    begun = after(waiting, claim(reader)._replace(agent="claude_code"))
    assert len(wave(begun, ["droid/b.json"])) == len(FLOW)
    done = after(begun, submit(reader), judge(reader))
    assert wave(done, []) == []
    assert wave(done, ["droid/a.json"]) == []  # the rest of its chain is queued already


def test_without_a_reader_nothing_is_begun() -> None:
    """A team whose queues have no flow is left alone."""
    assert wave(state(task("a")), ["droid/a.json"]) == []
