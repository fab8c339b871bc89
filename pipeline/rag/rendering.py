"""Hits as a person reads them in a terminal."""

import unicodedata
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from pipeline.rag.search import Hit


def render_hits(hits: Sequence[Hit]) -> RenderableType:
    """Return the hits as rich renders them: question, where it belongs, why it ranks, snippet.

    Delivered text is shown as text: no markup of rich is read in it, and control characters,
    with which a delivery could move the cursor or retitle the window, are left out.
    """
    if not hits:
        return Text("No document shares a word or a direction with this question.")
    return Group(*(_hit(place, hit) for place, hit in enumerate(hits, start=1)))


def _hit(place: int, hit: Hit) -> RenderableType:
    """Return one hit as a block of four parts."""
    belongs = " · ".join(part for part in (hit.indicator, hit.category, hit.split) if part)
    ranks = ", ".join(f"{method} rank {rank}" for method, rank in sorted(hit.ranks.items()))
    return Group(
        Text(f"{place}. {_printable(hit.question)}", style="bold"),
        Text(f"   {_printable(belongs)}", style="cyan"),
        Text(f"   {hit.pair_id} · score {hit.score:.4f} · {ranks}", style="dim"),
        Padding(Text(_printable(hit.snippet)), (0, 0, 1, 3)),
    )


def _printable(text: str) -> str:
    """Return text on one line, without control and formatting characters."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
