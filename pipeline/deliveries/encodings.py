"""Which encoding a text that is no UTF-8 may be written in, by the script that it gives."""

import codecs
import re

_RUN = re.compile(rb"[\x80-\xff]+")
_SCRIPTS: tuple[tuple[str, bool, re.Pattern[str], float], ...] = (
    ("shift_jis", False, re.compile(r"[\u3040-\u30ff]"), 0.3),
    ("euc_kr", True, re.compile(r"[\uac00-\ud7a3]"), 0.8),
    ("gb18030", True, re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]"), 0.9),
    ("cp1251", False, re.compile(r"[\u0430-\u044f\u0451]"), 0.6),
)
"""Encoding, whether all its characters are two high bytes, its letters, their least share."""
_LOOKED_AT_BYTES = 4_000
_FEWEST = 2
_MOSTLY = 0.9


def by_script(content: bytes) -> str | None:
    """Return the encoding in which a text's characters are mostly letters of one script.

    None where none is: the text may be of Latin letters with accents, each by itself.
    """
    head = content[:_LOOKED_AT_BYTES]
    runs = [len(run) for run in _RUN.findall(head)]
    even = sum(length for length in runs if length % 2 == 0)
    are_pairs = even >= _MOSTLY * sum(runs)
    for name, needs_pairs, letters, least in _SCRIPTS if any(n > 1 for n in runs) else ():
        try:
            text = codecs.getincrementaldecoder(name)().decode(head)
        except UnicodeDecodeError:
            continue
        foreign = [char for char in text if not char.isascii()]
        found = sum(letters.match(char) is not None for char in foreign)
        if found >= max(_FEWEST, least * len(foreign)) and (are_pairs or not needs_pairs):
            return name
    return None
