"""The form of a text that its vector is made of."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def normal_form(text: str) -> str:
    """Return text in NFKC, in lower case, runs of white space as one space, NUL removed."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("\0", " ")
    return f" {_SPACES.sub(' ', plain).strip()} "
