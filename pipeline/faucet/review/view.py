"""An item of a review as a person reads it in a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from pipeline.core.text import counted
from pipeline.faucet.review.bulk import Bulk
from pipeline.faucet.review.items import Item
from pipeline.faucet.terminal import one_line, paragraphs
from pipeline.faucet.trace.view import STYLES, flag_line, proposal_lines, sections
from pipeline.reviews.records import OF_ONE

_HEAD_CHARS = 900
_TAIL_CHARS = 300


def render_item(item: Item, place: str, note: str, *, in_full: bool) -> RenderableType:
    """Return an item with its evidence; long answers show head and tail unless in_full.

    place says where the review stands ("3 of 40"), note is what the reviewer wrote so far.
    Evidence that stands in the answer word for word is marked in it.
    """
    body = sections()
    body.add_row("question", Text(paragraphs(item.question)))
    body.add_row("answer", _marked(item, in_full=in_full))
    if item.kind == "proposal":
        body.add_row("other", Text(paragraphs(item.other_question)))
        body.add_row("answer", Text(_shortened(item.other_answer, in_full=in_full)))
    if item.decision is not None:
        body.add_row("rules", Group(*proposal_lines(item.decision)))
        for conflict in item.decision.get("conflicts", ()):
            body.add_row("conflict", Text(paragraphs(conflict)))
    else:
        body.add_row("rules", Group(_score(item), *map(flag_line, item.flags)))
    if item.indicator:
        body.add_row("about", Text(one_line(item.indicator)))
    if note:
        body.add_row("note", Text(note))
    title = "two pairs: are they one?" if item.kind == "proposal" else f"pair {item.pair_id}"
    return Group(Rule(Text(f"{place}  {title}", style="bold"), align="left"), body)


def _score(item: Item) -> Text:
    verdict = (item.verdict, STYLES[item.verdict])
    return Text.assemble(f"score {item.score:.2f} of 100: ", verdict)


def _marked(item: Item, *, in_full: bool) -> Text:
    text = Text(_shortened(item.answer, in_full=in_full))
    spans = [paragraphs(flag["evidence"].rstrip("…")) for flag in item.flags]
    text.highlight_words([span for span in spans if span.strip()], style="reverse")
    return text


def _shortened(answer: str, *, in_full: bool) -> str:
    left = len(answer) - _HEAD_CHARS - _TAIL_CHARS
    if in_full or left <= 0:
        return paragraphs(answer)
    head, tail = paragraphs(answer[:_HEAD_CHARS]), paragraphs(answer[-_TAIL_CHARS:])
    return f"{head}\n[… {left:,} characters, f shows them …]\n{tail}"


def bulk_lines(bulk: Bulk) -> Iterator[str]:
    """Yield what a bulk verdict is about and what it changes, a line each."""
    chosen = " and ".join(f"{field}={one_line(value)}" for field, value in bulk.conditions)
    noun = "flagged pair" if bulk.verdict in OF_ONE else "proposal"
    yield f"{counted(len(bulk.items), noun)} with {chosen}"
    for action, count in bulk.rules_say.items():
        yield f"  {action} -> {bulk.verdict}: {count:,}"
    agents = ", ".join(f"{one_line(agent)} {count:,}" for agent, count in bulk.by_agent.items())
    if agents:
        yield f"  delivered by: {agents}"
