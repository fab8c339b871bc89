"""Idle time is what no attempt fills, and each second of it has one reason."""

from pathlib import Path

from pipeline.faucet.monitor.agents import agents
from pipeline.faucet.monitor.course import course, done_at
from pipeline.faucet.monitor.idle import Idle, by_reason, idle
from pipeline.faucet.monitor.lives import EVER, lives
from pipeline.faucet.monitor.past import Past, past
from pipeline.faucet.monitor.spans import Span
from pipeline.faucet.queues.storage import load
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.tasks.operations import (
    AddTask,
    ClaimTask,
    FailTask,
    JudgeTask,
    NoteDry,
    PauseAgent,
    PauseTask,
    ReleaseClaim,
    ResumeAgent,
)
from pipeline.faucet.tasks.refill import refill
from tests.faucet.monitor.story import (
    BEGIN,
    NOW,
    STORY,
    commit,
    entry,
    play,
    queue,
    take,
    workspace,
)
from tests.faucet.team import PASSED, later

WINDOW = Span(BEGIN, NOW)


def idle_of(
    root: Path, agent: str, window: Span = WINDOW, undoable: frozenset[str] = frozenset()
) -> list[Idle]:
    state = load(root)
    told = past(root, state, window.end)
    known = lives(state, read_receipts(root), told.seen, told.sighted)
    return idle(agent, known, done_at(known, state.done), told, window, undoable)


def seconds(spans: list[Idle]) -> list[tuple[float, float, str]]:
    return [
        ((o.span.start - BEGIN).total_seconds(), (o.span.end - BEGIN).total_seconds(), o.reason)
        for o in spans
    ]


def claimed(task_id: str, turn: int, at: float) -> ClaimTask:
    return ClaimTask(task_id, "zai", "zai", turn, later(at), 86_400)


def test_every_gap_has_its_reason(tmp_path: Path) -> None:
    """An agent waits for another's task, leaves a ready one, waits out a failure, has nothing."""
    root = workspace(tmp_path)
    play(root, *STORY)
    found = idle_of(root, "zai")
    assert seconds(found) == [
        (0, 120, "waiting"),
        (120, 200, "unworked"),
        (290, 300, "judging"),
        (300, 310, "backoff"),
        (310, 400, "unworked"),
        (490, 500, "judging"),
        (500, 1_000, "empty"),
    ]
    assert (found[0].task, found[0].waited_for) == ("check", ("draft",))
    assert found[1].task == found[4].task == "check"
    assert by_reason(found) == {
        "empty": 500,
        "unworked": 170,
        "waiting": 120,
        "judging": 20,
        "backoff": 10,
    }
    assert seconds(idle_of(root, "droid")) == [
        (100, 120, "waiting"),
        (120, 500, "waiting"),
        (500, 1_000, "unworked"),
    ]


def test_a_window_cuts_idle_time(tmp_path: Path) -> None:
    """What was before a window is not told; a running attempt fills it to its end."""
    root = workspace(tmp_path)
    play(root, *STORY, ClaimTask("next_draft", "droid", "droid", 1, later(600), 86_400))
    assert seconds(idle_of(root, "droid", Span(later(550), NOW))) == [(550, 600, "unworked")]
    assert idle_of(root, "droid", Span(later(700), NOW)) == []


def test_a_paused_agent_is_told_as_paused(tmp_path: Path) -> None:
    """A pause lasts from the commit that first shows it to the one that no longer does."""
    root = workspace(tmp_path)
    commit(root, 10)
    play(root, PauseAgent("zai"))
    commit(root, 50)
    play(root, ResumeAgent("zai"))
    commit(root, 90)
    play(root, PauseAgent("zai"))
    commit(root, 200)
    assert seconds(idle_of(root, "zai")) == [
        (0, 10, "empty"),
        (10, 50, "waiting"),
        (50, 90, "paused"),
        (90, 200, "waiting"),
        (200, 1_000, "paused"),
    ]


def test_a_wait_for_quota_is_told_as_such(tmp_path: Path) -> None:
    """From the claim that was answered so until the wait is over, the agent is out of quota."""
    root = workspace(tmp_path, queue("zai", entry("a")))
    quota = FailTask("a", "zai", 1, later(120), "quota", "429", 300)
    play(root, claimed("a", 1, 100), quota)
    found = idle_of(root, "zai", Span(later(60), NOW))
    assert seconds(found) == [
        (60, 100, "unworked"),
        (100, 420, "out_of_quota"),
        (420, 1_000, "unworked"),
    ]


