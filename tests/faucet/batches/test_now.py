from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.batches.asking_now import embed_now
from pipeline.faucet.batches.vector_jobs import VECTORS
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import read_jobs
from pipeline.providers.services import connected
from pipeline.workspace.workspace import Workspace
from tests.faucet.batches.asking import (
    PAIRS,
    account,
    provider_of,
    recorded,
    right,
    texts,
    workspace,
)
from tests.providers.loopback import Fault, Loopback


def asked_now(root: Workspace, limit: int | None = None) -> list[Job]:
    provider = provider_of(root)
    with connected(provider, sleep=lambda _: None) as connection:
        return list(embed_now(root, provider, connection, limit=limit))


def test_online_vectors_are_those_of_their_texts(tmp_path: Path, loopback: Loopback) -> None:
    """Whatever the order of an answer, each text has its own vector; nothing is asked twice."""
    root = workspace(tmp_path, loopback, "openai", texts_per_request=3)
    (job,) = asked_now(root)
    assert job.value("collected") == 8
    wanted = texts(root)
    for key, vector in recorded(root).items():
        assert vector == pytest.approx(right(wanted[key]), rel=1e-6)
    assert asked_now(root) == []
    assert set(loopback.billed.values()) == {1}


def test_a_refused_text_costs_no_other(tmp_path: Path, loopback: Loopback) -> None:
    """A request that is refused for one of its texts is asked in halves until that one is alone."""
    pairs = [*PAIRS, ("Refused?", "REFUSE THIS")]
    root = workspace(tmp_path, loopback, "openai", pairs)
    asked_now(root)
    counts = account(root).as_json()
    assert (counts["collected"], counts["failed"], counts["missing"]) == (9, {"refused": 1}, 0)


def test_a_killed_command_goes_on_behind_the_last_answer(
    tmp_path: Path, loopback: Loopback
) -> None:
    """Every answer is written down before the next is asked for; a torn last one is asked again."""
    root = workspace(tmp_path, loopback, "openai", texts_per_request=2)
    loopback.faults = [Fault("POST .*embeddings", 2), Fault("POST .*embeddings", 3, status=503)]
    with pytest.raises(UserError, match="503"):
        asked_now(root)
    (journal,) = (root / ".cache/batches").glob("*.online.jsonl")
    journal.write_bytes(journal.read_bytes()[:-5])
    (job,) = asked_now(root)
    assert job.value("collected") == 8
    assert [one.step for one in read_jobs(root, VECTORS)] == ["collected"]
    assert sorted(loopback.billed.values()) == [1] * 7 + [2]  # the torn one


def test_limit_bounds_texts(tmp_path: Path, loopback: Loopback) -> None:
    """At most so many texts are asked for."""
    root = workspace(tmp_path, loopback, "openai")
    asked_now(root, 3)
    assert account(root).collected == 3


def test_a_provider_without_embeddings_is_told_so(tmp_path: Path, loopback: Loopback) -> None:
    """Gemini's own protocol has batches here; the sentence says what to do instead."""
    root = workspace(tmp_path, loopback, "gemini")
    with pytest.raises(UserError, match="speaks no /embeddings"):
        asked_now(root)
