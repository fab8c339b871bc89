"""Results against what a job asked for: each text has a vector, a reason, or nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.core.text import excerpt
from pipeline.faucet.jobs.job import Job
from pipeline.faucet.jobs.ledger import record
from pipeline.providers.results import NOT_DONE, EmbeddingResult, Vector, outcomes
from pipeline.store.recorded import recorded_keys, write_part
from pipeline.workspace.layout import RECORDED
from pipeline.workspace.workspace import Workspace


class Taken(NamedTuple):
    """What results hold for the texts of a job; messages has a provider's words by reason.

    foreign counts lines for texts that the job did not ask for, and lines that name none.
    """

    vectors: Mapping[str, Vector]
    failed: Mapping[str, str]
    missing: int
    foreign: int
    messages: Mapping[str, str]


def taken(
    found: Iterable[EmbeddingResult], keys: Sequence[str], clean: Callable[[str], str] = excerpt
) -> Taken:
    """Return results in any order, with lines left out or repeated, by the texts asked for.

    clean takes secrets out of a provider's words. A vector counts more than a failure of the same
    text; of two vectors that differ, none does.
    """
    asked = set(keys)
    vectors: dict[str, Vector] = {}
    failed: dict[str, str] = {}
    messages: dict[str, str] = {}
    foreign = 0
    for outcome in found:
        key = outcome.key
        if key is None or key not in asked:
            foreign += 1
        elif outcome.vector is None:
            failed.setdefault(key, outcome.reason)
            messages.setdefault(outcome.reason, clean(outcome.message))
        elif key in vectors and not np.array_equal(vectors[key], outcome.vector):
            failed[key] = "differs"
        else:
            vectors[key] = outcome.vector
    two = {key for key, why in failed.items() if why == "differs"}
    vectors = {key: vector for key, vector in vectors.items() if key not in two}
    failed = {key: why for key, why in failed.items() if key not in vectors and why != NOT_DONE}
    missing = len(asked) - len(vectors) - len(failed)
    words = {why: messages[why] for why in sorted(set(failed.values())) if messages.get(why)}
    return Taken(vectors, dict(sorted(failed.items())), missing, foreign, words)


def outcomes_of(paths: Iterable[Path], job: Job) -> Iterator[EmbeddingResult]:
    """Yield what the lines of files of results say to the requests of a job."""
    for path in paths:
        with path.open("rb") as lines:
            yield from outcomes(lines, dimension=job.plan["dimension"], model=job.plan["model"])


def settle_job(workspace: Workspace, job: Job, results: Taken) -> Job:
    """Return a job that is over: its vectors are recorded, and what of it is not is booked.

    Texts that another job brought a vector for meanwhile keep that one. Waits for a run that is
    going on, which reads recorded vectors.
    """
    plan = job.plan
    space = f"{plan['encoder']}/{plan['revision']}"
    with workspace.run_lock():
        known = recorded_keys(workspace, space)
        new = {key: vector for key, vector in results.vectors.items() if key not in known}
        _sweep(workspace / RECORDED / space)
        part = write_part(workspace, space, job.job_id, new) if new else None
    asked = len(job.keys)
    assert asked == len(results.vectors) + len(results.failed) + results.missing
    return record(
        workspace,
        job,
        "collected",
        part=part,
        collected=len(results.vectors),
        failed=dict(results.failed),
        messages=dict(results.messages),
        missing=results.missing,
        foreign=results.foreign,
    )


def _sweep(folder: Path) -> None:
    """Remove what a killed command left half written; the caller holds the run lock."""
    for half in folder.glob(".*.tmp"):
        half.unlink(missing_ok=True)
