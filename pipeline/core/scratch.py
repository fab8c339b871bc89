"""Rows that memory should not hold while a stage works on them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from weakref import finalize

import daft
import pyarrow as pa
import pyarrow.compute as pc


class Scratch:
    """A table in a file without a name, which ends with the value: written once, then read.

    It lies where SQLite puts such files: in SQLITE_TMPDIR, else in the system's folder for them.
    """

    def __init__(self, schema: pa.Schema) -> None:
        """Make an empty table; schema is that of all rows that are added."""
        self.schema = schema
        self.num_rows = 0
        self._file = TemporaryFile(dir=os.environ.get("SQLITE_TMPDIR"))  # noqa: SIM115 - ends so:
        finalize(self, self._file.close)
        self._writer = pa.ipc.new_file(self._file, schema)
        self._is_written = False

    def add(self, table: pa.Table) -> None:
        """Write rows behind those that are there."""
        self._writer.write_table(table.combine_chunks())
        self.num_rows += table.num_rows

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows as they were added, one table at a time; none is added from here on."""
        if not self._is_written:
            self._writer.close()
            self._is_written = True
        self._file.seek(0)
        found = pa.ipc.open_file(self._file)
        for number in range(found.num_record_batches):
            yield pa.Table.from_batches([found.get_batch(number)])

    def __iter__(self) -> Iterator[daft.DataFrame]:
        nothing = self.schema.empty_table()
        yield from map(daft.from_arrow, self.tables() if self.num_rows else [nothing])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows of a scratch table that have one value in a column, without that column.

    Like the table itself they can be parts of Ranges, and are read anew every time.
    """

    rows: Scratch
    column: str
    value: str

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rows, one table at a time."""
        for table in self.rows.tables():
            chosen = table.filter(pc.equal(table[self.column], self.value))
            yield chosen.drop_columns([self.column])

    def __iter__(self) -> Iterator[daft.DataFrame]:
        nothing = self.rows.schema.empty_table().drop_columns([self.column])
        yield from map(daft.from_arrow, self.tables() if self.rows.num_rows else [nothing])
