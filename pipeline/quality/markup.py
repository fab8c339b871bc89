"""Markup of a page, a wiki or a program that stayed in an answer's prose."""

import re

from pipeline.quality.reading import Reading

MARKUP_SIGNS = ("<", "&", "\\", "{", "'''", "=C", "=D", "=E", "=F")
"""One of them stands in every answer with a rest of markup."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_TAG = re.compile(
    r"</?(?:p|div|span|ul|ol|li|table|thead|tbody|tr|t[dh]|h[1-6]|section|article|header|footer|nav"
    r"|font|script|style|iframe|button|img|answer|response|output|result|reply|final|context"
    r"|document|ref)(?:\s[^<>\n]{0,300})?/?>"
    r"|<a\s[^<>\n]{0,300}>|<!--",
    re.IGNORECASE,
)
"""Tags that Markdown has its own signs for; line breaks, indices and folds are written in HTML."""

_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip|bull|middot|times|copy"
    r"|#\d{2,5}|#x[0-9a-fA-F]{2,5});"
)
_UNICODE_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}(?![0-9a-zA-Z])|(?:\\x[0-9a-fA-F]{2}){2}")
_LINE_ESCAPE = re.compile(r"\\n(?=\\n|\\t|\s|[-*#•\d]|[A-Z][a-z]|$)|\\r\\n")
_LINE_ESCAPES = 2
"""One may be written about; two are lines that a program never broke."""

_QUOTED_PRINTABLE = re.compile(
    r"(?<=[A-Za-z])(?:=[C-F][0-9A-F]=[89AB][0-9A-F]|=E2=80=[89AB][0-9A-F])"
)
_WIKI = re.compile(
    r"\{\{(?:cit|cite|refn?|main|see also|convert|lang)\b[^{}]{0,300}\}\}|'''[^'\n]{1,80}'''"
)
_OBJECT = re.compile(
    r'\s*\[?\s*\{\s*"(?:answer|response|output|result|question|content|text|reply)"\s*:',
    re.IGNORECASE,
)
_ABOUT_MARKUP = re.compile(
    r"\b(?:html?|xml|tags?|markup|markdown|wiki\w*|jinja\d?|templat\w+|css|json|escap\w+|entit\w+"
    r"|unicode|utf|encod\w+|regex\w*|latex|react|dom|scrap\w+|pars\w+|newlines?|backslash\w*)\b",
    re.IGNORECASE,
)


def markup_residue(reading: Reading) -> str | None:
    """Return a tag, an entity, an escape or a wrapper that was left in an answer's prose.

    Code is left alone, and so is an answer to a question about markup or encodings. A tag counts
    where Markdown has a sign of its own for it.
    """
    answer = reading.answer
    if not any(sign in answer for sign in MARKUP_SIGNS):
        return None
    if _ABOUT_MARKUP.search(reading.question):
        return None
    wrapped = _OBJECT.match(answer) if answer.rstrip().endswith(("}", "]")) else None
    if wrapped:
        return answer
    prose = _CODE.sub(" ", answer) if "`" in answer else answer
    found = next((match for match in map(_searched, _KINDS, [prose] * len(_KINDS)) if match), None)
    if found:
        return prose[found.start() :]
    lines = list(_LINE_ESCAPE.finditer(prose)) if "\\" in prose else []
    return prose[lines[0].start() :] if len(lines) >= _LINE_ESCAPES else None


_KINDS = (
    ("<", _TAG),
    ("&", _ENTITY),
    ("\\", _UNICODE_ESCAPE),
    ("=", _QUOTED_PRINTABLE),
    ("{", _WIKI),
    ("'''", _WIKI),
)


def _searched(kind: tuple[str, re.Pattern[str]], prose: str) -> re.Match[str] | None:
    sign, pattern = kind
    return pattern.search(prose) if sign in prose else None
