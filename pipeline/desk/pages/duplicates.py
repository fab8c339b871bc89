"""Duplicates: clusters and the decisions about them, and the pairs of a cluster side by side."""

from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk.index.catalog import Catalog, Row
from pipeline.desk.listing import facts_of
from pipeline.desk.marking import differing
from pipeline.desk.selection import PAGE_ROWS
from pipeline.desk.site import Site
from pipeline.faucet.lookup import DECISIONS, PAIRS, by_pair_id, find_pair_id
from pipeline.faucet.trace.duplicates import decisions_about
from pipeline.quality.redaction import redacted

MOST_MEMBERS = 40


def show(site: Site, request: Request) -> Response:
    """Return the decisions by kind, action and guard, and a page of the clusters."""
    catalog = site.catalog_or_say()
    wanted = {name: request.query_params.get(name, "") for name in ("kind", "action", "guard")}
    page = max(1, int(text)) if (text := request.query_params.get("page", "1")).isdecimal() else 1
    where, values = _where(wanted)
    clusters = _clusters(catalog, where, values, page)
    return site.page(
        request,
        "duplicates.html",
        wanted=wanted,
        kinds=_kinds(catalog),
        guards=_guards(catalog),
        clusters=clusters,
        total=_total(catalog, where, values),
        page=page,
        before=urlencode({**_wanted(wanted), "page": page - 1}) if page > 1 else None,
        after=urlencode({**_wanted(wanted), "page": page + 1})
        if len(clusters) == PAGE_ROWS
        else None,
        address_of=lambda **changed: urlencode(_wanted({**wanted, **changed})),
    )


def show_cluster(site: Site, request: Request) -> Response:
    """Return the pairs of one cluster side by side, compared with the one of the highest score."""
    catalog = site.catalog_or_say()
    cluster_id = request.path_params["cluster_id"]
    rows = catalog.rows(
        "SELECT pair_id FROM facts WHERE cluster_id = ?"
        " ORDER BY state <> 'kept', score DESC NULLS LAST, row",
        [cluster_id],
    )
    if not rows:
        raise HTTPException(404, f"no pair stands in a cluster {cluster_id[:40]}")
    ids = [row["pair_id"] for row in rows]
    first = find_pair_id(site.workspace, request.query_params.get("with", "") or ids[0])
    shown = [first, *(one for one in ids if one != first)][:MOST_MEMBERS]
    decisions = decisions_about(site.workspace, first) if site.workspace.has(DECISIONS) else []
    return site.page(
        request,
        "cluster.html",
        cluster_id=cluster_id,
        size=len(ids),
        members=_members(site, catalog, shown),
        decisions={row["other_id"]: row for row in decisions},
        book=site.book(),
    )


def _members(site: Site, catalog: Catalog, ids: list[str]) -> list[dict[str, Any]]:
    """Return the pairs with their texts in parts, marked where they differ from the first's."""
    texts = by_pair_id(site.workspace, PAIRS, ids, ("question", "answer"))
    facts = facts_of(catalog, ids)
    plain = {
        one: (redacted(texts[one]["question"]), redacted(texts[one]["answer"]))
        for one in ids
        if one in texts and one in facts
    }
    base = next(iter(plain.values()), ("", ""))
    members = []
    for one, (question, answer) in plain.items():
        parts = [differing(*both)[1] for both in ((base[0], question), (base[1], answer))]
        members.append({"facts": facts[one], "question": parts[0], "answer": parts[1]})
    return members


def _kinds(catalog: Catalog) -> list[Row]:
    return catalog.rows(
        "SELECT kind, action, decided_by, count(*) AS decisions FROM deciding"
        " GROUP BY ALL ORDER BY decisions DESC, kind, action"
    )


def _guards(catalog: Catalog) -> list[Row]:
    return catalog.rows(
        "SELECT guard, count(*) AS decisions FROM (SELECT unnest(guards) AS guard FROM deciding)"
        " GROUP BY 1 ORDER BY 2 DESC, 1"
    )


def _where(wanted: dict[str, str]) -> tuple[str, list[str]]:
    """Return the condition on the decisions of a cluster, "" where any cluster will do."""
    parts = ["d.kind = ?"] * bool(wanted["kind"]) + ["d.action = ?"] * bool(wanted["action"])
    parts += ["list_contains(d.guards, ?)"] * bool(wanted["guard"])
    return " AND ".join(parts), [value for value in wanted.values() if value]


def _source(where: str) -> str:
    if not where:
        return "clusters c"
    return (
        "(SELECT DISTINCT c.* FROM clusters c JOIN facts f USING (cluster_id)"
        f" JOIN deciding d ON f.pair_id IN (d.one, d.other) WHERE {where}) c"
    )


def _total(catalog: Catalog, where: str, values: list[str]) -> int:
    return int(catalog.rows(f"SELECT count(*) AS found FROM {_source(where)}", values)[0]["found"])


def _clusters(catalog: Catalog, where: str, values: list[str], page: int) -> list[Row]:
    """Return a page of clusters, the largest first, each with the question of its best pair."""
    rows = catalog.rows(
        "SELECT c.*, best.question, best.indicator, best.pair_id, best.lowest, best.highest FROM"
        f" {_source(where)} JOIN (SELECT cluster_id, arg_max(question, (state = 'kept', score)) AS"
        " question, arg_max(pair_id, (state = 'kept', score)) AS pair_id,"
        " any_value(indicator) AS indicator, min(score) AS lowest, max(score) AS highest"
        " FROM facts WHERE cluster_id IS NOT NULL GROUP BY 1) best USING (cluster_id)"
        f" ORDER BY c.members DESC, c.cluster_id LIMIT {PAGE_ROWS} OFFSET {PAGE_ROWS * (page - 1)}",
        values,
    )
    return [{**row, "question": redacted(row["question"] or "")} for row in rows]


def _wanted(wanted: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in wanted.items() if value}
