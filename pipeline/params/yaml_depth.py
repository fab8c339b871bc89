"""How deep YAML may nest, found before it is composed.

The composer of libyaml follows each level on the stack of the process: 100,000 opening brackets end
it without a word. Its events are read by a loop, and say the depth of a text of any length.
"""

import re
from typing import Any

import yaml

DEEPEST = 200
"""How many sequences and mappings may lie in each other."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""In C where libyaml is there."""

_INDENTED = re.compile(rf"(?:\A|[\n\r\x85\u2028\u2029])[-?: \t]{{{DEEPEST // 2 - 1}}}")
"""How a line begins in which a block may be deeper: two levels take one column at least."""


class TooDeepYamlError(ValueError):
    """A text of YAML with more than DEEPEST levels; line counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"nested deeper than {DEEPEST} levels")
        self.line = line


def hold_to_depth(text: str) -> None:
    """Raise TooDeepYamlError where a text nests too deeply; most texts cannot, and cost no reading.

    Raises what the library raises where the text is no YAML before it does.
    """
    if text.count("[") + text.count("{") <= DEEPEST and not _INDENTED.search(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise TooDeepYamlError(event.start_mark.line + 1 if event.start_mark else 1)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
