"""The report as JSON values: moments as ISO 8601, spans in seconds, shares in 0-1."""

from datetime import datetime
from typing import Any

from pipeline.core.json_values import Json
from pipeline.faucet.checkpoints.history import Checkpoint
from pipeline.faucet.checkpoints.history import as_json as checkpoint_as_json
from pipeline.faucet.monitor.agents import AgentReport
from pipeline.faucet.monitor.figures import Figure
from pipeline.faucet.monitor.report import Report


def as_json(report: Report) -> Json:
    """Return the whole report.

    A figure is {"value": number} or {"value": null, "why": reason}; a list of what is drawn
    stands under depths and flow.
    """
    fields: Json = _value(report)
    return {**fields, "all_active": report.all_active, "is_healthy": not report.concerns}


def _value(value: Any) -> Any:
    if isinstance(value, Figure) and value.value is not None:
        return {"value": value.value}
    if isinstance(value, Checkpoint):
        return checkpoint_as_json(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict) or hasattr(value, "_asdict"):
        named = value if isinstance(value, dict) else value._asdict()
        depth = {"depth": value.depth} if isinstance(value, AgentReport) else {}
        return {name: _value(one) for name, one in named.items()} | depth
    return [_value(one) for one in value] if isinstance(value, list | tuple) else value
