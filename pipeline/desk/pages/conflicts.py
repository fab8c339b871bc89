"""Conflicts: answers of one cluster that cannot both hold, with the words of each."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.json_values import Json
from pipeline.desk.listing import facts_of
from pipeline.desk.site import Site
from pipeline.faucet.lookup import CONFLICTS
from pipeline.quality.redaction import redacted
from pipeline.store.fitting import fitting
from pipeline.workspace.workspace import Workspace

_PAGE = 50
_SIDES = ("left", "right")


def show(site: Site, request: Request) -> Response:
    """Return a page of the conflicts that the last run found, in its order."""
    catalog = site.catalog_or_say()
    listed = read_conflicts(site.workspace)
    kind = request.query_params.get("kind", "")
    chosen = [entry for entry in listed or [] if kind in ("", entry["kind"])]
    text = request.query_params.get("page", "1")
    page = max(1, int(text)) if text.isdecimal() else 1
    shown = chosen[_PAGE * (page - 1) : _PAGE * page]
    facts = facts_of(catalog, sorted({entry[s]["pair_id"] for entry in shown for s in _SIDES}))
    return site.page(
        request,
        "conflicts.html",
        is_looked_for=listed is not None,
        kind=kind,
        kinds=_kinds(listed or []),
        total=len(chosen),
        rows=[
            {**entry, "sides": [_side(entry[side], facts) for side in _SIDES]} for entry in shown
        ],
        first=_PAGE * (page - 1) + 1,
        before=page - 1 if page > 1 else None,
        after=page + 1 if _PAGE * page < len(chosen) else None,
    )


def read_conflicts(workspace: Workspace) -> list[Json] | None:
    """Return the conflicts of the last run, None where no stage looked for them."""
    if not workspace.has(CONFLICTS):
        return None
    (file,) = fitting(workspace, workspace.output(CONFLICTS))
    found: list[Json] = orjson.loads(file.read_bytes())["conflicts"]
    return found


def _kinds(listed: list[Json]) -> dict[str, int]:
    kinds = sorted({entry["kind"] for entry in listed})
    return {kind: sum(entry["kind"] == kind for entry in listed) for kind in kinds}


def _side(side: Json, facts: Any) -> Json:
    """Return one answer of a conflict: its pair, what it states, and how the pair stands."""
    return {
        "pair_id": side["pair_id"],
        "question": redacted(side["question"]),
        "span": redacted(side["span"].strip()),
        "facts": facts.get(side["pair_id"]),
    }
