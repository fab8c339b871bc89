"""Checkpoints: the data set at each, and two of them side by side."""

from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.errors import UserError
from pipeline.desk.site import Site
from pipeline.faucet.changes.comparing import changes
from pipeline.faucet.changes.figures import figures_table
from pipeline.faucet.changes.states import NOW
from pipeline.faucet.checkpoints.history import checkpoints

LISTED = 200


def show(site: Site, request: Request) -> Response:
    """Return the checkpoints of this branch, newest first."""
    try:
        listed = checkpoints(site.workspace, LISTED)
    except UserError as fault:
        return site.page(request, "checkpoints.html", listed=[], fault=str(fault))
    return site.page(request, "checkpoints.html", listed=listed, fault="")


def compare(site: Site, request: Request) -> Response:
    """Return the figures of two states side by side, and which pairs came and went."""
    before, after = (request.query_params.get(name, "").strip() for name in ("before", "after"))
    found = changes(site.workspace, before or "HEAD", after or NOW)
    return site.page(request, "compare.html", changes=found, figures=figures_table(found))
