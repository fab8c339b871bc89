"""One pair: its texts with what is flagged in them, its way, its cluster, what is near it."""

from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.charts.addresses import pair_address
from pipeline.core.errors import UserError
from pipeline.desk.index.catalog import Catalog, Row
from pipeline.desk.index.senses import nearest, vector_of
from pipeline.desk.listing import facts_of
from pipeline.desk.marking import Part, differing, flagged
from pipeline.desk.site import Site
from pipeline.faucet.lookup import PAIRS, by_pair_id, find_pair_id
from pipeline.faucet.trace.tracing import trace
from pipeline.quality.redaction import redacted

NEAR = 10
CLUSTER_MEMBERS = 12


class Member(NamedTuple):
    """Another pair of the cluster: its facts, and where its texts differ from this one's."""

    facts: Row
    question: list[Part]
    answer: list[Part]


def show(site: Site, request: Request) -> Response:
    """Return the page of a pair; the start of an id leads to the whole one."""
    given = request.path_params["pair_id"]
    try:
        found = trace(site.workspace, given)
    except UserError as fault:
        raise HTTPException(404, str(fault)) from None
    if given != found.pair_id:
        return RedirectResponse(pair_address(found.pair_id), status_code=303)
    catalog = site.catalog
    texts = _texts(site, found.pair_id)
    flags = found.quality["flags"] if found.quality else []
    return site.page(
        request,
        "pair.html",
        trace=found,
        question=flagged(found.question, flags),
        answer=flagged(found.answer, flags),
        context=found.context,
        facts=facts_of(catalog, [found.pair_id]).get(found.pair_id) if catalog else None,
        members=_members(site, catalog, found) if catalog and found.cluster_id else [],
        cluster_size=_size(catalog, found.cluster_id) if catalog else 0,
        line=site.book().lines.get((found.pair_id,)),
        tags=texts.get("tags") or [],
        citations=texts.get("citations") or [],
    )


def show_near(site: Site, request: Request) -> Response:
    """Return the part of the page that lists the pairs nearest by sense."""
    catalog = site.catalog_or_say()
    pair_id = find_pair_id(site.workspace, request.path_params["pair_id"])
    vector = vector_of(catalog.sources, pair_id)
    found = [] if vector is None else nearest(catalog.sources, vector, NEAR + 1)
    others = [one for one in found if one[0] != pair_id][:NEAR]
    facts = facts_of(catalog, [one for one, _ in others])
    rows = [
        {**facts[one], "question": redacted(facts[one]["question"]), "cosine": cosine}
        for one, cosine in others
        if one in facts
    ]
    return site.page(request, "near.html", rows=rows, pair_id=pair_id)


def _texts(site: Site, pair_id: str) -> dict[str, Any]:
    """Return what the page shows beside the trace, credentials masked."""
    row = by_pair_id(site.workspace, PAIRS, [pair_id]).get(pair_id, {})
    return {
        "tags": [redacted(tag) for tag in row.get("tags") or []],
        "citations": [redacted(one) for one in row.get("citations") or []],
    }


def _size(catalog: Catalog, cluster_id: str | None) -> int:
    rows = catalog.rows("SELECT members FROM clusters WHERE cluster_id = ?", [cluster_id])
    return rows[0]["members"] if rows else 1


def _members(site: Site, catalog: Catalog, found: Any) -> list[Member]:
    """Return the other pairs of the cluster with their differences, best scores first."""
    rows = catalog.rows(
        "SELECT pair_id FROM facts WHERE cluster_id = ? AND pair_id <> ?"
        f" ORDER BY score DESC NULLS LAST, row LIMIT {CLUSTER_MEMBERS}",
        [found.cluster_id, found.pair_id],
    )
    ids = [row["pair_id"] for row in rows]
    texts = by_pair_id(site.workspace, PAIRS, ids, ("question", "answer")) if ids else {}
    facts = facts_of(catalog, ids)
    members = []
    for one in ids:
        if one in texts and one in facts:
            _, question = differing(found.question, redacted(texts[one]["question"]))
            _, answer = differing(found.answer, redacted(texts[one]["answer"]))
            members.append(Member(facts[one], question, answer))
    return members
