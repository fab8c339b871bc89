"""The figures that differ between two states, as a table of a page."""

from pipeline.charts.page import Table
from pipeline.faucet.changes.comparing import Changes
from pipeline.faucet.changes.markdown import difference, number


def figures_table(changes: Changes) -> Table:
    """Return a row per figure that differs: before, after and by how much."""
    rows = [
        (one.name, number(one.before), number(one.after), difference(one))
        for one in changes.figures
    ]
    caption = f"Figures that differ; {changes.same:,} are the same"
    return Table(caption, ("figure", "before", "after", "change"), rows, "all are the same")
