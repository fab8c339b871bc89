"""The search of a selection: the rows that it finds, in the order in which it finds them."""

from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.desk.index.catalog import Catalog
from pipeline.desk.index.senses import Embed, nearest
from pipeline.desk.index.words import MOST_ROWS, match
from pipeline.desk.selection import Selection


class Matches(NamedTuple):
    """What a search found: rows of facts, or pair ids, best first where it is ranked.

    note is what whoever reads the list should know of the search, "" for nothing.
    """

    rows: list[int]
    pair_ids: list[str]
    is_ranked: bool
    note: str = ""


def search(catalog: Catalog, selection: Selection, embed: Embed | None = None) -> Matches | None:
    """Return what the search of a selection finds, None where it has none.

    Until words are indexed, the beginnings of the questions alone are searched, which is said.
    Raises UserError where there are no vectors to search by.
    """
    if not selection.query:
        return None
    if selection.by == "sense":
        if embed is None:
            raise UserError("nothing is there to search by sense with")
        found = nearest(catalog.sources, embed(selection.query))
        note = f"the {len(found):,} pairs nearest by sense, nearest first"
        return Matches([], [pair_id for pair_id, _ in found], is_ranked=True, note=note)
    if catalog.words is None:
        return _in_questions(catalog, selection.query)
    rows, is_ranked = match(catalog.words, selection.query)
    note = f"more than {MOST_ROWS:,} pairs have these words: the first are listed"
    return Matches(rows, [], is_ranked, note if len(rows) == MOST_ROWS else "")


def _in_questions(catalog: Catalog, query: str) -> Matches:
    """Return the pairs whose questions begin with a stretch that has all words of a query."""
    words = query.replace('"', " ").split()
    every = " AND ".join("contains(lower(question), lower(?))" for _ in words) or "false"
    rows = catalog.rows(f"SELECT row FROM facts WHERE {every} LIMIT {MOST_ROWS}", list(words))
    note = "answers are being indexed: the questions alone were searched"
    return Matches([row["row"] for row in rows], [], is_ranked=False, note=note)
