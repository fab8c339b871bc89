from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.batches.vector_jobs import VECTORS, plan_job
from pipeline.faucet.jobs import ledger
from pipeline.faucet.jobs.ledger import ledger_lock, read_jobs, record
from pipeline.workspace.workspace import Workspace
from tests.faucet.batches.asking import provider_of, workspace
from tests.providers.loopback import Loopback

KEY = "question-" + "0" * 32


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    """Return a workspace with one planned job, and no server."""
    root = workspace(tmp_path, Loopback(), "openai", base_url="https://nobody.example/v1")
    plan_job(root, [], provider_of(root), [KEY], kind="batch", tokens=1, sha256="0" * 64)
    return root


def test_events_are_appended_and_read_as_written(root: Workspace) -> None:
    """A job's file gains a line an event; earlier lines keep their bytes."""
    (job,) = read_jobs(root, VECTORS)
    path = root / f"data/embeddings/jobs/{job.job_id}.jsonl"
    before = path.read_bytes()
    record(root, job, "uploaded", file_id="f")
    assert path.read_bytes().startswith(before)
    (job,) = read_jobs(root, VECTORS)
    assert (job.step, job.value("file_id"), job.is_open) == ("uploaded", "f", True)


def test_the_id_of_a_job_is_a_digest_of_what_it_asks_for(root: Workspace) -> None:
    """The same texts have the same id in every clone, and another one when asked for again."""
    provider = provider_of(root)
    (job,) = read_jobs(root, VECTORS)
    asked = [provider.name, provider.space, [KEY]]
    ids = [ledger._free_id([], asked), ledger._free_id([job], asked)]
    assert ids[0] == job.job_id != ids[1]


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("{torn\n", "line 2: no JSON"),
        ('{"event": "creating", "event": "creating"}\n', "line 2: key 'event' stands twice"),
        ("[]\n", "line 2: is no JSON object"),
        (
            '{"event": "paid", "when": "2026-01-01T00:00:00Z"}\n',
            "line 2: field event must be one of",
        ),
        ('{"event": "uploaded", "when": "2026-01-01T00:00:00Z"}\n', "'file_id' is a required"),
        ('{"event": "creating", "when": "yesterday"}\n', "field when: breaks pattern"),
        ('{"event": "creating", "when": "2026-01-01T00:00:00Z", "x": 1}\n', "not known: 'x'"),
        ('{"event": "creating", "when": "2026-01-01T00:00:00Z"}', "its last line has no end"),
    ],
)
def test_a_ledger_is_read_whole_or_not_at_all(root: Workspace, line: str, match: str) -> None:
    """Half a ledger would have something paid twice: one sentence names file, line and rule."""
    (path,) = (root / "data/embeddings/jobs").glob("*.jsonl")
    path.write_text(path.read_text() + line)
    with pytest.raises(UserError, match=match) as raised:
        read_jobs(root, VECTORS)
    assert path.name in str(raised.value)


def test_a_job_begins_with_its_plan(root: Workspace) -> None:
    """A file without its first line, an empty one and one under another name are refused."""
    (path,) = (root / "data/embeddings/jobs").glob("*.jsonl")
    whole = path.read_text()
    other = '{"event": "creating", "when": "2026-01-01T00:00:00Z"}\n'
    for content, match in ((other, "planned must be"), ("", "is empty"), (whole * 2, "line 2")):
        path.write_text(content)
        with pytest.raises(UserError, match=match):
            read_jobs(root, VECTORS)
    path.write_text(whole)
    path.rename(path.with_name("faucet-0000000000000000.jsonl"))
    with pytest.raises(UserError, match="job_id is not the file's name"):
        read_jobs(root, VECTORS)


def test_one_command_at_a_time_asks(root: Workspace) -> None:
    """A second one ends at once with a sentence."""
    with (
        ledger_lock(root),
        pytest.raises(UserError, match="another command asks"),
        ledger_lock(root),
    ):
        pass
