"""Each indicator once more, in plain Python and from nothing but the numbers of the answer.

A function returns, for one line of an answer, what was printed (as text) and what comes out.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import sqrt

from tests.generate.printed import NUMBER, Line, numbers

Result = Iterator[tuple[str, float]]


def said(line: Line, pattern: str) -> str:
    """Return what the first group of a pattern matches in the line; N stands for a number."""
    found = re.search(pattern.replace("N", NUMBER), line.text)
    assert found, (pattern, line.text)
    return found[1]


def period(line: Line) -> int:
    """Return the period of a line: `SMA(20) = ...`, or `over 20 bars` in its span."""
    found = re.search(r"[A-Za-z%]\((\d+)\) =", line.text) or re.search(
        r"over (?:the last )?(\d+) bars", line.span
    )
    assert found, line
    return int(found[1])


def periods(line: Line) -> list[int]:
    """Return periods such as 12/26/9."""
    found = re.search(r"periods ([\d/]+)", line.span)
    assert found, line
    return [int(part) for part in found[1].split("/")]


def sma(line: Line) -> Result:
    n = period(line)
    yield said(line, r"= (N)\.?$"), sum(line.window("close", n)) / n


def wma(line: Line) -> Result:
    n = period(line)
    weighted = sum(w * c for w, c in enumerate(line.window("close", n), start=1))
    yield said(line, r"= (N)\.?$"), weighted / sum(range(n + 1))


def step(line: Line, name: str, value: float, divisor: int) -> float:
    """Return an exponential average from the state printed behind its name."""
    state = float(said(line, rf"{name} = (N) \+ 2/{divisor} \*"))
    return state + 2 / divisor * (value - state)


def ema(line: Line) -> Result:
    n = period(line)
    (close,) = line.window("close", 1)
    yield said(line, r"= (N)\.?$"), step(line, rf"EMA\({n}\)", close, n + 1)


def macd(line: Line) -> Result:
    fast, slow, smooth = periods(line)
    (close,) = line.window("close", 1)
    spread = step(line, rf"EMA\({fast}\)", close, fast + 1)
    spread -= step(line, rf"EMA\({slow}\)", close, slow + 1)
    signal = step(line, "signal", spread, smooth + 1)
    yield said(line, r"MACD = (N);"), spread
    yield said(line, r"\) = (N); histogram"), signal
    yield said(line, r"histogram = (N)"), spread - signal


def sar(line: Line) -> Result:
    extreme = float(said(line, r"extreme point (N)"))
    start = float(said(line, r"SAR = (N)"))
    factor = float(said(line, r"acceleration factor (N)"))
    highs, lows = line.window("high", 3), line.window("low", 3)
    stop = start + factor * (extreme - start)
    yield said(line, r"\) = (N)"), stop
    if line.text.startswith("uptrend"):
        stop = min(stop, *lows[:2])
        is_hit, reversed_to = lows[2] <= stop, max(extreme, *highs[1:])
    else:
        stop = max(stop, *highs[:2])
        is_hit, reversed_to = highs[2] >= stop, min(extreme, *lows[1:])
    assert is_hit == ("reverses" in line.text)
    last = re.findall(NUMBER, line.text)[-1]
    yield last, reversed_to if is_hit else stop


def midpoint(line: Line) -> Result:
    n = period(line)
    middle = (max(line.window("high", n)) + min(line.window("low", n))) / 2
    yield said(line, r"= (N)\.?$"), middle


def extreme_of(line: Line, noun: str, count: int) -> float:
    """Return the printed extreme of some bars, or the what-if price where that exceeds it."""
    column = line.columns[f"{noun} of {count}"][line.bar]
    other = line.columns.get(noun, {}).get(line.bar, column)
    return max(column, other) if noun == "high" else min(column, other)


def span_a(line: Line) -> Result:
    found = re.search(r"periods (\d+) and (\d+)", line.span)
    assert found
    spans = [int(number) for number in found.groups()]
    middles = [(extreme_of(line, "high", n) + extreme_of(line, "low", n)) / 2 for n in spans]
    yield said(line, r"Tenkan-sen\(\d+\) = [^=]* = (N)"), middles[0]
    yield said(line, r"Kijun-sen\(\d+\) = [^=]* = (N)"), middles[1]
    yield said(line, r"Span A = [^=]* = (N)"), sum(middles) / 2


def span_b(line: Line) -> Result:
    highs, lows = re.findall(rf"((?:{NUMBER}, ){{3}}{NUMBER})", line.text)
    assert int(said(line, r"blocks of (\d+) bars")) * 4 == period(line)
    yield said(line, r"/ 2 = (N)"), (max(numbers(highs)) + min(numbers(lows))) / 2


def aroon(line: Line) -> Result:
    n = period(line)
    highs, lows = line.window("high", n + 1)[::-1], line.window("low", n + 1)[::-1]
    yield said(line, r"Up = [^=]* = (N)"), 100 * (n - highs.index(max(highs))) / n
    yield said(line, r"Down = [^=]* = (N)"), 100 * (n - lows.index(min(lows))) / n


def vortex(line: Line) -> Result:
    n = period(line)
    bars = list(zip(line.window("high", n + 1), line.window("low", n + 1), strict=True))
    closes = line.window("close", n, line.bar - 1)
    ranges = sum(
        max(high, close) - min(low, close)
        for (high, low), close in zip(bars[1:], closes, strict=True)
    )
    plus = sum(abs(now[0] - then[1]) for then, now in pairwise(bars))
    minus = sum(abs(now[1] - then[0]) for then, now in pairwise(bars))
    yield said(line, r"\+VI = N / N = (N)"), plus / ranges
    yield said(line, r"-VI = N / N = (N)"), minus / ranges


def rsi(line: Line) -> Result:
    n = period(line)
    then, now = line.window("close", 2)
    averages = []
    for name, change in (("gain", now - then), ("loss", then - now)):
        state = float(said(line, rf"average {name} = \({n - 1} \* (N)"))
        averages.append(((n - 1) * state + max(change, 0)) / n)
        yield said(line, rf"average {name} = [^=]* = (N)"), averages[-1]
    yield said(line, r"= (N)\.?$"), 100 * averages[0] / sum(averages)


def stochastic(line: Line) -> Result:
    _, smooth, slow = periods(line)
    count = smooth + slow - 1
    highs = numbers(said(line, r"bars \d+ to \d+ are ((?:N, )*N), the"))
    lows = numbers(said(line, r"lowest lows ((?:N, )*N);"))
    raw = [
        100 * (close - low) / (high - low)
        for high, low, close in zip(highs, lows, line.window("close", count), strict=True)
    ]
    k = [sum(raw[i : i + smooth]) / smooth for i in range(slow)]
    yield said(line, r"; %K = (N)"), k[-1]
    yield said(line, r"%D = (N)"), sum(k) / slow


def roc(line: Line) -> Result:
    n = period(line)
    now, then = line.columns["close"][line.bar], line.columns["close"][line.bar - n]
    yield said(line, r"= (N) %\.?$"), 100 * (now / then - 1)


def momentum(line: Line) -> Result:
    then = line.columns["close"][line.bar - period(line)]
    yield said(line, r"= (N)\.?$"), line.columns["close"][line.bar] - then


def cci(line: Line) -> Result:
    n = period(line)
    prices = line.window("typical price", n)
    mean = sum(prices) / n
    deviation = sum(abs(price - mean) for price in prices) / n
    yield said(line, r"= (N)\.?$"), (prices[-1] - mean) / (0.015 * deviation)


def williams(line: Line) -> Result:
    n = period(line)
    high, low = max(line.window("high", n)), min(line.window("low", n))
    (close,) = line.window("close", 1)
    yield said(line, r"= (N)\.?$"), -100 * (high - close) / (high - low)


def deviation_of(line: Line, n: int) -> tuple[float, float]:
    """Return mean and population standard deviation of n closes."""
    closes = line.window("close", n)
    mean = sum(closes) / n
    return mean, sqrt(sum((close - mean) ** 2 for close in closes) / n)


def bollinger(line: Line) -> Result:
    found = re.search(r"over (\d+) bars with ([\d.]+) standard", line.span)
    assert found
    mean, deviation = deviation_of(line, int(found[1]))
    yield said(line, r"upper = [^=]* = (N)"), mean + float(found[2]) * deviation
    yield said(line, r"lower = [^=]* = (N)"), mean - float(found[2]) * deviation


def deviation(line: Line) -> Result:
    yield said(line, r"= (N)\.?$"), deviation_of(line, period(line))[1]


def atr(line: Line) -> Result:
    n = period(line)
    high, low = float(said(line, r"high (N)")), float(said(line, r"low (N)"))
    (previous,) = line.window("close", 1, line.bar - 1)
    span = max(high - low, abs(high - previous), abs(low - previous))
    state = float(said(line, rf"\({n - 1} \* (N)"))
    yield said(line, r"= (N)\.?$"), ((n - 1) * state + span) / n


def keltner(line: Line) -> Result:
    found = re.search(r"EMA (\d+), ATR (\d+) and factor ([\d.]*\d)", line.span, re.IGNORECASE)
    assert found
    n, m, factor = int(found[1]), int(found[2]), float(found[3])
    previous, close = line.window("close", 2)
    (high,), (low,) = line.window("high", 1), line.window("low", 1)
    span = max(high - low, abs(high - previous), abs(low - previous))
    middle = step(line, "middle", close, n + 1)
    reach = ((m - 1) * float(said(line, rf"\({m - 1} \* (N)")) + span) / m
    yield said(line, r"upper = [^=]* = (N)"), middle + factor * reach
    yield said(line, r"lower = [^=]* = (N)"), middle - factor * reach


def donchian(line: Line) -> Result:
    n = int(said(line, r"highest of (\d+) highs"))
    high, low = max(line.window("high", n)), min(line.window("low", n))
    yield said(line, r"upper line (N)"), high
    yield said(line, r"lower line (N)"), low
    yield said(line, r"= (N)\.?$"), (high + low) / 2


def balance(line: Line) -> Result:
    terms = numbers(said(line, r"signed volumes ((?:[+-]?\d+, )*[+-]?\d+) add").replace("+", ""))
    closes, volumes = line.window("close", len(terms) + 1), line.window("volume", len(terms))
    total = float(said(line, r"is (N);"))
    for (then, now), volume in zip(pairwise(closes), volumes, strict=True):
        total += volume if now > then else -volume if now < then else 0
    yield said(line, r"; OBV = (N)"), total


def vwap(line: Line) -> Result:
    n = period(line)
    prices, volumes = line.window("typical price", n), line.window("volume", n)
    turnover = sum(price * volume for price, volume in zip(prices, volumes, strict=True))
    yield said(line, r"= (N)\.?$"), turnover / sum(volumes)


def multiplier(line: Line, bar: int) -> float:
    """Return the money flow multiplier of a bar."""
    high, low, close = (line.columns[noun][bar] for noun in ("high", "low", "close"))
    return ((close - low) - (high - close)) / (high - low)


def cmf(line: Line) -> Result:
    n = period(line)
    bars = range(line.bar - n + 1, line.bar + 1)
    flow = sum(multiplier(line, bar) * line.columns["volume"][bar] for bar in bars)
    yield said(line, r"= (N)\.?$"), flow / sum(line.window("volume", n))


def mfi(line: Line) -> Result:
    n = period(line)
    prices, volumes = line.window("typical price", n + 1), line.window("volume", n)
    plus = minus = 0.0
    for (then, now), volume in zip(pairwise(prices), volumes, strict=True):
        plus += now * volume if now > then else 0
        minus += now * volume if now < then else 0
    yield said(line, r"= (N)\.?$"), 100 * plus / (plus + minus)


def accumulation(line: Line) -> Result:
    state = float(said(line, r"A/D = (N)"))
    flow = multiplier(line, line.bar) * line.columns["volume"][line.bar]
    yield said(line, r"= (N)\.?$"), state + flow


def turnover(line: Line) -> Result:
    now = line.columns["volume"][line.bar]
    then = line.columns["volume"][line.bar - period(line)]
    yield said(line, r"= (N) %\.?$"), 100 * (now / then - 1)


def force(line: Line) -> Result:
    n = period(line)
    then, now = line.window("close", 2)
    raw = (now - then) * line.columns["volume"][line.bar]
    yield said(line, r"= (N)\.?$"), step(line, rf"Force\({n}\)", raw, n + 1)


BY_HAND: dict[str, Callable[[Line], Result]] = {
    "Simple Moving Average (SMA)": sma,
    "Exponential Moving Average (EMA)": ema,
    "Weighted Moving Average (WMA)": wma,
    "Moving Average Convergence Divergence (MACD)": macd,
    "Parabolic SAR": sar,
    "Ichimoku Cloud (Tenkan-sen)": midpoint,
    "Ichimoku Cloud (Kijun-sen)": midpoint,
    "Ichimoku Cloud (Senkou Span A)": span_a,
    "Ichimoku Cloud (Senkou Span B)": span_b,
    "Aroon Indicator": aroon,
    "Vortex Indicator": vortex,
    "Relative Strength Index (RSI)": rsi,
    "Stochastic Oscillator (Fast)": stochastic,
    "Stochastic Oscillator (Slow)": stochastic,
    "Stochastic Oscillator (Full)": stochastic,
    "Rate of Change (ROC)": roc,
    "Commodity Channel Index (CCI)": cci,
    "Williams %R": williams,
    "Momentum Indicator": momentum,
    "Bollinger Bands": bollinger,
    "Average True Range (ATR)": atr,
    "Keltner Channels": keltner,
    "Donchian Channels": donchian,
    "Standard Deviation": deviation,
    "On-Balance Volume (OBV)": balance,
    "Volume Weighted Average Price (VWAP)": vwap,
    "Chaikin Money Flow (CMF)": cmf,
    "Money Flow Index (MFI)": mfi,
    "Accumulation/Distribution Line": accumulation,
    "Volume Rate of Change": turnover,
    "Force Index": force,
}
