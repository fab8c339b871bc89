"""Tables that are larger than memory."""

from dataclasses import dataclass

import daft


@dataclass(frozen=True, slots=True)
class Ranges:
    """A table as consecutive ranges of its first column, at least one; each is computed alone.

    Every value of a part's first column is greater than all values of the parts before it.
    """

    parts: tuple[daft.DataFrame, ...]

    @property
    def whole(self) -> daft.DataFrame:
        """Return the table in one piece."""
        first, *others = self.parts
        for part in others:
            first = first.concat(part)
        return first
