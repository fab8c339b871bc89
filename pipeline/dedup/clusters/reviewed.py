"""What reviewers said of two entries: four relations, and what each means for a cluster."""

from typing import NamedTuple

Edge = tuple[int, int]


class ReviewedEdges(NamedTuple):
    """The entries of each verdict about two, the better first, by what the verdict says."""

    merge: list[Edge]  # one of the two goes
    keep_apart: list[Edge]  # two questions: neither is merged, and nothing links them
    keep_both: list[Edge]  # one question, two answers: neither is merged, and they are linked
    better_of_rerun: list[Edge]  # likewise, and the worse is an alternative to the better

    def objections(self) -> list[Edge]:
        """Return the edges whose ends no rule may merge."""
        return [*self.keep_apart, *self.keep_both, *self.better_of_rerun]

    def links(self) -> list[Edge]:
        """Return the edges whose ends must stay together in a split."""
        return [*self.keep_both, *self.better_of_rerun]
