"""The ways a question can be put: a value, two settings, another price, two bars in a row."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.generate.indicator import ComputedIndicator, Setting
from pipeline.generate.series import Draws, Series
from pipeline.generate.text import UnprintableError, arithmetic, decimals, fixed, sentence, signed

ANSWER_CHARS = (500, 1200)
QUIET_ONE_IN = 3  # bars on which nothing happens are asked about, but not as often as they come

# Names are singular (SMA) and plural (Bollinger Bands), so no question lets a verb agree with one.
VALUE_QUESTIONS = (
    "Compute the {label} of series {symbol} at bar {bar} and show the calculation.",
    "Series {symbol} closed bar {bar} at {close}. Work out the {label} and say how to read it.",
    "How does one calculate the {label} at bar {bar} of series {symbol}, with real numbers?",
    "Walk through the {label} for bar {bar} of series {symbol} (close {close}).",
)
COMPARISON_QUESTIONS = (
    "Series {symbol}, bar {bar}: compare the {name} {first} and {second}.",
    (
        "At bar {bar} of series {symbol}, what changes when one takes the {name} {second} "
        "instead of {first}?"
    ),
    (
        "Compute the {name} of series {symbol} at bar {bar} both {first} and {second}. "
        "What does the difference say?"
    ),
)
CHANGE_QUESTIONS = (
    (
        "Series {symbol}, bar {bar}: what would the {label} be with a {field} of {new} "
        "instead of {old} ({move} %)?"
    ),
    (
        "Suppose the {field} of bar {bar} of series {symbol} had been {new} rather than {old}, "
        "a change of {move} %. What happens to the {label}?"
    ),
    (
        "What does moving the {field} of bar {bar} of series {symbol} from {old} to {new} "
        "({move} %) do to the {label}?"
    ),
)
SIGNAL_QUESTIONS = (
    "Which signal do bars {before} and {bar} of series {symbol} give on the {label}?",
)
RESULT_OPENINGS = (
    "In short: at bar {bar} of series {symbol}, {result}.",
    "Result first: {result} at bar {bar} of series {symbol}.",
    "",
)
DATA_OPENINGS = ("Inputs: ", "The numbers needed: ", "From series {symbol}: ", "")
READING_OPENINGS = ("", "How traders read it: ", "Reading: ")
LIMIT_OPENINGS = ("", "A caution: ", "Limits: ")
LEAST_MOVE = 0.002
CLOSE_MOVES_PCT = (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)


class Draft(NamedTuple):
    """A question and its answer, with what the framing knows about them."""

    question: str
    answer: str
    difficulty: str
    tag: str


Framing = Callable[[ComputedIndicator, Series, Draws], Draft]


def framings_of(subject: ComputedIndicator) -> list[Framing]:
    """Return the framings that make sense for an indicator, in their order of turns."""
    framings: list[Framing] = [value, signal]
    if subject.comparison:
        framings.append(comparison)
    if subject.moved:
        framings.append(change)
    return framings


def value(subject: ComputedIndicator, series: Series, draws: Draws) -> Draft:
    """Return a draft that computes the indicator at the last bar."""
    setting = draws.of(subject.settings)
    steps = subject.steps(series, setting)
    question = _ask(draws.of(VALUE_QUESTIONS), subject, series, setting)
    opening = draws.of(RESULT_OPENINGS).format(
        bar=series.bars, symbol=series.symbol, result=steps.result
    )
    answer = _answer(
        subject,
        draws,
        opening=opening,
        data=_data(subject, series, [setting], 0, draws),
        lines=[f"Bar {series.bars}: {steps.text}"],
        reading=draws.of(READING_OPENINGS) + draws.of(subject.reading(series, setting, steps)),
    )
    return Draft(question, answer, "beginner", "worked value")


def comparison(subject: ComputedIndicator, series: Series, draws: Draws) -> Draft:
    """Return a draft that computes two settings at the last bar, the faster one first."""
    i = draws.below(len(subject.settings) - 1)
    first, second = subject.settings[i], draws.of(subject.settings[i + 1 :])
    one, two = subject.steps(series, first), subject.steps(series, second)
    question = draws.of(COMPARISON_QUESTIONS).format(
        name=subject.name,
        symbol=series.symbol,
        bar=series.bars,
        first=subject.span(first),
        second=subject.span(second),
    )
    gap = one.values[0] - two.values[0]
    if gap == 0 or subject.comparison is None:
        raise UnprintableError("both settings give the same value")
    larger = f"{fixed(abs(gap), decimals(one.result))} {'above' if gap > 0 else 'below'} the second"
    meaning = subject.comparison[0 if gap > 0 else 1]
    answer = _answer(
        subject,
        draws,
        opening="",
        data=_data(subject, series, [first, second], 0, draws),
        lines=[
            f"{subject.span(first)}: {one.text}",
            f"{subject.span(second)}: {two.text}",
        ],
        reading=f"The first {subject.compared} lies {larger}: {meaning}",
    )
    return Draft(question, answer, "intermediate", "two settings")


def change(subject: ComputedIndicator, series: Series, draws: Draws) -> Draft:
    """Return a draft that computes the last bar again with another close, high or low."""
    setting = draws.of(subject.settings)
    field, new = _other_price(subject, series, draws)
    other = series.moved(field, new)
    old = float(getattr(series, field)[-1])
    if abs(new / old - 1) < LEAST_MOVE:
        raise UnprintableError("the bar leaves no room for another price")
    was, would_be = subject.steps(series, setting), subject.steps(other, setting)
    question = _ask(
        draws.of(CHANGE_QUESTIONS),
        subject,
        series,
        setting,
        field=field,
        old=fixed(old),
        new=fixed(new),
        move=signed(100 * (new / old - 1)),
    )
    if was.text == would_be.text:
        outcome = "Nothing moves: no term of the formula changes with this price."
    elif was.values == would_be.values:
        outcome = f"With the decimals shown nothing moves: the result stays {was.result}."
    else:
        outcome = f"The result would go from {was.result} to {would_be.result}."
    note = draws.of(subject.change_notes).format(*(f"{x:g}" for x in setting))
    answer = _answer(
        subject,
        draws,
        opening="",
        data=_data(subject, series, [setting], 0, draws),
        lines=[
            f"With the {field} of {fixed(old)} as traded: {was.text}",
            f"With a {field} of {fixed(new)}: {would_be.text}",
        ],
        reading=f"{outcome} {note}",
    )
    return Draft(question, answer, "advanced", "sensitivity")


def signal(subject: ComputedIndicator, series: Series, draws: Draws) -> Draft:
    """Return a draft that reads the last two bars together."""
    setting = draws.of(subject.settings)
    before = subject.steps(series.until(series.bars - 1), setting)
    now = subject.steps(series, setting)
    reading_of_bars = subject.signal(series, setting, before, now)
    if not reading_of_bars.is_event and draws.below(QUIET_ONE_IN):
        raise UnprintableError("nothing happens on this bar")
    question = _ask(
        draws.of((*SIGNAL_QUESTIONS, *subject.signal_questions)), subject, series, setting
    )
    answer = _answer(
        subject,
        draws,
        opening="",
        data=_data(subject, series, [setting], 1, draws),
        lines=[f"Bar {series.bars - 1}: {before.text}", f"Bar {series.bars}: {now.text}"],
        reading=draws.of(READING_OPENINGS) + reading_of_bars.text,
    )
    return Draft(question, answer, "intermediate", "signal")


def _ask(
    template: str, subject: ComputedIndicator, series: Series, setting: Setting, **slots: str
) -> str:
    return template.format(
        label=f"{subject.name} {subject.span(setting)}".strip(),
        symbol=series.symbol,
        bar=series.bars,
        before=series.bars - 1,
        close=fixed(float(series.close[-1])),
        close_before=fixed(float(series.close[-2])),
        **slots,
    )


def _other_price(subject: ComputedIndicator, series: Series, draws: Draws) -> tuple[str, float]:
    """Return which price of the last bar is another one, and which."""
    if subject.moved == "close in range":
        return "close", float(draws.of((series.high[-1], series.low[-1])))
    pct = draws.of(CLOSE_MOVES_PCT)
    if subject.moved == "close":
        return "close", round(float(series.close[-1]) * (1 + pct / 100), 2)
    if subject.moved == "high":
        return "high", round(float(series.high[-1]) * (1 + abs(pct) / 100), 2)
    return "low", round(float(series.low[-1]) * (1 - abs(pct) / 100), 2)


def _data(
    subject: ComputedIndicator,
    series: Series,
    settings: Sequence[Setting],
    earlier: int,
    draws: Draws,
) -> str:
    numbers = subject.numbers(series, settings, earlier)
    opening = draws.of(DATA_OPENINGS).format(symbol=series.symbol)
    return sentence(opening + numbers)


def _answer(
    subject: ComputedIndicator,
    draws: Draws,
    *,
    opening: str,
    data: str,
    lines: list[str],
    reading: str,
) -> str:
    """Return the paragraphs of an answer; a short one takes up a second limit."""
    formula = draws.of(subject.formulas)
    head = [formula, data] if draws.below(2) or not data else [data, formula]
    start = draws.below(len(subject.limits))
    limits = [*subject.limits[start:], *subject.limits[:start]]
    last = sentence(reading)
    caution = draws.of(LIMIT_OPENINGS)
    body = "\n".join(sentence(arithmetic(line)) for line in lines)
    parts = [part for part in (opening, *head, body, last) if part]
    for used in range(1, len(limits) + 1):
        answer = "\n\n".join([*parts, sentence(caution + " ".join(limits[:used]))])
        if len(answer) >= ANSWER_CHARS[0]:
            break
    if not ANSWER_CHARS[0] <= len(answer) <= ANSWER_CHARS[1]:
        raise UnprintableError(f"{len(answer)} characters")
    return answer
