"""Answers in which a form was left unfilled."""

import re
from collections.abc import Iterator

from pipeline.quality.reading import Reading

_PLACEHOLDER = re.compile(
    r"""
    [\[<{(]{1,2}\s*(?:[^\]>})"]{0,60}\b)?
        (?:answers?|response|insert|placeholder|content|your|todo|tbd|fill\ in|text\ here)\b
        [^\]>})"]{0,200}[\]>})]{1,2}\.?
    | (?:todo|tbd|tba|n/?a|none|null|nil|placeholder|lorem\ ipsum|coming\ soon|xxx+|test)\W*
    | (?:todo|tbd|fixme)\b\s?[:\u2013\u2014-].*
    | (?:(?:the|your|an?|sample|example|dummy|placeholder)\ ){0,2}
        (?:answer|content|text|response|explanation|description)(?:\ text)?\ (?:goes|comes
        |will\ (?:be|go)|is\ to\ be|to\ be|pending)\b.{0,160}
    | (?:n/?a|tbd|todo|pending|draft|wip)?\W*(?:to|will)\ be\ (?:completed|filled|added|written
        |determined|updated|provided|confirmed|supplied)\b.{0,160}
    | <(\w+)>\s*</\1>
    | (?:[\w\ ]{2,40}:\s*(?:\.{2,}|\u2026|_+|-+|tbd|todo|n/?a)\s*){2,}
    """,
    re.VERBOSE | re.DOTALL,
)
_PLACEHOLDER_CHARS = 300
_BRACKETED_CHARS = 3000
_STAND_IN = re.compile(
    r"\b(?:answers?|responses?|insert|notes?|full|words?|placeholder|content|detailed|explanation"
    r"|description|overview|section|continue[sd]?|todo|tbd|text|here|summary|generated?)\b"
)
_SENTENCE = 8
"""A bracket of so many words is no list of values, which may be an answer ("[open, high, low]")."""

