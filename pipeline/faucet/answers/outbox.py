"""Receipts in the outbox: written for every delivery, rewritten when the books change."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import orjson

from pipeline.core.json_values import Json, pretty
from pipeline.deliveries.stored import AGENT_NAME
from pipeline.faucet.answers.books import ACCOUNTING, QUARANTINE
from pipeline.faucet.lookup import ASSIGNMENTS, DECISIONS, KEPT, REPAIRS, SCORES
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import OUTBOX, RECEIPTS_STAMP, schema_path
from pipeline.workspace.workspace import Workspace

_LONGEST_STEM_CHARS = 200
_LONGEST_STEM_BYTES = 200
_RECEIPT = re.compile(r"[0-9a-f]{12}-.*\.receipt\.(json|txt)")


class Handed(NamedTuple):
    """What was done to the outbox: the files written, and those taken back, sorted."""

    written: list[Path]
    taken_back: list[Path]


def hand_receipts(workspace: Workspace) -> Handed:
    """Write a receipt for every delivery of the last run below data/outbox/<agent>/.

    Each comes as JSON and as text. A receipt that would not change is left alone; one whose
    delivery is gone is taken back. Waits for a run that is going on.

    Raises UserError where integrate has not run, or where its two books are of different runs.
    """
    with workspace.run_lock():
        contents = _contents(workspace)
        stamp = _stamp(workspace)
        written = sorted(
            path for path, content in contents.items() if _differs(workspace / path, content)
        )
        for path in written:
            write_bytes(workspace / path, contents[path])
        stale = sorted(path for path in _present(workspace) if path not in contents)
        for path in stale:
            (workspace / path).unlink()
        write_bytes(workspace / RECEIPTS_STAMP, json.dumps(stamp).encode())
    return Handed(written, stale)


def is_current(workspace: Workspace) -> bool:
    """Return whether receipts were written from the books that are there, or there are no books.

    Costs a few looks at the file system, because it is asked after every run. The files'
    identities are compared, not their age: a checkout may bring back older books.
    """
    if not all(workspace.has(name) for name in (ACCOUNTING, QUARANTINE)):
        return True
    try:
        written: object = json.loads((workspace / RECEIPTS_STAMP).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return written == _stamp(workspace) and (workspace / OUTBOX).is_dir()


def changed_answers(workspace: Workspace) -> tuple[int, dict[Path, bytes]]:
    """Return how many files of receipts the outbox has, and what the wrong ones must hold.

    None where no run wrote the receipts of the books that are there; what an agent took out of
    its outbox is not missed.
    """
    if not (workspace / RECEIPTS_STAMP).is_file() or not is_current(workspace):
        return 0, {}
    contents = _contents(workspace)
    there = [path for path in sorted(contents) if (workspace / path).is_file()]
    changed = [path for path in there if _differs(workspace / path, contents[path])]
    return len(there), {path: contents[path] for path in changed}


def stem(delivery: str) -> str:
    """Return the name of a delivery's receipt without its ending, short enough for any disk."""
    if len(delivery.encode()) <= _LONGEST_STEM_BYTES:
        return delivery
    digest = sha256(delivery.encode()).hexdigest()[:8]
    return f"{delivery.encode()[:_LONGEST_STEM_BYTES].decode('utf-8', 'ignore')}~{digest}"


def _contents(workspace: Workspace) -> dict[Path, bytes]:
    """Return every file of every receipt, held to the schema, by path below root."""
    from pipeline.core.validation import Validator  # noqa: PLC0415 - a run without news needs none
    from pipeline.faucet.answers.receipts import as_text, receipts  # noqa: PLC0415 - as above

    rules = Validator(orjson.loads((workspace / schema_path("receipt")).read_bytes()))
    contents: dict[Path, bytes] = {}
    for receipt in receipts(workspace):
        fault = rules.first_fault(receipt)
        if fault is not None:
            raise ValueError(f"receipt of {receipt['delivery']}: {fault}")
        contents.update(_files(receipt, as_text(receipt)))
    return contents


def _files(receipt: Json, text: str) -> Iterator[tuple[Path, bytes]]:
    agent, delivery = receipt["agent"], receipt["delivery"]
    if not AGENT_NAME.fullmatch(agent) or Path(delivery).name != delivery:
        raise ValueError(f"{agent}/{delivery} is no name of a landed delivery")
    place = OUTBOX / agent / stem(delivery)
    yield place.with_name(f"{place.name}.receipt.json"), pretty(receipt)
    yield place.with_name(f"{place.name}.receipt.txt"), text.encode("utf-8")


def _present(workspace: Workspace) -> Iterator[Path]:
    """Yield the receipts that are in the outbox; other deliverables of agents are left alone."""
    for path in (workspace / OUTBOX).glob("*/*"):
        if _RECEIPT.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            yield path.relative_to(workspace)


def _differs(path: Path, content: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != content


def _stamp(workspace: Workspace) -> list[list[int]]:
    tables = (SCORES, REPAIRS, DECISIONS, KEPT, ASSIGNMENTS)
    there = [name for name in tables if workspace.has(name)]
    paths = [workspace.output(name) for name in (ACCOUNTING, QUARANTINE, *there)]
    stats = [(workspace / path).stat() for path in paths]
    return [[stat.st_ino, stat.st_size, stat.st_mtime_ns] for stat in stats]
