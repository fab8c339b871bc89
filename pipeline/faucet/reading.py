"""Deliveries read as integrate reads them, outside of a run."""

from functools import partial
from typing import Protocol

from pipeline.core.validation import Validator
from pipeline.deliveries.content import Content
from pipeline.deliveries.reading import DeliveryEntries
from pipeline.store.inputs import read_input
from pipeline.store.plan import read_plan
from pipeline.workspace.layout import schema_path
from pipeline.workspace.workspace import Workspace

_BYTES_PER_MB = 1_000_000


class Reader(Protocol):
    """Reads a delivery, of its original name and content, to its entries.

    mapping is what people say about its keys, as YAML, empty for nothing.
    """

    def __call__(self, name: str, content: Content, *, mapping: str = "") -> DeliveryEntries:
        """Return the entries, which are read while they are iterated."""
        ...


def reader(workspace: Workspace) -> Reader:
    """Return what reads deliveries by the plan, the schema and the params of a workspace."""
    return partial(
        DeliveryEntries,
        plan=read_plan(workspace),
        rules=Validator(read_input(workspace, schema_path("delivered_pair"))),
        max_bytes=workspace.dag.params["integrate"]["max_delivery_mb"] * _BYTES_PER_MB,
    )