def test_dead_and_paused_tasks_leave_an_agent_stuck(tmp_path: Path) -> None:
    """With dead or paused tasks alone there is nothing that an agent could do."""
    root = workspace(tmp_path, queue("zai", entry("a"), entry("b")))
    for turn in (1, 2, 3):
        at = 100.0 * turn
        play(
            root, claimed("a", turn, at), FailTask("a", "zai", turn, later(at + 50), "failed", "x")
        )
    play(root, PauseTask("b"))
    assert seconds(idle_of(root, "zai", Span(later(100), NOW))) == [
        (150, 160, "backoff"),
        (160, 200, "unworked"),
        (250, 270, "backoff"),
        (270, 300, "unworked"),
        (350, 1_000, "stuck"),
    ]


def test_attempts_without_a_record_are_counted(tmp_path: Path) -> None:
    """A released or transient attempt leaves its turn alone: it is counted, its time is idle."""
    root = workspace(tmp_path, queue("zai", entry("a")))
    play(
        root,
        claimed("a", 1, 0),
        ReleaseClaim("a", 1),
        claimed("a", 2, 50),
        FailTask("a", "zai", 2, later(60), "transient", "no network"),
        claimed("a", 3, 100),
    )
    state = load(root)
    known = lives(state, [], {}, {})
    (one,) = agents(state, known, {}, Past({}, {}, {}), WINDOW)
    assert one.unrecorded == 2
    assert one.idle_share.value == 0.1


def test_a_task_that_came_and_went_between_commits(tmp_path: Path) -> None:
    """What no commit shows is queued when it is claimed, not since the window began."""
    root = workspace(tmp_path, queue("zai"))
    commit(root, 0)
    play(root, AddTask(task_of(entry("quick"), "zai")))
    play(root, claimed("quick", 1, 300), FailTask("quick", "zai", 1, later(400), "failed", "x"))
    told = past(root, load(root), NOW)
    (life,) = lives(load(root), [], told.seen, told.sighted)
    assert life.queued == later(300)
    assert lives(load(root), [], {}, {})[0].queued == EVER


def test_the_course_counts_every_task_once(tmp_path: Path) -> None:
    """At any moment each known task stands in just one state."""
    root = workspace(tmp_path)
    play(root, *STORY)
    state = load(root)
    known = lives(state, read_receipts(root), {}, {})
    counts = []
    for stretch in course(known, done_at(known, state.done), NOW):
        listed = [name for tasks in stretch.tasks.values() for name in tasks]
        assert len(listed) == len(set(listed))
        counts.append(len(listed))
    assert counts[-1] == 3
    assert counts == sorted(counts)


def test_a_round_that_is_not_due_is_no_neglected_work(tmp_path: Path) -> None:
    """Between two rounds of a task that recurs every so often, the agent waits for the time."""
    root = workspace(tmp_path, queue("zai", entry("a", recurs=True, every_s=300)))
    play(root, *take("a", "zai", 1, 0, 100), JudgeTask("a", 1, later(100), PASSED))
    (again,) = refill(load(root), [], read_receipts(root))
    play(root, AddTask(again))
    assert again.not_before == "2026-01-01T12:06:40.000Z"
    assert seconds(idle_of(root, "zai")) == [(100, 400, "not_due"), (400, 1_000, "unworked")]


def test_what_an_agent_cannot_do_is_not_there_for_it(tmp_path: Path) -> None:
    """Where a ready task waits for somebody else who can, that is the reason, and no laziness."""
    root = workspace(tmp_path)
    play(root, *STORY)
    cannot = idle_of(root, "droid", undoable=frozenset({"next_draft"}))
    assert seconds(cannot)[-1] == (500, 1_000, "unable")
    assert cannot[-1].task == "next_draft"


def test_what_nobody_could_give_an_agent_is_no_idle_time(tmp_path: Path) -> None:
    """While the plan held nothing for it an agent is not able: told, and not counted."""
    root = workspace(tmp_path, queue("zai", entry("a"), entry("b")))
    commit(root, 0)
    play(root, *take("a", "zai", 1, 0, 100), NoteDry("zai", later(120), is_dry=True))
    play(root, JudgeTask("a", 1, later(160), PASSED))
    play(root, NoteDry("zai", later(500), is_dry=False))
    commit(root, 600)
    undoable = frozenset({"b"})
    found = idle_of(root, "zai", undoable=undoable)
    assert by_reason(found) == {"unable": 520, "dry": 380}
    play(root, NoteDry("zai", later(700), is_dry=True))
    state = load(root)
    remembered = past(root, state, NOW)
    known = lives(state, read_receipts(root), remembered.seen, remembered.sighted)
    done = done_at(known, state.done)
    (one,) = agents(state, known, done, remembered, WINDOW, undoable)
    assert (one.dry_share, one.standing, one.is_low) == (0.68, "dry", False)
    assert one.idle_share.value == 220 / 320
