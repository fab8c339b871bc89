"""Checkpoints as a table for people, 80 columns wide."""

from collections.abc import Sequence
from datetime import UTC

from rich.table import Table
from rich.text import Text

from pipeline.faucet.checkpoints.history import Checkpoint
from pipeline.faucet.terminal import one_line

NONE_YET = "no checkpoints yet: a completed task makes one, and so does `faucet checkpoint`"

_COLUMNS = ("commit", "when, UTC", "task", "agent", "pairs", "added", "score", "dup.")


def render_log(checkpoints: Sequence[Checkpoint]) -> Table | Text:
    """Return checkpoints as a table; one made by hand has no task, a figure not told is `?`."""
    if not checkpoints:
        return Text(NONE_YET)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for place, name in enumerate(_COLUMNS):
        table.add_column(
            name,
            justify="right" if place > 3 else "left",  # noqa: PLR2004 - the figures
            no_wrap=place not in (2, 3),
            overflow="fold",
        )
    for one in checkpoints:
        table.add_row(*_cells(one))
    return table


def _cells(one: Checkpoint) -> tuple[Text, ...]:
    attempt = f" ({one.attempt})" if one.attempt and one.attempt > 1 else ""
    cells = (
        one.commit[:8],
        f"{one.when.astimezone(UTC):%m-%d %H:%M}",
        f"{one.task}{attempt}" if one.task else "by hand",
        one.agent or "-",
        f"{one.pairs:,}",
        f"{one.pairs - one.pairs_before:+,}",
        "?" if one.mean_score is None else f"{one.mean_score:.1f}",
        "?" if one.duplicate_rate is None else f"{one.duplicate_rate:.2%}",
    )
    return tuple(Text(one_line(cell)) for cell in cells)
