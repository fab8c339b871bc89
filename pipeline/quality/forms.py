"""Closed forms of computable indicators, and the words in which answers state them."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

NUMBER = r"[$€]?\s?(-?\d+(?:,\d{3})*(?:\.\d+)?)(?![\d.,]*\d|\s?%?\s?[-+*/\u00d7÷]\s?[\d(]|\s+or\b)"
_ABOUT = r"\s*(?:about |approximately |roughly |~)?"
_NOTE = r"(?:\s*\([^)\n]{0,40}\))?\s*"
_VERBS = r"=|≈|is|was|equals|comes to|would be|will be|of"
_IS = rf"{_NOTE}(?:{_VERBS}|:|are|at)?{_ABOUT}"
RESULT = rf"{_NOTE}(?:value |line |reading )?(?:{_VERBS}|gives){_ABOUT}"


class Form(NamedTuple):
    """A closed form: what names its result, what names each input, and how it is calculated.

    words are those without which no answer states it, so that most are not searched.
    """

    name: str
    words: frozenset[str]
    result: str
    inputs: Mapping[str, str]
    formula: Callable[..., float]


_HIGH = r"\b(?:highest high|period high|high(?:est)?(?: price)?)"
_LOW = r"\b(?:lowest low|period low|low(?:est)?(?: price)?)"
_CLOSE = r"\b(?:current |latest |today's |last )?(?:clos(?:e|ing price)|price)"
_PREVIOUS_CLOSE = r"\b(?:previous|prior|yesterday's) clos(?:e|ing price)"


def _true_range(high: float, low: float, previous: float) -> float:
    return max(high - low, abs(high - previous), abs(low - previous))


FORMS: tuple[Form, ...] = (
    Form(
        "RSI",
        frozenset(("rsi", "gain", "loss")),
        r"\bRSI",
        {"gain": r"\b(?:average|avg\.?) gain", "loss": r"\b(?:average|avg\.?) loss"},
        lambda gain, loss: 100 - 100 / (1 + gain / loss),
    ),
    Form(
        "RSI",
        frozenset(("rsi", "rs")),
        r"\bRSI",
        {"rs": r"\b(?:relative strength|RS)(?! index)"},
        lambda rs: 100 - 100 / (1 + rs),
    ),
    Form(
        "Williams %R",
        frozenset(("r", "high", "low")),
        r"(?:Williams )?%R",
        {"high": _HIGH, "low": _LOW, "close": _CLOSE},
        lambda high, low, close: -100 * (high - close) / (high - low),
    ),
    Form(
        "%K",
        frozenset(("k", "high", "low")),
        r"%K",
        {"high": _HIGH, "low": _LOW, "close": _CLOSE},
        lambda high, low, close: 100 * (close - low) / (high - low),
    ),
    Form(
        "pivot point",
        frozenset(("pivot", "high", "low")),
        r"\bpivot(?: point)?",
        {"high": _HIGH, "low": _LOW, "close": _CLOSE},
        lambda high, low, close: (high + low + close) / 3,
    ),
    Form(
        "typical price",
        frozenset(("typical", "high", "low")),
        r"\btypical price",
        {"high": _HIGH, "low": _LOW, "close": r"\bclos(?:e|ing price)"},
        lambda high, low, close: (high + low + close) / 3,
    ),
    Form(
        "MACD",
        frozenset(("macd", "ema")),
        r"\bMACD(?: line)?",
        {
            "fast": r"\b(?:12[- ](?:period|day|hour) EMA|fast EMA|EMA\(?12\)?)",
            "slow": r"\b(?:26[- ](?:period|day|hour) EMA|slow EMA|EMA\(?26\)?)",
        },
        lambda fast, slow: fast - slow,
    ),
    Form(
        "MACD histogram",
        frozenset(("macd", "histogram", "signal")),
        r"\bhistogram",
        {"macd": r"\bMACD(?: line)?", "signal": r"\bsignal line"},
        lambda macd, signal: macd - signal,
    ),
    Form(
        "ROC",
        frozenset(("ago", "price")),
        r"\b(?:ROC|rate of change)",
        {
            "close": r"\b(?:current|today's|latest) (?:clos(?:e|ing price)|price)",
            "before": r"\b(?:clos(?:e|ing price)|price) (?:\d+|\w+) (?:periods?|days?|bars?) ago",
        },
        lambda close, before: 100 * (close / before - 1),
    ),
    Form(
        "momentum",
        frozenset(("ago", "momentum")),
        r"\bmomentum",
        {
            "close": r"\b(?:current|today's|latest) (?:clos(?:e|ing price)|price)",
            "before": r"\b(?:clos(?:e|ing price)|price) (?:\d+|\w+) (?:periods?|days?|bars?) ago",
        },
        lambda close, before: close - before,
    ),
    Form(
        "true range",
        frozenset(("true", "range", "high", "low")),
        r"\btrue range",
        {"high": r"\bhigh", "low": r"\blow", "previous": _PREVIOUS_CLOSE},
        _true_range,
    ),
    Form(
        "CCI",
        frozenset(("cci", "typical", "deviation")),
        r"\bCCI",
        {
            "typical": r"\btypical price",
            "mean": r"\b(?:SMA|moving average|mean)(?: of (?:the )?typical price)?",
            "deviation": r"\bmean (?:absolute )?deviation",
        },
        lambda typical, mean, deviation: (typical - mean) / (0.015 * deviation),
    ),
    Form(
        "MFI",
        frozenset(("mfi", "ratio")),
        r"\b(?:MFI|money flow index)",
        {"ratio": r"\bmoney (?:flow )?ratio"},
        lambda ratio: 100 - 100 / (1 + ratio),
    ),
    Form(
        "money flow multiplier",
        frozenset(("multiplier", "high", "low")),
        r"\bmoney flow multiplier",
        {"high": _HIGH, "low": _LOW, "close": _CLOSE},
        lambda high, low, close: ((close - low) - (high - close)) / (high - low),
    ),
    Form(
        "force index",
        frozenset(("force", "index", "volume")),
        r"\bforce index",
        {
            "close": r"\b(?:current|today's|latest) clos(?:e|ing price)",
            "previous": _PREVIOUS_CLOSE,
            "volume": r"\bvolume",
        },
        lambda close, previous, volume: (close - previous) * volume,
    ),
    Form(
        "Tenkan-sen",
        frozenset(("tenkan", "9")),
        r"\b(?:tenkan(?:-sen)?|conversion line)",
        {"high": r"\b9-(?:period|day) high", "low": r"\b9-(?:period|day) low"},
        lambda high, low: (high + low) / 2,
    ),
    Form(
        "Kijun-sen",
        frozenset(("kijun", "26")),
        r"\b(?:kijun(?:-sen)?|base line)",
        {"high": r"\b26-(?:period|day) high", "low": r"\b26-(?:period|day) low"},
        lambda high, low: (high + low) / 2,
    ),
    Form(
        "Senkou Span A",
        frozenset(("senkou", "tenkan", "kijun")),
        r"\bsenkou span A",
        {"tenkan": r"\btenkan(?:-sen)?", "kijun": r"\bkijun(?:-sen)?"},
        lambda tenkan, kijun: (tenkan + kijun) / 2,
    ),
    Form(
        "middle channel",
        frozenset(("middle", "upper", "lower")),
        r"\bmiddle (?:channel|line|band)",
        {"upper": r"\bupper (?:channel|line|band)", "lower": r"\blower (?:channel|line|band)"},
        lambda upper, lower: (upper + lower) / 2,
    ),
    Form(
        "SAR",
        frozenset(("sar", "extreme")),
        r"\b(?:new|next|tomorrow's) SAR",
        {
            "sar": r"\b(?:prior|previous|current|today's) SAR",
            "factor": r"\b(?:AF|acceleration factor)",
            "extreme": r"\b(?:EP|extreme point)",
        },
        lambda sar, factor, extreme: sar + factor * (extreme - sar),
    ),
)
"""Closed forms alone: what needs a series of its own to be calculated is not in the table."""

COMPILED = tuple(
    (
        form,
        re.compile(rf"{form.result}{RESULT}{NUMBER}", re.IGNORECASE),
        {
            name: re.compile(rf"{names}{_IS}{NUMBER}", re.IGNORECASE)
            for name, names in form.inputs.items()
        },
    )
    for form in FORMS
)
"""Each form with the patterns of its result and of its inputs."""
