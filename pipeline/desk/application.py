"""The desk as an application: addresses, what answers them, and how faults are shown."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.charts.frame import asset
from pipeline.core.errors import UserError
from pipeline.desk.guard import Guard, is_from_form
from pipeline.desk.pages import (
    asking,
    checkpoints,
    conflicts,
    deliveries,
    duplicates,
    overview,
    pair,
    pairs,
    plan,
    queues,
    reviewing,
    reviewing_many,
)
from pipeline.desk.site import Handler, Site, Writer, form_of

_PACKAGE = __package__
_CHARTS = "pipeline.charts"

GETS: dict[str, Handler] = {
    "/": overview.show,
    "/pairs": pairs.show,
    "/pair/{pair_id}": pair.show,
    "/pair/{pair_id}/near": pair.show_near,
    "/review": reviewing.show,
    "/review/agreement": reviewing.show_agreement,
    "/review/many": reviewing_many.show,
    "/duplicates": duplicates.show,
    "/duplicates/{cluster_id}": duplicates.show_cluster,
    "/conflicts": conflicts.show,
    "/deliveries": deliveries.show,
    "/deliveries/{agent}/{delivery}": deliveries.show_one,
    "/plan": plan.show,
    "/plan/brief": plan.show_brief,
    "/queues": queues.show,
    "/checkpoints": checkpoints.show,
    "/checkpoints/compare": checkpoints.compare,
    "/ask": asking.show,
}
POSTS: dict[str, Writer] = {
    "/review/decide": reviewing.decide,
    "/review/undo": reviewing.undo,
    "/review/many": reviewing_many.decide,
    "/deliveries/{agent}/{delivery}": deliveries.write,
}
STATIC = {"desk.css": "text/css", "desk.js": "text/javascript", "htmx.min.js": "text/javascript"}


def application(site: Site) -> Starlette:
    """Return the application of a desk, behind its guard."""
    routes = [Route(path, _reading(site, handler)) for path, handler in GETS.items()]
    routes += [
        Route(path, _writing(site, writer), methods=["POST"]) for path, writer in POSTS.items()
    ]
    routes.append(Route("/static/{name}", _static))
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, keys=site.keys, is_read_only=site.is_read_only)],
        exception_handlers={
            UserError: _explained(site, 400),
            HTTPException: _explained(site, 404),
        },
    )


def _reading(site: Site, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await run_in_threadpool(handler, site, request)

    return answer


def _writing(site: Site, writer: Writer) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        form = form_of(await request.body())
        if not is_from_form(site.keys, request, form):
            raise HTTPException(403, "nothing was written: load the page again, then once more")
        if not site.can_write:
            raise HTTPException(403, "who decides? start it as `faucet desk --who NAME`")
        return await run_in_threadpool(writer, site, request, form)

    return answer


def _explained(site: Site, status: int) -> Callable[[Request, Exception], Response]:
    def explain(request: Request, fault: Exception) -> Response:
        is_http = isinstance(fault, HTTPException)
        code = fault.status_code if isinstance(fault, HTTPException) else status
        sentence = fault.detail if isinstance(fault, HTTPException) else str(fault)
        if is_http and code == 404 and sentence == "Not Found":  # noqa: PLR2004 - no such address
            sentence = "there is no such page"
        return site.page(request, "fault.html", status=code, sentence=sentence)

    return explain


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404, "there is no such file")
    text = files(_PACKAGE).joinpath("static", name).read_text(encoding="utf-8")
    if name == "desk.css":
        text = asset(_CHARTS, "base.css") + text
    if name == "desk.js":
        text = asset(_CHARTS, "dashboard.js") + text
    return Response(text, media_type=STATIC[name])
