"""Vectors asked for online, text by text as fast as the server gives them.

Every answer is written down before the next one is asked for, so that a killed command goes on
behind the last one.
"""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json, compact
from pipeline.faucet.batches.taking import outcomes_of, settle_job, taken
from pipeline.faucet.batches.vector_jobs import VECTORS, is_of, plan_job
from pipeline.faucet.batches.wanted import portions, requests_for, vector_account, wanted_texts
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import ledger_lock, read_jobs
from pipeline.formats.openai import embedding_body
from pipeline.providers.connection import Connection, RefusedError
from pipeline.providers.provider import Provider
from pipeline.providers.server import cleaned
from pipeline.workspace.layout import BATCH_FILES
from pipeline.workspace.workspace import Workspace

_NO_FILE = "0" * 64
_OF_THE_TEXT = frozenset({400, 413, 422})


def embed_now(
    workspace: Workspace, provider: Provider, connection: Connection, *, limit: int | None = None
) -> Iterator[Job]:
    """Yield the jobs that were done: first what a killed command left, then at most limit texts.

    Raises UserError where the provider does not speak /embeddings, or refuses.
    """
    if provider.protocol != "openai":
        raise UserError(
            f"{provider.name}: speaks no /embeddings: `faucet embed submit`, or a provider whose"
            " protocol is openai"
        )
    with ledger_lock(workspace):
        texts = wanted_texts(workspace, provider).collect()
        jobs = read_jobs(workspace, VECTORS)
        for job in jobs:
            if job.kind == "online" and job.is_open and is_of(job, provider):
                rows = requests_for(texts, job.keys, provider).rows
                yield _done(workspace, job, provider, connection, rows)
        free = vector_account(workspace, provider, read_jobs(workspace, VECTORS), texts).not_asked[
            :limit
        ]
        for start in range(0, len(free), provider.requests_per_job):
            block = free[start : start + provider.requests_per_job]
            for rows in portions(requests_for(texts, block, provider).rows, provider):
                job = plan_job(
                    workspace,
                    jobs,
                    provider,
                    rows["key"].to_pylist(),
                    kind="online",
                    tokens=sum(rows["tokens"].to_pylist()),
                    sha256=_NO_FILE,
                )
                jobs.append(job)
                yield _done(workspace, job, provider, connection, rows)


def _done(
    workspace: Workspace, job: Job, provider: Provider, connection: Connection, rows: pa.Table
) -> Job:
    journal = workspace / BATCH_FILES / f"{job.job_id}.online.jsonl"
    answered = _answered(journal)
    texts = {
        key: text
        for key, text in zip(rows["key"].to_pylist(), rows["text"].to_pylist(), strict=True)
        if key not in answered
    }
    keys = sorted(texts)
    for start in range(0, len(keys), provider.texts_per_request):
        block = keys[start : start + provider.texts_per_request]
        _append(journal, _answers(block, [texts[key] for key in block], provider, connection))
    clean = partial(cleaned, provider=provider)
    paths = [journal] if journal.is_file() else []
    done = settle_job(workspace, job, taken(outcomes_of(paths, job), job.keys, clean))
    journal.unlink(missing_ok=True)
    return done


def _answers(
    keys: Sequence[str], texts: list[str], provider: Provider, connection: Connection
) -> list[Json]:
    """Return a line per text, in the form of a batch's output.

    A request that is refused for one of its texts is asked again in halves, until that one is
    alone with its refusal.
    """
    body = embedding_body(texts, model=provider.model, dimension=provider.asked_dimension)
    try:
        answer = connection.json("POST", "/embeddings", json=body)
    except RefusedError as fault:
        if fault.status not in _OF_THE_TEXT:
            raise
        if len(keys) == 1:
            error = {"code": str(fault.status), "message": fault.message}
            return [_line(keys[0], fault.status, {"error": error})]
        half = len(keys) // 2
        return [
            *_answers(keys[:half], texts[:half], provider, connection),
            *_answers(keys[half:], texts[half:], provider, connection),
        ]
    by_place = _by_place(answer.get("data"))
    model = answer.get("model")
    return [
        _line(key, 200, {"model": model, "data": [by_place.get(place)]})
        for place, key in enumerate(keys)
    ]


def _by_place(data: Any) -> dict[int, Json]:
    """Return the entries of an answer by their index, whatever their order."""
    entries = data if isinstance(data, list) else []
    return {
        entry["index"]: entry
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("index"), int)
    }


def _line(key: str, status: int, body: Json) -> Json:
    return {"custom_id": key, "response": {"status_code": status, "body": body}, "error": None}


def _answered(journal: Path) -> set[str]:
    """Return the keys in a journal, whose last line may have been cut by a kill: it is removed."""
    if not journal.is_file():
        return set()
    whole, _, cut = journal.read_bytes().rpartition(b"\n")
    if cut:
        journal.write_bytes(whole + b"\n" if whole else b"")
    try:
        return {str(orjson.loads(line)["custom_id"]) for line in whole.split(b"\n") if line}
    except (ValueError, TypeError, LookupError):
        raise UserError(
            f"{journal} is damaged: mend the line, or remove it and what it holds is asked again"
        ) from None


def _append(journal: Path, lines: Sequence[Json]) -> None:
    journal.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("ab") as file:
        file.write("".join(f"{compact(line)}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())
