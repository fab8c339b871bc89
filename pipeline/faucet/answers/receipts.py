"""The answer to a delivery: what came of its records, and what its agent should mend.

A receipt is made from the books of integrate and the tables of the stages after it, so the same
run gives the same receipts.
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.deliveries.reasons import REASONS
from pipeline.faucet.answers.books import ACCOUNTING, QUARANTINE, accounting
from pipeline.faucet.answers.fates import STATES, counts_of, fates_of, read_fates
from pipeline.faucet.answers.findings import finding_line, findings, flag_mends
from pipeline.faucet.answers.mending import mend
from pipeline.faucet.terminal import one_line
from pipeline.quality.redaction import redacted
from pipeline.workspace.layout import DELIVERIES
from pipeline.workspace.workspace import Workspace

_COPIED = ("agent", "delivery", "name", "bytes", "family", "declared")
_COUNTS = ("found", "accepted", "repeated", "quarantined")
_LISTED = 20
_FINDINGS_LISTED = 10

Refused = dict[str, list[Json]]
"""Reason code -> place and message of each record, in order of the delivery."""


def receipts(workspace: Workspace) -> Iterator[Json]:
    """Yield the receipt of every delivery in the books (schemas/receipt.schema.json), in order.

    Raises UserError where integrate has not run, or where its two books are of different runs.
    """
    if not all(workspace.has(name) for name in (ACCOUNTING, QUARANTINE)):
        raise UserError(f"{ACCOUNTING} is missing: `faucet repro` makes it")
    refused = _refused(workspace / workspace.output(QUARANTINE))
    fates = read_fates(workspace)
    for books in accounting(workspace):
        refusals = refused.get((books["agent"], books["delivery"]), {})
        if {reason: len(records) for reason, records in refusals.items()} != books["reasons"]:
            raise UserError(f"{ACCOUNTING} and {QUARANTINE} are of different runs: `faucet repro`")
        pairs = fates_of(fates, books["agent"], books["delivery"]) if fates else None
        yield receipt(books, refusals, pairs)


def receipt(books: Json, refused: Refused, pairs: list[Json] | None = None) -> Json:
    """Return the receipt of one delivery from its entry in accounting.json and its refusals.

    pairs are the fates of its pairs (fates.py), None where no pair was read yet.
    """
    frequent_first = sorted(refused.items(), key=lambda item: (-len(item[1]), item[0]))
    grouped = findings(pairs or [])
    removed = books.get("removed")
    return {
        **{name: books[name] for name in (*_COPIED, *_COUNTS)},
        "removed": removed and {**removed, "reason": redacted(removed["reason"])},
        "reasons": [
            {"reason": reason, "meaning": REASONS.get(reason, reason), "records": records}
            for reason, records in frequent_first
        ],
        "to_mend": [*_to_mend(books, frequent_first), *flag_mends(grouped)],
        "judged": None if pairs is None else counts_of(pairs),
        "findings": grouped,
        "pairs": pairs or [],
    }


def as_text(receipt: Json) -> str:
    """Return a receipt as an agent reads it: the books, what was refused, what to mend.

    Of each reason the first 20 records are listed, and of what became of the pairs the ten most
    frequent findings; the JSON beside it has all.
    """
    return "".join(f"{one_line(line)}\n" for line in _lines(receipt))


def _refused(path: Path) -> dict[tuple[str, str], Refused]:
    found: dict[tuple[str, str], Refused] = defaultdict(lambda: defaultdict(list))
    with path.open("rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            record = {"pointer": row["pointer"], "message": redacted(row["message"])}
            found[row["agent"], row["delivery"]][row["reason"]].append(record)
    return found


def _is_whole(refused: Refused) -> bool:
    """Return whether the file was refused as a whole: how many pairs it holds is not known."""
    return any(not record["pointer"] for records in refused.values() for record in records)


def _to_mend(books: Json, refused: list[tuple[str, list[Json]]]) -> Iterator[str]:
    if books.get("removed"):
        yield "deliver what was right in it as a new file: the same bytes do not land again"
        return
    yield from _mends(refused)
    if not _is_whole(dict(refused)):
        yield from _of_count(books)


def _mends(refused: list[tuple[str, list[Json]]]) -> Iterator[str]:
    for reason, records in refused:
        yield f"{reason} ({counted(len(records), 'record')}): {mend(reason)}"


def _of_count(books: Json) -> Iterator[str]:
    """Yield what the agent should do about how many pairs it declared and how many there are."""
    declared, found = books["declared"], books["found"]
    if declared is not None and declared > found:
        missing = counted(declared - found, "pair")
        yield f"{missing} of the {declared:,} declared are not in the file: deliver them too"
    elif declared is not None and declared < found:
        claimed = counted(declared, "pair")
        yield f"the file declares {claimed} and holds {found:,}: correct the count"
    if found == 0:
        yield "no record was found in the file: deliver pairs, or nothing"
    elif books["repeated"] == found:
        yield "every pair of it was known already: deliver new ones only"


def _lines(receipt: Json) -> Iterator[str]:
    yield f"Receipt for {receipt['agent']}: {receipt['name']}"
    read = f"read as {receipt['family']}" if receipt["family"] else "not read"
    place = DELIVERIES / receipt["agent"] / receipt["delivery"]
    yield f"{place.as_posix()}, {receipt['bytes']:,} bytes, {read}"
    yield ""
    if receipt["removed"]:
        yield f"Removed from the data set {_because(receipt['removed'])}. Nothing of it counts."
        yield from _steps(receipt["to_mend"])
        return
    took = ", ".join(f"{receipt[name]:,} {name}" for name in _COUNTS[1:])
    yield f"{counted(receipt['found'], 'record')} found: {took}."
    yield _declared(receipt)
    yield from _judged_lines(receipt)
    for refused in receipt["reasons"]:
        yield ""
        records = refused["records"]
        yield f"Refused as {refused['reason']} ({len(records):,}): {refused['meaning']}"
        for record in records[:_LISTED]:
            yield f"- {record['message']}"
        if len(records) > _LISTED:
            yield f"- and {len(records) - _LISTED:,} more; the JSON receipt lists all"
    yield from _steps(receipt["to_mend"])


def _steps(to_mend: list[str]) -> Iterator[str]:
    yield ""
    yield "To mend:" if to_mend else "Nothing to mend."
    for number, sentence in enumerate(to_mend, start=1):
        yield f"{number}. {sentence}"


def _judged_lines(receipt: Json) -> Iterator[str]:
    """Yield what became of the pairs: the counts, then the ten most frequent findings."""
    judged = receipt["judged"]
    if judged is None or not receipt["pairs"]:
        return
    states = ", ".join(f"{judged[state]:,} {state}" for state in STATES if judged[state])
    mean = judged["mean_score"]
    worth = "" if mean is None else f"; mean score {mean:.1f} of 100"
    yield f"After all stages: {states}{worth}."
    also = [f"{judged[name]:,} {name}" for name in ("linked", "repaired") if judged[name]]
    if also:
        yield f"Of them {' and '.join(also)}."
    for one in receipt["findings"][:_FINDINGS_LISTED]:
        yield f"- {finding_line(one)}"
    if len(receipt["findings"]) > _FINDINGS_LISTED:
        yield f"- and {len(receipt['findings']) - _FINDINGS_LISTED:,} more kinds; the JSON has all"


def _because(removed: Json) -> str:
    why = f": {removed['reason']}" if removed["reason"] else ""
    return f"by {removed['who']}, {removed['when']}{why}"


def _declared(receipt: Json) -> str:
    if receipt["declared"] is None:
        return "The file does not say how many pairs it holds."
    if any(not record["pointer"] for entry in receipt["reasons"] for record in entry["records"]):
        return (
            f"Declared: {counted(receipt['declared'], 'pair')}; how many it holds cannot be told."
        )
    agree = (
        "as found" if receipt["declared"] == receipt["found"] else f"found are {receipt['found']:,}"
    )
    return f"Declared: {counted(receipt['declared'], 'pair')}, {agree}."
