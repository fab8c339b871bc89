"""Results of batch APIs in files that are checked, joined to their requests as a run joins them."""

from collections.abc import Iterator, Sequence

import orjson

from pipeline.core.validation import Validator
from pipeline.deliveries.batch_joins import REQUEST, WAITING, Refused, RequestIndex, joined
from pipeline.deliveries.records import Refusal
from pipeline.faucet.checking.files import FileRead
from pipeline.store.inputs import read_input
from pipeline.store.plan import read_plan
from pipeline.workspace.layout import schema_path
from pipeline.workspace.workspace import Workspace

QUARANTINE = "quarantine"


def with_requests(files: Sequence[FileRead], workspace: Workspace) -> list[FileRead]:
    """Return files whose results are pairs where a request is in one of them, or has landed.

    Landed are the requests that the last run met, of the same agent.
    """
    waiting = [one for file in files for _, one in _refused(file, WAITING)]
    if not waiting:
        return list(files)
    asking = [one for file in files for _, one in _refused(file, REQUEST)]
    plan, rules = (
        read_plan(workspace),
        Validator(read_input(workspace, schema_path("delivered_pair"))),
    )
    agents = {one.agent for one in waiting}
    changed = []
    with RequestIndex((*asking, *_landed(workspace, agents)), waiting) as requests:
        for file in files:
            entries = list(file.entries)
            for seq, one in _refused(file, WAITING):
                name = file.books["name"]
                made = joined(one, requests, file_name=name, plan=plan, rules=rules)
                entries[seq] = (one.pointer, made) if made is not None else entries[seq]
            changed.append(file._replace(entries=entries))
    return changed


def _refused(file: FileRead, reason: str) -> Iterator[tuple[int, Refused]]:
    """Yield (number, entry) of what a file holds that was refused for a reason."""
    books = file.books
    for seq, (place, entry) in enumerate(file.entries):
        if isinstance(entry, Refusal) and entry.reason == reason and isinstance(entry.raw, str):
            yield seq, Refused(books["agent"], books["delivery"], seq, place, entry.raw)


def _landed(workspace: Workspace, agents: set[str]) -> Iterator[Refused]:
    """Yield the requests of agents that the last run met."""
    if not workspace.has(QUARANTINE):
        return
    with (workspace / workspace.output(QUARANTINE)).open("rb") as lines:
        for seq, line in enumerate(lines):
            row = orjson.loads(line) if REQUEST.encode() in line else {}
            if row.get("reason") == REQUEST and row["agent"] in agents:
                yield Refused(row["agent"], row["delivery"], seq, row["pointer"], row["record"])
