"""A trace as a person reads it in a terminal of 80 columns."""

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.core.text import counted, excerpt
from pipeline.domain.nouns import Nouns, nouns_of
from pipeline.faucet.lookup import Row
from pipeline.faucet.terminal import one_line, paragraphs
from pipeline.faucet.trace.cleaning import CleanedCopy
from pipeline.faucet.trace.tracing import Trace
from pipeline.faucet.verdicts.standing import Standing

STYLES = {
    "accept": "green",
    "kept": "green",
    "review": "yellow",
    "unfinished": "yellow",
    "warn": "yellow",
    "merged": "cyan",
    "reject": "red",
    "rejected": "red",
    "removed": "red",
    "error": "red",
}
_ENTRIES = nouns_of({})
_ANSWER_HEAD_CHARS = 400
_QUESTION_CHARS = 300
_PIECES, _PIECE_CHARS = 6, 120
_RESOLVED = {
    "declared": "as its delivery declares",
    "topic": "guessed from its topic",
    "file_name": "guessed from the name of its delivery",
    "question": "guessed from its question",
}
_MEASURES = ("question_similarity", "answer_similarity", "cosine")
_STATES = {
    "applied": "applied",
    "waits": "waits: `faucet repro` applies it",
    "replaced": "replaced by a later one",
    "note": "decides nothing",
}


def render_trace(trace: Trace, nouns: Nouns = _ENTRIES) -> RenderableType:
    """Return a trace as rich renders it; delivered text is shown as text, never as markup.

    nouns say what the entries of the plan are called.
    """
    body = sections()
    body.add_row("question", Text(paragraphs(trace.question)))
    body.add_row("answer", _answer(trace.answer))
    if trace.context:
        body.add_row("context", Group(*map(_part, trace.context)))
    if trace.cleaned:
        body.add_row("cleaned", Group(*_cleaned(trace.cleaned, trace)))
    body.add_row("came from", Group(*map(_origin, trace.origins)))
    body.add_row("placed", _placed(trace, nouns))
    body.add_row("quality", _quality(trace.quality))
    if trace.reviews:
        body.add_row("people", Group(*map(_review, trace.reviews)))
    body.add_row("duplicates", _decisions(trace))
    body.add_row("ended", _ended(trace.ended))
    return Group(Text(f"pair {trace.pair_id}", style="bold"), body)


def render_duplicates(found: dict[str, Any]) -> RenderableType:
    """Return what `duplicates` tells as rich renders it: one block per decision."""
    head = Text(f"pair {found['pair_id']}", style="bold")
    body = sections()
    body.add_row("question", Text(paragraphs(found["question"])))
    for decision in found["decisions"]:
        body.add_row(decision["action"], Group(*decision_lines(decision, found["pair_id"])))
    beside = found["kept_in_cluster"]
    if not found["decisions"] and not beside:
        body.add_row("", Text("nothing like it was found: no decision names this pair"))
    if beside:
        body.add_row("cluster", Text(f"{counted(len(beside), 'other pair')} kept in one split"))
    return Group(head, body)