_PHRASES = (
    "lorem ipsum dolor",
    "truncated here for brevity",
    "[insert answer",
    "[your answer",
    "[answer goes here",
    "[insert text",
    "[insert content",
)
_PHRASE_WORDS = frozenset(("lorem", "brevity", "insert", "your", "goes"))
"""Each of the phrases holds one of them."""

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_SLOT = re.compile(
    r"""
    (?<![\w\])`])\[(?:
        (?:please\ )?(?:insert|enter|add|fill\ in|specify|to\ be|todo|tbd|placeholder)\b
            [^\]\n]{0,120}
        | your\ (?:\w+\ ){0,2}(?:answer|text|content|response|explanation|description|input)
            [^\]\n]{0,40}
        | (?:the\ )?(?:current|today['\u2019]s|actual|exact|latest|relevant|specific|appropriate)
            \ [^\]\n]{3,40}
        | (?:your|recipient(?:['\u2019]s)?)\ (?:full\ )?name
        | (?:links?|urls?|web\ ?site|authors?|author\ names?|author\(s\)|date|sources?|source\ \d
            |publisher|journal(?:\ name)?|publication(?:\ (?:date|year))?|company\ name|doi
            |(?:article|book|paper|report|study|source|page)\ (?:title|name|link|url)
            |link\ to\ [^\]\n]{2,60})
    )\](?!\() | \$\[[A-Za-z]{1,20}(?:\ [a-z]+){0,4}\]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WEAK_SLOT = re.compile(
    r"(?<![\w\])`])\[(?:year|month|number|value|amount|price|percentage|figure|name|title|volume"
    r"|x{1,4}|n|yyyy|country|token|coin|exchange|project|platform|topic)\](?![(\w])",
    re.IGNORECASE,
)
_WEAK_SLOTS = 2
"""One word in brackets may be a citation's or a formula's; two are a form."""

_FORM = re.compile(
    r"""
    (\{\{\ ?[a-z_][\w.\ ]{1,40}\}\})
    | (?<![\\\w}_^$`'"])(\{[a-z]+(?:_[a-z]+)*\}|\{[a-z]+(?:\ [a-z]+){1,3}\})(?!['"])
    | (<(?:insert|enter|add|fill\ in|specify|your|todo|placeholder)\b[^<>\n]{0,80}>
        |<[a-z][a-z\ -]{1,60}\ (?:here|sentences?|words?|paragraphs?)>)
    | (?<![A-Za-z])(\$?XX+\ ?%|\$XX+\b|\bYY+\ ?%)
    | (?<=\ )(_{4,})(?=[\ .,;:])
    | \b((?:INSERT|YOUR|ENTER|REPLACE|FILL|PLACEHOLDER)_[A-Z_]{2,40})\b
    """,
    re.VERBOSE,
)
"""Slots as programs and forms write them; those that one sign might be by chance count in twos."""

_CAPITALS = re.compile(r"\[[A-Z][A-Z_]{3,}(?:[ _][A-Z_]{2,})*\](?![\w(\[])")
_SURE_FORMS = (1, 3, 4, 6)
FORM_SIGNS = ("{", "<", "XX", "YY%", "____", "INSERT_", "YOUR_", "ENTER_", "REPLACE_", "FILL_")
"""One of them, or a bracket, stands in every answer with a slot of a form."""
_NOTE = re.compile(
    r"""
    \[(?:note|full|complete|detailed|the\ (?:full|rest)|rest|remaining|content|answer|response
        |continued?)\b[^\]]{0,200}
        \b(?:words?|answers?|responses?|content|continue[sd]?|omitted|here|follows?|truncated
            |abbreviated|brevity|sections?|would\ be|to\ be)\b[^\]]{0,200}\]
    | [\[(](?:\w+\W+){0,4}\d{3,4}\s?\+?[\s-]?words?\b[^\])\n]{0,120}[\])]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_INVENTED = r"""(?:hypothetical|fictional|fictitious|placeholders?|made[ -]up|invented|simulated
    |not\ real|illustrative(?:\ only)?|for\ illustrati(?:on|ve)\b|examples?\ only)"""
_INVENTED_SOURCES = re.compile(
    rf"""
    \b(?:sources?|references?|citations?|links?|urls?|bibliography)\b[^.\n]{{0,50}}
        \b(?:are|is|were|was|as|being)\ (?:[\w]+\ ){{0,4}}{_INVENTED}
    | \b(?:hypothetical|fictional|fictitious|placeholder|made[ -]up|invented|illustrative)\s
        (?:sources?|references?|citations?|links?|urls?)\b
    | ^\W*(?:sources?|references?|citations?)\s?\((?:hypothetical|fictional|illustrative|examples?
        |placeholders?|simulated)\)
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_INVENTED_WORDS = frozenset(
    """
    hypothetical fictional fictitious placeholder placeholders invented simulated illustrative
    """.split()  # noqa: SIM905 - reads as prose
)
_INVENTED_PHRASES = ("made up", "made-up", "not real", "examples only", "for illustration")
_COUNTED_WORDS = re.compile(r"\d\s?\+?[\s-]words?\b")


_STATEMENTS = re.compile(r"(?<=[.!?])\s+|\n")
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"[A-Za-z]{4}")
_FEWEST_NUMBERED = 3
_VARIABLE = re.compile(r"(?<![\w$])\$(?:[A-Z]{2,20}(?:_[A-Z]{2,20})*|\{[A-Za-z_]{2,40}\})(?!\w)")
SHORT_CHARS = 600
"""Answers of so many characters at most are looked through for statements and variables alone."""


def template_answer(reading: Reading) -> str | None:
    """Return the placeholder that stands where an answer, or a part of one, should.

    A bracket counts as a whole answer where it speaks of answers or inserting, and inside one
    where it is a slot that was to be filled ("[link]", "[current date]", "[insert ...]") or says
    what is left out ("[Note: full 500-word answer ...]"); so does a list of sources that is said
    to be invented. Code, formulas, links of Markdown and lists of values are left alone.
    """
    return (
        _whole(reading)
        or _phrase(reading)
        or _slot(reading.answer)
        or _invented(reading)
        or _numbered(reading.answer)
    )


def _whole(reading: Reading) -> str | None:
    answer = reading.answer.strip()
    if len(answer) <= _PLACEHOLDER_CHARS and _PLACEHOLDER.fullmatch(answer.lower()):
        return answer
    if not answer.startswith("[") or len(answer) > _BRACKETED_CHARS or not _is_bracketed(answer):
        return None
    is_statement = reading.answer_word_count >= _SENTENCE or _STAND_IN.search(reading.lowered)
    return answer if is_statement and '"' not in answer[:2] else None


def _numbered(answer: str) -> str | None:
    """Return the first of several statements that differ by their number alone ("Benefit 1")."""
    if len(answer) > SHORT_CHARS:
        return None
    variables = list(_VARIABLE.finditer(answer)) if "`" not in answer else []
    if len(variables) >= _WEAK_SLOTS:
        return variables[0][0]
    stated = [part.strip(" *-#\t") for part in _STATEMENTS.split(answer)]
    stated = [part for part in stated if part]
    same: dict[str, list[str]] = {}
    for part in stated:
        numbers = _NUMBER.findall(part)
        if len(numbers) == 1 and _NAME.search(part):
            same.setdefault(_NUMBER.sub("#", part), []).append(numbers[0])
    counted = [str(number) for number in range(1, _FEWEST_NUMBERED + 1)]
    most = max(same.values(), key=len, default=[])
    if most[:_FEWEST_NUMBERED] != counted or 2 * len(most) <= len(stated):
        return None
    return next(part for part in stated if _NUMBER.sub("#", part) in same)


def _is_bracketed(answer: str) -> bool:
    """Return whether the bracket that opens an answer closes at its end."""
    depth = 0
    for at, letter in enumerate(answer):
        depth += (letter == "[") - (letter == "]")
        if depth == 0:
            return not answer[at + 1 :].strip(" .")
    return False


def _phrase(reading: Reading) -> str | None:
    phrase = next((phrase for phrase in _PHRASES if phrase in reading.lowered), None)
    return phrase if phrase and not _PHRASE_WORDS.isdisjoint(reading.distinct_words) else None


def _slot(answer: str) -> str | None:
    is_form = any(sign in answer for sign in FORM_SIGNS)
    is_bracketed = "[" in answer or ("(" in answer and _COUNTED_WORDS.search(answer) is not None)
    if not is_form and not is_bracketed:
        return None
    prose = _CODE.sub(" ", answer) if "`" in answer else answer
    match = _bracketed(prose) if is_bracketed else None
    match = match or (_form(prose) if is_form else None)
    return match[0] if match else None


def _bracketed(prose: str) -> re.Match[str] | None:
    match = _first(_NOTE, prose, "[(") or _first(_SLOT, prose, "[$")
    if match is None:
        weak = [*_WEAK_SLOT.finditer(prose), *_CAPITALS.finditer(prose)]
        match = weak[0] if len(weak) >= _WEAK_SLOTS else None
    return match


def _form(prose: str) -> re.Match[str] | None:
    """Return the first slot of a form that was not filled in: a sure one, or one of several."""
    slots = list(_FORM.finditer(prose))
    sure = (slot for slot in slots if slot.lastindex in _SURE_FORMS)
    return next(sure, slots[0] if len(slots) >= _WEAK_SLOTS else None)


def _first(pattern: re.Pattern[str], text: str, openings: str) -> re.Match[str] | None:
    """Return the first match of a pattern that begins with one of two openings."""
    places = sorted(at for opening in openings for at in _places(text, opening))
    return next((match for at in places if (match := pattern.match(text, at))), None)


def _places(text: str, sign: str) -> Iterator[int]:
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)


def _invented(reading: Reading) -> str | None:
    lowered = reading.lowered
    is_word = any(word in lowered for word in _INVENTED_WORDS)  # or a part of one, which is rare
    is_suspect = is_word and not _INVENTED_WORDS.isdisjoint(reading.distinct_words)
    if not is_suspect and not any(phrase in lowered for phrase in _INVENTED_PHRASES):
        return None
    match = _INVENTED_SOURCES.search(reading.answer)
    return match[0] if match else None
