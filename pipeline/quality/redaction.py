"""Credentials and personal data in text, and their removal from whatever is shown."""

import re

from pipeline.quality.personal import personal_spans

REDACTED = "[redacted]"

_ISSUED = (
    # Each begins with its letters, which re finds at the speed of str.find; what must not stand
    # before them ("risk-adjusted") is looked at behind them.
    r"sk-(?<![\w-]sk-)(?=[\w-]*\d)[\w-]{20,}",  # OpenAI, Anthropic and others
    r"sk_live_\w{16,}",  # Stripe
    r"sk_test_\w{16,}",
    r"AIza[\w-]{35}",  # Google
    r"gh[pousr]_[A-Za-z0-9]{36,}",  # GitHub
    r"github_pat_\w{22,}",
    r"glpat-[\w-]{20,}",  # GitLab
    r"xox[abprs]-[\w-]{10,}",  # Slack
    r"AKIA[A-Z0-9]{16}\b",  # AWS
    r"ASIA[A-Z0-9]{16}\b",
    r"hf_[A-Za-z]{30,}",  # Hugging Face
    r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",  # JSON web token
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
)
_ASSIGNED = r"""
    (?i:key|secret|token|password)["']?\s{0,3}[:=]\s{0,3}["']?
    (?=[\w/+=-]{0,99}\d)(?=[\w/+=-]{0,99}[A-Za-z])[\w/+=-]{24,}
"""
_SECRETS = (*map(re.compile, _ISSUED), re.compile(_ASSIGNED, re.VERBOSE))


def secret(text: str) -> str | None:
    """Return a credential that stands in text, or None."""
    found = (pattern.search(text) for pattern in _SECRETS)
    return next((match[0] for match in found if match), None)


def personal(text: str) -> str | None:
    """Return the first personal data (personal.py) that stands in text, or None."""
    return next((text[start:end] for start, end in personal_spans(text)), None)


def redacted(text: str) -> str:
    """Return text without credentials and personal data, as reports and review lists show it."""
    for pattern in _SECRETS:
        text = pattern.sub(REDACTED, text)
    for start, end in reversed(personal_spans(text)):
        text = f"{text[:start]}{REDACTED}{text[end:]}"
    return text
