"""Checkpoints: the data set at each, and two of them side by side."""

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.errors import UserError
from pipeline.desk.site import Site
from pipeline.faucet.changes.comparing import Changes, changes
from pipeline.faucet.changes.figures import figures_table
from pipeline.faucet.changes.states import NOW
from pipeline.faucet.checkpoints.history import checkpoints
from pipeline.faucet.lookup import PAIRS, by_pair_id

LISTED = 200


def show(site: Site, request: Request) -> Response:
    """Return the checkpoints of this branch, newest first."""
    try:
        listed = checkpoints(site.workspace, LISTED)
    except UserError as fault:
        return site.page(request, "checkpoints.html", listed=[], fault=str(fault))
    return site.page(request, "checkpoints.html", listed=listed, fault="")


def compare(site: Site, request: Request) -> Response:
    """Return the figures of two states side by side, and which pairs came and went.

    A pair leads to its page where it lies here now, whatever has become of it, and else to the
    checkpoint that has it.
    """
    before, after = (request.query_params.get(name, "").strip() for name in ("before", "after"))
    found = changes(site.workspace, before or "HEAD", after or NOW)
    return site.page(
        request,
        "compare.html",
        changes=found,
        figures=figures_table(found),
        here=_here(site, found),
    )


def _here(site: Site, found: Changes) -> Collection[str]:
    """Return which of the pairs that are named are in the workspace now."""
    named = [row["pair_id"] for side in (found.gained, found.lost) if side for row in side.sample]
    if not named or not site.workspace.has(PAIRS):
        return frozenset()
    return by_pair_id(site.workspace, PAIRS, named, ("pair_id",)).keys()
