"""Which pairs a list is about, as its address says it, and the same as SQL."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from pipeline.charts.addresses import NONE

PAGE_ROWS = 50
MOST_TEXT_CHARS = 500

FIELDS: Mapping[str, str] = {
    "state": "state",
    "verdict": "verdict",
    "decided": "decided_by",
    "flag": "flags",
    "group": "topic_group",
    "category": "category",
    "subcategory": "subcategory",
    "indicator": "indicator",
    "agent": "agents",
    "delivery": "deliveries",
    "split": "split",
    "difficulty": "difficulty",
}
"""Word in the address -> column of facts; a field said twice means any of its values."""

HEADINGS: Mapping[str, str] = {"decided": "decided by"}
SORTS: Mapping[str, str] = {
    "score": "score",
    "answer_chars": "answer_chars",
    "question": "question",
    "indicator": "indicator",
    "created": "created",
    "cluster": "cluster_id",
    "pair_id": "row",
}
"""What a list may be sorted by; a minus before it turns the order round."""

_NUMBERS = ("score_min", "score_max")


class Selection(NamedTuple):
    """Pairs that meet every condition.

    chosen has the wanted values by field; score bounds are of 0 to 100, the upper one excluded
    unless it is 100; query is searched by words or, with by="sense", by vectors. sort is a key of
    SORTS, "" for the order of the search or of pair_id. page counts from 1.
    """

    chosen: Mapping[str, tuple[str, ...]] = {}
    cluster: str = ""
    score_min: float | None = None
    score_max: float | None = None
    is_open: bool = False
    query: str = ""
    by: str = "words"
    sort: str = ""
    page: int = 1

    @property
    def is_everything(self) -> bool:
        """Return whether no condition is there at all."""
        return self._replace(sort="", page=1, by="words") == Selection()

    def values(self, field: str) -> tuple[str, ...]:
        """Return what was chosen of a field, nothing where any value will do."""
        return self.chosen.get(field, ())

    def address(self, **changed: Any) -> str:
        """Return the query of the address of this selection, with some of its fields changed."""
        other = self._replace(**changed)
        pairs = [(field, one) for field in FIELDS for one in other.values(field)]
        pairs += [("cluster", other.cluster)] if other.cluster else []
        for name in _NUMBERS:
            value = getattr(other, name)
            pairs += [] if value is None else [(name, f"{value:g}")]
        pairs += [("open", "1")] if other.is_open else []
        pairs += [("q", other.query)] if other.query else []
        pairs += [("by", other.by)] if other.by != "words" else []
        pairs += [("sort", other.sort)] if other.sort else []
        pairs += [("page", str(other.page))] if other.page > 1 else []
        return urlencode(pairs)

    def toggled(self, field: str, value: str) -> str:
        """Return the address with one value of a field taken in, or out where it is in."""
        now = self.values(field)
        then = tuple(one for one in now if one != value) if value in now else (*now, value)
        chosen = {**self.chosen, field: then}
        return self.address(chosen={name: them for name, them in chosen.items() if them}, page=1)

    def without(self, field: str) -> str:
        """Return the address without any condition on a field."""
        plain = Selection._field_defaults
        if field in plain:
            return self.address(**{field: plain[field]}, page=1)
        return self.address(
            chosen={name: them for name, them in self.chosen.items() if name != field}, page=1
        )


def selection_of(address: str) -> Selection:
    """Return what the query of an address asks for; what it cannot mean is passed over."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(address, keep_blank_values=False, max_num_fields=None):
        fields.setdefault(name, []).append(value[:MOST_TEXT_CHARS])
    chosen = {field: tuple(dict.fromkeys(fields[field])) for field in FIELDS if field in fields}
    last = {name: values[-1] for name, values in fields.items()}
    return Selection(
        chosen=chosen,
        cluster=last.get("cluster", ""),
        score_min=_number(last.get("score_min")),
        score_max=_number(last.get("score_max")),
        is_open=last.get("open") == "1",
        query=last.get("q", "").strip(),
        by="sense" if last.get("by") == "sense" else "words",
        sort=last["sort"] if last.get("sort", "").removeprefix("-") in SORTS else "",
        page=_page(last.get("page")),
    )


class Condition(NamedTuple):
    """A condition of a selection as SQL, and the field that it is on."""

    field: str
    statement: str
    parameters: list[Any]


Sets = Mapping[str, Mapping[int, Sequence[str]]]
"""By column that holds several words: the words of each set by its number."""


def conditions(
    selection: Selection, sets: Sets, decided: Sequence[str] = ()
) -> Iterator[Condition]:
    """Yield the conditions of a selection, all but the search; statements hold no text of it.

    decided are the pairs that somebody decided on since the last run: they are not open any more.
    """
    for field, column in FIELDS.items():
        if selection.values(field):
            wanted = selection.values(field)
            known = sets.get(column)
            yield (
                _is_one_of(field, column, wanted)
                if known is None
                else _has_one_of(field, column, wanted, known)
            )
    if selection.cluster:
        yield Condition("cluster", "cluster_id = ?", [selection.cluster])
    if selection.score_min is not None:
        yield Condition("score", "score >= ?", [selection.score_min])
    if selection.score_max is not None:
        highest = 100
        sign = "<=" if selection.score_max >= highest else "<"
        yield Condition("score", f"score {sign} ?", [selection.score_max])
    if selection.is_open:
        yield Condition("open", f"{OPEN} AND pair_id NOT IN (SELECT unnest(?))", [list(decided)])


OPEN = "verdict <> 'accept' AND decided_by = 'rule'"
"""What the rules leave to people about one pair."""


def order(selection: Selection, searched: str = "") -> str:
    """Return the SQL of the order of a selection's list; searched is that of its search."""
    if not selection.sort:
        return searched or "row"
    column = SORTS[selection.sort.removeprefix("-")]
    direction = "DESC" if selection.sort.startswith("-") else "ASC"
    return f"{column} {direction} NULLS LAST, row"


def _is_one_of(field: str, column: str, values: tuple[str, ...]) -> Condition:
    """Return the condition that a column holds one of values.

    Columns are numbered words: a value that none of them is becomes null, and is in no row.
    """
    wanted = [value for value in values if value != NONE]
    parts = [f"{column} = TRY_CAST(? AS {column}_word)" for _ in wanted]
    parts += [f"{column} IS NULL"] if NONE in values else []
    return Condition(field, f"({' OR '.join(parts)})", list(wanted))


def _has_one_of(
    field: str, column: str, values: tuple[str, ...], sets: Mapping[int, Sequence[str]]
) -> Condition:
    """Return the condition that the set of a column has one of values; NONE is the empty set."""
    numbers = [
        number
        for number, words in sets.items()
        if (not words and NONE in values) or not set(values).isdisjoint(words)
    ]
    listed = ", ".join(map(str, numbers)) or "0"
    return Condition(field, f"{column} IN ({listed})", [])


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None  # noqa: PLR2004 - the range of a score


def _page(text: str | None) -> int:
    longest = 7
    return max(1, int(text)) if text and text.isdecimal() and len(text) <= longest else 1
