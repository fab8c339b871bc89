from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.batches.planning import plan_submit
from pipeline.faucet.batches.retrying import release
from pipeline.faucet.batches.vector_jobs import VECTORS
from pipeline.faucet.jobs.following import cancel
from pipeline.faucet.jobs.ledger import read_jobs
from pipeline.providers.services import batch_service
from tests.faucet.batches.asking import (
    PAIRS,
    PROTOCOLS,
    account,
    asked,
    fetched,
    keep,
    provider_of,
    recorded,
    right,
    texts,
    workspace,
)
from tests.providers.loopback import Loopback


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_text_comes_back_as_a_unit_vector(
    tmp_path: Path, loopback: Loopback, protocol: str
) -> None:
    """Question and document of each pair have the vector of their text, scaled to length 1."""
    root = workspace(tmp_path, loopback, protocol)
    (job,) = asked(root)
    assert (job.step, len(job.keys)) == ("submitted", 2 * len(PAIRS))
    assert (account(root).missing, len(account(root).waited_for)) == (8, 8)
    (one,) = fetched(root)
    assert one.job.step == "collected"
    wanted = texts(root)
    got = recorded(root)
    assert set(got) == set(wanted)
    for key, text in wanted.items():
        np.testing.assert_allclose(got[key], right(text), rtol=1e-6)
        assert abs(np.linalg.norm(got[key]) - 1) < 1e-6
    assert account(root)._replace(waited_for=(), not_asked=()) == account(root)
    assert set(loopback.billed.values()) == {1}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_is_asked_for_twice(tmp_path: Path, loopback: Loopback, protocol: str) -> None:
    """A second submit, before and after collecting, asks for new texts alone."""
    root = workspace(tmp_path, loopback, protocol)
    assert len(asked(root)) == 1
    assert asked(root) == []
    fetched(root)
    assert asked(root) == []
    keep(root.root, [*PAIRS, ("What is new?", "This.")])
    (job,) = asked(root)
    assert len(job.keys) == 2
    assert len(loopback.batches) == 2
    assert set(loopback.billed.values()) == {1}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_jobs_are_as_large_as_settings_and_limit_say(
    tmp_path: Path, loopback: Loopback, protocol: str
) -> None:
    """--limit bounds texts, requests_per_job those of one job; lists are read page by page."""
    loopback.page = 1
    root = workspace(tmp_path, loopback, protocol, requests_per_job=2)
    plan = plan_submit(root, provider_of(root), 5)
    assert (plan.requests, plan.files, plan.account.wanted) == (5, 3, 8)
    assert [len(job.keys) for job in asked(root, limit=5)] == [2, 2, 1]
    assert len(asked(root)) == 2
    assert len(fetched(root)) == 5
    assert account(root).collected == 8


def test_a_text_that_two_pairs_share_is_paid_once(tmp_path: Path, loopback: Loopback) -> None:
    """The question of two pairs is one text; it is wanted, asked and recorded once."""
    pairs = [("What is it?", "This."), ("What is it?", "That.")]
    root = workspace(tmp_path, loopback, "openai", pairs)
    (job,) = asked(root)
    assert len(job.keys) == 3
    fetched(root)
    assert account(root).collected == 3


def test_what_is_sent_holds_no_secret_and_no_more_than_the_limit(
    tmp_path: Path, loopback: Loopback
) -> None:
    """Credentials are hidden before a text goes out, long texts are cut; their keys stay."""
    token = "ghp_" + "a1B2c3D4e5" * 3 + "F6g7H8"
    long = "Nine words are in this sentence, more or less. " * 50
    root = workspace(
        tmp_path, loopback, "openai", [("Q?", f"Use {token}."), ("L?", long)], max_tokens=64
    )
    plan = plan_submit(root, provider_of(root))
    assert (plan.cut, plan.requests) == (1, 4)
    assert plan.tokens <= 4 * 64
    asked(root)
    (sent,) = [content for name, content in loopback.files.values() if name.endswith(".jsonl")]
    assert token.encode() not in sent
    assert len(sent) < 4_000
    fetched(root)
    assert account(root).collected == 4


