"""What commits tell of the queues: first and last sights, and nothing from what is broken."""

import json
from pathlib import Path

from pipeline.faucet.monitor.lives import EVER, lives
from pipeline.faucet.monitor.past import past
from pipeline.faucet.monitor.spans import Span
from pipeline.faucet.queues.storage import load
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.tasks.operations import AddTask, JudgeTask
from pipeline.faucet.tasks.refill import refill
from pipeline.workspace.layout import queue_path
from tests.faucet.monitor.story import NOW, commit, entry, git, play, queue, take, workspace
from tests.faucet.team import PASSED, later


def test_a_task_is_queued_from_the_first_commit_that_shows_it(tmp_path: Path) -> None:
    """Later commits, and its end, change nothing about since when a task is known."""
    root = workspace(tmp_path, queue("zai", entry("a")))
    commit(root, 100)
    play(root, AddTask(task_of(entry("b"), "zai")))
    commit(root, 200)
    play(root, *take("a", "zai", 1, 210, 220), JudgeTask("a", 1, later(230), PASSED))
    commit(root, 300)
    play(root, AddTask(task_of(entry("c"), "zai")))
    found = past(root, load(root), NOW)
    assert found.seen == {"a": later(100), "b": later(200)}
    assert found.sighted == {"zai": Span(later(100), later(300))}
    assert (found.commits, found.why) == (3, "")
    known = lives(load(root), read_receipts(root), found.seen, found.sighted)
    queued = {life.task_id: life.queued for life in known}
    assert queued == {"a": later(100), "b": later(200), "c": later(300)}


def test_a_round_is_queued_when_the_one_before_ends(tmp_path: Path) -> None:
    """Series need no commits: each round begins where the receipt before it ends."""
    root = workspace(tmp_path, queue("zai", entry("look", recurs=True)))
    for number, name in enumerate(("look", "look_2")):
        at = 100.0 * number
        play(root, *take(name, "zai", 1, at, at + 50), JudgeTask(name, 1, later(at + 60), PASSED))
        play(root, *(AddTask(one) for one in refill(load(root), [], read_receipts(root))))
    known = lives(load(root), read_receipts(root), {}, {})
    queued = {life.task_id: life.queued for life in known}
    assert queued == {"look": EVER, "look_2": later(60), "look_3": later(160)}


def test_a_receipt_wins_over_a_queue_that_was_read_before(tmp_path: Path) -> None:
    """A task that is completed while the monitor reads has one life, a finished one."""
    root = workspace(tmp_path, queue("zai", entry("a")))
    play(root, *take("a", "zai", 1, 10, 20))
    before = load(root)
    play(root, JudgeTask("a", 1, later(30), PASSED))
    (life,) = lives(before, read_receipts(root), {}, {})
    assert life.completed == later(30)


def test_a_broken_past_breaks_nothing(tmp_path: Path) -> None:
    """A queue that was once committed broken is passed over; what came after counts."""
    root = workspace(tmp_path, queue("zai", entry("a")))
    whole = (root / queue_path("zai")).read_bytes()
    for number, text in enumerate((b"{", b"[]", b'{"agent": 3}', b'{"agent": "zai"}')):
        (root / queue_path("zai")).write_bytes(text)
        commit(root, number)
    (root / queue_path("zai")).write_bytes(whole)
    commit(root, 50)
    found = past(root, load(root), NOW)
    assert found.seen == {"a": later(50)}
    assert found.commits == 1


def test_merged_branches_are_followed_along_the_first_parent(tmp_path: Path) -> None:
    """What a merge brings in is known from the merge on, as on the branch itself."""
    root = workspace(tmp_path, queue("zai", entry("a")))
    commit(root, 10)
    git(root, "checkout", "-q", "-b", "side")
    document = json.loads((root / queue_path("zai")).read_bytes())
    document["queued_tasks"].append(entry("b"))
    (root / queue_path("zai")).write_text(json.dumps(document))
    commit(root, 20)
    git(root, "checkout", "-q", "-")
    git(root, "commit", "-q", "--allow-empty", "-m", "on the branch", at=30)
    git(root, "merge", "-q", "--no-ff", "-m", "merged", "side", at=40)
    assert past(root, load(root), NOW).seen == {"a": later(10), "b": later(40)}
