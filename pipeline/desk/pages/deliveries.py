"""Deliveries: what came, what was refused and why, and taking one out of the data set."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.charts.addresses import delivery_address, pairs_address
from pipeline.charts.intake import deliveries_table, quarantine_table
from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.desk.site import Site
from pipeline.faucet.answers.books import ACCOUNTING, QUARANTINE, accounting
from pipeline.faucet.answers.receipts import receipts
from pipeline.faucet.removed import removed_in
from pipeline.faucet.verdicts.removing import Meant, remove, undo
from pipeline.store.fitting import fitting
from pipeline.store.inputs import read_input
from pipeline.workspace.workspace import Workspace

_LISTED_REFUSALS = 200


def show(site: Site, request: Request) -> Response:
    """Return all deliveries with their books, and the reasons of what was refused."""
    workspace = site.workspace
    entries = accounting(workspace)
    _hold(workspace)
    refused = (
        read_input(workspace, workspace.output(QUARANTINE)) if workspace.has(QUARANTINE) else []
    )
    return site.page(
        request,
        "deliveries.html",
        listing=deliveries_table({"deliveries": entries}),
        refused=quarantine_table(refused),
        removed=list(removed_in(workspace).by_place.values()),
        has_run=workspace.has(ACCOUNTING),
    )


def show_one(site: Site, request: Request) -> Response:
    """Return one delivery: its receipt, its refused records with places, and how to remove it."""
    return _shown(site, request)


def write(site: Site, request: Request, form: dict[str, str]) -> Response:
    """Take the delivery out of the data set, or back in, from the next run on."""
    agent, delivery = _place(request)
    meant = Meant(delivery, agent)
    if form.get("action") == "undo":
        undo(site.workspace, meant, site.who, form.get("reason", ""))
        return _shown(site, request, "it takes part again from the next run on")
    if not form.get("reason", "").strip():
        raise UserError("why is it removed? write a reason: nothing was written")
    remove(site.workspace, meant, site.who, form["reason"])
    return _shown(site, request, "it is out of the data set from the next run on")


def _shown(site: Site, request: Request, message: str = "") -> Response:
    agent, delivery = _place(request)
    receipt = _receipt(site, agent, delivery)
    refusals = [
        {
            **record,
            "reason": reason["reason"],
            "meaning": reason["meaning"],
            "message": record["message"].removeprefix(f"{record['pointer']}: "),
        }
        for reason in receipt["reasons"]
        for record in reason["records"]
    ]
    return site.page(
        request,
        "delivery.html",
        receipt=receipt,
        address=delivery_address(agent, delivery),
        pairs=pairs_address(delivery=f"{agent}/{delivery}"),
        refusals=refusals[:_LISTED_REFUSALS],
        refused=len(refusals),
        removal=removed_in(site.workspace).by_place.get((agent, delivery)),
        message=message,
    )


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["agent"], request.path_params["delivery"]


def _hold(workspace: Workspace) -> None:
    """Hold the books of the last run to what is read of them here."""
    for name in (ACCOUNTING, QUARANTINE):
        if workspace.has(name):
            fitting(workspace, workspace.output(name))


def _receipt(site: Site, agent: str, delivery: str) -> Json:
    _hold(site.workspace)
    for receipt in receipts(site.workspace):
        if (receipt["agent"], receipt["delivery"]) == (agent, delivery):
            found: dict[str, Any] = receipt
            return found
    raise HTTPException(404, f"no delivery {delivery[:80]} of {agent[:40]} is in the books")
