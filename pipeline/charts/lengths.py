"""How long the kept answers are: a histogram by verdict, with the median and both ends marked."""

import math
from itertools import pairwise
from typing import NamedTuple

import altair as alt
import daft
import pandas as pd

from pipeline.charts.palette import INK, PAPER, REST, VERDICTS, Figure, at_y, themed, vacant
from pipeline.core.text import counted

_WIDTH = 720
_HEIGHT = 280
_BARS_TO_P95 = 30
_TAIL = 0.995
_TAIL_REACH = 1.5
"""The open last bar starts at the 0.995 quantile, or at 1.5 times p95 where that is less: a few
giants must not flatten the rest."""
_LABEL_PX = 84
"""Marks closer than this have their labels on different lines."""

UNSCORED = "unscored"


class Lengths(NamedTuple):
    """The histogram and its marks.

    bars has a row per bar and verdict: from_chars, to_chars (missing for the last, open bar),
    verdict, pairs. p5, median and p95 are answer lengths in characters.
    """

    bars: pd.DataFrame
    p5: int
    median: int
    p95: int


def answer_lengths(judged: daft.DataFrame) -> Lengths:
    """Return the histogram of answer_chars by verdict, with exact quantiles.

    Pairs are counted per length and verdict in Daft, so what comes here is at most as long as
    the longest answer. Quantiles are lengths that an answer has (inverse of the distribution).
    """
    counts = (
        judged.groupby("answer_chars", "verdict")
        .agg(daft.col("pair_id").count().alias("pairs"))
        .to_pandas()
        .dropna(subset=["answer_chars"])
        .sort_values(["answer_chars", "verdict"], ignore_index=True)
    )
    counts["answer_chars"] = counts["answer_chars"].astype("int64")
    width, limit = _bar_chars(counts)
    start = (counts["answer_chars"] // width * width).clip(upper=limit).astype("int64")
    bars = (
        counts.assign(from_chars=start)
        .groupby(["from_chars", "verdict"], as_index=False)
        .agg({"pairs": "sum"})
    )
    bars.insert(1, "to_chars", (bars["from_chars"] + width).where(bars["from_chars"] < limit))
    bars = bars.astype({"to_chars": "Int64"})
    return Lengths(bars, *(_quantile(counts, share) for share in (0.05, 0.5, 0.95)))


def answer_length_distribution(lengths: Lengths) -> Figure:
    """Return the histogram stacked by verdict, with rules at the median, p5 and p95."""
    title = "Length of answers"
    if lengths.bars.empty:
        return vacant(title, "no kept answers yet")
    count = int(lengths.bars["pairs"].sum())
    subtitle = (
        f"{counted(count, 'kept answer')}: half have {lengths.median:,} characters or fewer, "
        f"nine of ten between {lengths.p5:,} and {lengths.p95:,}"
    )
    chart = alt.layer(_bars(lengths.bars), *_marks(lengths))
    return themed(chart.properties(width=_WIDTH, height=_HEIGHT), title, subtitle)


def _quantile(counts: pd.DataFrame, share: float) -> int:
    if counts.empty:
        return 0
    reached = counts["pairs"].cumsum()
    return int(counts["answer_chars"].iloc[int((reached < share * reached.iloc[-1]).sum())])


def _bar_chars(counts: pd.DataFrame) -> tuple[int, int]:
    """Return the width of a bar, of the series 1, 2, 5, 10 ..., and where the open bar starts."""
    most = int(counts["answer_chars"].max()) if len(counts) else 0
    tail = _quantile(counts, _TAIL)
    p95 = _quantile(counts, 0.95)
    tail = int(min(_quantile(counts, _TAIL), _TAIL_REACH * p95))
    raw = max(1.0, p95 / _BARS_TO_P95)
    power = 10 ** math.floor(math.log10(raw))
    width = next(int(step * power) for step in (1, 2, 5, 10) if step * power >= raw)
    limit = (tail // width + 1) * width
    return width, limit if most >= limit + width else limit + width


def _shown(bars: pd.DataFrame) -> pd.DataFrame:
    width = _drawn_width(bars)
    end = bars["to_chars"].fillna(bars["from_chars"] + width)
    span = [
        f"{low:,} characters and more" if pd.isna(high) else f"{low:,} to {high - 1:,} characters"
        for low, high in zip(bars["from_chars"], bars["to_chars"], strict=True)
    ]
    says = [
        f"{text}, {verdict}: {pairs:,} pairs"
        for text, verdict, pairs in zip(span, bars["verdict"], bars["pairs"], strict=True)
    ]
    above = bars.sort_values("verdict", key=lambda names: names.map(_stacked)).groupby("from_chars")
    top = above["pairs"].cumsum()
    return bars.assign(
        to_chars=end.astype("int64"), says=says, above=top, below=top - bars["pairs"]
    )


def _stacked(verdict: str) -> int:
    return [*VERDICTS, UNSCORED].index(verdict)


def _drawn_width(bars: pd.DataFrame) -> int:
    closed = bars.dropna(subset="to_chars")
    return int(closed["to_chars"].iloc[0] - closed["from_chars"].iloc[0]) if len(closed) else 1


def _bars(bars: pd.DataFrame) -> alt.Chart:
    shown = _shown(bars)
    colours = {**VERDICTS, UNSCORED: REST}
    present = [name for name in colours if name in set(bars["verdict"])]
    ends = [int(shown["from_chars"].min()), int(shown["to_chars"].max())]
    is_open = bool(bars["to_chars"].isna().any())
    note = f"; the last bar holds all from {int(bars['from_chars'].max()):,}" if is_open else ""
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_rect(stroke=PAPER, strokeWidth=0.5)
        .encode(
            x=alt.X(
                "from_chars:Q",
                title=f"Characters of the answer{note}",
                scale=alt.Scale(domain=ends, nice=False, zero=False),
                axis=alt.Axis(grid=False, tickCount=8, format=",d"),
            ),
            x2=alt.X2("to_chars:Q"),
            y=alt.Y("below:Q", title="Kept pairs", axis=alt.Axis(format=",d", tickMinStep=1)),
            y2=alt.Y2("above:Q"),
            fill=alt.Fill(
                "verdict:N",
                scale=alt.Scale(domain=present, range=[colours[name] for name in present]),
                legend=alt.Legend(title="Verdict", orient="right", symbolStrokeWidth=0),
            ),
            description=alt.Description("says:N"),
        )
    )
    return chart


def _marks(lengths: Lengths) -> list[alt.Chart]:
    values = [lengths.p5, lengths.median, lengths.p95]
    starts = lengths.bars["from_chars"]
    span = int(starts.max()) + _drawn_width(lengths.bars) - int(starts.min())
    gaps = [_WIDTH * (high - low) / span for low, high in pairwise(values)]
    marks = pd.DataFrame(
        {
            "chars": values,
            "label": [
                f"{name} {value:,}"
                for name, value in zip(("p5", "median", "p95"), values, strict=True)
            ],
            "row": [-9, -9, -9] if min(gaps) > _LABEL_PX else [-9, -25, -41],
        }
    )
    base = alt.Chart(marks).encode(x=alt.X("chars:Q"))
    rules = base.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.4, aria=False)
    labels = base.mark_text(fontSize=12, color=INK, aria=False)
    return [
        rules.encode(y=at_y(0), y2=alt.value(_HEIGHT)),
        labels.encode(y=alt.Y("row:Q", scale=None), text=alt.Text("label:N")),
    ]
