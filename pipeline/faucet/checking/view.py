"""A check as an agent reads it in a terminal: what is wrong first, then every pair in a line."""

from collections.abc import Iterable, Iterator

from pipeline.core.json_values import Json
from pipeline.core.text import counted, excerpt
from pipeline.faucet.checking.check import CheckedFile, CheckedPair
from pipeline.faucet.checking.neighbours import Neighbour
from pipeline.faucet.gates.counting import in_words
from pipeline.faucet.terminal import one_line

_LISTED = 20
_QUESTION_CHARS = 100
_WOULD = {
    "merge": "would be merged with it",
    "alias": "would be merged with it, as another way to ask",
    "review": "a reviewer would be asked whether they are one",
    "keep": "both would be kept, in one split",
}


def lines(file: CheckedFile) -> Iterator[str]:
    """Yield what is to be said of a file; delivered text cannot steer the terminal."""
    yield from map(one_line, _lines(file))


def _lines(file: CheckedFile) -> Iterator[str]:
    looked, books = file.looked, file.looked.receipt
    read = f", read as {books['family']}" if books["family"] else ""
    counts = ", ".join(f"{books[name]:,} {name}" for name in ("accepted", "repeated"))
    found = f"{counted(books['found'], 'record')} found: {counts}"
    yield f"{looked.file}: {found}, {books['quarantined']:,} quarantined{read}"
    if looked.stays:
        yield f"- would not land: {looked.stays}"
    if looked.known:
        yield f"- the same bytes landed as {looked.known}"
    yield from (f"- guessed: {guess}" for guess in books["mapping"])
    for row in looked.refused[:_LISTED]:
        yield f"- refused as {row['reason']}: {row['message']}"
    yield from _more(len(looked.refused))
    if file.pairs:
        would = sum(pair.why_not is None for pair in file.pairs)
        why = in_words(pair.why_not for pair in file.pairs)
        yield f"- {would:,} of {len(file.pairs):,} would count for a task{why and f'; {why}'}"
    ordered = sorted(file.pairs, key=_is_plain)
    for pair in ordered[:_LISTED]:
        yield from _pair(pair)
    yield from _more(len(ordered))
    yield from (f"to mend: {sentence}" for sentence in books["to_mend"])


def gate_lines(gates: Iterable[Json]) -> Iterator[str]:
    """Yield a line for each gate of the task that files were checked for."""
    for row in gates:
        how = {True: "would be reached", False: "would be missed", None: "is not checked"}
        got = "" if row["got"] is None else f", got {row['got']}"
        why = f" ({row['why']})" if row.get("why") else ""
        gate = f"gate {row['criterion']} {how[row['passed']]}: wanted {row['wanted']}{got}{why}"
        yield one_line(gate)


def _is_plain(pair: CheckedPair) -> bool:
    is_sound = not pair.flags and pair.verdict == "accept"
    return is_sound and pair.books == "accepted" and pair.why_not is None


def _pair(pair: CheckedPair) -> Iterator[str]:
    asked = excerpt(pair.question, _QUESTION_CHARS)
    place = f"{pair.pair_id[:8]} at {pair.pointer or 'the whole file'}"
    yield f"- {pair.books} {place}, score {pair.score:.1f}, {pair.verdict}: {asked}"
    for flag in pair.flags:
        evidence = f": {flag['evidence']}" if flag["evidence"] else ""
        yield f"- - {flag['severity']} {flag['code']}{evidence} [{flag['mend']}]"
    if pair.why_not:
        yield f"- - would not count: {pair.why_not}"
    if pair.nearest:
        yield f"- - {_nearest(pair.nearest, is_rejected=pair.verdict == 'reject')}"


def _nearest(near: Neighbour, *, is_rejected: bool) -> str:
    """Return the nearest pair, and what dedup would do: nothing with a pair that is rejected."""
    alike = f"question {near.question_similarity:.0f}, answer {near.answer_similarity:.0f} of 100"
    is_ruled = near.action and not is_rejected
    what = f"; {near.kind}: {_WOULD[str(near.action)]}" if is_ruled else ""
    return f"nearest {near.pair_id[:8]}, {alike}{what}: {excerpt(near.question, _QUESTION_CHARS)}"


def _more(count: int) -> Iterator[str]:
    if count > _LISTED:
        yield f"- and {count - _LISTED:,} more: --json has all"
