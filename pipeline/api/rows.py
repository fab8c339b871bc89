"""A caller's rows as pairs: what integrate makes of records, of rows that are in memory."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import daft
import pyarrow as pa

from pipeline.api.forms import RowForm, form_of, json_value
from pipeline.api.inputs import Source
from pipeline.api.packaged import packaged_json
from pipeline.api.why import WhyDropped
from pipeline.core.ids import pair_id
from pipeline.core.schemas import arrow_schema
from pipeline.core.validation import Validator
from pipeline.deliveries.pairs import to_pair
from pipeline.deliveries.records import Record, Refusal, not_an_object, refused
from pipeline.plan.groups import Groups
from pipeline.plan.indicators import Plan, plan_of

_LISTS = ("context", "candidates", "tags", "citations", "origins")


class Rows(NamedTuple):
    """Rows of a caller and the pairs in them.

    pair_ids has one id per row, None where a row holds no pair; refusals says why, by position.
    pairs is a table as integrate gives it: one row per distinct pair.
    """

    held: Any
    form: RowForm
    pair_ids: list[str | None]
    refusals: dict[int, Refusal]
    pairs: daft.DataFrame

    def taken(self, positions: list[int]) -> Any:
        """Return the rows at positions, in this order and in their caller's form."""
        return self.form.taken(self.held, positions)

    def first(self) -> dict[str, int]:
        """Return the position of the first row of every pair, in order of the rows."""
        found: dict[str, int] = {}
        for place, identity in enumerate(self.pair_ids):
            if identity is not None:
                found.setdefault(identity, place)
        return found

    def refused(self, place: int) -> WhyDropped:
        """Return why the row at a position holds no pair."""
        return WhyDropped(place, self.refusals[place].reason, self.refusals[place].message)


def rows_of(given: Any, source: Source, *, called: str = "rows") -> Rows:
    """Return a caller's rows with the pairs in them.

    A row is read as a record of a delivery: under the keys that docs/deliveries.md lists, whatever
    else it has. One that was read here before, as read gives it, is taken as it is. called is how
    origins name the rows.

    Raises UserError for what are no rows.
    """
    form = form_of(given)
    held = form.held(given)
    plan = plan_of(source.read("integrate", "plan"), source.read("integrate", "look_alikes"))
    groups = Groups(source.read("integrate", "topics"))
    reader = _Reader(plan, groups, Validator(packaged_json("delivered_pair")))
    pair_ids: list[str | None] = []
    refusals: dict[int, Refusal] = {}
    pairs: dict[str, dict[str, Any]] = {}
    for place, record in enumerate(form.records(held)):
        found = reader.pair_in(json_value(record), place, called)
        pair_ids.append(None if isinstance(found, Refusal) else found["pair_id"])
        if isinstance(found, Refusal):
            refusals[place] = found
        elif found["pair_id"] in pairs:
            pairs[found["pair_id"]]["origins"].extend(found["origins"])
        else:
            pairs[found["pair_id"]] = found
    return Rows(held, form, pair_ids, refusals, pairs_table(pairs.values()))


def pairs_table(pairs: Any) -> daft.DataFrame:
    """Return pairs as a table with the columns and types of schemas/pairs.schema.json, by id."""
    columns = arrow_schema(packaged_json("pairs"))
    rows = sorted(pairs, key=lambda pair: str(pair["pair_id"]))
    return daft.from_arrow(pa.Table.from_pylist(rows, schema=columns)).collect()


class _Reader:
    """Reads records by a plan, by groups and by the rules of delivered pairs."""

    def __init__(self, plan: Plan, groups: Groups, rules: Validator) -> None:
        self._plan, self._groups, self._rules = plan, groups, rules
        self._columns = tuple(packaged_json("pairs")["properties"])
        self._whole = Validator(packaged_json("pairs"))

    def pair_in(self, record: Any, place: int, called: str) -> dict[str, Any] | Refusal:
        """Return the pair of a record as integrate has it, or why it holds none."""
        named = f"row {place}"
        if not isinstance(record, Mapping):
            return not_an_object(named, record)
        if not _is_unicode(record):
            return refused(named, "lone_surrogate", "a text holds half a surrogate pair")
        read_before = self._read_before(record, place, called)
        if read_before is not None:
            return read_before
        found = to_pair(Record(named, record), file_name="", plan=self._plan, rules=self._rules)
        if isinstance(found, Refusal):
            return found
        columns = {**found._asdict(), "group": self._groups.of(found.category, found.topic)}
        origin = _origin(place, called, found.original_id, found.extra)
        return {**{name: columns.get(name) for name in self._columns}, "origins": [origin]}

    def _read_before(
        self, record: Mapping[str, Any], place: int, called: str
    ) -> dict[str, Any] | None:
        """Return a record that has the columns of pairs and the id of its texts; else None."""
        if "pair_id" not in record:
            return None
        row: dict[str, Any] = {name: record.get(name) for name in self._columns}
        row |= {name: row[name] or [] for name in _LISTS}
        row["origins"] = row["origins"] or [_origin(place, called, None, "{}")]
        if self._whole.first_fault(row) is not None:
            return None
        is_own = row["pair_id"] == pair_id(row["question"], row["answer"], row["context"])
        return row if is_own else None


def _origin(place: int, called: str, original_id: str | None, extra: str) -> dict[str, Any]:
    return {
        "agent": called,
        "delivery": called,
        "pointer": f"/{place}",
        "original_id": original_id,
        "extra": extra,
    }


def _is_unicode(value: Any) -> bool:
    """Return whether every text in a value can be written as UTF-8."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, Mapping):
        return all(_is_unicode(key) and _is_unicode(inner) for key, inner in value.items())
    return not isinstance(value, list) or all(map(_is_unicode, value))
