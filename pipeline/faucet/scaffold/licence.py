"""Under which licence the contents of a new workspace are, as its words.yaml says it."""

import re

from pipeline.core.errors import UserError

UNKNOWN = "unknown"
"""What the Hub calls contents that came without a licence."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]{0,79}")
_LINE = re.compile(r"^license:.*$", re.MULTILINE)
_NO_ANSWERS = frozenset({"", "none", "no", "-"})


def licence_named(answer: str) -> str:
    """Return the name of a licence that somebody gave, as the Hub writes it: cc-by-4.0, mit.

    "none" and the like are `unknown`. Only the form is checked, because the Hub's list grows.

    Raises UserError where the answer is no such name.
    """
    name = answer.strip().lower()
    if name in _NO_ANSWERS:
        return UNKNOWN
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{answer!r} is no licence's name: give the Hub's (cc-by-4.0, cc0-1.0, mit, other), "
            f"or {UNKNOWN} where the contents come without one"
        )
    return name


def with_licence(words: bytes, name: str) -> bytes:
    """Return the bytes of a words.yaml that names this licence; all else in it stays."""
    text, line = words.decode("utf-8"), f'license: "{name}"'
    if _LINE.search(text):
        return _LINE.sub(line, text).encode()
    return f"{text}{line}\n".encode()