def test_refused_texts_over_the_limit_are_failed_and_not_sent(
    tmp_path: Path, loopback: Loopback
) -> None:
    """over_limit: refuse leaves them to nobody's bill, and the account says why."""
    long = "Nine words are in this sentence, more or less. " * 50
    root = workspace(
        tmp_path, loopback, "gemini", [("L?", long)], max_tokens=64, over_limit="refuse"
    )
    assert account(root).as_json()["failed"] == {"over_limit": 1}
    (job,) = asked(root)
    assert [key.partition("-")[0] for key in job.keys] == ["question"]
    fetched(root)
    counts = account(root).as_json()
    assert (counts["wanted"], counts["collected"], counts["missing"]) == (2, 1, 0)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_cancelled_batch_gives_what_it_has(
    tmp_path: Path, loopback: Loopback, protocol: str
) -> None:
    """Results that were there are recorded, the rest is missing and may be asked for again."""
    loopback.state = "running"
    loopback.results = lambda lines: lines[:3]
    root = workspace(tmp_path, loopback, protocol)
    asked(root)
    assert [one.job.step for one in fetched(root)] == ["submitted"]
    provider = provider_of(root)
    with batch_service(provider) as service:
        assert [job.step for job in cancel(root, VECTORS, provider.name, service, None)] == [
            "cancelling"
        ]
    (one,) = fetched(root)
    assert (one.job.value("collected"), one.job.value("missing")) == (3, 5)
    loopback.state, loopback.results = "succeeded", lambda lines: lines
    (job,) = asked(root)
    assert len(job.keys) == 5


def test_failed_texts_wait_for_a_retry(tmp_path: Path, loopback: Loopback) -> None:
    """What a provider refused is asked for again when somebody says so, and not before."""
    error = {"code": 400, "message": "no"}
    loopback.results = lambda lines: [{"key": line["key"], "error": error} for line in lines]
    root = workspace(tmp_path, loopback, "gemini")
    asked(root)
    fetched(root)
    assert account(root).as_json()["failed"] == {"refused": 8}
    assert asked(root) == []
    loopback.results = lambda lines: lines
    provider = provider_of(root)
    keys = release(root, provider, None)
    assert len(keys) == 8
    (job,) = asked(root, keys=keys)
    assert len({one.job_id for one in read_jobs(root, VECTORS)}) == 2
    assert len(job.keys) == 8
    fetched(root)
    assert account(root).collected == 8


def test_another_clone_finds_the_batch_of_the_first(tmp_path: Path, loopback: Loopback) -> None:
    """Two clones that ask for the same texts have one job between them, which is paid once."""
    for name in ("one", "two"):
        root = workspace(tmp_path / name, loopback, "openai")
        (job,) = asked(root)
        assert job.has("submitted")
        fetched(root)
        assert account(root).collected == 8
    assert len(loopback.batches) == 1


def test_vectors_of_another_model_are_of_another_space(tmp_path: Path, loopback: Loopback) -> None:
    """A changed model, dimension or task type finds no vector of the one before."""
    root = workspace(tmp_path, loopback, "gemini")
    asked(root)
    fetched(root)
    before = provider_of(root).space
    changed = workspace(tmp_path, loopback, "gemini", task_types={"document": "CLUSTERING"})
    assert provider_of(changed).space != before
    assert account(changed).collected == 0


def test_vectors_that_are_not_here_are_not_paid_again(tmp_path: Path, loopback: Loopback) -> None:
    """A part that went with an older checkpoint, or was not pulled, is named; retry pays anew."""
    root = workspace(tmp_path, loopback, "gemini")
    asked(root)
    fetched(root)
    (part,) = (root / "data/embeddings/recorded").glob("*/*/*.parquet")
    content = part.read_bytes()
    part.unlink()
    assert account(root).as_json()["failed"] == {"part_missing": 8}
    assert asked(root) == []
    part.write_bytes(content)
    assert account(root).collected == 8
    part.unlink()
    (job,) = asked(root, keys=release(root, provider_of(root), None))
    fetched(root)
    assert (len(job.keys), account(root).collected) == (8, 8)


def test_a_job_is_named_by_the_start_of_its_id(tmp_path: Path, loopback: Loopback) -> None:
    """A start that no job has is refused with what to do."""
    root = workspace(tmp_path, loopback, "gemini")
    provider = provider_of(root)
    with batch_service(provider) as service, pytest.raises(UserError, match="no job of this kind"):
        list(cancel(root, VECTORS, provider.name, service, "faucet-none"))
