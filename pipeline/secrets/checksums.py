"""Check digits: what tells a key, a phrase or a card from any other text of its form."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256

from mnemonic import Mnemonic

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_CHECK_BYTES = 4
_PHRASE_WORDS = (24, 21, 18, 15, 12)
_WORD_BITS, _CHECK_SHARE = 11, 32
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
    places = [_words().get(word[0].lower()) for word in words]
    at = 0
    while at <= len(words) - _PHRASE_WORDS[-1]:
        length = _phrase_at(places, at)
        if length:
            yield words[at].start(), words[at + length - 1].end()
        at += length or 1


def _phrase_at(places: Sequence[int | None], at: int) -> int:
    """Return the number of words of the longest seed phrase that begins at a word, 0 for none."""
    for length in _PHRASE_WORDS:
        row = [place for place in places[at : at + length] if place is not None]
        if len(row) == length and has_checksum(row):
            return length
    return 0


@cache
def _words() -> dict[str, int]:
    return {word: place for place, word in enumerate(Mnemonic("english").wordlist)}


def has_checksum(places: Sequence[int]) -> bool:
    """Return whether words, by their places in the list, end on the first bits of a SHA-256.

    Of eleven bits a word, one in thirty-three is of the checksum. Mnemonic.check says the same,
    and looks each word up by reading the list from its start.
    """
    number = 0
    for place in places:
        number = number << _WORD_BITS | place
    bits = len(places) * _WORD_BITS
    check_bits = bits // (_CHECK_SHARE + 1)
    entropy, check = divmod(number, 1 << check_bits)
    digest = sha256(entropy.to_bytes(bits * _CHECK_SHARE // (_CHECK_SHARE + 1) // 8, "big"))
    return digest.digest()[0] >> (8 - check_bits) == check


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
