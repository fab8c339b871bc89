"""Progress tells stage, share and time left, from what stages took the last time."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.faucet.runs.progress import ProgressLine, StageClock, clock_face

SECONDS = {"integrate": 2.0, "qa": 6.0, "dedup": None}


def test_share_and_time_left_follow_the_last_run() -> None:
    """A stage without figures counts as a typical one; one that does not run counts nothing."""
    clock = StageClock(SECONDS)
    assert clock.left_s(0) == 12
    clock.start("integrate", 10)
    assert clock.left_s(11) == 11
    clock.end("integrate", has_run=False)
    assert clock.share(11) == 0
    clock.start("qa", 11)
    assert clock.place() == "qa, 2 of 3"
    assert clock.share(14) == 0.3
    clock.end("qa", has_run=True)
    assert (clock.share(20), clock.left_s(20)) == (0.6, 4)


@given(st.lists(st.tuples(st.sampled_from([*SECONDS, "other"]), st.booleans(), st.floats(0, 99))))
def test_the_share_stays_between_none_and_all(events: list[tuple[str, bool, float]]) -> None:
    """Whatever order stages come in, the share is 0-1 and the time left is not negative."""
    clock, now = StageClock(SECONDS), 0.0
    for stage, has_run, took in events:
        clock.start(stage, now)
        now += took
        assert 0 <= clock.share(now) <= 1
        assert (clock.left_s(now) or 0) >= 0
        clock.end(stage, has_run=has_run)


def test_without_figures_no_time_left_is_made_up() -> None:
    """A first run shows its stage and its share alone."""
    assert StageClock(dict.fromkeys(SECONDS)).left_s(0) is None


def test_a_narrow_terminal_gets_one_line() -> None:
    """At 40 columns, words, share and time fit on one line; nothing is drawn off a terminal."""
    clock, stream = StageClock({"a_stage_of_a_long_name_indeed": 100.0}), io.StringIO()
    line = ProgressLine("repro", clock, stream)
    clock.start("a_stage_of_a_long_name_indeed", 0)
    console = Console(width=40, file=io.StringIO(), force_terminal=True, color_system=None)
    line._console = console
    console.print(line.render())
    assert len(console.file.getvalue().splitlines()) == 1  # type: ignore[attr-defined] - it is a StringIO
    line.close()
    assert stream.getvalue() == ""


def test_durations_read_as_a_clock() -> None:
    """Minutes and seconds, hours where there are any."""
    assert [clock_face(s) for s in (0, 61, 3_661)] == ["0:00", "1:01", "1:01:01"]
