"""The last net: a fault of this program costs the record that it met, not the run."""

from collections.abc import Iterable, Iterator

from pipeline.core.faults import GOES_ON, fault_place
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.records import Record, Refusal, bounded, refused


def internal(record: Record, fault: Exception) -> Refusal:
    """Return the refusal of a record that a fault of ours was met in, with all that it holds."""
    return refused(record.pointer, "internal", fault_place(fault), dict(record.fields))


def caught(entries: Iterable[tuple[str, Pair | Refusal]]) -> Iterator[tuple[str, Pair | Refusal]]:
    """Yield entries; where reading itself fails, one refusal more, and what came before stands."""
    count = 0
    try:
        for count, entry in enumerate(entries, start=1):  # noqa: B007 - told where it fails
            yield entry
    except GOES_ON:
        raise
    except Exception as fault:  # noqa: BLE001 - that is what a last net is for
        message = f"reading stopped behind record {count:,}: {fault_place(fault)}"
        yield "", bounded(refused("", "internal", message))
