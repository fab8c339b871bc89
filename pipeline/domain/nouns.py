"""What an entry of the plan is called where people read of it."""

from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.domain.documents import NAMES


class Nouns(NamedTuple):
    """The noun of an entry of the plan, and its plural, each on one line."""

    entry: str
    entries: str

    @property
    def unplaced(self) -> str:
        """Return what pairs are that no entry of the plan has."""
        return f"under no {self.entry} of the plan"

    @property
    def heading(self) -> str:
        """Return the plural as a heading begins with it."""
        return self.entries[:1].upper() + self.entries[1:]


def nouns_of(words: Json) -> Nouns:
    """Return the nouns that words.yaml gives, those of NAMES where it gives none."""
    named = {**NAMES, **words}
    return Nouns(*(" ".join(str(named[name]).split()) for name in Nouns._fields))
