"""Batches of OpenAI, and of servers that speak its protocol: files, batches, two output files."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.formats.openai import ENDPOINT, embedding_request
from pipeline.providers.batches import BatchState, State
from pipeline.providers.connection import Connection, UnclearOutcomeError
from pipeline.providers.downloads import download
from pipeline.providers.provider import Provider

_PAGE = 100
_JOB = "faucet_job"
_STATES: dict[str, State] = {
    "validating": "waiting",
    "in_progress": "running",
    "finalizing": "running",
    "cancelling": "running",
    "completed": "succeeded",
    "failed": "failed",
    "expired": "expired",
    "cancelled": "cancelled",
}


class OpenAIBatchFiles:
    """Speaks /files and /batches; a job's id is the file's name and stands in the metadata.

    endpoint is what the requests of a batch ask.
    """

    def __init__(self, connection: Connection, endpoint: str) -> None:
        self._connection = connection
        self._endpoint = endpoint

    def find_file(self, job_id: str) -> str | None:
        """Return the file whose name is the job's."""
        for file in self._listed("/files", {"purpose": "batch"}):
            if file.get("filename") == _file_name(job_id):
                return _text(file, "id", "a file")
        return None

    def upload(self, job_id: str, content: bytes) -> str:
        """Upload for the purpose of a batch."""
        answer = self._connection.json(
            "POST",
            "/files",
            data={"purpose": "batch"},
            files={"file": (_file_name(job_id), content, "application/jsonl")},
        )
        return _text(answer, "id", "the answer to an upload")

    def find_batch(self, job_id: str, file_id: str) -> str | None:
        """Return the batch that names the job in its metadata, or was made over its file."""
        for batch in self._listed("/batches", {}):
            named = (batch.get("metadata") or {}).get(_JOB)
            if named == job_id or batch.get("input_file_id") == file_id:
                return _text(batch, "id", "a batch")
        return None

    def create(self, job_id: str, file_id: str) -> str:
        """Create the batch over an uploaded file."""
        answer = self._connection.json(
            "POST",
            "/batches",
            json={
                "input_file_id": file_id,
                "endpoint": self._endpoint,
                "completion_window": "24h",
                "metadata": {_JOB: job_id},
            },
            headers={"idempotency-key": job_id},
            repeat="refused",
        )
        batch_id = answer.get("id")
        if not isinstance(batch_id, str) or not batch_id:
            raise UnclearOutcomeError("openai: the answer to a new batch has no id")
        return batch_id

    def state(self, batch_id: str) -> BatchState:
        """Return state, counts and the files of output and errors of a batch."""
        batch = self._connection.json("GET", f"/batches/{batch_id}")
        files = (batch.get("output_file_id"), batch.get("error_file_id"))
        counts = batch.get("request_counts") or {}
        errors = (batch.get("errors") or {}).get("data") or [{}]
        return BatchState(
            _STATES.get(str(batch.get("status")), "waiting"),
            tuple(file for file in files if isinstance(file, str) and file),
            counts.get("completed"),
            counts.get("failed"),
            self._connection.cleaned(str(errors[0].get("message") or "")),
        )

    def cancel(self, batch_id: str) -> None:
        """Ask for the end of a batch."""
        self._connection.send("POST", f"/batches/{batch_id}/cancel")

    def download(self, file_id: str, file: BinaryIO, most_bytes: int) -> None:
        """Write a file of output or errors."""
        download(self._connection, f"/files/{file_id}/content", file, most_bytes)

    def _listed(self, what: str, params: dict[str, Any]) -> Iterator[Json]:
        """Yield all entries of a list, page by page."""
        params = {**params, "limit": _PAGE}
        while True:
            answer = self._connection.json("GET", what, params=params)
            entries = answer.get("data") or []
            yield from entries
            if not answer.get("has_more") or not entries:
                return
            params["after"] = _text(entries[-1], "id", what)


class OpenAIBatches(OpenAIBatchFiles):
    """The same for vectors."""

    def __init__(self, provider: Provider, connection: Connection) -> None:
        super().__init__(connection, ENDPOINT)
        self._provider = provider

    def request(self, key: str, role: str, text: str) -> Json:  # noqa: ARG002 - roles differ by prefix alone
        """Return a line with custom_id, method, url and body."""
        return embedding_request(
            key, text, model=self._provider.model, dimension=self._provider.asked_dimension
        )


def _file_name(job_id: str) -> str:
    return f"{job_id}.jsonl"


def _text(value: Any, field: str, place: str) -> str:
    found = value.get(field) if isinstance(value, dict) else None
    if not isinstance(found, str) or not found:
        raise UserError(f"openai: {place} has no {field}")
    return found
