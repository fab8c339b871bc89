"""Check digits: what tells a key, a phrase or a card from any other text of its form."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from hashlib import sha256

from mnemonic import Mnemonic

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_CHECK_BYTES = 4
_PHRASE_WORDS = (24, 21, 18, 15, 12)
_WORD_BITS, _WORDS_A_CHECK_BIT = 11, 3
_WORD = re.compile(r"[A-Za-z]+")
_CARD_LENGTHS = {"3": (14, 15, 16), "4": (13, 16, 19), "5": (16,), "6": (16, 19), "2": (16,)}
"""Digits of a card number by its first digit: the ranges that are in use (ISO/IEC 7812)."""

_DOUBLED_LIMIT = 9


def is_base58check(text: str) -> bool:
    """Return whether a text in base 58 ends on the first bytes of its double SHA-256.

    Bitcoin's private keys (WIF) and extended private keys do; a text that looks like one by
    chance does with a chance of one in four billion.
    """
    number = 0
    for character in text:
        place = _BASE58.find(character)
        if place < 0:
            return False
        number = number * len(_BASE58) + place
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, check = content[:-_CHECK_BYTES], content[-_CHECK_BYTES:]
    return sha256(sha256(body).digest()).digest()[:_CHECK_BYTES] == check


def seed_phrases(text: str) -> Iterator[tuple[int, int]]:
    """Yield where seed phrases (BIP-39) stand in text, in order and apart, in one pass.

    12 to 24 words of the English list in a row, numbered or not, whose checksum is right: one of
    sixteen rows of twelve random words of the list would pass, and prose never keeps to it.
    """
    words = list(_WORD.finditer(text))
    places = [phrase_words().get(word[0].lower()) for word in words]
    at = number = known = 0  # number holds the known words from at on, eleven bits each
    while at <= len(words) - _PHRASE_WORDS[-1]:
        for place in places[at + known : at + _PHRASE_WORDS[0]]:
            if place is None:
                break
            number, known = number << _WORD_BITS | place, known + 1
        length = _phrase_length(number, known)
        if length:
            yield words[at].start(), words[at + length - 1].end()
        at += length or 1
        known = max(known - (length or 1), 0)
        number &= (1 << known * _WORD_BITS) - 1


@lru_cache(maxsize=256)
def _phrase_length(number: int, known: int) -> int:
    """Return how many words the longest seed phrase has that a row of words begins with, or 0.

    number holds the known words of the row, eleven bits each. Prose asks for no known words again
    and again, and a text of few words for the same ones.
    """
    for length in _PHRASE_WORDS:
        if length <= known and _is_phrase(number >> (known - length) * _WORD_BITS, length):
            return length
    return 0


@cache
def phrase_words() -> dict[str, int]:
    """Return the words that seed phrases are of (BIP-39, English), each with its place."""
    return {word: place for place, word in enumerate(Mnemonic("english").wordlist)}


def has_checksum(places: Sequence[int]) -> bool:
    """Return whether words, by their places in the list, end on the first bits of a SHA-256.

    Mnemonic.check says the same, and looks each word up by reading the list from its start.
    """
    number = 0
    for place in places:
        number = number << _WORD_BITS | place
    return _is_phrase(number, len(places))


def _is_phrase(number: int, length: int) -> bool:
    """Return whether so many words end on a checksum: of 33 bits, 32 are read and one is of it."""
    bits = length // _WORDS_A_CHECK_BIT
    digest = sha256((number >> bits).to_bytes(bits * 4, "big")).digest()
    return digest[0] >> (8 - bits) == number & (1 << bits) - 1


def is_card(text: str) -> bool:
    """Return whether a text holds the digits of a card: a known length, and Luhn's check digit."""
    digits = [character for character in text if character.isdigit()]
    if len(digits) not in _CARD_LENGTHS.get(digits[0], ()) or len(set(digits)) == 1:
        return False
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (1 + place % 2)
        total += value - _DOUBLED_LIMIT if value > _DOUBLED_LIMIT else value
    return total % 10 == 0
