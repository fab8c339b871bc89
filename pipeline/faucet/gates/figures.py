"""What of an answer is figures and sums, and what is left of it without them.

A worked sum works on figures that the question or the answer states. Sums on figures that come
from nowhere can be put behind any text, as many as wanted: what stands before them is the answer.
"""

import re

import re2

from pipeline.faucet.gates.likeness import words

_LISTING_WORDS = 12
_LISTING_SHARE = 0.5
_LISTING_VOCABULARY = 6
_MANY_SUMS = 3

_NUMBER = r"\d+(?:[.,]\d+)*"
_SUM = re2.compile(
    rf"[-(]*[$€£]?{_NUMBER}[%)]*(?:\s*(?:[-+*/x^:×÷·−–]|\*\*)\s*[-(]*[$€£]?{_NUMBER}[%)]*)+"  # noqa: RUF001 - signs that answers have
    rf"(?:\s*[=≈]\s*[-−]?[$€£]?{_NUMBER}%?)"  # noqa: RUF001
)
_FIGURE = re.compile(_NUMBER)
_RESULT_SIGN = re.compile("[=≈]")


def is_listing(answer: str) -> bool:
    """Return whether an answer is a list of figures: it says nothing and calculates nothing."""
    found = words(answer)
    plain = [word for word in found if not word[0].isdigit()]
    is_long = len(found) >= _LISTING_WORDS and len(plain) <= _LISTING_SHARE * len(found)
    return is_long and len(set(plain)) <= _LISTING_VOCABULARY and "=" not in answer


def without_loose_sums(question: str, answer: str) -> tuple[str, int]:
    """Return an answer without the sums that work on no stated figure, and how many there were.

    Stated is what the question says, what the answer says outside of its sums, and what a sum
    before came to that works on a stated figure itself.
    """
    if "=" not in answer and "≈" not in answer:
        return answer, 0
    stated = set(_figures(f"{question}\n{_SUM.sub(' ', answer)}"))
    kept, last, loose = [], 0, 0
    for found in _SUM.finditer(answer):
        worked, result = _RESULT_SIGN.split(found.group(), maxsplit=1)
        if stated.isdisjoint(_figures(worked)):
            loose += 1
            kept.append(answer[last : found.start()])
            last = found.end()
        else:
            stated.update(_figures(result))
    return "".join([*kept, answer[last:]]), loose


def is_mostly_sums(answer: str, rest: str, loose: int) -> bool:
    """Return whether an answer is loose sums for the most part: rest is what it is without them."""
    return loose >= _MANY_SUMS and 2 * len(_telling(rest)) <= len(words(answer))


def _telling(text: str) -> list[str]:
    return [word for word in words(text) if not word[0].isdigit()]


def _figures(text: str) -> list[str]:
    return [figure.replace(",", "") for figure in _FIGURE.findall(text)]
