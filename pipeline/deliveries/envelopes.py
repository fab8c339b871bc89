"""Objects that enclose lists of pairs: where the list stands and what it claims to hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.deliveries import keys
from pipeline.deliveries.streamed import is_list


def pair_list(value: Mapping[str, Any]) -> tuple[str, Sequence[Any]] | None:
    """Return (key, list) of an object's one list of pairs, None unless there is exactly one."""
    found = [
        (key, item)
        for key, item in value.items()
        if keys.canonical(key) in keys.LISTS and is_list(item)
    ]
    return found[0] if len(found) == 1 else None


def declared_count(value: Mapping[str, Any]) -> int | None:
    """Return how many pairs an object claims to hold, looking one level into its metadata."""
    for scope in (value, *(v for v in value.values() if isinstance(v, dict))):
        for key in keys.DECLARED:
            count = scope.get(key)
            if isinstance(count, int) and not isinstance(count, bool):
                return count
    return None


def has_field(value: object, names: tuple[str, ...]) -> bool:
    """Return whether an object has one of the named keys in any spelling."""
    return isinstance(value, dict) and any(keys.canonical(key) in names for key in value)


def is_group(item: object) -> bool:
    """Return whether an object holds a list of pairs and is no pair itself."""
    return (
        isinstance(item, dict)
        and not has_field(item, keys.QUESTION)
        and pair_list(item) is not None
    )
