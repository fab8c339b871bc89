"""Words of a text, as every measure of quality counts them."""

import re

_WORD = re.compile(r"[^\W_]+")

_BEHIND_DIGITS = ":"
_WORD_BYTES = b"abcdefghijklmnopqrstuvwxyz0123456789"
_ASCII_WORD_BYTES = bytes(byte if byte in _WORD_BYTES else ord(" ") for byte in range(256))

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before
    being below between both but by can cannot could did do does doing don down during each etc
    few for from further get had has have having he her here hers him his how however i if in
    into is it its itself just may me might more most must my need no nor not now of off on once
    one only or other our out over own per re s same shall she should since so some such t than
    that the their them then there these they this those through to too under until up upon us
    use used using ve very via was we were what when where whether which while who whom whose why
    will with within without would you your
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)
"""English words that tell no subject from another."""


def words(text: str) -> list[str]:
    """Return the words of text in lower case: runs of letters and digits.

    Hyphens, underscores and apostrophes part words, so that `on-chain` and `on chain` count the
    same. Text in ASCII takes a path through bytes that gives the same words at a third of the
    cost.
    """
    lowered = text.lower()
    if lowered.isascii():
        return lowered.encode().translate(_ASCII_WORD_BYTES).decode().split()
    return _WORD.findall(lowered)


def content_words(distinct: frozenset[str]) -> frozenset[str]:
    """Return the words that can name a subject: no stop words, no bare numbers."""
    numbers = [word for word in distinct if word < _BEHIND_DIGITS and word.isdecimal()]
    others = distinct - STOP_WORDS
    return others.difference(numbers) if numbers else others
