"""A report says what the figures and pairs of two states say; strangers' text is inert."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import daft
import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.core.ids import pair_id
from pipeline.faucet.changes import comparing, states
from pipeline.faucet.changes.comparing import Changes, FigureChange, changes
from pipeline.faucet.changes.markdown import difference, markdown
from pipeline.faucet.changes.page import page
from pipeline.faucet.changes.states import NOW, kept_at, kept_by_rebuilding
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.faucet import made_up

KEY = "kQ5vW8xT2mZ7pL4rN9sB3dF6gH1jC0yA" * 2
HOSTILE = f"What? `| <script>alert(1)</script> | [x](http://evil) @zoe ```\n## api_secret = {KEY}"
LOCK = """schema: '2.0'
stages:
  dedup:
    cmd: python -m pipeline.run dedup
    outs:
    - path: data/dedup/kept.parquet
      hash: md5
      md5: {md5}
      size: 1
"""


def row(question: str, score: float, group: str = "none") -> dict[str, Any]:
    asked = {"question": question, "answer": "Because.", "score": score, "group": group}
    return {**asked, "pair_id": pair_id(question, "Because."), "cluster_id": "c" * 32}


def put(root: Workspace, rows: list[dict[str, Any]], **figures: float) -> None:
    """Lay a state into the workspace: its kept pairs and dedup's figures."""
    made_up.put(root.root, "data/dedup/kept.parquet", rows)
    (root / "metrics").mkdir(exist_ok=True)
    (root / "metrics/dedup.json").write_text(json.dumps({"dedup": figures}))


