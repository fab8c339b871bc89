"""Tasks by MCP: the same steps, gates and sentences as by the commands, for one agent alone."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from pipeline.faucet.queues.storage import load
from pipeline.faucet.tasks.state import standing
from pipeline.mcp.client_session import ClientSession
from pipeline.workspace.workspace import Workspace
from tests.faucet.tasks_only import entry, queue, workspace
from tests.mcp.clients import call, in_memory, mcp, refused, stdio_server

REPORT = [{"deliverable": "data/outbox/zai/report.json", "min_bytes": 10}]


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    task = entry("report", description="Write a report", gates=REPORT)
    other = queue("droid", entry("droids"))
    return workspace(tmp_path / "w", queue("zai", task, entry("second")), other)


@pytest.fixture
def zai(root: Workspace) -> ClientSession:
    return ClientSession(root, "zai", "zai")


def where(root: Workspace, task_id: str) -> str:
    state = load(root)
    task = state.task(task_id)
    return standing(state, task) if task else "completed"


def test_a_whole_turn_in_memory(zai: ClientSession, root: Workspace) -> None:
    """A task is read, handed in too small, comes back with its mend, and is completed."""
    given = call(zai, "next_task")
    assert given["task_id"] == "report"
    assert "Write a report" in given["brief"]
    assert call(zai, "next_task")["task_id"] == "report"
    outbox = root / given["working_folder"] / "outbox"
    (outbox / "report.json").write_text("short")
    missed = call(zai, "submit_task", task_id="report")
    assert (missed["ending"], where(root, "report")) == ("failed", "ready")
    assert "wanted exists, at least 10 bytes, got 5 bytes" in missed["missed"][0]
    document = json.loads((root / "data/task_queues/zai_queue.json").read_text())
    for one in document["queued_tasks"]:
        one.pop("not_before", None)
    (root / "data/task_queues/zai_queue.json").write_text(json.dumps(document))
    again = call(zai, "next_task")
    assert (again["task_id"], again["attempt"]) == ("report", 2)
    assert "What was wrong the last time" in again["brief"]
    (root / again["working_folder"] / "outbox/report.json").write_text("long enough")
    ended = call(zai, "submit_task", task_id="report", account={"words": 2})
    assert (ended["ending"], ended["missed"]) == ("completed", [])
    receipt = json.loads((root / "data/task_queues/completed/report.json").read_text())
    assert receipt["result"] == {"words": 2}


def test_a_task_is_given_up_and_given_back(zai: ClientSession, root: Workspace) -> None:
    """fail_task costs an attempt or none, release_task none; each says where the task stands."""
    call(zai, "next_task")
    assert call(zai, "release_task", task_id="report")["standing"] == "ready"
    call(zai, "next_task")
    told = call(zai, "fail_task", task_id="report", reason="no network", kind="transient")
    assert told == {"task_id": "report", "standing": "ready"}
    task = load(root).task("report")
    assert task is not None
    assert task.attempt == 1
    assert call(zai, "next_task")["task_id"] == "second"
    call(zai, "fail_task", task_id="second", reason="429", kind="quota", retry_after_s=600)
    assert call(zai, "next_task")["task_id"] is None


def test_what_others_hold_is_not_touched(root: Workspace, zai: ClientSession) -> None:
    """No tool hands in, fails or releases a task that another owner has; the sentence says so."""
    droid = ClientSession(root, "droid", "droid")
    call(droid, "next_task")
    before = (root / "data/task_queues/droid_queue.json").read_bytes()
    for tool, more in {"submit_task": {}, "fail_task": {"reason": "x"}, "release_task": {}}.items():
        assert "claimed by droid, not zai" in refused(zai, tool, task_id="droids", **more)
    assert (root / "data/task_queues/droid_queue.json").read_bytes() == before


HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("submit_task", {"task_id": "report", "files": ["../outside"]}, "not inside the workspace"),
    ("submit_task", {"task_id": "report", "files": ["/etc/passwd"]}, "not inside the workspace"),
    ("submit_task", {"task_id": "report", "files": ["link"]}, "not inside the workspace"),
    ("submit_task", {"task_id": "report", "files": ["a\x00b"]}, "argument files/0"),
    ("submit_task", {"task_id": "report", "files": "x"}, "argument files"),
    ("submit_task", {"task_id": "report", "account": ["x"]}, "argument account"),
    ("submit_task", {"task_id": "../../x"}, "is no task"),
    ("submit_task", {"task_id": "\x1b[2J"}, "argument task_id"),
    ("submit_task", {}, "argument task_id: Field required"),
    ("fail_task", {"task_id": "report", "reason": ""}, "argument reason"),
    ("fail_task", {"task_id": "report", "reason": "x", "kind": "setup"}, "argument kind"),
    ("fail_task", {"task_id": "report", "reason": "x", "retry_after_s": -1}, "retry_after_s"),
    ("next_task", {"agent": "droid"}, "next_task has no argument agent; it takes no argument"),
    ("check_pairs", {}, "give either `pairs` or `file`"),
    ("check_pairs", {"file": "faucet.yaml"}, "is not to be delivered"),
    ("check_pairs", {"file": "data/inbox/../../faucet.yaml"}, "is not to be delivered"),
    ("check_pairs", {"file": "data/inbox/zai/away.json"}, "is not to be delivered"),
    ("land_delivery", {"name": "../x", "pairs": []}, "argument name"),
    ("land_delivery", {"name": "x", "file": "data/inbox/zai/none.json"}, "is no file"),
    ("land_delivery", {"name": "x", "pairs": [{"question": "q"}]}, "pairs/0/answer"),
    ("trace_pair", {"pair_id": "x' OR 1=1"}, "argument pair_id"),
    ("ask", {"question": "q", "limit": 10**9}, "argument limit"),
    ("record_verdict", {"pair_id": "abcdef", "verdict": "accept"}, "Unknown tool: record_verdict"),
    ("review_next", {}, "Unknown tool"),
    ("queue_add", {}, "Unknown tool"),
]


@pytest.mark.parametrize(("tool", "arguments", "told"), HOSTILE)
def test_hostile_arguments_end_in_a_sentence(
    root: Workspace, zai: ClientSession, tool: str, arguments: dict[str, Any], told: str
) -> None:
    """What does not fit is told in one line, changes no queue and reads nothing outside."""
    (root / "link").symlink_to("/etc/passwd")
    (root / "data/inbox/zai").mkdir(parents=True)
    (root / "data/inbox/zai/away.json").symlink_to(root / "faucet.yaml")
    if tool == "submit_task":
        call(zai, "next_task")
    before = (root / "data/task_queues/zai_queue.json").read_bytes()
    assert told in refused(zai, tool, **arguments)
    assert (root / "data/task_queues/zai_queue.json").read_bytes() == before


def test_a_broken_workspace_is_told(root: Workspace, zai: ClientSession) -> None:
    """A queue file that cannot be read ends a call with the sentence of the commands."""
    (root / "data/task_queues/zai_queue.json").write_text("{")
    assert "zai_queue.json" in refused(zai, "next_task")


def test_tools_have_schemas_and_speak_for_one_agent(zai: ClientSession) -> None:
    """Every tool has a description, an input and an output schema; none takes an agent's name."""

    async def talk(client: Any) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in in_memory(zai, talk)}
    assert set(tools) == {
        *("next_task", "check_pairs", "land_delivery", "submit_task", "fail_task"),
        *("release_task", "ask", "trace_pair", "dataset_status"),
    }
    assert all(tool.description and tool.output_schema for tool in tools.values())
    takes_agent = [
        name for name, tool in tools.items() if "agent" in tool.input_schema["properties"]
    ]
    assert takes_agent == ["ask"]
    reviewing = in_memory(zai._replace(may_review=True), talk)
    assert {tool.name for tool in reviewing} - set(tools) == {"review_next", "record_verdict"}


