"""Texts that memory should not hold, each read by its place."""

import os
from itertools import pairwise
from tempfile import TemporaryFile
from weakref import finalize

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Places = npt.NDArray[np.int64]

_TEXT = pa.large_string()


class TextFile:
    """Texts in a file without a name, which ends with the value; memory has 8 bytes of each.

    It lies where a scratch table does: in SQLITE_TMPDIR, else in the system's folder for such
    files. What was read of it lately is in the system's memory and not in this process's.
    """

    def __init__(self) -> None:
        """Make a file without texts."""
        self._file = TemporaryFile(buffering=0, dir=os.environ.get("SQLITE_TMPDIR"))  # noqa: SIM115 - ends so:
        finalize(self, self._file.close)
        self._ends = [np.zeros(1, np.int64)]
        self._size = 0

    def add(self, texts: pa.Array | pa.ChunkedArray) -> None:
        """Write texts, none of which is null, behind those that are there."""
        parts = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
        one = pa.concat_arrays([pa.array([], _TEXT), *(part.cast(_TEXT) for part in parts)])
        _, offsets, content = one.buffers()
        ends = np.frombuffer(offsets, np.int64)[one.offset : one.offset + len(one) + 1]
        written = memoryview(content or b"")[int(ends[0]) : int(ends[-1])]
        while written:  # a file takes at most 2 GB at a time
            written = written[self._file.write(written) :]
        self._ends.append(ends[1:] - ends[0] + self._size)
        self._size += int(ends[-1] - ends[0])

    def take(self, places: Places) -> pa.Array:
        """Return the texts at places, which count from 0 in the order of writing."""
        if len(self._ends) > 1:
            self._ends = [np.concatenate(self._ends)]
        distinct, which = np.unique(places, return_inverse=True)
        starts, ends = (self._ends[0][distinct + after] for after in (0, 1))
        lies = np.flatnonzero(np.r_[True, starts[1:] != ends[:-1]])[: len(starts)]
        runs = pairwise([*lies.tolist(), len(starts)])
        parts = [
            os.pread(self._file.fileno(), int(ends[last - 1] - starts[first]), int(starts[first]))
            for first, last in runs
        ]
        offsets = np.cumsum(np.r_[0, ends - starts])
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(parts))]
        return pa.Array.from_buffers(_TEXT, len(distinct), buffers).take(pa.array(which))
