"""Conflicts: pairs whose answers say different things of the same, where a run looks for them."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk.listing import facts_of
from pipeline.desk.site import Site
from pipeline.quality.redaction import redacted
from pipeline.workspace.workspace import Workspace

CONFLICTS = "conflicts.json"
_PAGE = 50
_ID_HEX = 32


def show(site: Site, request: Request) -> Response:
    """Return the conflicts that the last run found, in its order; each leads to its pairs."""
    entries = read_conflicts(site.workspace)
    text = request.query_params.get("page", "1")
    page = max(1, int(text)) if text.isdecimal() else 1
    shown = (entries or [])[_PAGE * (page - 1) : _PAGE * page]
    catalog = site.catalog_or_say()
    ids = sorted({one for entry in shown for one in pair_ids_of(entry)})
    facts = facts_of(catalog, ids)
    rows = [
        {
            "pairs": [
                {**facts[one], "question": redacted(facts[one]["question"])}
                for one in pair_ids_of(entry)
                if one in facts
            ],
            "facts": list(_facts(entry)),
        }
        for entry in shown
    ]
    return site.page(
        request,
        "conflicts.html",
        is_looked_for=entries is not None,
        total=len(entries or []),
        rows=rows,
        first=_PAGE * (page - 1) + 1,
        before=page - 1 if page > 1 else None,
        after=page + 1 if _PAGE * page < len(entries or []) else None,
    )


def read_conflicts(workspace: Workspace) -> list[dict[str, Any]] | None:
    """Return the conflicts of the last run, None where no stage looked for them."""
    if not workspace.has(CONFLICTS):
        return None
    found = orjson.loads((workspace / workspace.output(CONFLICTS)).read_bytes())
    if isinstance(found, Mapping):
        found = next((value for value in found.values() if isinstance(value, list)), [])
    return [entry for entry in found if isinstance(entry, dict)]


def pair_ids_of(value: Any) -> list[str]:
    """Return the pair ids that stand anywhere in a conflict, in their order, each once."""
    if isinstance(value, str):
        is_id = len(value) == _ID_HEX and not set(value) - set("0123456789abcdef")
        return [value] if is_id else []
    inside = value.values() if isinstance(value, Mapping) else value
    if not isinstance(value, Mapping | list):
        return []
    return list(dict.fromkeys(one for part in inside for one in pair_ids_of(part)))


def _facts(entry: Mapping[str, Any]) -> Any:
    """Yield what a conflict says beside its pairs: name and value, credentials masked."""
    for name, value in entry.items():
        if pair_ids_of(value) or name.endswith("_id") or value in (None, "", [], {}):
            continue
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        yield name.replace("_", " "), redacted(text)
