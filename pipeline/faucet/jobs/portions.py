"""How many requests one job takes, online or as a batch."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class JobLimits(Protocol):
    """What bounds a job: how many requests it has, and how large their file is."""

    @property
    def requests_per_job(self) -> int:
        """How many requests it takes."""
        ...

    @property
    def megabytes_per_job(self) -> float:
        """How large the file of its requests may be."""
        ...


def portions_of(sizes: Iterable[int], limits: JobLimits) -> Iterator[slice]:
    """Yield the places of requests that one job takes, by their number and by the sum of sizes.

    sizes are bytes, request by request. One that is larger than a job's file may be has a job of
    its own.
    """
    most = limits.megabytes_per_job * 1_000_000
    start, size, end = 0, 0, 0
    for place, length in enumerate(sizes):
        if place > start and (place - start >= limits.requests_per_job or size + length > most):
            yield slice(start, place)
            start, size = place, 0
        size += length
        end = place + 1
    if start < end:
        yield slice(start, end)
