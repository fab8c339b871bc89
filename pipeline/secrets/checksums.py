"""Check digits: what tells a key, a phrase or a card from any other text of its form."""

import re
from functools import cache
from hashlib import sha256

from mnemonic import Mnemonic

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_CHECK_BYTES = 4
_PHRASE_WORDS = (24, 21, 18, 15, 12)
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


def seed_phrase(text: str) -> tuple[int, int] | None:
    """Return where the first seed phrase (BIP-39) stands in text, None where there is none.

    12 to 24 words of the English list in a row, numbered or not, whose checksum is right: one of
    sixteen rows of twelve random words of the list would pass, and prose never keeps to it.
    """
    words = list(_WORD.finditer(text))
    known = [word[0].lower() in _words() for word in words]
    for place in range(len(words) - _PHRASE_WORDS[-1] + 1):
        for length in _PHRASE_WORDS:
            row = words[place : place + length]
            if len(row) == length and all(known[place : place + length]) and _checks(row):
                return row[0].start(), row[-1].end()
    return None


@cache
def _words() -> frozenset[str]:
    return frozenset(_mnemonic().wordlist)


@cache
def _mnemonic() -> Mnemonic:
    return Mnemonic("english")


def _checks(row: list[re.Match[str]]) -> bool:
    return bool(_mnemonic().check(" ".join(word[0].lower() for word in row)))


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
