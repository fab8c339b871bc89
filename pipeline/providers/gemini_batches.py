"""Batches of the Gemini API: files by resumable upload, jobs as long-running operations."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.formats.gemini import embedding_request
from pipeline.providers.batches import BatchState, State
from pipeline.providers.connection import Connection, UnclearOutcomeError
from pipeline.providers.downloads import download
from pipeline.providers.provider import Provider

_PAGE = 100
_TYPE = "application/jsonl"
_STATES: dict[str, State] = {
    "PENDING": "waiting",
    "QUEUED": "waiting",
    "UNSPECIFIED": "waiting",
    "RUNNING": "running",
    "CANCELLING": "running",
    "SUCCEEDED": "succeeded",
    "PARTIALLY_SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "CANCELLED": "cancelled",
    "EXPIRED": "expired",
}


class GeminiBatches:
    """Speaks v1 and v1beta of the Gemini API; a job's id names its file and its batch."""

    def __init__(self, provider: Provider, connection: Connection) -> None:
        self._provider = provider
        self._connection = connection
        self._version = f"/{provider.api_version}"

    def request(self, key: str, role: str, text: str) -> Json:
        """Return a line with key and request."""
        return embedding_request(
            key,
            text,
            model=self._provider.model,
            task_type=self._provider.task_types.get(role),
            dimension=self._provider.dimension,
        )

    def find_file(self, job_id: str) -> str | None:
        """Return the file of a job, None where none of the account's files is its own."""
        wanted = _file_name(job_id)
        names = (file.get("name") for file in self._listed("files", "files"))
        return next((name for name in names if name == wanted), None)

    def upload(self, job_id: str, content: bytes) -> str:
        """Upload under a name of ours: a second upload of the same job can only be refused."""
        started = self._connection.send(
            "POST",
            f"/upload{self._version}/files",
            json={"file": {"name": _file_name(job_id), "displayName": job_id, "mimeType": _TYPE}},
            headers={
                "x-goog-upload-protocol": "resumable",
                "x-goog-upload-command": "start",
                "x-goog-upload-header-content-length": str(len(content)),
                "x-goog-upload-header-content-type": _TYPE,
            },
        )
        url = started.headers.get("x-goog-upload-url")
        if not url:
            raise UserError(f"{self._provider.name}: an upload was begun and given no address")
        answer = self._connection.json(
            "POST",
            self._connection.upload_path(url),
            content=content,
            headers={"x-goog-upload-offset": "0", "x-goog-upload-command": "upload, finalize"},
        )
        return _text(answer.get("file"), "name", "the answer to an upload")

    def find_batch(self, job_id: str, file_id: str) -> str | None:  # noqa: ARG002 - one id is enough
        """Return the batch whose display name is the job's id."""
        for operation in self._listed("batches", "operations"):
            if _metadata(operation).get("displayName") == job_id:
                return _text(operation, "name", "a batch")
        return None

    def create(self, job_id: str, file_id: str) -> str:
        """Create the batch over an uploaded file."""
        batch = {"displayName": job_id, "inputConfig": {"fileName": file_id}}
        answer = self._connection.json(
            "POST",
            f"{self._version}/models/{self._provider.model}:asyncBatchEmbedContent",
            json={"batch": batch},
            repeat="refused",
        )
        batch_id = answer.get("name")
        if not isinstance(batch_id, str) or not batch_id:
            raise UnclearOutcomeError("gemini: the answer to a new batch has no name")
        return batch_id

    def state(self, batch_id: str) -> BatchState:
        """Return state, counts and the file of responses of a batch."""
        operation = self._connection.json("GET", f"{self._version}/{batch_id}")
        metadata = _metadata(operation)
        word = str(metadata.get("state", "")).rpartition("STATE_")[2]
        stats = metadata.get("batchStats") or {}
        file = _responses_file(operation) or _responses_file(metadata.get("output"))
        error = operation.get("error") or {}
        return BatchState(
            _STATES.get(word, "waiting"),
            (file,) if file else (),
            _count(stats.get("successfulRequestCount")),
            _count(stats.get("failedRequestCount")),
            self._connection.cleaned(str(error.get("message", ""))),
        )

    def cancel(self, batch_id: str) -> None:
        """Ask for the end of a batch."""
        self._connection.send("POST", f"{self._version}/{batch_id}:cancel")

    def download(self, file_id: str, file: BinaryIO, most_bytes: int) -> None:
        """Write a file of responses."""
        place = f"/download{self._version}/{file_id}:download?alt=media"
        download(self._connection, place, file, most_bytes)

    def _listed(self, what: str, field: str) -> Iterator[Json]:
        """Yield all entries of a list, page by page."""
        params: dict[str, Any] = {"pageSize": _PAGE}
        while True:
            answer = self._connection.json("GET", f"{self._version}/{what}", params=params)
            yield from answer.get(field) or ()
            if not answer.get("nextPageToken"):
                return
            params["pageToken"] = answer["nextPageToken"]


def _file_name(job_id: str) -> str:
    return f"files/{job_id}"


def _metadata(operation: Json) -> Json:
    metadata = operation.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _responses_file(holder: Any) -> str | None:
    """Return the file of responses that an operation, its response or its output names."""
    if not isinstance(holder, dict):
        return None
    inner = holder.get("response")
    file = holder.get("responsesFile") or (
        inner.get("responsesFile") if isinstance(inner, dict) else None
    )
    return file if isinstance(file, str) else None


def _text(value: Any, field: str, place: str) -> str:
    found = value.get(field) if isinstance(value, dict) else None
    if not isinstance(found, str) or not found:
        raise UserError(f"gemini: {place} has no {field}")
    return found


def _count(value: Any) -> int | None:
    """Return a count, which JSON of Google's has as text."""
    return int(value) if str(value).isdecimal() else None
