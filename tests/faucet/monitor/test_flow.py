"""Depth and flow over time: what is drawn is what stood there, and no dip is lost."""

from pathlib import Path

from pipeline.faucet.monitor.course import done_at
from pipeline.faucet.monitor.flow import BANDS, POINTS, depths, flow
from pipeline.faucet.monitor.lives import lives
from pipeline.faucet.monitor.spans import Span
from pipeline.faucet.queues.storage import load
from pipeline.faucet.queues.task_receipts import read_receipts
from tests.faucet.monitor.story import BEGIN, NOW, STORY, play, workspace

WINDOW = Span(BEGIN, NOW)


def test_depth_is_the_lowest_of_each_part(tmp_path: Path) -> None:
    """A task that is queued for most of a part does not hide that the queue was empty in it."""
    root = workspace(tmp_path)
    play(root, *STORY)
    state = load(root)
    known = lives(state, read_receipts(root), {}, {})
    rows = depths(["droid", "zai"], known, done_at(known, state.done), WINDOW)
    assert len(rows) == 2 * POINTS
    zai = {(row.when - BEGIN).total_seconds(): (row.queued, row.ready) for row in rows[POINTS:]}
    part = 1_000 / POINTS
    assert zai[0] == (1, 0)
    assert zai[19 * part] == (1, 0), "ready from 120 on, in the part from 118.75"
    assert zai[20 * part] == (1, 1)
    assert zai[46 * part] == (0, 0), "handed in at 290"
    assert zai[49 * part] == (1, 0), "tried again from 310 on, in the part from 306.25"
    assert zai[63 * part] == (1, 1)
    assert zai[64 * part] == (0, 0), "claimed at 400"
    assert {row.queued for row in rows[:POINTS]} == {1}


def test_bands_add_up_to_all_tasks(tmp_path: Path) -> None:
    """At every moment the bands hold all known tasks; what is completed never falls."""
    root = workspace(tmp_path)
    play(root, *STORY)
    state = load(root)
    known = lives(state, read_receipts(root), {}, {})
    rows = flow(known, done_at(known, state.done), WINDOW)
    moments = [rows[place : place + len(BANDS)] for place in range(0, len(rows), len(BANDS))]
    assert len(moments) == POINTS + 1
    assert all(sum(row.tasks for row in moment) == 3 for moment in moments)
    completed = [moment[0].tasks for moment in moments]
    assert completed == sorted(completed)
    assert (completed[0], completed[-1]) == (0, 2)
