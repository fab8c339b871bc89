"""All entries in some dozen bytes each: which pair an entry is, and who delivered it where.

Texts of entries stay where they are spilled. What sorts them, counts them and finds the ranges in
which they are read are arrays of numbers: a pair's id is sixteen bytes, a delivery its number.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.ids import PAIR_ID_HEX
from pipeline.deliveries.reasons import REASONS

COLUMNS = ("pair_id", "place", "seq", "reason", "chars")
"""Of an entry, what is asked for here."""

_TEXT = pa.large_string()
_CODES = tuple(REASONS)
_HALF = np.dtype(">u8")
"""Half a pair's id: numbers in this order are in the order of its hex digits."""

Numbers = npt.NDArray[np.int64]
Range = tuple[str | None, str | None, pa.Table]
"""The least pair_id of a range, that of the next one (None for no bound), and its entries."""


class _Some(NamedTuple):
    """The keys of some entries: the halves of their pair_id, delivery, seq, reason's number, size.

    Of accepted ones the reason is -1, of refused ones the id is 0.
    """

    high: npt.NDArray[np.uint64]
    low: npt.NDArray[np.uint64]
    place: npt.NDArray[np.int32]
    seq: Numbers
    reason: npt.NDArray[np.int8]
    chars: Numbers

    def at(self, order: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "_Some":
        """Return those at places, or where a mask says so."""
        columns: list[Any] = [column[order] for column in self]
        return _Some(*columns)


class EntryKeys:
    """The keys of all entries: accepted ones by pair_id and place, refused ones by place."""

    def __init__(
        self, deliveries: Sequence[Mapping[str, str]], batches: Iterable[pa.RecordBatch]
    ) -> None:
        """Take deliveries (place, agent, delivery), sorted, and batches of all entries' COLUMNS."""
        self._agents = pa.array([row["agent"] for row in deliveries], _TEXT)
        self._deliveries = pa.array([row["delivery"] for row in deliveries], _TEXT)
        places = pa.array([row["place"] for row in deliveries], _TEXT)
        parts = [_keys_of(batch, places) for batch in batches] or [_keys_of(_empty(), places)]
        columns: list[Any] = [np.concatenate(column) for column in zip(*parts, strict=True)]
        del parts
        every = _Some(*columns)
        self._accepted = every.at(every.reason < 0)
        self._refused = every.at(every.reason >= 0)
        self.found = np.bincount(every.place, minlength=len(deliveries))
        """How many entries each delivery has."""
        del every, columns
        own = self._accepted
        self._accepted = own.at(np.lexsort((own.seq, own.place, own.low, own.high)))
        self._refused = self._refused.at(np.lexsort((self._refused.seq, self._refused.place)))
        self._turn = _turns(self._accepted)

    @property
    def accepted(self) -> Numbers:
        """Return how many pairs each delivery was the first to bring."""
        return self._counted(self._turn == 1)

    @property
    def repeated(self) -> Numbers:
        """Return how many entries of each delivery are pairs that were there before."""
        return self._counted(self._turn > 1)

    def _counted(self, which: npt.NDArray[np.bool_]) -> Numbers:
        return np.bincount(self._accepted.place[which], minlength=len(self._agents))

    @property
    def chars(self) -> int:
        """Return how many characters accepted entries hold."""
        return int(self._accepted.chars.sum())

    @property
    def reasons(self) -> dict[int, dict[str, int]]:
        """Return by a delivery's number how many entries were refused for each reason, by reason.

        Deliveries of which none was refused are left out.
        """
        both = self._refused.place.astype(np.int64) * len(_CODES) + self._refused.reason
        found: dict[int, dict[str, int]] = {}
        numbers, counts = np.unique(both, return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            place, code = divmod(number, len(_CODES))
            found.setdefault(place, {})[_CODES[code]] = count
        return {place: dict(sorted(counted.items())) for place, counted in found.items()}

    def ranges(self, most_chars: int) -> Iterator[Range]:
        """Yield accepted entries in ranges of pair_id that hold about most_chars characters each.

        A range has agent, delivery, seq and turn of each entry: the how-manieth origin of its pair
        it is, from 1. There is one at least.
        """
        firsts = _starts(self._accepted.chars, most_chars)
        starts = np.unique(firsts - (self._turn[firsts] - 1))  # all of a pair is in one range
        starts = starts[starts > 0]
        ids = [None, *(self._pair_id(int(start)) for start in starts), None]
        cuts = [0, *map(int, starts), len(self._turn)]
        for (start, end), (least, limit) in zip(pairwise(cuts), pairwise(ids), strict=True):
            turns = pa.array(self._turn[start:end], pa.int64())
            yield least, limit, self._named(self._accepted, start, end).append_column("turn", turns)

    def refused(self, most_chars: int) -> Iterator[pa.Table]:
        """Yield refused entries by place, about most_chars characters at a time.

        A table has agent, delivery and seq of each; there is one at least.
        """
        cuts = [0, *map(int, _starts(self._refused.chars, most_chars)), len(self._refused.seq)]
        for start, end in pairwise(cuts):
            yield self._named(self._refused, start, end)

    def _named(self, keys: _Some, start: int, end: int) -> pa.Table:
        places = pa.array(keys.place[start:end])
        return pa.table(
            {
                "agent": self._agents.take(places),
                "delivery": self._deliveries.take(places),
                "seq": pa.array(keys.seq[start:end], pa.int64()),
            }
        )

    def _pair_id(self, at: int) -> str:
        return f"{int(self._accepted.high[at]):016x}{int(self._accepted.low[at]):016x}"


def _keys_of(batch: pa.RecordBatch, places: pa.Array) -> _Some:
    reason = pc.index_in(batch["reason"].cast(_TEXT), value_set=pa.array(_CODES, _TEXT))
    codes = reason.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int8)
    is_pair = codes < 0
    halves = np.zeros((len(batch), 2), np.uint64)
    ids = batch["pair_id"].filter(pa.array(is_pair))
    digits = bytes.fromhex("".join(ids.to_pylist()))
    assert len(digits) * 2 == len(ids) * PAIR_ID_HEX
    halves[is_pair] = np.frombuffer(digits, _HALF).reshape(-1, 2)
    place = pc.index_in(batch["place"].cast(_TEXT), value_set=places)
    assert place.null_count == 0
    return _Some(
        halves[:, 0].copy(),
        halves[:, 1].copy(),
        place.to_numpy(zero_copy_only=False),
        batch["seq"].to_numpy(zero_copy_only=False).astype(np.int64),
        codes,
        batch["chars"].to_numpy(zero_copy_only=False).astype(np.int64),
    )


def _empty() -> pa.RecordBatch:
    numbers = {"seq": pa.int64(), "chars": pa.int64()}
    fields = [pa.field(name, numbers.get(name, _TEXT)) for name in COLUMNS]
    return pa.RecordBatch.from_pylist([], pa.schema(fields))


def _turns(keys: _Some) -> Numbers:
    """Return for each entry, sorted by pair, the how-manieth of its pair it is, from 1."""
    opens = np.ones(len(keys.seq), dtype=bool)
    opens[1:] = (keys.high[1:] != keys.high[:-1]) | (keys.low[1:] != keys.low[:-1])
    places = np.arange(len(opens))
    return places - np.maximum.accumulate(np.where(opens, places, 0)) + 1


def _starts(chars: Numbers, most_chars: int) -> npt.NDArray[np.intp]:
    """Return where a range begins, the first one left out."""
    return np.flatnonzero(np.diff(np.cumsum(chars) // most_chars)) + 1
