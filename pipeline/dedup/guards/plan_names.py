"""The names of a plan's entries as texts say them: each is a name that two texts must share."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from pipeline.dedup.text import plain, tokens
from pipeline.domain.csv_rows import split_aliases

_BRACKETS = re.compile(r"\(([^)]*)\)")
_ABBREVIATION = re.compile(r"[A-Za-z]?[A-Z][A-Z0-9.&+-]{1,6}")


def plan_entities(plan: pd.DataFrame) -> dict[str, list[str]]:
    """Return the names of a plan (columns name, aliases) by their short form, with other forms.

    A name without its parentheses is the short form; the whole name, an abbreviation in the
    parentheses, the aliases, and plurals are other forms. What two entries are called both is no
    name of either.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    for name, aliases in zip(plan["name"], plan["aliases"], strict=True):
        short = _tokens_of(_BRACKETS.sub(" ", name)) or _tokens_of(name)
        for form in filter(None, map(_tokens_of, (*_forms(name), *split_aliases(aliases)))):
            for inflected in _inflections(form):
                owners[inflected].add(short)
    entities: dict[str, list[str]] = defaultdict(list)
    for form, shorts in sorted(owners.items()):
        if len(shorts) == 1:
            entities[next(iter(shorts))].append(form)
    return dict(entities)


def _forms(name: str) -> Iterator[str]:
    yield name
    yield _BRACKETS.sub(" ", name)
    for inside in _BRACKETS.findall(name):
        if _ABBREVIATION.fullmatch(inside):
            yield inside


def _tokens_of(name: str) -> str:
    return " ".join(tokens(plain(name)))


def _inflections(form: str) -> Iterator[str]:
    """Yield a form and its plurals; a plain "s" is added to every name later."""
    yield form
    if form.endswith("y") and form[-2:-1] not in "aeiou":
        yield f"{form[:-1]}ies"
    if form.endswith(("o", "s", "x", "ch", "sh")):
        yield f"{form}es"
    if form.endswith("s") and not form.endswith(("ss", "us", "is")):
        yield form[:-1]