def test_pages_and_the_prompt(zai: ClientSession, root: Workspace) -> None:
    """The brief is read without taking its task; what is not there is told in a sentence."""

    async def talk(client: Any) -> Any:
        page = (await client.read_resource("faucet://brief")).contents[0].text
        prompt = (await client.get_prompt("work_next")).messages[0].content.text
        faults = []
        for name in ("data-card", "glossary", "plan/none%20such", "receipts/..%2F..%2Fx"):
            try:
                await client.read_resource(f"faucet://{name}")
            except mcp.MCPError as fault:
                faults.append(str(fault))
        return page, prompt, faults

    page, prompt, faults = in_memory(zai, talk)
    assert page.startswith("# report")
    assert page in prompt
    assert where(root, "report") == "ready"
    assert len(faults) == 4
    assert "this workspace has no docs/glossary.md" in faults[1]
    assert "the plan has no entry none such" in faults[2]


def test_two_clients_at_once_never_have_one_task(root: Workspace) -> None:
    """Two processes that ask at the same moment get a task each; one asked again has its own.

    Over stdio they speak the protocol alone, and a turn is the same as in memory: who has the
    report writes it, hands it in and completes the task.
    """
    endings: list[str] = []

    async def write(client: Any, given: Any) -> None:
        (root / given["working_folder"] / "outbox/report.json").write_text("long enough")
        done = await client.call_tool("submit_task", {"task_id": "report"})
        endings.append(done.structured_content["ending"])

    async def both() -> list[Any]:
        found: list[Any] = []

        async def one(name: str) -> None:
            async with mcp.Client(
                stdio_server(root.root, "--agent", "zai", "--as", name)
            ) as client:
                for _ in range(2):
                    answer = await client.call_tool("next_task", {})
                    found.append((name, answer.structured_content["task_id"]))
                if answer.structured_content["task_id"] == "report":
                    await write(client, answer.structured_content)

        async with anyio.create_task_group() as group:
            group.start_soon(one, "first")
            group.start_soon(one, "other")
        return found

    found = set(anyio.run(both))
    assert len(found) == 2
    assert {task_id for _, task_id in found} == {"report", "second"}
    assert endings == ["completed"]
    assert where(root, "report") == "completed"
