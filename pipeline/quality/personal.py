"""Mail addresses, telephone numbers and bank accounts of people in a text."""

import re
from collections.abc import Iterator

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[A-Za-z]{2,24})\b"
)
_PUBLIC_HOST = re.compile(r"^(?:lists?|groups|googlegroups|mailman)\.|\.lists?\.", re.IGNORECASE)
_PUBLIC_LOCAL = re.compile(r"-(?:dev|users?|announce|discuss|list|commits?|request)$|^git$")
_URL_START = re.compile(r"(?:https?://|www\.|git\+ssh://)\S*$", re.IGNORECASE)
_URL_CHARS = 200

_EXTENSION = r"(?:\s?(?:x|ext\.?|extension)\s?\d{1,5})?"
_TELEPHONE = re.compile(
    r"(?<![\w./+-])(?:"
    r"\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,5}(?:[ ./-]?\d{2,5}){1,5}"  # +49 30 1234 5678
    r"|00[1-9]\d{0,2}[ .-]\(?\d{1,5}\)?(?:[ .-]\d{2,5}){1,4}"  # 001-555-010-4477
    r"|(?:1[ .-])?\(\d{3}\)[ .-]?\d{3}[ .-]?\d{4}"  # (555) 010-4477
    r"|(?:1[.-])?\d{3}([.-])\d{3}\1\d{4}"  # 555-010-4477, 555.010.4477
    rf"){_EXTENSION}(?![\w/-]|\.\d|,\d)"
)
_LABEL = r"(?:office|desk|fax|mobile|cell|home|work)\b"
_NUMBER = re.compile(
    rf"(?<![\w./+-])\(?\+?\d[\d ()./-]{{5,20}}\d(?![\w/]|-(?!{_LABEL})|[.,]\d)", re.IGNORECASE
)
_ANNOUNCED = re.compile(
    r"""
    (?:\b(?:tele)?phone|\btel\b|\bmobile|\bcell(?:phone|ular)?\b|\bfax\b|\bwhatsapp|\bdial\b
        |\bhot-?line|\bhelp-?line|\bcontact\ (?:me|us|him|her|them|number)|\bmy\ number
        |\bcall(?:ing|ed)?\ (?:me|us|him|her|them|at|on|now|back)\b
        |\b(?:text|ring|reach|contact)\ (?:me|us|him|her|them|you)\b
        |\b(?:can|please|to)\ call\b|\banswering\ (?:at|on)\b|\bregistered\b
        |\b(?:messages?|sms)\ (?:to|on|at|from)\b)
    [^!?\n\d]{0,50}$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ANNOUNCED_CHARS = 80
_UNBROKEN = re.compile(r"[^!?\n\d]*")
"""What may stand between an announcing word and its number; matched backwards from the number."""

_LABELLED = re.compile(rf"[ \t]?[-(]?[ \t]?{_LABEL}", re.IGNORECASE)
_NO_TELEPHONE_BEHIND = re.compile(
    r"\s?(?:%|percent|per cent|bps\b|basis points|x\b)", re.IGNORECASE
)
_CURRENCY = "$€£¥₿"
_DATES = re.compile(
    r"(?:19|20)\d\d[-./ ](?:(?:19|20)\d\d|\d{1,2}(?:[-./ ]\d{1,2})?)|\d{1,2}[./-]\d{1,2}[./-]\d{4}"
)
_MIN_DIGITS, _MIN_ANNOUNCED_DIGITS, _MAX_DIGITS = 9, 6, 20
"""Counts of digits: E.164 allows 15, and an extension 5; few digits in one run are any number."""

_IBAN = re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![\w-])", re.IGNORECASE)
_IBAN_CHARS = {
    code: int(chars)
    for code, chars in re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28"
        " EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23"
        " IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27"
        " MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24"
        " SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20",
    )
}
"""Length of an account number by country: the registry of ISO 13616."""

_IBAN_REST = 1
_IBAN_MODULUS = 97
_DIGIT, _LETTER, _JOINT, _OTHER = b"0a-."
_MASK = (
    bytes(
        _DIGIT
        if chr(byte).isdigit()
        else _LETTER
        if chr(byte).isalpha()
        else _JOINT
        if chr(byte) in " ()./-+"
        else _OTHER
        for byte in range(128)
    )
    + bytes([_OTHER]) * 128
)
"""What a character is to the numbers sought: re finds a pattern that begins with one byte fast."""

_DIGITS_MASKED = re.compile(rb"0[0-]{5,30}0")
_ACCOUNT_MASKED = re.compile(rb"aa00[a0-]{10}")
_NEAR_CHARS = 12


def personal_spans(text: str) -> list[tuple[int, int]]:
    """Return where personal data stands in text, as (start, end), in order and apart.

    Mail addresses, but for those of public mailing lists and within a URL; telephone numbers
    in a form that only they have, or behind a word that announces one; account numbers (IBAN)
    of a country's length whose check digits are right. Percentages, prices, ranges, dates, the
    digits of a DOI or of a longer number are none.
    """
    mask = text.encode("ascii", "replace").translate(_MASK)
    found = sorted({*_mails(text), *_accounts(text, mask), *_telephones(text, mask)})
    apart: list[tuple[int, int]] = []
    for start, end in found:
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def _mails(text: str) -> Iterator[tuple[int, int]]:
    if "@" not in text:
        return
    for match in _EMAIL.finditer(text):
        local = match[0].partition("@")[0].lower()
        is_public = _PUBLIC_HOST.search(match["host"]) or _PUBLIC_LOCAL.search(local)
        if not is_public and not _URL_START.search(
            text, max(0, match.start() - _URL_CHARS), match.start()
        ):
            yield match.span()


def _telephones(text: str, mask: bytes) -> Iterator[tuple[int, int]]:
    for digits in _DIGITS_MASKED.finditer(mask):
        if digits[0].count(_DIGIT) < _MIN_ANNOUNCED_DIGITS:
            continue
        start, end = max(0, digits.start() - _NEAR_CHARS), digits.end() + _NEAR_CHARS
        for match in _TELEPHONE.finditer(text, start, end):
            if _is_telephone(text, *match.span(), _MIN_DIGITS):
                yield match.span()
        for match in _NUMBER.finditer(text, start, end):
            if _is_announced(text, *match.span()):
                yield match.span()


def _is_announced(text: str, start: int, end: int) -> bool:
    least = _MIN_DIGITS if text[start:end].isdigit() else _MIN_ANNOUNCED_DIGITS
    if not _is_telephone(text, start, end, least):
        return False
    before = text[max(0, start - _ANNOUNCED_CHARS) : start]
    unbroken = _UNBROKEN.match(before[::-1])
    chars = unbroken.end() if unbroken else 0
    is_named = _ANNOUNCED.search(text, start - chars, start) or _LABELLED.match(text, end)
    return is_named is not None


def _is_telephone(text: str, start: int, end: int, min_digits: int) -> bool:
    digits = sum(letter.isdigit() for letter in text[start:end])
    return (
        min_digits <= digits <= _MAX_DIGITS
        and not _NO_TELEPHONE_BEHIND.match(text, end)
        and (start == 0 or text[start - 1] not in _CURRENCY)
        and not _DATES.fullmatch(text[start:end])
    )


def _accounts(text: str, mask: bytes) -> Iterator[tuple[int, int]]:
    for masked in _ACCOUNT_MASKED.finditer(mask):
        match = _IBAN.match(text, masked.start())
        if match is None:
            continue
        length = _IBAN_CHARS.get(match[0][:2].upper(), 0)
        end = _end_of(match[0], length)
        number = match[0][:end].replace(" ", "")
        if len(number) == length and _is_checked(number):
            yield match.start(), match.start() + end


def _end_of(text: str, chars: int) -> int:
    """Return where the first chars characters of text end, spaces not counted."""
    for at, letter in enumerate(text):
        chars -= letter != " "
        if chars == 0:
            return at + 1
    return len(text)


def _is_checked(number: str) -> bool:
    """Return whether the check digits of an account number are right (ISO 7064, mod 97-10)."""
    moved = number[4:] + number[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % _IBAN_MODULUS == _IBAN_REST
