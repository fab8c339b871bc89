"""The report for people: 80 columns, one page, and agents' words as mere text in both."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from pipeline.charts.addresses import ORIGIN
from pipeline.cli import faucet
from pipeline.core.json_values import Json
from pipeline.faucet.checkpoints.history import Checkpoint
from pipeline.faucet.monitor.log_view import NONE_YET, render_log
from pipeline.faucet.monitor.page import page
from pipeline.faucet.monitor.report import Report, report
from pipeline.faucet.monitor.view import render
from pipeline.faucet.monitor.words import span
from pipeline.faucet.tasks.operations import ClaimTask, FailTask, JudgeTask
from tests.faucet.made_up import HOSTILE
from tests.faucet.monitor.story import BEGIN, NOW, STORY, commit, metrics, play, take, workspace
from tests.faucet.team import later

ATTACK = f"</script><script>alert(1)</script><img src=x onerror=alert(1)> \u2028\u2029 & {HOSTILE}"


def printed(report_: Report, width: int = 80) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(render(report_))
    return capture.get()


@pytest.fixture
def hostile(tmp_path: Path) -> Report:
    """Return the report of a workspace in which agents say what they can to do harm."""
    root = workspace(tmp_path)
    missed: Json = {
        "passed": False,
        "criteria": [{"criterion": ATTACK, "wanted": "x", "got": None, "passed": False}],
    }
    play(root, *STORY, *take("next_draft", "droid", 1, 600, 650))
    play(root, JudgeTask("next_draft", 1, later(660), missed))
    metrics(root, dedup={"kept": 3})
    commit(root, 700, f"checkpoint\n\nTask: {ATTACK[:40]}\nPairs-Before: 0\nPairs-After: 3")
    return report(root, NOW)


def test_a_terminal_shows_words_as_text(hostile: Report) -> None:
    """No control character of an agent reaches the terminal, and no markup is read."""
    text = printed(hostile)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold red]now[/]" in " ".join(text.split())


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_view_fits(hostile: Report, width: int) -> None:
    """No line is wider than the terminal, and every agent and figure is there."""
    text = printed(hostile, width)
    assert all(len(line) <= width for line in text.splitlines())
    for word in ("droid", "zai", "Bottlenecks", "unknown", "specificity"):
        assert word in " ".join(text.split())


def test_the_page_escapes_words(hostile: Report) -> None:
    """No tag, attribute or script on the page comes from an agent."""
    text = page(hostile)
    assert "onerror=alert(1)&gt;" in text
    assert re.findall(r"<img|alert\(1\)</script>", text) == []
    assert text.count("<script") == text.count("</script>") == 1
    script = text.split("<script>")[1].split("</script>")[0]
    assert "alert" not in script
    assert not re.search("[\u2028\u2029\u202e\x00\x1b]", text)


def test_the_page_is_self_contained(hostile: Report) -> None:
    """The page asks nobody for anything: its addresses are anchors, and one way to the desk."""
    text = page(hostile)
    assert re.findall(r"(?:src|href)=\"(?!#)([^\"]*)\"", text) == [f"{ORIGIN}/queues"]
    assert "url(http" not in text
    assert "default-src 'none'" in text
    for anchor in re.findall(r'<a href="#([^"]+)"', text):
        assert f'id="{anchor}"' in text
    assert text.count("<svg") == 3


def test_the_page_and_the_terminal_say_the_same(hostile: Report) -> None:
    """Each concern, bottleneck and note is in both."""
    told = " ".join(printed(hostile, 400).split())
    text = page(hostile)
    assert hostile.concerns
    for sentence in (*hostile.concerns, *hostile.notes, *(one.what for one in hostile.bottlenecks)):
        assert sentence in told
        assert sentence.replace(">", "&gt;").replace("'", "&#39;") in text


def test_a_page_before_anything_happened(tmp_path: Path) -> None:
    """Without work there are charts that say so, and figures that are unknown."""
    text = page(report(workspace(tmp_path), NOW))
    assert text.count("nobody has worked yet") >= 4
    assert "unknown" in text


def test_what_should_be_kept_up_is_compared(tmp_path: Path) -> None:
    """Quality stands beside what it was at the first checkpoint of the window."""
    root = workspace(tmp_path)
    play(root, *STORY)
    for at, chars, score in ((100, 900, 61), (200, 850.4, 62.25)):
        metrics(root, qa={"answer_chars_mean": chars, "mean_score": score})
        commit(root, at, f"checkpoint\n\nPairs-Before: 0\nPairs-After: {at}")
    text = " ".join(printed(report(root, NOW)).split())
    assert "mean answer length 850 chars 900 chars at the first checkpoint" in text
    assert "mean quality score 62.2 61.0 at the first checkpoint" in text


def test_times_are_told_in_fitting_units() -> None:
    """Seconds, minutes, hours and days, each from where it reads best."""
    told = [span(seconds) for seconds in (0, 59, 60, 5_399, 5_400, 129_600)]
    assert told == ["0 s", "59 s", "1 min", "90 min", "1.5 h", "1.5 d"]


def test_the_log_is_a_table() -> None:
    """One made by hand has no task, a figure that its commit lacks is a question mark."""
    one = Checkpoint("0123456789", BEGIN, "batch_4", "droid", 2, 100, 700, 61.25, 0.0312)
    two = Checkpoint("fedcba9876", BEGIN, None, None, None, 700, 650)
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(render_log([two, one]))
    rows = [" ".join(line.split()) for line in capture.get().splitlines()]
    assert rows[1] == "fedcba98 01-01 12:00 by hand - 650 -50 ? ?"
    assert rows[2] == "01234567 01-01 12:00 batch_4 (2) droid 700 +600 61.2 3.12%"
    assert str(render_log([])) == NONE_YET


def call(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(faucet, arguments)
    assert result.exit_code == code, result.output
    return result


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`monitor` and `log` tell people and programs the same, and piped they tell it once."""
    root = workspace(tmp_path)
    monkeypatch.chdir(root)
    assert "is in no git repository" in call("log", code=1).output
    play(root, ClaimTask("draft", "droid", "droid", 1, later(0), 86_400))
    play(root, FailTask("draft", "droid", 1, later(9), "failed", "no luck"))
    commit(root, 20, "checkpoint\n\nTask: draft\nAgent: droid\nPairs-Before: 1\nPairs-After: 4")
    told: Any = json.loads(call("monitor", "--json", "--since", "2026-01-01").output)
    assert [one["agent"] for one in told["agents"]] == ["droid", "zai"]
    assert "droid" in call("monitor").output
    assert call("monitor", "--html", "page.html").output == "wrote page.html\n"
    assert (root / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "is no moment" in call("monitor", "--once", "--since", "soon", code=1).output
    (row,) = json.loads(call("log", "--json").output)
    assert (row["task"], row["pairs"]) == ("draft", 4)
    assert "draft" in call("log").output
