"""How traders read the close against its moving average, whichever average it is."""

from collections.abc import Sequence

from pipeline.generate.indicator import Setting, Signal, Steps, crossed, crossing
from pipeline.generate.series import Series
from pipeline.generate.text import fixed

DIGITS = 4
FAR_PCT = 3

SIDES = (
    (
        (
            "The close of {close} is {gap} % above the average of {average}: the trend over this "
            "span points up, and pullbacks towards the line are where trend followers look to buy."
        ),
        (
            "Price trades above its average ({close} against {average}). That is the usual filter "
            "for long trades; the line itself serves as a first, moving support."
        ),
    ),
    (
        (
            "The close of {close} is {gap} % below the average of {average}: the trend over this "
            "span points down, and rallies towards the line are where it tends to be sold."
        ),
        (
            "Price trades below its average ({close} against {average}). Trend followers stay out "
            "of long trades here and treat the line as a first, moving resistance."
        ),
    ),
)
STRETCHED = (
    " A distance of more than 3 % on a span this short is also a stretch: chasing it is late."
)
CROSSINGS = {
    "up": "The close moved from below the line to above it ({before} against {level_before}, "
    "then {now} against {level}). That is the bullish price crossover; cautious traders "
    "wait for a second close above the line before they act.",
    "down": "The close moved from above the line to below it ({before} against {level_before}, "
    "then {now} against {level}). That is the bearish price crossover, often used to "
    "close a long position rather than to open a short one.",
    "above": "Both closes ({before} and {now}) stay above their averages ({level_before} and "
    "{level}), so nothing is crossed: the uptrend filter remains on and there is no new entry.",
    "below": "Both closes ({before} and {now}) stay below their averages ({level_before} and "
    "{level}), so nothing is crossed: the downtrend filter remains on, with no new signal.",
}
COMPARISON = (
    (
        "the recent price level is higher than the longer one, the order of lines that is seen in "
        "an advance. A crossing of the two would be the signal; their order alone is a filter"
    ),
    (
        "the recent price level is lower than the longer one, the order of lines that is seen in a "
        "decline. A crossing of the two would be the signal; their order alone is a filter"
    ),
)
SIGNAL_QUESTIONS = (
    (
        "Series {symbol} closed at {close_before} on bar {before} and at {close} on bar {bar}. "
        "Did it cross the {label}?"
    ),
    "Is there a price crossover of the {label} on bar {bar} of series {symbol}?",
)


def reading(series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    """Return what the close's side of the average means."""
    close, average = float(series.close[-1]), steps.values[0]
    gap_pct = 100 * (close / average - 1)
    slots = {"close": fixed(close), "average": fixed(average), "gap": fixed(abs(gap_pct))}
    tail = STRETCHED if abs(gap_pct) > FAR_PCT else ""
    return [text.format(**slots) + tail for text in SIDES[0 if gap_pct > 0 else 1]]


def signal(series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    """Return whether the close crossed its average."""
    last, previous = float(series.close[-1]), float(series.close[-2])
    side = crossing(previous, last, before.values[0], now.values[0])
    return crossed(
        side,
        CROSSINGS,
        before=fixed(previous),
        now=fixed(last),
        level_before=fixed(before.values[0], DIGITS),
        level=fixed(now.values[0], DIGITS),
    )
