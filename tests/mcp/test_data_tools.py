"""The data set by MCP: the functions of check, land, ask, trace, summary, and their bounds."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.faucet.queues.seeding import new_agent
from pipeline.mcp.client_session import ClientSession
from pipeline.workspace.workspace import Workspace
from tests.mcp.clients import call, in_memory, refused

PAIR = {
    "question": "What does slippage of a market order measure?",
    "answer": "The gap between the price that was expected and the price of the fill.",
    "indicator": "Slippage",
    "source": "own words",
}
REFUSAL = {"question": "How is RSI computed?", "answer": "I do not have access to that file."}


@pytest.fixture(scope="module")
def built(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("mcp") / "w"
    shutil.copytree(built_once, root, symlinks=True)
    new_agent(Workspace(root), "nora")
    return Workspace(root)


@pytest.fixture
def nora(built: Workspace) -> ClientSession:
    return ClientSession(built, "nora", "nora")


@pytest.mark.slow
def test_pairs_are_checked_then_landed(nora: ClientSession, built: Workspace) -> None:
    """A check lands nothing and names what to mend; what lands is what was given, once."""
    before = sorted((built / "data/deliveries").rglob("*"))
    checked = call(nora, "check_pairs", pairs=[PAIR, REFUSAL])
    assert (checked["found"], checked["is_clean"]) == (2, False)
    codes = {flag["code"] for pair in checked["pairs"] for flag in pair["flags"]}
    assert "refusal" in codes
    assert sorted((built / "data/deliveries").rglob("*")) == before
    landed = call(nora, "land_delivery", name="slippage", pairs=[PAIR])
    assert landed["is_new"]
    assert landed["path"].startswith("data/deliveries/nora/")
    assert json.loads((built / landed["path"]).read_bytes()) == {"qa_pairs": [PAIR]}
    assert call(nora, "land_delivery", name="slippage", pairs=[PAIR])["is_new"] is False
    folder = built / "data/inbox/nora"
    folder.mkdir(parents=True)
    (folder / "more.json").write_text(json.dumps({"qa_pairs": [PAIR]}))
    moved = call(nora, "land_delivery", name="more", file="data/inbox/nora/more.json")
    assert (built / moved["path"]).is_file()
    assert not (folder / "more.json").exists()
    assert list((built / ".cache").glob("given-*")) == []


@pytest.mark.slow
def test_pairs_are_checked_against_the_gates_of_a_task(nora: ClientSession) -> None:
    """Each gate says whether it would be reached and what would lift it; metrics wait for a run."""
    gates = [
        {"delivery": "counted", "min": 2},
        {"delivery": "acceptance_rate", "min": 0.5},
        {"delivery": "mean_score", "min": 101},
        {"metric": "qa.mean_score", "min": 1},
    ]
    task = {"task_id": "gated", "priority": 1, "status": "ready", "kind": "deliver", "gates": gates}
    place = nora.workspace / "data/task_queues/nora_queue.json"
    before = place.read_bytes()
    place.write_text(json.dumps({**json.loads(before), "queued_tasks": [task]}))
    try:
        checked = call(nora, "check_pairs", pairs=[PAIR, REFUSAL], task_id="gated")
        assert "is no task that is queued" in refused(
            nora, "check_pairs", pairs=[PAIR], task_id="none"
        )
    finally:
        place.write_bytes(before)
    assert [row["passed"] for row in checked["gates"]] == [False, True, False, None]
    counting, _, score, later = checked["gates"]
    assert counting["got"] == checked["would_count"] < 2
    assert "more to come; " in counting["why"]
    assert "refusal" in score["why"]
    assert "no check measures it" in later["why"]
    assert call(nora, "check_pairs", pairs=[PAIR])["gates"] is None


@pytest.mark.slow
def test_the_data_set_is_asked_and_followed(nora: ClientSession) -> None:
    """A hit of ask is a pair that trace_pair follows; the status has every stage's figures."""
    hits = call(nora, "ask", question="relative strength index", limit=3, min_score=0)["hits"]
    assert 1 <= len(hits) <= 3
    traced = call(nora, "trace_pair", pair_id=hits[0]["pair_id"][:12])
    assert (traced["question"], traced["ended"]["state"]) == (hits[0]["question"], "kept")
    assert "no pair has an id" in refused(nora, "trace_pair", pair_id="0" * 32)
    status = call(nora, "dataset_status")
    assert {"integrate", "qa", "export"} <= set(status["metrics"])
    assert status["queue"] == "nora (active): 0 tasks"


@pytest.mark.slow
def test_pages_of_the_data_set(nora: ClientSession, built: Workspace) -> None:
    """Data card, receipts of the agent alone, and a plan entry with the questions it has."""

    async def talk(client: Any) -> list[Any]:
        names = ("data-card", "receipts", "plan/Relative%20Strength%20Index%20%28RSI%29")
        return [(await client.read_resource(f"faucet://{n}")).contents[0].text for n in names]

    card, mine, entry = in_memory(nora, talk)
    assert card == (built / "data/export/README.md").read_text(encoding="utf-8")
    assert json.loads(mine) == []
    assert json.loads(entry)["indicator"] == "Relative Strength Index (RSI)"
    _, others, _ = in_memory(ClientSession(built, "droid", "droid"), talk)
    assert json.loads(others)