def commit(root: Workspace) -> None:
    """Commit the state in the workspace, its pairs in DVC's cache."""
    content = (root / "data/dedup/kept.parquet").read_bytes()
    md5 = hashlib.md5(content).hexdigest()
    cached = root / f".dvc/cache/files/md5/{md5[:2]}/{md5[2:]}"
    cached.parent.mkdir(parents=True, exist_ok=True)
    cached.write_bytes(content)
    (root / "dvc.lock").write_text(LOCK.format(md5=md5))
    git(root, "add", "dvc.lock", "metrics", "dvc.yaml", "params.yaml")
    git(root, "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "state")


@pytest.fixture(scope="module")
def two_states(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace with a commit, and other results than that commit's."""
    root = made_up.workspace(tmp_path_factory.mktemp("changes"))
    git(root, "init", "-q")
    git(root, "config", "core.autocrlf", "false")
    stay = [row(f"Stays {number}?", 75.0, "Trend") for number in range(3)]
    put(root, [*stay, row("Went?", 100.0), row("Went too?", 5.0)], kept=5, rejected=1, same=2)
    commit(root)
    put(root, [*stay, row(HOSTILE, 91.5, "A|b`c")], kept=4, rejected=3, same=2)
    return root


@pytest.fixture(scope="module")
def found(two_states: Workspace) -> Changes:
    return changes(two_states, "HEAD", NOW)


def test_pairs_gained_and_lost_are_the_difference_of_the_ids(found: Changes) -> None:
    """What one side alone has is counted and named by its question; figures are the metrics'."""
    assert found.gained is not None
    assert found.lost is not None
    assert sorted(one["question"] for one in found.lost.sample) == ["Went too?", "Went?"]
    assert (found.gained.total, found.lost.total, found.fault) == (1, 2, "")
    assert found.figures == [
        FigureChange("dedup.kept", 5, 4),
        FigureChange("dedup.rejected", 1, 3),
    ]
    assert found.same == 1


def test_charts_count_every_pair_once(found: Changes) -> None:
    """By group and by score, bars of a side sum to its pairs; 100 is in the last bin."""
    fates, groups, scores = found.charts
    assert fates.rows[0] == ("kept", 5, 4)
    assert groups.rows == [("Trend", 3, 3), ("none", 2, 0), ("A|b`c", 0, 1)]
    assert [one for one in scores.rows if one[1] or one[2]] == [
        ("0-10", 1, 0),
        ("70-80", 3, 3),
        ("90-100", 1, 1),
    ]


def test_delivered_text_is_inert_in_markdown(found: Changes) -> None:
    """A question stands in one code span, a group in one line; no credential is in either."""
    text = markdown(found)
    outside = re.sub(r"```text\n.*?\n```|`[^`\n]*`", "", text, flags=re.DOTALL)
    assert not re.search(r"[`<@]|http|alert", outside)
    assert KEY not in text
    assert text.count("alert(1)") == 1
    assert "| `rejected` | 1 | 3 | +2 |" in text


def test_delivered_text_is_inert_in_the_page(found: Changes) -> None:
    """The page shows three charts and the questions, escaped, and allows only its own script."""
    text = page(found)
    assert text.count("<svg") == 3
    assert text.index(">none<") < text.index("Figures that differ")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert KEY not in text
    assert "default-src 'none'" in text


def test_pairs_that_no_cache_has_are_made_anew_where_asked(
    two_states: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the cache figures alone are compared, with what would mend it; --rebuild makes it."""
    elsewhere = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(two_states.root), str(elsewhere))
    clone = Workspace(elsewhere)
    lone = changes(clone, "HEAD", "HEAD")
    assert (lone.gained, lone.lost, len(lone.charts)) == (None, None, 1)
    assert "`faucet report --rebuild` makes them anew" in lone.fault
    assert lone.fault in markdown(lone)

    asked: list[tuple[str, tuple[str, ...]]] = []

    class Clone:
        def __init__(self, _: Workspace, revision: str, stages: tuple[str, ...]) -> None:
            asked.append((revision, stages))

        def __enter__(self) -> Path:
            return two_states.root

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(states, "rebuilt", Clone)
    head = git(clone, "rev-parse", "HEAD").strip()
    with kept_by_rebuilding(clone, head) as kept:
        assert kept.count_rows() == 4
    whole = changes(clone, "HEAD", "HEAD", is_rebuilt=True)
    assert whole.gained is not None
    assert whole.gained.total == 0
    assert asked == [(head, ("dedup",))] * 3
    assert kept_at(clone, head) is None


def test_a_revision_that_is_none_is_said_so(two_states: Workspace) -> None:
    """One sentence names what is no commit, also where it looks like an option."""
    for name in ("HEAD~7", "--all", "nothing"):
        with pytest.raises(UserError, match="is no commit of this repository"):
            changes(two_states, name, NOW)


def test_the_command_writes_markdown_json_and_a_page(
    two_states: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`faucet report REV` is Markdown on stdout; --json and --html hold the same counts."""
    monkeypatch.chdir(two_states.root)
    run = CliRunner().invoke
    assert run(faucet, ["report", "HEAD"]).output.startswith("## Data set: `HEAD` to `workspace`\n")
    told = json.loads(run(faucet, ["report", "HEAD", "--json"]).output)
    assert (told["counts"]["kept"], told["lost"]["total"]) == ([5, 4], 2)
    assert run(faucet, ["report", "HEAD", "--html", str(tmp_path / "a.html")]).exit_code == 0
    assert "What changed" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [(1, 3, "+2"), (3, 1, "-2"), (0.5, 0.25, "-0.25"), (None, 1, "-"), (1, None, "-")],
)
def test_a_difference_has_its_sign(before: float | None, after: float | None, shown: str) -> None:
    """What grew has a plus, what shrank a minus, and what a side lacks no number."""
    assert difference(FigureChange("x", before, after)) == shown


def test_a_group_that_changed_has_a_row_of_its_own() -> None:
    """However small a group is, its change is not lost among the others; rows add up."""
    sizes = {f"group {place:02d}": 40 - place for place in range(20)}
    rows = [(name, number) for name, size in sizes.items() for number in range(size)]
    before = daft.from_pydict(
        {
            "group": [name for name, _ in rows],
            "pair_id": [f"{name} {number}" for name, number in rows],
        }
    )
    after = before.where(daft.col("pair_id") != "group 19 0")
    chart = comparing._by_group(before, after)
    assert ("group 19", 21, 20) in chart.rows
    assert len(chart.rows) == comparing._GROUPS + 1
    assert sum(row[1] for row in chart.rows) == len(rows) == sum(row[2] for row in chart.rows) + 1
