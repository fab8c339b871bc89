"""Lists and objects that a program's source assigns: `export const faqs = [...]`.

Nothing runs. A literal is cut out where its brackets close, and then held to the readers of JSON
as people write it: one with a call, a concatenation or a name in it is none, and is refused.
"""

import re
from collections.abc import Iterator

SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".jsx", ".tsx")
OTHER_SUFFIXES = (
    *(".py", ".php", ".rb", ".java", ".kt", ".go", ".rs", ".c", ".h", ".cpp", ".cs", ".swift"),
    *(".sh", ".bash", ".ps1", ".bat", ".css", ".scss", ".sql", ".vue", ".svelte", ".r", ".pl"),
)
"""Programs that are not read: what stands in their texts is code."""

_ASSIGNED = re.compile(
    r"^[ \t]*(?:export\s+default\s+|(?:export\s+)?(?:const|let|var)\s+(?P<name>\w{1,80})"
    r"(?:\s*:[^=\n]{1,200})?\s*=\s*|module\.exports\s*=\s*|exports\.\w{1,80}\s*=\s*"
    r"|window\.[\w.]{1,80}\s*=\s*)(?=[\[{])",
    re.MULTILINE,
)
_PIECE = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|[\[\]{}]",
    re.DOTALL,
)
_MOST_CHARS = 20_000_000


def literals_in(source: str) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of each list and object that is assigned, up to the closing bracket."""
    at = 0
    while len(source) < _MOST_CHARS and (match := _ASSIGNED.search(source, at)):
        at = _end(source, match.end())
        if at < 0:
            return
        yield match["name"] or "", source[match.end() : at]


def _end(source: str, start: int) -> int:
    """Return where the bracket at start is closed, -1 where it is not."""
    depth = 0
    for match in _PIECE.finditer(source, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return -1
