"""Results of batch APIs and the requests that they answer, wherever each was delivered.

A result names its request by `custom_id` (OpenAI, Anthropic) or `key` (Gemini). Ids like
`request-1` stand in many batches, so only what is certain is joined: a request of the same
delivery (an archive of both), else one of the same agent, else of those of the deliveries of the
agent that hold a request for every result of the delivery. Where two of them ask different things
nothing is joined, and the result stays refused with a sentence that says so.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple, Self

import orjson

from pipeline.core.text import excerpt
from pipeline.core.validation import Validator
from pipeline.deliveries import batch_results
from pipeline.deliveries.pairs import Pair, to_pair
from pipeline.deliveries.records import Record, Refusal, bounded
from pipeline.deliveries.shapes import records_of
from pipeline.plan.indicators import Plan

_BYTES_IN_MEMORY = 16_000_000
WAITING, REQUEST = "no_request", "batch_request"
"""Reasons of a result whose request is not beside it, and of a request."""


class Refused(NamedTuple):
    """A refused entry: who delivered it, in what, its number there, its place and its record."""

    agent: str
    delivery: str
    seq: int
    pointer: str
    record: str


class _Request(NamedTuple):
    """Where the text of a request stands in the index's file, and its digest."""

    delivery: str
    start: int
    size: int
    digest: bytes


class RequestIndex:
    """The requests that results wait for, by agent and id; their texts stay out of memory.

    Texts beyond some megabytes go to a file without a name, which is gone with the index.
    """

    def __init__(self, requests: Iterable[Refused], results: Iterable[Refused]) -> None:
        """Take the requests of all deliveries; only those that one of the results names count."""
        self._texts = SpooledTemporaryFile(max_size=_BYTES_IN_MEMORY)  # noqa: SIM115 - closed with the index
        self._by_id: dict[tuple[str, str], list[_Request]] = {}
        self._ids: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in results:
            name = batch_results.id_of(_fields(one.record))
            if name is not None:
                self._wanted[one.agent, one.delivery].add(name)
                self._by_id[one.agent, name] = []
        for one in requests:
            fields = _fields(one.record)
            name, asked = batch_results.id_of(fields), batch_results.request_in(fields)
            if name is not None and asked is not None and (one.agent, name) in self._by_id:
                self._add(one, name, orjson.dumps(asked, option=orjson.OPT_SORT_KEYS))

    def __enter__(self) -> Self:
        """Return the index, whose file is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file of the texts."""
        self._texts.close()

    def _add(self, one: Refused, name: str, text: bytes) -> None:
        start = self._texts.seek(0, os.SEEK_END)
        self._texts.write(text)
        digest = blake2b(text, digest_size=16).digest()
        request = _Request(one.delivery, start, len(text), digest)
        self._by_id[one.agent, name].append(request)
        self._ids[one.agent, one.delivery].add(name)

    def of(self, result: Refused) -> list[dict[str, Any]]:
        """Return the distinct requests that a result may answer: one is certain, none is there."""
        name = batch_results.id_of(_fields(result.record))
        known = self._by_id.get((result.agent, name or ""), [])
        own = [one for one in known if one.delivery == result.delivery]
        found = {one.digest: one for one in own or known}
        if len(found) > 1 and not own:
            wanted = self._wanted[result.agent, result.delivery]
            whole = [one for one in known if wanted <= self._ids[result.agent, one.delivery]]
            found = {one.digest: one for one in whole} or found
        return [self._asked(one) for one in found.values()]

    def _asked(self, one: _Request) -> dict[str, Any]:
        self._texts.seek(one.start)
        asked: dict[str, Any] = orjson.loads(self._texts.read(one.size))
        return asked


def joined(
    result: Refused, requests: RequestIndex, *, file_name: str, plan: Plan, rules: Validator
) -> Pair | Refusal | None:
    """Return what a result is with its request, None where no request of its id was delivered."""
    asked = requests.of(result)
    if not asked:
        return None
    fields = _fields(result.record)
    if len(asked) > 1:
        shown = excerpt(str(batch_results.id_of(fields)), 60)
        message = (
            f"{result.pointer}: {len(asked)} requests of the id {shown!r} ask different things"
        )
        mend = f"{message}; deliver this result and its request in one ZIP"
        return bounded(Refusal(result.pointer, WAITING, mend, fields))
    both = {**fields, "request": asked[0]}
    *_, last = records_of(result.pointer, both, {})
    if not isinstance(last, Record):
        return bounded(last)
    record = Record(result.pointer, last.fields, last.context)
    entry = to_pair(record, file_name=file_name, plan=plan, rules=rules)
    return bounded(entry) if isinstance(entry, Refusal) else entry


def _fields(record: str) -> Mapping[str, Any]:
    value = orjson.loads(record)
    return value if isinstance(value, dict) else {}
