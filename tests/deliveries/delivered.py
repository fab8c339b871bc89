"""A delivery read whole, as tests look at it."""

from typing import Any, NamedTuple

from pipeline.core.validation import Validator
from pipeline.deliveries.content import Content
from pipeline.deliveries.net import caught
from pipeline.deliveries.reading import DeliveryEntries, Entry
from pipeline.plan.indicators import Plan


class Delivered(NamedTuple):
    """What a delivery is, and its entries that stand."""

    family: str | None
    declared: int | None
    first_created: str | None
    entries: list[Entry]
    mapping: list[str]


def read_delivery(
    name: str, content: Content, *, plan: Plan, rules: Validator, **bounds: Any
) -> Delivered:
    """Return all that a delivery of that name and content holds."""
    reading = DeliveryEntries(name, content, plan=plan, rules=rules, **bounds)
    entries = list(caught(reading))
    faults = [entry.message for _, entry in entries if getattr(entry, "reason", "") == "internal"]
    assert faults == [], "a fault of ours, whatever was delivered"
    told = reading.facts
    standing = entries[told.stands_from :]
    return Delivered(told.family, told.declared, told.first_created, standing, list(told.mapping))
