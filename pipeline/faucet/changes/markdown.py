"""Changes as Markdown: what a pull request's summary shows, with charts of plain characters.

Delivered text stands in code spans and code blocks alone, where Markdown reads no markup, no
address and no name of a person.
"""

from collections.abc import Iterator

from pipeline.charts.label import plain
from pipeline.core.text import counted
from pipeline.faucet.changes.comparing import Changes, Comparison, FigureChange, PairsOfOne

_BAR_CHARS = 30
_LABEL_CHARS = 34
_SHOWN_CHARS = 160


def markdown(changes: Changes) -> str:
    """Return what changed as one Markdown text."""
    return "\n".join(_lines(changes)) + "\n"


def number(value: float | None) -> str:
    """Return a figure as people read it, a dash where there is none."""
    if value is None:
        return "-"
    return f"{int(value):,}" if value == int(value) else f"{value:.4g}"


def difference(change: FigureChange) -> str:
    """Return how much a figure grew, with its sign; a dash where a side lacks it."""
    if change.before is None or change.after is None:
        return "-"
    grown = change.after - change.before
    if not grown:
        return "0"
    whole = change.before == int(change.before) and change.after == int(change.after)
    return f"{int(grown):+,}" if whole else f"{grown:+.4g}"


def _lines(changes: Changes) -> Iterator[str]:
    yield f"## Data set: `{_code(changes.before.name)}` to `{_code(changes.after.name)}`"
    yield ""
    yield "| pairs | before | after | change |"
    yield "|---|---:|---:|---:|"
    yield from map(_row, changes.counts)
    yield ""
    for chart in changes.charts:
        yield from _chart(chart)
    if changes.gained is not None and changes.lost is not None:
        yield from _sample("Gained", changes.gained)
        yield from _sample("Lost", changes.lost)
    else:
        yield f"Pairs gained and lost are not known: {changes.fault}."
        yield ""
    yield f"### Figures that differ: {len(changes.figures):,}, {changes.same:,} are the same"
    if changes.figures:
        yield ""
        yield "| figure | before | after | change |"
        yield "|---|---:|---:|---:|"
        yield from map(_row, changes.figures)


def _row(change: FigureChange) -> str:
    cells = (number(change.before), number(change.after), difference(change))
    return f"| `{_code(change.name)}` | {' | '.join(cells)} |"


def _sample(name: str, pairs: PairsOfOne) -> Iterator[str]:
    yield f"### {name}: {counted(pairs.total, 'pair')}"
    yield ""
    for row in pairs.sample:
        place = f"`{_code(row['group'])}`, {row['pair_id'][:8]}"
        yield f"- `{_code(row['question'])[:_SHOWN_CHARS]}` ({place})"
    if pairs.total > len(pairs.sample):
        yield f"- and {pairs.total - len(pairs.sample):,} more"
    yield ""


def _chart(chart: Comparison) -> Iterator[str]:
    """Yield a block of bars: a full one is the number after, a light one what was lost of it."""
    most = max((max(before, after) for _, before, after in chart.rows), default=0)
    yield f"### {chart.title}"
    yield ""
    yield "```text"
    for label, before, after in chart.rows:
        shown = _code(label)[:_LABEL_CHARS].ljust(_LABEL_CHARS)
        yield f"{shown} {_bar(before, after, most)} {number(before)} -> {number(after)}"
    yield "```"
    yield ""


def _bar(before: float, after: float, most: float) -> str:
    full, former = (round(_BAR_CHARS * value / most) if most else 0 for value in (after, before))
    return ("█" * full + "░" * max(0, former - full)).ljust(_BAR_CHARS)


def _code(text: str) -> str:
    """Return text that ends neither its code span nor its block, nor its cell of a table."""
    return plain(text).replace("`", "'").replace("|", "¦")
