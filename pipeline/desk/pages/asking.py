"""Ask: the pairs of the finished data set that answer a question, as `faucet ask` finds them."""

from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.errors import UserError
from pipeline.desk.site import Site
from pipeline.faucet.asking import ask
from pipeline.quality.redaction import redacted
from pipeline.rag.filters import Filters

HITS = 10
_MOST_CHARS = 1000


def show(site: Site, request: Request) -> Response:
    """Return the form, and the hits of the question in the address; group is where it looks."""
    question = request.query_params.get("q", "").strip()[:_MOST_CHARS]
    group = request.query_params.get("group", "")[:_MOST_CHARS]
    try:
        filters = Filters(group=group or None)
        hits = ask(site.workspace, question, limit=HITS, filters=filters) if question else []
        fault = ""
    except UserError as refusal:
        hits, fault = [], str(refusal)
    shown = [
        hit._replace(question=redacted(hit.question), snippet=redacted(hit.snippet)) for hit in hits
    ]
    return site.page(
        request,
        "ask.html",
        question=question,
        hits=shown,
        fault=fault,
        group=group,
        groups=_groups(site),
    )


def _groups(site: Site) -> list[str]:
    """Return the groups that kept pairs belong to, A to Z; none before the first run."""
    catalog = site.catalog
    if catalog is None:
        return []
    rows = catalog.rows(
        "SELECT DISTINCT topic_group::VARCHAR AS name FROM facts WHERE state = 'kept' ORDER BY 1"
    )
    return [row["name"] for row in rows]
