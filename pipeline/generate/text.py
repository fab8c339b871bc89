"""Numbers and lists as the examples print them."""

import re
from collections.abc import Iterable


class UnprintableError(ValueError):
    """The printed numbers would not lead to the printed result; the example is not offered."""


def fixed(value: float, digits: int = 2) -> str:
    """Return the value with a fixed number of decimals and never as minus zero."""
    shown = f"{value:.{digits}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


def signed(value: float, digits: int = 2) -> str:
    """Return the value with its sign, plus included."""
    shown = fixed(value, digits)
    return shown if shown.startswith("-") else f"+{shown}"


def agreed(library: float, by_hand: float, digits: int) -> str:
    """Return the library's value, printed, when the printed working leads to the same digits.

    `by_hand` must be computed from numbers as they are printed. A reader who redoes the sum then
    gets exactly what the text says; raises UnprintableError where rounding would get in between.
    """
    shown = fixed(library, digits)
    if shown != fixed(by_hand, digits):
        raise UnprintableError(f"{library!r} by the library, {by_hand!r} by hand")
    return shown


def row(values: Iterable[float], digits: int = 2) -> str:
    """Return the numbers separated by commas."""
    return ", ".join(fixed(value, digits) for value in values)


def price(value: float) -> str:
    """Return a price with two decimals, or four where a computed one needs them."""
    return fixed(value, 2 if round(value, 2) == round(value, 6) else 4)


def listed(noun: str, values: Iterable[float], last_bar: int, digits: int = 2) -> str:
    """Return `closes of bars 41 to 45: ...` for the values that end at `last_bar`.

    noun: what one value is, in the singular. values: one per bar, oldest first, at least one.
    """
    shown = [fixed(value, digits) for value in values]
    first = last_bar - len(shown) + 1
    link = "and" if len(shown) == 2 else "to"  # noqa: PLR2004 - two bars are no range
    if first == last_bar:
        return f"{noun} of bar {last_bar}: {shown[0]}"
    return f"{noun}s of bars {first} {link} {last_bar}: {', '.join(shown)}"


def arithmetic(text: str) -> str:
    """Return the text with `+ -x` and `- -x` written as one sign."""
    return text.replace(" - -", " + ").replace(" + -", " - ")


def decimals(text: str) -> int:
    """Return how many decimals the last number of the text has."""
    found = re.search(r"\.(\d+)\D*$", text)
    return len(found[1]) if found else 0


def sentence(text: str) -> str:
    """Return the text with a capital first letter and a full stop."""
    capital = text[:1].upper() + text[1:]
    return capital if capital.endswith((".", "!", "?")) else f"{capital}."
