"""Hits as a person reads them in a terminal."""

import unicodedata
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from pipeline.domain.topics_table import NO_GROUP
from pipeline.rag.search import Hit

NOTHING_CLOSE = "Nothing close: no pair shares enough words or sense with this question."


def render_hits(hits: Sequence[Hit], *, is_explained: bool = False) -> RenderableType:
    """Return the hits as rich renders them: question, where it belongs, how close it is, snippet.

    Delivered text is shown as text: no markup of rich is read in it, and control characters,
    with which a delivery could move the cursor or retitle the window, are left out.

    is_explained: also which words and vectors brought a hit.
    """
    if not hits:
        return Text(NOTHING_CLOSE)
    blocks = [_hit(place, hit, is_explained) for place, hit in enumerate(hits, start=1)]
    return Group(*blocks)


def _hit(place: int, hit: Hit, is_explained: bool) -> RenderableType:  # noqa: FBT001 - of render_hits
    """Return one hit as a block."""
    group = None if hit.group == NO_GROUP else hit.group
    belongs = " · ".join(part for part in (hit.indicator, group, hit.split) if part)
    lines = [
        Text(f"{place}. {_printable(hit.question)}", style="bold"),
        Text(f"   {_printable(belongs)}", style="cyan"),
        Text(f"   {hit.pair_id} · score {hit.score:.3f} · close {hit.closeness:.2f}", style="dim"),
    ]
    if is_explained:
        lines += [Text(f"   {line}", style="dim") for line in _explained(hit)]
    return Group(*lines, Padding(Text(_printable(hit.snippet)), (0, 0, 1, 3)))


def _explained(hit: Hit) -> list[str]:
    """Return one line for the words that brought a hit and one for its vectors."""
    words = _shares(hit.words) or "none of the question's"
    vectors = ", ".join(f"{role} {cosine:.2f}" for role, cosine in hit.vectors.items())
    return [f"words: {words}", f"vectors: {vectors or 'none asked'}"]


def _shares(words: Mapping[str, float]) -> str:
    ordered = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{_printable(word)} {share:.2f}" for word, share in ordered)


def _printable(text: str) -> str:
    """Return text on one line, without control and formatting characters."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
