"""Stochastic oscillators, fast, slow and full (Lane); values are TA-Lib's."""

from collections.abc import Sequence

import talib

from pipeline.generate.indicator import (
    ComputedIndicator,
    Setting,
    Signal,
    Steps,
    crossed,
    crossing,
)
from pipeline.generate.series import Series
from pipeline.generate.text import UnprintableError, agreed, fixed, listed, row

DIGITS = 2
STATE_DIGITS = 4
HIGH_ZONE, LOW_ZONE = 80, 20


CROSSINGS = {
    "up": "%K crossed %D from below (their difference went from {before} to {now}): a bullish "
    "signal, {place}.",
    "down": "%K fell below %D (their difference went from {before} to {now}): a bearish signal, "
    "{place}.",
    "above": "%K stays above %D on both bars (by {before}, then {now}): no crossing, {place}.",
    "below": "%K stays below %D on both bars ({before}, then {now}): no crossing, {place}.",
}


def _means(values: Sequence[float], n: int) -> list[float]:
    return [sum(values[i - n : i]) / n for i in range(n, len(values) + 1)]


def _oscillator(series: Series, setting: Setting) -> Steps:
    """Return %K and %D; the setting is (range, smoothing of %K, smoothing of %D)."""
    n, smooth, slow = (int(x) for x in setting)
    last = range(series.bars - smooth - slow + 2, series.bars + 1)
    parts = [(*series.until(bar).extremes(n), float(series.close[bar - 1])) for bar in last]
    raw = [float(fixed(100 * (c - low) / (h - low), STATE_DIGITS)) for h, low, c in parts]
    k = _means(raw, smooth)
    d = sum(k) / slow
    lines = talib.STOCH(*series[2:5], fastk_period=n, slowk_period=smooth, slowd_period=slow)
    shown_k = agreed(float(lines[0][-1]), k[-1], DIGITS)
    shown_d = agreed(float(lines[1][-1]), d, DIGITS)
    if shown_k == shown_d:
        raise UnprintableError("the lines coincide")
    text = (
        f"the highest highs of {n} bars up to bars {last[0]} to {last[-1]} are "
        f"{row(p[0] for p in parts)}, "
        f"the lowest lows {row(p[1] for p in parts)}; "
        f"raw %K {row(raw, STATE_DIGITS)}; "
    )
    if smooth > 1:
        text += f"means of {smooth} give {row(k, STATE_DIGITS)}; "
    text += f"%K = {shown_k}, and the mean of the last {slow} is %D = {shown_d}"
    return Steps(text, f"%K = {shown_k}, %D = {shown_d}", (float(shown_k), float(shown_d)))


def _closes(series: Series, settings: Sequence[Setting], earlier: int) -> str:
    n = int(max(smooth + slow - 1 for _, smooth, slow in settings)) + earlier
    return listed("close", series.close[-n:], series.bars)


def _place(value: float) -> str:
    if value > HIGH_ZONE:
        return "in the overbought zone above 80"
    if value < LOW_ZONE:
        return "in the oversold zone below 20"
    return "in the middle of the scale, where it carries less weight"


def _reading(_series: Series, _setting: Setting, steps: Steps) -> Sequence[str]:
    k, d = steps.values
    side = "above" if k > d else "below"
    where = (
        "near the top of its recent range (overbought above 80)"
        if k > HIGH_ZONE
        else "near the bottom of its recent range (oversold below 20)"
        if k < LOW_ZONE
        else "inside its recent range, away from the zones above 80 and below 20"
    )
    return (
        (
            f"The close is {where}, and %K is {side} %D. A crossing of the two lines in one of the "
            "outer zones is the signal that most users wait for."
        ),
        (
            f"%K at {fixed(k)} puts the close {where}. With %K {side} %D at {fixed(d)}, short-term "
            f"momentum points {'up' if k > d else 'down'}."
        ),
    )


