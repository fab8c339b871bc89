"""Ask: the pairs of the finished data set that answer a question, as `faucet ask` finds them."""

from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.errors import UserError
from pipeline.desk.site import Site
from pipeline.faucet.asking import ask
from pipeline.quality.redaction import redacted

HITS = 10
_MOST_CHARS = 1000


def show(site: Site, request: Request) -> Response:
    """Return the form, and the hits of the question in the address."""
    question = request.query_params.get("q", "").strip()[:_MOST_CHARS]
    try:
        hits = ask(site.workspace, question, limit=HITS) if question else []
        fault = ""
    except UserError as refusal:
        hits, fault = [], str(refusal)
    shown = [
        hit._replace(question=redacted(hit.question), snippet=redacted(hit.snippet)) for hit in hits
    ]
    return site.page(request, "ask.html", question=question, hits=shown, fault=fault)
