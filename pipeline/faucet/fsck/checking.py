"""The kinds of files of a workspace, each looked at whole; and what a checkpoint asks of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.faucet.fsck import made, written
from pipeline.faucet.fsck.faults import Fault, Inspection
from pipeline.workspace.workspace import Workspace

KINDS: dict[str, Callable[[Workspace], Inspection]] = {
    "deliveries": written.deliveries,
    "books": written.books,
    "queues": written.queues,
    "receipts": written.receipts,
    "responses": written.responses,
    "lock": made.lock,
    "outputs": made.outputs,
    "cache": made.cache,
    "memo": made.memo,
}
"""What `faucet fsck` looks at, in its order: what others are compared with comes first."""

_COMMITTED = ("deliveries", "receipts", "lock", "outputs")


class Damage(NamedTuple):
    """A damaged file, and what was done: mended is empty where nothing was."""

    path: str
    fault: str
    hint: str
    mended: str


class Kind(NamedTuple):
    """A kind of files: how many were read whole, and the damaged ones among them."""

    kind: str
    files: int
    damaged: list[Damage]

    @property
    def is_whole(self) -> bool:
        """Return whether nothing of the kind is damaged any more."""
        return all(one.mended for one in self.damaged)


def check(root: Workspace, *, repair: bool) -> Iterator[Kind]:
    """Read every byte of a workspace and yield one verdict a kind; repair what can be mended.

    Waits for a run that goes on. Nothing that is damaged is thrown away: it is put aside below
    .cache, where it is no copy of anything else.
    """
    with root.run_lock(), root.queues_lock():
        for name, look in KINDS.items():
            looked = look(root)
            yield Kind(name, looked.files, [_damage(one, repair=repair) for one in looked.faults])


def hold_whole(root: Workspace, kinds: Iterable[str] = _COMMITTED) -> None:
    """Raise UserError where a file that a checkpoint would commit or speak of is damaged."""
    for name in kinds:
        fault = next(iter(KINDS[name](root).faults), None)
        if fault is not None:
            message = f"{fault.path} is damaged ({fault.fault})"
            raise UserError(f"{message}: nothing is committed; `faucet fsck --repair` first")


def _damage(fault: Fault, *, repair: bool) -> Damage:
    mended = fault.mend() if repair and fault.mend is not None else ""
    return Damage(fault.path, fault.fault, fault.hint, mended)
