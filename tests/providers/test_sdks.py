"""The official clients against the loopback: it speaks the protocols, not our idea of them."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.formats import gemini, openai
from pipeline.providers.results import outcomes
from tests.providers.loopback import KEY, Loopback, numbers, serving

TEXTS = {"question-" + "0" * 32: "What is one?", "document-" + "1" * 32: "A number."}


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """Return a provider on the loopback."""
    with serving() as held:
        yield held


def check(content: bytes) -> None:
    """Fail where results are not the vectors of the texts, as our own reader takes them."""
    found = {
        one.key: one for one in outcomes(content.split(b"\n"), dimension=8, model="embed-small")
    }
    assert set(found) == set(TEXTS)
    for key, text in TEXTS.items():
        vector = found[key].vector
        assert vector is not None
        wanted = numbers(text, 8)
        length = sum(number**2 for number in wanted) ** 0.5
        assert list(vector) == pytest.approx([number / length for number in wanted], rel=1e-5)


def written(path: Path, lines: list[Any]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def test_openais_client_does_what_ours_does(tmp_path: Path, loopback: Loopback) -> None:
    """Upload, create, look, list, fetch and cancel, with the lines that we write."""
    sdk = pytest.importorskip("openai", reason="openai is not installed: CI has it")
    client = sdk.OpenAI(api_key=KEY, base_url=f"{loopback.url}/v1", max_retries=0)
    asked = {"model": "embed-small", "dimension": 8}
    lines = [openai.embedding_request(key, text, **asked) for key, text in TEXTS.items()]
    path = written(tmp_path / "job.jsonl", lines)
    with path.open("rb") as content:
        file = client.files.create(file=content, purpose="batch")
    batch = client.batches.create(
        input_file_id=file.id, endpoint="/v1/embeddings", completion_window="24h"
    )
    batch = client.batches.retrieve(batch.id)
    assert (batch.status, batch.request_counts.completed) == ("completed", 2)
    assert [one.id for one in client.batches.list()] == [batch.id]
    assert file.filename == "job.jsonl"
    check(client.files.content(batch.output_file_id).read())
    assert client.batches.cancel(batch.id).status == "cancelled"
    online = client.embeddings.create(
        model="embed-small", input=["a"], dimensions=8, encoding_format="float"
    )
    assert online.data[0].embedding == pytest.approx(numbers("a", 8))
    client.close()


@pytest.mark.filterwarnings("ignore")  # the client warns of what it calls experimental
def test_googles_client_does_what_ours_does(tmp_path: Path, loopback: Loopback) -> None:
    """Resumable upload, create, look, list, fetch and cancel, with the lines that we write."""
    genai = pytest.importorskip("google.genai", reason="google-genai is not installed: CI has it")
    client = genai.Client(api_key=KEY, http_options={"base_url": loopback.url})
    asked: dict[str, Any] = {"model": "embed-small", "task_type": None, "dimension": 8}
    lines = [gemini.embedding_request(key, text, **asked) for key, text in TEXTS.items()]
    path = written(tmp_path / "job.jsonl", lines)
    config = {"mime_type": "application/jsonl", "display_name": "job", "name": "files/job"}
    file = client.files.upload(file=str(path), config=config)
    assert file.name == "files/job"
    batch = client.batches.create_embeddings(
        model="embed-small", src={"file_name": file.name}, config={"display_name": "job"}
    )
    for _ in range(3):
        batch = client.batches.get(name=batch.name)
        if batch.state.name == "JOB_STATE_SUCCEEDED":
            break
        time.sleep(0.01)
    assert batch.display_name == "job"
    assert [one.name for one in client.batches.list()] == [batch.name]
    check(client.files.download(file=batch.dest.file_name))
    client.batches.cancel(name=batch.name)
    assert client.batches.get(name=batch.name).state.name == "JOB_STATE_CANCELLED"
    client.close()
