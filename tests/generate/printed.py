"""Read a worked example the way a reader would: the inputs, then one line per calculation."""

import re
from typing import NamedTuple

NUMBER = r"-?\d+(?:\.\d+)?"
LISTS = re.compile(
    rf"\b(close|high|low|volume|typical price)s? of bars? (\d+)(?: (?:to|and) \d+)?: "
    rf"({NUMBER}(?:, {NUMBER})*)",
    re.IGNORECASE,
)
EXTREMES = re.compile(
    rf"the (\d+) bars up to bar (\d+) have the highest high ({NUMBER}) "
    rf"and the lowest low ({NUMBER})",
    re.IGNORECASE,
)
LINE = re.compile(
    r"^(Bar \d+"
    r"|Over (?:the last )?\d+ bars(?: with [\d.]+ standard deviations)?"
    rf"|With (?:the|a) (?:close|high|low) of {NUMBER}(?: as traded)?"
    r"|With (?:periods|step|EMA) [^:\n]*): (.*)$",
    re.MULTILINE,
)
OTHER_PRICE = re.compile(rf"^With (?:the|a) (close|high|low) of ({NUMBER})( as traded)?$")


class Line(NamedTuple):
    """One calculation: at which bar, with which settings, from which columns of the series."""

    bar: int
    span: str
    text: str
    columns: dict[str, dict[int, float]]

    def window(self, column: str, count: int, end: int | None = None) -> list[float]:
        """Return `count` values up to a bar, oldest first; a missing one is a KeyError."""
        last = self.bar if end is None else end
        return [self.columns[column][bar] for bar in range(last - count + 1, last + 1)]


def numbers(text: str) -> list[float]:
    """Return all numbers of a list."""
    return [float(number) for number in re.findall(NUMBER, text)]


def columns(answer: str) -> dict[str, dict[int, float]]:
    """Return every printed column of the series, by bar; extremes as `high of 26`."""
    found: dict[str, dict[int, float]] = {}
    for noun, first, values in LISTS.findall(answer):
        column = found.setdefault(noun.lower(), {})
        column.update(enumerate(numbers(values), start=int(first)))
    for count, bar, high, low in EXTREMES.findall(answer):
        found.setdefault(f"high of {count}", {})[int(bar)] = float(high)
        found.setdefault(f"low of {count}", {})[int(bar)] = float(low)
    return found


def lines(question: str, answer: str) -> list[Line]:
    """Return the calculations of an answer with the inputs that each of them may use."""
    last = max(int(bar) for bar in re.findall(r"\b(?:bar|bars \d+ and) (\d+)", question))
    data = columns(answer)
    made = []
    for prefix, text in LINE.findall(answer):
        bar = int(prefix.removeprefix("Bar ")) if prefix.startswith("Bar ") else last
        other = OTHER_PRICE.match(prefix)
        span = question if other or prefix.startswith("Bar ") else prefix.lower()
        if other and other[3]:
            data.setdefault(other[1], {})[bar] = float(other[2])
        made.append(Line(bar, span, text, _moved(data, other, bar) if other else data))
    return made


def _moved(
    data: dict[str, dict[int, float]], other: re.Match[str], bar: int
) -> dict[str, dict[int, float]]:
    """Return the columns with another price on a bar, and the typical price that follows."""
    field, price = other[1], float(other[2])
    made = {noun: dict(column) for noun, column in data.items()}
    old = made[field][bar]
    made[field][bar] = price
    if "typical price" in made:
        made["typical price"][bar] += (price - old) / 3
    return made
