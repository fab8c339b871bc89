"""Credentials and personal data in text, and their removal from whatever is shown."""

from pipeline.quality.personal import personal_spans
from pipeline.secrets.finding import secret_spans
from pipeline.secrets.hiding import REDACTED, masked


def secret(text: str) -> str | None:
    """Return the first credential (pipeline/secrets) that stands in text, or None."""
    return next((text[start:end] for start, end in secret_spans(text)), None)


def personal(text: str) -> str | None:
    """Return the first personal data (personal.py) that stands in text, or None."""
    return next((text[start:end] for start, end in personal_spans(text)), None)


def redacted(text: str) -> str:
    """Return text without credentials and personal data, as reports and review lists show it."""
    text = masked(text)
    for start, end in reversed(personal_spans(text)):
        text = f"{text[:start]}{REDACTED}{text[end:]}"
    return text
