"""Parquet files written table by table, with the bytes of one write of the whole."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.memory import give_back

ROWS_PER_GROUP = 8192
FAST = 1
"""The level of Zstandard for what is written anew by every run and stored by none."""


class RowGroups:
    """A Parquet file that grows by tables; rows are grouped alike however the tables are cut.

    It holds fewer than ROWS_PER_GROUP rows that wait for their group.
    """

    def __init__(self, path: Path, schema: pa.Schema, level: int = FAST) -> None:
        """Open the file; schema is that of every table, without metadata. level is Zstandard's.

        A table of vectors has no dictionaries: of numbers that hardly come twice these are larger
        than the numbers, and take twice the time.
        """
        has_vectors = any(pa.types.is_fixed_size_list(column.type) for column in schema)
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=level,
            use_dictionary=not has_vectors,
        )
        self._waiting = schema.empty_table()
        self._is_empty = True

    def add(self, table: pa.Table) -> None:
        """Write the groups that table completes."""
        self._waiting = pa.concat_tables([self._waiting, table])
        full = self._waiting.num_rows - self._waiting.num_rows % ROWS_PER_GROUP
        if full:
            group = self._waiting.slice(0, full).combine_chunks()
            self._waiting = self._waiting.slice(full).combine_chunks()
            self._write(group)  # what it was combined from is held by nobody any more

    def close(self) -> None:
        """Write the last group, which may be smaller; a file without rows has one of none."""
        if self._waiting.num_rows or self._is_empty:
            self._write(self._waiting.combine_chunks())
        self._waiting = self._waiting.schema.empty_table()
        self._writer.close()

    def _write(self, table: pa.Table) -> None:
        self._is_empty = False
        self._writer.write_table(table, row_group_size=ROWS_PER_GROUP)
        give_back()
