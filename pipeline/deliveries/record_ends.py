"""Where the last part of a marked record ends: at headings, banners, rules, and out of a list."""

import re
from itertools import pairwise

from pipeline.deliveries.marked_lines import fenced_lines

HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$")
_RULE = re.compile(
    r"^[ \t]{0,12}(?P<mark>[-=*_~#+\u2500-\u257f\u2014\u2013])(?:[ \t]{0,3}(?P=mark)){2,}[ \t]*$"
    r"|^[ \t]{0,12}[\u2500-\u257f]{3,}[ \t]*$"
)
_STRONG_RULE = re.compile(
    r"^[ \t]{0,12}(?:={3,}|[\u2500-\u257f]{3,}|#{7,}|~{5,}|\*{5,}|_{5,}|-{8,})[ \t]*$"
)
_OF_THE_FILE = re.compile(
    r"^[ \t*_]{0,6}(?:last (?:updated|modified|edited)|updated|generated|exported|created|compiled"
    r"|copyright|\u00a9|\(c\)|total|end of|page \d|stand:|erstellt|zuletzt|version)(?!\w)",
    re.IGNORECASE,
)
"""What a file says of itself at its end."""
_MOST_FOOTER_LINES = 4
_INDENT = re.compile(r"^[ \t]{2,}")
_LONGEST_BANNER_LINES = 12
_SETEXT_DIFFERENCE = 2


def end_of(
    part: list[str], level: int, divider: str | None, *, is_last: bool, is_indented: bool
) -> int:
    """Return how many lines of a record's last part are its own, before what parts it off."""
    cuts = [
        _peer_heading(part, level),
        _banner(part, is_last=is_last),
        _at_divider(part, divider),
        _footer(part) if is_last else None,
        _out_of_list(part) if is_indented else None,
    ]
    cut = min((place for place in cuts if place is not None), default=len(part))
    return _without_tail(part, cut, is_last=is_last and cut == len(part))


def _footer(part: list[str]) -> int | None:
    """Return where a rule stands with nothing below it but what a file says of itself."""
    below = [n for n, line in enumerate(part) if line.strip()][-_MOST_FOOTER_LINES:]
    for n in below:
        following = [line for line in part[n + 1 :] if line.strip()]
        if n and is_rule(part[n]) and following and all(map(_OF_THE_FILE.match, following)):
            return n
    return None


def _peer_heading(part: list[str], level: int) -> int | None:
    """Return where a heading of the section's level or above opens another one."""
    if not level:
        return None
    fenced = fenced_lines("\n".join(part)) if any("```" in line for line in part) else set()
    return next(
        (
            n
            for n, line in enumerate(part)
            if n and n not in fenced and (found := HEADING.match(line)) and len(found[1]) <= level
        ),
        None,
    )


def _banner(part: list[str], *, is_last: bool) -> int | None:
    """Return where a title between two equal rules stands, with nothing but its lines below it."""
    rules = [n for n, line in enumerate(part) if is_rule(line)]
    for first, second in pairwise(rules):
        between = [line for line in part[first + 1 : second] if line.strip()]
        below = [line for line in part[second + 1 :] if line.strip() and not is_rule(line)]
        is_pair = part[first].strip() == part[second].strip()
        if not (is_pair and 0 < len(between) <= _LONGEST_BANNER_LINES):
            continue
        if _STRONG_RULE.match(part[first]) or (not below and not is_last):
            return first
    return None


def divider_of(gaps: list[list[str]]) -> str | None:
    """Return the rule that stands between every two questions, None where none does."""
    common: set[str] | None = None
    for gap in gaps:
        here = {line.strip() for line in gap if is_rule(line)}
        common = here if common is None else common & here
    if len(gaps) == 1:  # of two questions the rule right above the second one
        last = next((line.strip() for line in reversed(gaps[0]) if line.strip()), "")
        return last if is_rule(last) else None
    return max(common, key=lambda rule: (len(rule), rule)) if common else None


def _at_divider(part: list[str], divider: str | None) -> int | None:
    """Return where the last of the rules stands that divide all records."""
    found = [n for n, line in enumerate(part) if divider and line.strip() == divider]
    return found[-1] if found else None


def _out_of_list(part: list[str]) -> int | None:
    """Return where a list item is left: at a line that is not indented, behind a blank one."""
    was_blank = False
    for n, line in enumerate(part):
        if n and was_blank and line.strip() and not _INDENT.match(line):
            return n
        was_blank = not line.strip()
    return None


def _without_tail(part: list[str], cut: int, *, is_last: bool) -> int:
    """Return where the blank lines, rules and headings start that stand right before the end."""
    while cut > 1:
        line = part[cut - 1]
        is_heading = HEADING.match(line) is not None and not is_last
        if not line.strip() or is_heading:
            cut -= 1
        elif is_rule(line):
            cut -= 2 if _is_setext(part, cut - 1) and not is_last else 1
        else:
            break
    return max(cut, 1)


def is_rule(line: str) -> bool:
    """Return whether a line is a rule of any character."""
    return len(line) < 1_000 and _RULE.match(line) is not None  # noqa: PLR2004 - a rule is a line


def _is_setext(part: list[str], place: int) -> bool:
    """Return whether the rule at a place underlines a title: as long as it, below a blank line."""
    two = 2
    if place < two or part[place - 2].strip() or not part[place - 1].strip():
        return False
    return abs(len(part[place].strip()) - len(part[place - 1].strip())) <= _SETEXT_DIFFERENCE
