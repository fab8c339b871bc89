"""A small workspace whose provider is the loopback's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import yaml

from pipeline.core.ids import pair_id
from pipeline.faucet.batches.collecting import collect
from pipeline.faucet.batches.settings import chosen_provider
from pipeline.faucet.batches.submitting import submit
from pipeline.faucet.batches.vector_jobs import VECTORS
from pipeline.faucet.batches.wanted import VectorAccount, vector_account, wanted_texts
from pipeline.faucet.jobs.following import Followed
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import read_jobs
from pipeline.providers.provider import Provider
from pipeline.providers.services import batch_service
from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import put
from tests.providers.loopback import VARIABLE, Loopback, numbers
from tests.workspaces import bare

DIMENSION = 8
PROTOCOLS = ("gemini", "openai")
PAIRS = [(f"What is number {n}?", f"The number {n}, as everybody knows.") for n in range(4)]


def workspace(
    root: Path,
    loopback: Loopback,
    protocol: str,
    pairs: list[tuple[str, str]] = PAIRS,
    **entry: Any,
) -> Workspace:
    """Return a workspace with kept pairs, and the loopback as its provider."""
    if not (root / "schemas").exists():
        bare(root)
    if not (root / "data/dedup/kept.parquet").exists():
        keep(root, pairs)
    settings = {
        "protocol": protocol,
        "base_url": loopback.url + ("/v1" if protocol == "openai" else ""),
        "key": VARIABLE,
        "model": "embed-small",
        "dimension": DIMENSION,
        "wait_s": 0,
        "settle_s": 0,
        "attempts": 3,
        **entry,
    }
    written = {"embeddings": "ours", "providers": {"ours": settings}}
    (root / "providers.yaml").write_text(yaml.safe_dump(written))
    return Workspace(root)


def keep(root: Path, pairs: list[tuple[str, str]]) -> None:
    """Write kept pairs."""
    rows = [
        {"pair_id": key, "cluster_id": key, "question": question, "answer": answer}
        for question, answer in pairs
        for key in (pair_id(question, answer),)
    ]
    put(root, "data/dedup/kept.parquet", rows)


def asked(
    root: Workspace, sleep: Callable[[float], None] = lambda _: None, **how: Any
) -> list[Job]:
    """Submit, and return the jobs that were brought."""
    provider = chosen_provider(root)
    with batch_service(provider, sleep=sleep) as service:
        return list(submit(root, provider, service, **how))


def fetched(
    root: Workspace, sleep: Callable[[float], None] = lambda _: None, **how: Any
) -> list[Followed]:
    """Collect, and return how the jobs stand."""
    provider = chosen_provider(root)
    with batch_service(provider, sleep=sleep) as service:
        return list(collect(root, provider, service, **how))


def account(root: Workspace) -> VectorAccount:
    """Return what is known of the vectors."""
    provider = chosen_provider(root)
    return vector_account(root, provider, read_jobs(root, VECTORS), wanted_texts(root, provider))


def recorded(root: Workspace) -> dict[str, list[float]]:
    """Return the recorded vectors by key."""
    parts = sorted((root / "data/embeddings/recorded").glob("*/*/*.parquet"))
    rows = [row for part in parts for row in pq.read_table(part).to_pylist()]
    assert len({(row["space"], row["key"]) for row in rows}) == len(rows)
    return {row["key"]: row["vector"] for row in rows}


def texts(root: Workspace) -> dict[str, str]:
    """Return the wanted texts by key."""
    rows = wanted_texts(root, chosen_provider(root)).to_pydict()
    return dict(zip(rows["key"], rows["text"], strict=True))


def right(text: str) -> list[float]:
    """Return the unit vector that the loopback's numbers for a text stand for."""
    vector = np.array(numbers(text, DIMENSION))
    return [float(number) for number in (vector / np.linalg.norm(vector)).astype(np.float32)]


def provider_of(root: Workspace) -> Provider:
    """Return the loopback's entry."""
    return chosen_provider(root)
