"""What every batch service of a provider can do, whatever its protocol."""

from typing import BinaryIO, Literal, NamedTuple, Protocol

from pipeline.core.json_values import Json

State = Literal["waiting", "running", "succeeded", "failed", "expired", "cancelled"]
ENDED: frozenset[str] = frozenset({"succeeded", "failed", "expired", "cancelled"})


class BatchState(NamedTuple):
    """How a batch stands at its provider; counts are None where the provider gives none.

    outputs are the ids of files with results and errors, message what it says of a failure.
    """

    state: State
    outputs: tuple[str, ...] = ()
    completed: int | None = None
    failed: int | None = None
    message: str = ""


class BatchFiles(Protocol):
    """Files and batches at a provider. A job's id names both, so that both are found again."""

    def find_file(self, job_id: str) -> str | None:
        """Return the id of the file that was uploaded for a job, None where there is none."""
        ...

    def upload(self, job_id: str, content: bytes) -> str:
        """Upload a job's request file and return its id."""
        ...

    def find_batch(self, job_id: str, file_id: str) -> str | None:
        """Return the id of the batch that was created for a job, None where there is none."""
        ...

    def create(self, job_id: str, file_id: str) -> str:
        """Create the batch of a job, which is what costs money, and return its id.

        Raises UnclearOutcomeError where no answer says whether it was created.
        """
        ...

    def state(self, batch_id: str) -> BatchState:
        """Return how a batch stands."""
        ...

    def cancel(self, batch_id: str) -> None:
        """Ask the provider to stop a batch."""
        ...

    def download(self, file_id: str, file: BinaryIO, most_bytes: int) -> None:
        """Write results into an open file, whole; raises UserError where that cannot be."""
        ...


class BatchService(BatchFiles, Protocol):
    """The same for vectors, whose requests each protocol writes in its own way."""

    def request(self, key: str, role: str, text: str) -> Json:
        """Return the line of a request file that asks for a text's vector."""
        ...
