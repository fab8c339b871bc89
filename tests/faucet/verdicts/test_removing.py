"""A delivery leaves the data set, is remembered, and comes back."""

import json
from hashlib import sha256
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints import making
from pipeline.faucet.checkpoints.restoring import restore
from pipeline.faucet.checkpoints.settled import unsettled
from pipeline.faucet.removed import read_book, removed_in
from pipeline.faucet.runs.inbox import land_inbox, unlanded
from pipeline.faucet.runs.summary import lines
from pipeline.faucet.trace.tracing import trace
from pipeline.faucet.verdicts.removing import Meant, remove, undo
from pipeline.faucet.work.collecting import collect
from pipeline.run import stage as run
from pipeline.run.stage import run_stage
from pipeline.workspace.git import git
from pipeline.workspace.layout import DELIVERIES, REMOVED
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.workspaces import make_workspace

SLIPPAGE = {"question": "What is slippage?", "answer": "The gap between expected and real price."}
SPREAD = {"question": "What is a spread?", "answer": "The gap between the best bid and ask."}
OUTPUTS = ("data/integrate", "metrics")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a workspace with two deliveries that share a pair, integrated, its user named."""
    workspace = Workspace(make_workspace(tmp_path / "w", []))
    drop(workspace, "zai", "a.json", [SLIPPAGE, SPREAD, {"question": "Nothing?"}])
    drop(workspace, "droid", "b.json", [SLIPPAGE])
    land_inbox(workspace)
    git(workspace, "init", "-q")
    git(workspace, "config", "user.name", "eva")
    monkeypatch.setattr(run, "_start_engine", lambda *_: None)  # Daft takes its runner once
    run_stage("integrate", workspace.root)
    monkeypatch.chdir(workspace)
    return workspace


def drop(workspace: Workspace, agent: str, name: str, rows: list[dict[str, str]]) -> Path:
    path = workspace / "data/inbox" / agent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(rows))
    return path


def digest(rows: list[dict[str, str]]) -> str:
    return sha256(orjson.dumps(rows)).hexdigest()


ZAI = [SLIPPAGE, SPREAD, {"question": "Nothing?"}]


def call(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(faucet, words)
    assert result.exit_code == code, result.output
    return result


def outputs(workspace: Workspace) -> dict[str, bytes]:
    files = [path for name in OUTPUTS for path in (workspace / name).rglob("*") if path.is_file()]
    return {path.relative_to(workspace).as_posix(): path.read_bytes() for path in files}


def books(workspace: Workspace) -> dict[str, dict[str, object]]:
    content = orjson.loads((workspace / "data/integrate/accounting.json").read_bytes())
    return {row["agent"]: row for row in content["deliveries"]}


def test_removed_then_undone_gives_the_bytes_of_before(root: Workspace) -> None:
    """Out, the data set lacks the delivery alone; back in, every output is the same to the byte."""
    before = outputs(root)
    said = json.loads(call("remove", digest(ZAI)[:8], "--reason", "wrong", "--json").stdout)
    assert (said["agent"], said["sha256"], said["reason"]) == ("zai", digest(ZAI), "wrong")
    run_stage("integrate", root.root)
    assert books(root)["zai"]["removed"] == {k: said[k] for k in ("when", "who", "reason")}
    assert (books(root)["zai"]["found"], books(root)["droid"]["accepted"]) == (0, 1)
    assert (root / "data/deliveries/zai").is_dir()
    call("remove", "--undo", digest(ZAI)[:20])
    run_stage("integrate", root.root)
    assert outputs(root) == before
    assert [entry.action for entry in read_book(root)] == ["removed", "undone"]


def test_the_same_bytes_do_not_land_again(root: Workspace, tmp_path: Path) -> None:
    """Whoever drops them, under whatever name, is told who removed them; nothing is stored."""
    call("remove", "a.json", "--reason", "wrong formulas")
    stored = sorted((root / "data/deliveries").glob("*/*"))
    for agent, name in (("zai", "a.json"), ("zai", "again.json"), ("noor", "mine.json")):
        drop(root, agent, name, ZAI)
        told = call("land", code=1)
        assert "1 file removed before" in told.stdout
        assert "removed by eva, " in told.stderr
        assert "wrong formulas" in told.stderr
        assert unlanded(root) == []
    drop(root, "zai", "a.json", ZAI)
    (item,) = [json.loads(line) for line in call("land", "--json", code=1).stdout.splitlines()]
    assert (item["stored"], item["reason"]) == (None, "removed")
    (tmp_path / "deliver").mkdir()
    (tmp_path / "deliver/a.json").write_bytes(orjson.dumps(ZAI))
    handed = collect(root, tmp_path, "zai", root / DELIVERIES)
    assert handed.paths == ()
    assert "wrong formulas" in handed.left[0]
    assert sorted((root / "data/deliveries").glob("*/*")) == stored
    call("remove", "--undo", "a.json")
    drop(root, "zai", "a.json", ZAI)
    assert "1 file known already" in call("land").stdout


def test_a_removed_file_that_is_gone_comes_back_to_its_place_and_stays_out(
    root: Workspace,
) -> None:
    """Bytes are never dropped: who deletes a removed delivery can have it back, removed."""
    entry = remove(root, Meant("a.json"), "eva", "")
    path = (root / "data/deliveries").joinpath(*entry.place)
    path.unlink()
    with pytest.raises(UserError, match="is missing: bring it back"):
        undo(root, Meant("a.json"), "eva", "")
    drop(root, "droid", "other.json", ZAI)
    assert [one.reason for one in land_inbox(root)] == ["removed"]
    assert path.read_bytes() == orjson.dumps(ZAI)
    assert undo(root, Meant("a.json"), "eva", "").place == entry.place


def test_a_delivery_is_meant_or_a_sentence_says_why_not(root: Workspace) -> None:
    """No delivery, several, one that is out already, and one that is not: each in one sentence."""
    drop(root, "noor", "a.json", ZAI)
    land_inbox(root)
    for words, told in {
        (digest(ZAI)[:8],): "may be 2 deliveries, give more of the name, or --agent: noor/",
        ("abc",): "'abc' is too short: give 6 characters or more",
        ("no such",): "no delivery that landed has a name or digest that starts with 'no such'",
        ("a.json", "--agent", "droid"): "no delivery that landed of droid",
        (f"{digest(ZAI)[:12]}ff",): "no delivery that landed",
        ("--undo", "a.json"): "no removed delivery has a name or digest that starts with 'a.json'",
        ("a.json", "--agent", "zai", "--reason", "x" * 1001): "1,000 are allowed",
        ("--undo",): "name the DELIVERY",
    }.items():
        output = call("remove", *words, code=1).output
        assert told in output
        assert len(output.strip().splitlines()) == 1
    assert call("remove").output == "no delivery is removed\n"
    entry = json.loads(call("remove", digest(ZAI), "--agent", "zai", "--json").output)
    assert f"zai/{entry['delivery']} was removed already by eva" in (
        call("remove", f"data/deliveries/zai/{entry['delivery']}", code=1).output
    )
    assert call("remove").output.startswith(f"zai/{entry['delivery']} by eva, ")
    assert json.loads(call("remove", "--json").output) == [entry]
    drop(root, "noor", "a.json", ZAI)
    assert [one.stored for one in land_inbox(root)] == [f"noor/{entry['delivery']}"]


def test_traces_and_the_summary_tell_it(root: Workspace) -> None:
    """A pair that left shows who removed its delivery; one that others hold, too, shows both."""
    rows = pq.read_table(root / "data/integrate/pairs.parquet").to_pylist()
    pair_ids = {row["question"]: row["pair_id"] for row in rows}
    spread, slippage = pair_ids[SPREAD["question"]], pair_ids[SLIPPAGE["question"]]
    entry = remove(root, Meant("a.json"), "eva", "wrong")
    waiting = trace(root, spread)
    assert [origin["books"] for origin in waiting.origins] == ["accepted"]
    assert waiting.origins[0]["removed"] == entry.because
    run_stage("integrate", root.root)
    gone = trace(root, spread[:8])
    assert gone.ended["state"] == "removed"
    assert f"removed {entry.because}" in (gone.ended["why"] or "")
    assert [(o["books"], o["pointer"], o["removed"]) for o in gone.origins] == [
        ("removed", "/1", entry.because)
    ]
    assert (gone.question, gone.answer) == (SPREAD["question"], SPREAD["answer"])
    shared = trace(root, slippage)
    assert [(o["agent"], o["books"]) for o in shared.origins] == [
        ("droid", "accepted"),
        ("zai", "removed"),
    ]
    shown = " ".join(call("trace", slippage).output.split())
    assert f"removed {entry.because}" in shown
    assert call("trace", spread, "--json").output
    for name in root.dag.names:
        path = root / f"metrics/{name}.json"
        figures = orjson.loads(path.read_bytes()) if path.is_file() else {}
        names = ("kept", "pairs", "merged", "rejected", "mean_score", "train_pairs", "proposals")
        made = dict.fromkeys((*names, "validation_pairs", "unassigned_pairs"), 1)
        path.write_bytes(orjson.dumps({**made, "test_pairs": 1, **figures}))
    assert f"removed: {'/'.join(entry.place)} {entry.because}" in lines(root)
    undo(root, Meant("a.json"), "eva", "")
    assert "1 removal or return of one waits for `faucet repro`" in lines(root)


def test_receipts_tell_the_agent(root: Workspace) -> None:
    """The receipt of a removed delivery says who removed it and why, and counts nothing."""
    remove(root, Meant("a.json"), "eva", "wrong formulas")
    run_stage("integrate", root.root)
    call("receipts")
    (text,) = (root / "data/outbox/zai").glob("*.txt")
    told = text.read_text()
    assert "Removed from the data set by eva, " in told
    assert "wrong formulas. Nothing of it counts." in told
    (path,) = (root / "data/outbox/zai").glob("*.json")
    receipt = json.loads(path.read_text())
    assert (receipt["found"], receipt["removed"]["who"]) == (0, "eva")
    assert receipt["to_mend"] == [
        "deliver what was right in it as a new file: the same bytes do not land again"
    ]


def test_checkpoints_hold_a_removal_and_bring_it_back(
    toy_ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A removal is committed and brought back; before the book was kept nothing was removed."""
    root = toy_dag.copied(toy_ran, tmp_path / "w", monkeypatch)
    making.checkpoint(root, tag="without-book")
    wiring = (root / "dvc.yaml").read_text().replace("- toy.py", f"- toy.py\n    - {REMOVED}", 1)
    (root / "dvc.yaml").write_text(wiring)
    (root / REMOVED).touch()
    git(root, "add", "dvc.yaml")
    git(root, "commit", "--quiet", "-m", "a book")
    making.settle(root)
    making.checkpoint(root, tag="before")
    entry = remove(root, Meant("first.json"), "eva", "")
    assert unsettled(root) == f"{REMOVED} is not what the last run read or wrote"
    making.settle(root)
    making.checkpoint(root, tag="after")
    assert entry.sha256 in git(root, "show", f"after:{REMOVED}")
    for revision, out in (("before", []), ("after", [entry]), ("without-book", [])):
        restore(root, revision)
        assert list(removed_in(root).by_place.values()) == out
