"""Credentials and personal data in text, and their removal from whatever is shown."""

import re

from pipeline.secrets.finding import secret_spans
from pipeline.secrets.masking import REDACTED, masked

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[A-Za-z]{2,24}\b")
_TELEPHONE = re.compile(
    r"(?<![\w./+-])(?:"
    r"\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]\d{2,4}){1,4}"  # +49 30 1234 5678
    r"|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}"  # (555) 010-4477, 555-010-4477
    r")(?![\w/-]|\.\d)"
)
_DASH_DIGITS = re.compile(r"-(?<=\d\d\d-)\d{4}(?![\w-])")
_PLUS_DIGIT = re.compile(r"\+\d")


def secret(text: str) -> str | None:
    """Return the first credential (pipeline/secrets) that stands in text, or None."""
    return next((text[start:end] for start, end in secret_spans(text)), None)


def personal(text: str) -> str | None:
    """Return an e-mail address or a telephone number that stands in text, or None.

    Numbers of a DOI ("s41586-019-1506-1"), of a URL or of a longer number are none.
    """
    match = _EMAIL.search(text) if "@" in text else None
    if not match and _may_hold_telephone(text):
        match = _TELEPHONE.search(text)
    return match[0] if match else None


def _may_hold_telephone(text: str) -> bool:
    """Return whether a telephone number can stand in text, at the speed of str.find."""
    return _DASH_DIGITS.search(text) is not None or (
        "+" in text and _PLUS_DIGIT.search(text) is not None
    )


def redacted(text: str) -> str:
    """Return text without credentials and personal data, as reports and review lists show it."""
    text = masked(text)
    for pattern in (_EMAIL, _TELEPHONE):
        text = pattern.sub(REDACTED, text)
    return text
