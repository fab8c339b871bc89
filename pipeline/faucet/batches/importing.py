"""Results that somebody fetched by hand, taken in like those that were collected."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.embedding.recorded import texts_by_key
from pipeline.faucet.batches.taking import settle_job, taken
from pipeline.faucet.batches.vector_jobs import VECTORS, plan_job
from pipeline.faucet.batches.wanted import wanted_texts
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import ledger_lock, read_jobs
from pipeline.faucet.lookup import KEPT, table
from pipeline.providers.provider import Provider
from pipeline.providers.results import EmbeddingResult, outcomes
from pipeline.providers.server import cleaned
from pipeline.store.recorded import recorded_keys
from pipeline.workspace.workspace import Workspace


def import_results(workspace: Workspace, provider: Provider, path: Path) -> Job | None:
    """Return the job that stands for a file of results; None where all of it was known before.

    Lines have the keys of a job's requests, or pair ids, as the files of data/format have them:
    those are taken for the pair's document text as it is now. Raises UserError where the file
    cannot be read or has no line for a wanted text.
    """
    content = _content(path)
    with ledger_lock(workspace):
        read = outcomes(content.split(b"\n"), dimension=provider.dimension, model=provider.model)
        found = list(_by_text(read, _documents(workspace)))
        wanted = set(wanted_texts(workspace, provider).select("key").to_pydict()["key"])
        keys = sorted({one.key for one in found if one.key is not None} & wanted)
        if not keys:
            raise UserError(f"{path.name}: no line is for a text of the data set as it is now")
        if not set(keys) - recorded_keys(workspace, provider.space):
            return None
        clean = partial(cleaned, provider=provider)
        sha256 = hashlib.sha256(content).hexdigest()
        jobs = read_jobs(workspace, VECTORS)
        job = plan_job(workspace, jobs, provider, keys, kind="import", tokens=0, sha256=sha256)
        return settle_job(workspace, job, taken(found, keys, clean))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise UserError(f"{path.name}: {fault.strerror or fault}") from None


def _documents(workspace: Workspace) -> dict[str, str]:
    """Return the key of every kept pair's document text by pair id."""
    kept = table(workspace, KEPT).select("pair_id", "question", "answer")
    rows = texts_by_key(kept, "document").select("pair_id", "key").to_pydict()
    return dict(zip(rows["pair_id"], rows["key"], strict=True))


def _by_text(
    found: Iterable[EmbeddingResult], documents: dict[str, str]
) -> Iterator[EmbeddingResult]:
    for one in found:
        yield one._replace(key=documents.get(one.key, one.key)) if one.key else one
