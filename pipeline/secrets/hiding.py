"""Texts without their secrets."""

from pipeline.secrets.finding import secret_spans

REDACTED = "[redacted]"
"""What stands in place of a secret, or of personal data."""


def masked(text: str) -> str:
    """Return text without its secrets."""
    for start, end in reversed(secret_spans(text)):
        text = f"{text[:start]}{REDACTED}{text[end:]}"
    return text
