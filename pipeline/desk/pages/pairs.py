"""The list of pairs: searched, filtered, sorted and paged, by its address alone."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.charts.addresses import NONE, pair_address
from pipeline.core.errors import UserError
from pipeline.desk.index.catalog import Catalog
from pipeline.desk.listing import Facets, FacetValue, Listed, facets, listing
from pipeline.desk.searching import Matches, search
from pipeline.desk.selection import FIELDS, HEADINGS, PAGE_ROWS, Selection, selection_of
from pipeline.desk.site import Site
from pipeline.faucet.lookup import find_pair_id
from pipeline.quality.redaction import redacted

SHOWN_VALUES = 7
"""Values of a facet that are seen before it unfolds."""

_SORT_NAMES = {
    "": "best match, or id",
    "score": "score, lowest first",
    "-score": "score, highest first",
    "-answer_chars": "answer, longest first",
    "answer_chars": "answer, shortest first",
    "question": "question, A to Z",
    "-created": "date, newest first",
    "cluster": "cluster",
}
_LEAST_ID_CHARS = 6


class Choice(NamedTuple):
    """A value of a facet: what it is called, its pairs, whether it is chosen, where it leads."""

    name: str
    pairs: int
    is_chosen: bool
    address: str
    share_pct: int


class FacetView(NamedTuple):
    """A facet with its values, the chosen ones and the most frequent first."""

    name: str
    shown: list[Choice]
    more: list[Choice]


def show(site: Site, request: Request) -> Response:
    """Return the page of the list that the address asks for; of an id, the page of its pair."""
    catalog = site.catalog_or_say()
    selection = selection_of(request.url.query)
    named = _named_pair(site, selection)
    if named:
        return RedirectResponse(pair_address(named), status_code=303)
    matches, fault = _searched(site, catalog, selection)
    decided = site.decided() if selection.is_open else []
    names = {**HEADINGS, "indicator": site.nouns.entry}
    listed = listing(catalog, selection, matches, decided)
    return site.page(
        request,
        "pairs.html",
        selection=selection,
        rows=[{**row, "question": redacted(row["question"])} for row in listed.rows],
        listed=listed,
        facets=list(_views(selection, facets(catalog, selection, matches, decided), names)),
        chips=list(_chips(selection, names)),
        sorts={**_SORT_NAMES, "indicator": f"{site.nouns.entry}, A to Z"},
        pages=_pages(selection, listed),
        note=fault or (matches.note if matches else ""),
        book=site.book(),
    )


def _named_pair(site: Site, selection: Selection) -> str | None:
    """Return the pair whose id the search begins, None where it is another search."""
    text = selection.query.lower()
    if len(text) < _LEAST_ID_CHARS or set(text) - set("0123456789abcdef"):
        return None
    try:
        return find_pair_id(site.workspace, text)
    except UserError:
        return None


def _searched(site: Site, catalog: Catalog, selection: Selection) -> tuple[Matches | None, str]:
    """Return what the search found, and why it could not search."""
    try:
        return search(catalog, selection, site.embed), ""
    except UserError as fault:
        return Matches([], [], is_ranked=False), str(fault)


def _views(selection: Selection, counted: Facets, names: Mapping[str, str]) -> Iterator[FacetView]:
    """Yield the facets; names are those of fields that are called otherwise."""
    for field in FIELDS:
        values = counted[field]
        if len(values) > 1 or selection.values(field):
            choices = [
                _choice(selection, field, value, values)
                for value in _listed(selection, field, values)
            ]
            choices.sort(key=lambda choice: not choice.is_chosen)
            most = max(SHOWN_VALUES, sum(choice.is_chosen for choice in choices))
            name = names.get(field, field)
            yield FacetView(name, choices[:most], choices[most:])
    scores = _scores(selection, counted["score"])
    if scores.shown:
        yield scores


def _listed(selection: Selection, field: str, values: list[FacetValue]) -> list[FacetValue]:
    """Return the counted values, and those that were chosen and that no pair has."""
    known = {value.value for value in values}
    return [*values, *(FacetValue(one, 0) for one in selection.values(field) if one not in known)]


def _choice(
    selection: Selection, field: str, value: FacetValue, values: list[FacetValue]
) -> Choice:
    most = max((one.pairs for one in values), default=1) or 1
    return Choice(
        _name(field, value.value),
        value.pairs,
        value.value in selection.values(field),
        selection.toggled(field, value.value),
        round(100 * value.pairs / most),
    )


def _name(field: str, value: str) -> str:
    if value == NONE:
        return {"indicator": "unassigned", "flag": "no flag", "split": "in no split"}.get(
            field, "none"
        )
    return value.partition("/")[2].partition("-")[2] or value if field == "delivery" else value


def _scores(selection: Selection, values: list[FacetValue]) -> FacetView:
    most = max((value.pairs for value in values), default=1)
    choices = []
    for value in values:
        if value.value == NONE:
            continue
        low = float(value.value)
        is_chosen = (selection.score_min, selection.score_max) == (low, low + 10)
        bounds = (None, None) if is_chosen else (low, low + 10)
        address = selection.address(score_min=bounds[0], score_max=bounds[1], page=1)
        name = f"{low:.0f} to {low + 10:.0f}"
        choices.append(
            Choice(name, value.pairs, is_chosen, address, round(100 * value.pairs / most))
        )
    return FacetView("score", choices, [])


def _chips(selection: Selection, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield every condition in words, with the address without it."""
    for field in FIELDS:
        for value in selection.values(field):
            yield (
                f"{names.get(field, field)}: {_name(field, value)}",
                selection.toggled(field, value),
            )
    if selection.cluster:
        yield f"cluster: {selection.cluster[:8]}", selection.address(cluster="", page=1)
    if selection.score_min is not None or selection.score_max is not None:
        low, high = (
            selection.score_min or 0,
            100 if selection.score_max is None else selection.score_max,
        )
        bounds = selection.address(score_min=None, score_max=None, page=1)
        yield f"score: {low:g} to {high:g}", bounds
    if selection.is_open:
        yield "open to review", selection.address(is_open=False, page=1)
    if selection.query:
        yield f"{selection.by}: {selection.query}", selection.address(query="", by="words", page=1)


class Pages(NamedTuple):
    """Which rows of a list are shown, and the addresses of the pages around them."""

    first: int
    last: int
    before: str | None
    after: str | None


def _pages(selection: Selection, listed: Listed) -> Pages:
    first = PAGE_ROWS * (selection.page - 1)
    last = first + len(listed.rows)
    before = selection.address(page=selection.page - 1) if selection.page > 1 else None
    after = selection.address(page=selection.page + 1) if last < listed.total else None
    return Pages(first + 1 if listed.rows else 0, last, before, after)