def _signal(_series: Series, _setting: Setting, before: Steps, now: Steps) -> Signal:
    old, new = before.values[0] - before.values[1], now.values[0] - now.values[1]
    return crossed(
        crossing(old, new, 0, 0),
        CROSSINGS,
        before=fixed(abs(old) if old > 0 and new > 0 else old),
        now=fixed(abs(new) if old > 0 and new > 0 else new),
        place=_place(now.values[0]),
    )


def _span(setting: Setting) -> str:
    return f"with periods {'/'.join(f'{x:.0f}' for x in setting)}"


CROSS_QUESTIONS = (
    "Do %K and %D of series {symbol} cross on bar {bar}? Take the {label}.",
    "How are bars {before} and {bar} of series {symbol} read on the {label}?",
)


COMPARISON = (
    (
        "within its own range the faster setting sees the close higher, so the latest swing is "
        "stronger than the longer one"
    ),
    (
        "within its own range the faster setting sees the close lower, so the latest swing is "
        "weaker than the longer one"
    ),
)


IN_PROPORTION = (
    "The close is set against the {0}-bar range; as long as the range stays the same, raw %K moves "
    "in proportion to the close."
)
UNSMOOTHED = "Nothing smooths this %K, so it takes on the whole change; %D takes up 1/{2} of it."
SMOOTHED = (
    "Smoothing over {1} bars passes 1/{1} of the raw change on to %K, and 1/{2} of that to %D."
)


def _stochastic(
    kind: str,
    settings: tuple[Setting, ...],
    formulas: tuple[str, ...],
    limit: str,
    note: str,
) -> ComputedIndicator:
    return ComputedIndicator(
        name=f"Stochastic Oscillator ({kind})",
        subcategory="Momentum Indicators",
        tags=("stochastic", "momentum", "oscillator"),
        settings=settings,
        span=_span,
        numbers=_closes,
        steps=_oscillator,
        reading=_reading,
        signal=_signal,
        signal_questions=CROSS_QUESTIONS,
        formulas=formulas,
        limits=(
            limit,
            "In a trend the oscillator sits in an outer zone, and crossings there come early.",
            "One extreme wick widens the range and mutes the readings until it drops out.",
        ),
        comparison=COMPARISON,
        compared="%K",
        moved="close in range",
        change_notes=(IN_PROPORTION, note),
    )


FAST = _stochastic(
    "Fast",
    ((5, 1, 3), (9, 1, 3), (14, 1, 3)),
    (
        (
            "%K = 100 * (close - lowest low) / (highest high - lowest low) over n bars; "
            "%D is the 3-bar mean of %K."
        ),
        (
            "The fast stochastic tells where in the n-bar range the close lies, 0 at the low and "
            "100 at the high; its signal line %D is a 3-bar mean."
        ),
    ),
    "Unsmoothed %K is jumpy, and many of its crossings are noise.",
    UNSMOOTHED,
)
SLOW = _stochastic(
    "Slow",
    ((5, 3, 3), (9, 3, 3), (14, 3, 3)),
    (
        (
            "Raw %K = 100 * (close - lowest low) / (highest high - lowest low); its 3-bar mean is "
            "the slow %K, and the 3-bar mean of that is %D."
        ),
        (
            "The slow stochastic starts from the fast one, 100 * (close - lowest low) / (highest "
            "high - lowest low), takes its 3-bar mean as %K and smooths that once more over 3 bars "
            "for %D."
        ),
    ),
    "Two smoothings make it calmer and later than the fast version.",
    SMOOTHED,
)
FULL = _stochastic(
    "Full",
    ((8, 3, 2), (10, 2, 3), (14, 2, 4)),
    (
        (
            "The full version leaves all three periods open: range n, smoothing of %K, smoothing "
            "of %D. Raw %K = 100 * (close - lowest low) / (highest high - lowest low)."
        ),
        (
            "Raw %K is the place of the close in the n-bar range, 100 * (close - lowest low) / "
            "(highest high - lowest low); two means of free length make %K and %D out of it."
        ),
    ),
    "Three free periods invite fitting to the past.",
    SMOOTHED,
)