def sections() -> Table:
    """Return an empty table of a label and what it is about, one section a row."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def decision_lines(decision: Row, pair_id: str) -> Iterable[Text]:
    """Yield the lines that tell a decision about a pair: the other one, the evidence, and why."""
    yield _ruled(decision)
    yield Text(f"other pair {decision['other_id']}")
    yield Text(f"its question: {one_line(excerpt(decision['other_question'], _QUESTION_CHARS))}")
    if decision["winner"]:
        mine = "this pair" if decision["winner"] == pair_id else decision["winner"]
        yield Text(f"winner {mine}")
    yield from _evidence(decision)


def proposal_lines(decision: Row) -> Iterable[Text]:
    """Yield the lines that tell what the rules say about two pairs that are shown already."""
    yield _ruled(decision)
    yield Text(f"pairs {' and '.join(decision['members'])}")
    yield from _evidence(decision)


def _ruled(decision: Row) -> Text:
    by = "a reviewer" if decision["decided_by"] == "reviewer" else "rule"
    ruling = f"{decision['kind']}: {decision['action']}, by {by}"
    return Text(ruling, style=STYLES.get(decision["action"], ""))


def _evidence(decision: Row) -> Iterable[Text]:
    measured = [
        f"{name.replace('_', ' ')} {decision[name]:.4g}"
        for name in _MEASURES
        if decision[name] is not None
    ]
    yield Text(", ".join(measured) or "nothing was measured")
    if decision["difference"]:
        yield Text(f"differ: {one_line(decision['difference'])}")
    for guard in decision["guards"]:
        yield Text(f"guard {one_line(guard)}", style="yellow")
    yield Text(f"why: {one_line(decision['why'])}")


def flag_line(flag: Row) -> Text:
    """Return a flag with its evidence on one line."""
    style = STYLES.get(flag["severity"], "dim")
    text = Text.assemble((f"{flag['severity']} {flag['code']}", style))
    return text.append(f": {one_line(flag['evidence'])}") if flag["evidence"] else text


def _answer(answer: str) -> Text:
    shown = paragraphs(answer[:_ANSWER_HEAD_CHARS])
    left = len(answer) - _ANSWER_HEAD_CHARS
    return Text(f"{shown} … ({left:,} characters more; --json has all)" if left > 0 else shown)


def _cleaned(copy: CleanedCopy, trace: Trace) -> Iterable[Text]:
    """Yield whether the copy is used, what each rule did, and those texts that differ."""
    used = "score, duplicates and exports take this copy" if copy.is_used else "offered, not used"
    yield Text(used, style="" if copy.is_used else "yellow")
    for step in copy.steps:
        signed = (("-", step.off), ("+", step.put))
        pieces = [
            f"{sign} {one_line(excerpt(piece, _PIECE_CHARS))}"
            for sign, texts in signed
            for piece in texts
            if piece.strip()
        ]
        more = [f"and {len(pieces) - _PIECES} more"] if len(pieces) > _PIECES else []
        shown = pieces[:_PIECES] + more or ["white space and control characters"]
        yield Text(f"{step.rule.replace('_', ' ')}, in the {step.field}:")
        yield Text("\n".join(f"  {line}" for line in shown), style="dim")
    if copy.question != trace.question:
        yield Text.assemble(("question: ", "bold"), paragraphs(copy.question))
    if copy.answer != trace.answer:
        yield Text.assemble(("answer: ", "bold"), _answer(copy.answer))


def _part(part: Row) -> Text:
    return Text.assemble((f"{one_line(part['role'])}: ", "bold"), _answer(part["text"]))


def _origin(origin: Row) -> Text:
    own = f", its own id {one_line(origin['original_id'])}" if origin["original_id"] else ""
    place = origin["pointer"] or "the whole file"
    return Text.assemble(
        (one_line(origin["agent"]), "bold"),
        f" {one_line(origin['name'])} at {one_line(place)}{own}: {_booked(origin)}\n",
        (f"  {origin['path']}", "dim"),
    )


def _booked(origin: Row) -> str:
    """Return what the books say of an origin, and what a person did since."""
    if not origin["removed"]:
        return str(origin["books"])
    removed = f"removed {one_line(origin['removed'])}"
    is_heeded = origin["books"] == "removed"
    return removed if is_heeded else f"{origin['books']}, {removed}; `faucet repro` leaves it out"


def _placed(trace: Trace, nouns: Nouns) -> Text:
    named = {"indicator": one_line(nouns.entry)}
    known = [
        f"{named.get(name, name)} {one_line(value)}"
        for name, value in trace.placed.items()
        if value
    ]
    if trace.resolved_by:
        known.insert(1, f"  {_RESOLVED[trace.resolved_by]}")
    if trace.candidates:
        known.insert(0, f"its delivery may mean {' or '.join(map(one_line, trace.candidates))}")
    if trace.placed["indicator"] is None:
        known.insert(0, one_line(nouns.unplaced))
    return Text("\n".join(known))


def _quality(quality: dict[str, Any] | None) -> RenderableType:
    if quality is None:
        return Text("qa has not run on this pair yet")
    by = "a reviewer" if quality["decided_by"] == "reviewer" else "the rules"
    verdict = Text.assemble(
        f"score {quality['score']:.2f} of 100: ",
        (quality["verdict"], STYLES[quality["verdict"]]),
        f" by {by}",
    )
    parts = ", ".join(
        f"{name} {points:.1f} ({quality['parts'][name]:.0%})"
        for name, points in quality["points"].items()
    )
    line = Text(f"points, and share of what the part can give: {parts}", style="dim")
    return Group(verdict, *map(flag_line, quality["flags"]), line)


def _review(review: Standing) -> Text:
    beside = f" with {review.other_id}" if review.other_id else ""
    note = f": {one_line(review.note)}" if review.note else ""
    sentence = f"{one_line(review.when)} {one_line(review.who)}: {review.verdict}{beside}{note}"
    return Text.assemble(sentence, (f" ({_STATES[review.state]})", "dim"))


def _decisions(trace: Trace) -> RenderableType:
    if not trace.decisions:
        return Text("none on record")
    blocks: list[RenderableType] = []
    for decision in trace.decisions:
        head, *lines = decision_lines(decision, trace.pair_id)
        blocks += [head, Padding(Group(*lines), (0, 0, 0, 2))]
    return Group(*blocks)


def _ended(ended: dict[str, str | None]) -> Text:
    state = ended["state"] or ""
    where = f" into {ended['into']}" if ended["into"] else ""
    return Text.assemble((state, STYLES[state]), f"{where}: {one_line(ended['why'] or '')}")
