"""Jobs for vectors: which texts of which space are asked for, in data/embeddings/jobs."""

from collections.abc import Sequence

from pipeline.faucet.jobs.job import Job, Ledger
from pipeline.faucet.jobs.ledger import begin_job
from pipeline.providers.provider import Provider
from pipeline.workspace.layout import EMBEDDING_JOBS
from pipeline.workspace.workspace import Workspace

VECTORS = Ledger(EMBEDDING_JOBS, ("embedding_job",), "text", "faucet embed")


def plan_job(
    workspace: Workspace,
    jobs: Sequence[Job],
    provider: Provider,
    keys: Sequence[str],
    *,
    kind: str,
    tokens: int,
    sha256: str,
) -> Job:
    """Return a new job for vectors, written before anything of it is sent.

    keys are sorted; sha256 is that of its request file. The same texts asked for again, after an
    earlier job for them ended, are another job.
    """
    return begin_job(
        workspace,
        VECTORS,
        jobs,
        [provider.name, provider.space, list(keys)],
        kind=kind,
        provider=provider.name,
        encoder=provider.encoder,
        revision=provider.revision,
        model=provider.model,
        dimension=provider.dimension,
        tokens=tokens,
        keys=list(keys),
        sha256=sha256,
    )


def is_of(job: Job, provider: Provider) -> bool:
    """Return whether a job's vectors are of the space that a provider's entry describes now."""
    plan = job.plan
    return (plan["encoder"], plan["revision"]) == (provider.encoder, provider.revision)
