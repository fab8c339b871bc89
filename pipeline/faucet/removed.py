"""What people took out of the data set, as the book of this workspace has it."""

from pipeline.core.whole_file import whole_file
from pipeline.reviews.reading import read_removals
from pipeline.reviews.removals import Removal, Removed, removed_of
from pipeline.workspace.layout import REMOVED
from pipeline.workspace.workspace import Workspace


def read_book(workspace: Workspace) -> list[Removal]:
    """Return all entries of the book of removals in order of its lines; none without a book.

    Raises UserError as the reader of the books does (reviews/reading.py).
    """
    return read_removals(whole_file(workspace.root, REMOVED) or b"", REMOVED.as_posix())


def removed_in(workspace: Workspace) -> Removed:
    """Return what is out of the data set, from the next run on; raises as read_book does."""
    return removed_of(read_book(workspace))
