"""Results of batch APIs and the requests that they answer, wherever each was delivered.

A result names its request by `custom_id` (OpenAI, Anthropic) or `key` (Gemini). Ids like
`request-1` stand in many batches, so only what is certain is joined: a request of the same
delivery (an archive of both), else one of the same agent, else of those of the deliveries of the
agent that hold a request for every result of the delivery. Where two of them ask different things
nothing is joined, and the result stays refused with a sentence that says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from pipeline.core.text import excerpt
from pipeline.core.validation import Validator
from pipeline.deliveries import batch_results
from pipeline.deliveries.pairs import Pair, to_pair
from pipeline.deliveries.records import Record, Refusal, bounded
from pipeline.deliveries.shapes import records_of
from pipeline.plan.indicators import Plan

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
    delivery: str
    asked: dict[str, Any]
    text: str


class RequestIndex:
    """The requests of all deliveries by agent and id."""

    def __init__(self, requests: Iterable[Refused], results: Iterable[Refused]) -> None:
        self._by_id: dict[tuple[str, str], list[_Request]] = defaultdict(list)
        self._ids: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in requests:
            fields = _fields(one.record)
            name, asked = batch_results.id_of(fields), batch_results.request_in(fields)
            if name is not None and asked is not None:
                text = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS).decode()
                self._by_id[one.agent, name].append(_Request(one.delivery, asked, text))
                self._ids[one.agent, one.delivery].add(name)
        for one in results:
            name = batch_results.id_of(_fields(one.record))
            if name is not None:
                self._wanted[one.agent, one.delivery].add(name)

    def of(self, result: Refused) -> list[dict[str, Any]]:
        """Return the distinct requests that a result may answer: one is certain, none is there."""
        name = batch_results.id_of(_fields(result.record))
        known = self._by_id.get((result.agent, name or ""), [])
        own = [one for one in known if one.delivery == result.delivery]
        found = {one.text: one.asked for one in own or known}
        if len(found) > 1 and not own:
            wanted = self._wanted[result.agent, result.delivery]
            whole = [one for one in known if wanted <= self._ids[result.agent, one.delivery]]
            found = {one.text: one.asked for one in whole} or found
        return list(found.values())


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
