"""One file looked at as landing and integrate would: would it land, and what does it hold."""

import os
import stat
from collections import Counter
from collections.abc import Container
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.deliveries.beside import mapping_above
from pipeline.deliveries.content import mapped
from pipeline.deliveries.landing import LEFT_REASONS
from pipeline.deliveries.offered import name_fault
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.records import Refusal
from pipeline.deliveries.stored import landed, printable, stored_name
from pipeline.faucet.answers.mending import mend
from pipeline.faucet.answers.receipts import receipt
from pipeline.faucet.reading import Reader
from pipeline.faucet.removed import removed_in
from pipeline.quality.redaction import redacted
from pipeline.workspace.layout import DELIVERIES
from pipeline.workspace.workspace import Workspace

NOBODY = "nobody"
"""Who delivers where no agent is named: it changes nothing of what is checked."""


class FoundPair(NamedTuple):
    """A pair of a file: its place, its origin there, and whether it is new or repeated."""

    pair: Pair
    origin: Json
    books: str


class FileLook(NamedTuple):
    """A file as landing and integrate see it.

    stays is why it would not land, None where it would; known says where its bytes landed
    already. receipt is what its agent would be answered (schemas/receipt.schema.json), refused
    has place, reason, message and what mends it of each refused record.
    """

    file: str
    stays: str | None
    known: str | None
    receipt: Json
    refused: list[Json]
    found: list[FoundPair]


class Drop(NamedTuple):
    """What is said of all files that are checked together: whose, and what their keys mean."""

    workspace: Workspace
    read: Reader
    agent: str | None
    mapping: str


class FileRead(NamedTuple):
    """A file and its entries in order; books has what is known of it, as a delivery's books do.

    stays and known are those of FileLook.
    """

    path: Path
    entries: list[tuple[str, Pair | Refusal]]
    books: Json
    stays: str | None
    known: str | None


def read_file(path: Path, drop: Drop) -> FileRead:
    """Return what a file holds; a link, a pipe or a device is not read: it would not land."""
    agent, name = drop.agent or NOBODY, os.fsencode(path.name)
    reason = name_fault(agent, name)
    if not stat.S_ISREG(path.lstat().st_mode):
        reason = "not_regular"
    entries: list[tuple[str, Pair | Refusal]] = []
    books: Json = {"agent": agent, "delivery": "", "name": printable(name), "bytes": 0}
    books |= {"family": None, "declared": None, "mapping": []}
    where = removal = None
    if reason != "not_regular":
        digest = _digest(path)
        where, removal = _landed_as(drop.workspace, agent, name, digest)
        named = drop.mapping or mapping_above(os.fsencode(path), os.fsencode(path)).decode(
            "utf-8", "replace"
        )
        with mapped(str(path)) as content:
            reading = drop.read(printable(name), content, mapping=named)
            entries = list(reading)
            entries = entries[reading.facts.stands_from :]
        books |= {"delivery": stored_name(digest, name), "bytes": path.stat().st_size}
        books |= {"family": reading.facts.family, "declared": reading.facts.declared}
        books["mapping"] = list(reading.facts.mapping)
    return FileRead(
        path, entries, books, removal or (LEFT_REASONS[reason] if reason else None), where
    )


def look_at(file: FileRead, known: Container[str]) -> FileLook:
    """Return what a file would bring; known holds the ids of pairs that are there already."""
    books = file.books
    found = _found(file.entries, books, known)
    refused = [_refused(place, one) for place, one in file.entries if isinstance(one, Refusal)]
    answer = {**receipt(_counted(books, found, refused), _by_reason(refused))}
    answer["mapping"] = books["mapping"]
    return FileLook(str(file.path), file.stays, file.known, answer, refused, found)


def _landed_as(
    workspace: Workspace, agent: str, name: bytes, digest: str
) -> tuple[str | None, str | None]:
    """Return where bytes landed already, and who removed them, where either is so."""
    out = removed_in(workspace)
    start = stored_name(digest, b"")
    same = [
        (one.agent, one.delivery)
        for one in landed(workspace / DELIVERIES)
        if one.delivery.startswith(start) and (one.agent, one.delivery) not in out.by_place
    ]
    place = agent, stored_name(digest, name)
    removal = out.of(place, digest, is_stored=place in same)
    return ("/".join(same[0]) if same else None), removal and f"removed {removal.because}"


def _found(
    entries: list[tuple[str, Pair | Refusal]], books: Json, known: Container[str]
) -> list[FoundPair]:
    seen: set[str] = set()
    found = []
    for place, pair in entries:
        if isinstance(pair, Pair):
            is_new = pair.pair_id not in known and pair.pair_id not in seen
            seen.add(pair.pair_id)
            origin = {
                "agent": books["agent"],
                "delivery": books["delivery"],
                "pointer": place,
                "original_id": pair.original_id,
                "extra": pair.extra,
            }
            found.append(FoundPair(pair, origin, "accepted" if is_new else "repeated"))
    return found


def _refused(place: str, refusal: Refusal) -> Json:
    return {
        "pointer": place,
        "reason": refusal.reason,
        "message": redacted(refusal.message),
        "mend": mend(refusal.reason),
    }


def _by_reason(refused: list[Json]) -> dict[str, list[Json]]:
    by_reason: dict[str, list[Json]] = {}
    for row in refused:
        place = {"pointer": row["pointer"], "message": row["message"]}
        by_reason.setdefault(row["reason"], []).append(place)
    return by_reason


def _counted(books: Json, found: list[FoundPair], refused: list[Json]) -> Json:
    counts = Counter(one.books for one in found)
    return {
        **books,
        "found": len(found) + len(refused),
        "accepted": counts["accepted"],
        "repeated": counts["repeated"],
        "quarantined": len(refused),
    }


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
