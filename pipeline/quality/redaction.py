"""Credentials and personal data in text, and their removal from whatever is shown."""

import re

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
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[A-Za-z]{2,24}\b")
_TELEPHONE = re.compile(
    r"(?<![\w./+-])(?:"
    r"\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]\d{2,4}){1,4}"  # +49 30 1234 5678
    r"|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}"  # (555) 010-4477, 555-010-4477
    r")(?![\w/-]|\.\d)"
)
_DASH_DIGITS = re.compile(r"-(?<=\d\d\d-)\d{4}(?![\w-])")
_PLUS_DIGIT = re.compile(r"\+\d")
_SECRETS = (*map(re.compile, _ISSUED), re.compile(_ASSIGNED, re.VERBOSE))


def secret(text: str) -> str | None:
    """Return a credential that stands in text, or None."""
    found = (pattern.search(text) for pattern in _SECRETS)
    return next((match[0] for match in found if match), None)


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
    for pattern in (*_SECRETS, _EMAIL, _TELEPHONE):
        text = pattern.sub(REDACTED, text)
    return text
