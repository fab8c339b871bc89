"""The names of the splits, of what is in none of them, and what deliveries call them."""

import re
from collections.abc import Iterable

SPLITS = ("train", "validation", "test")
"""In order of strictness: what models are tested on gives way last."""

WITHHELD = "withheld"
"""Where a kept pair is that may be in no split, because a twin of it lies in a stricter one."""

WAITING = "waiting"
"""Where a kept pair is that is under review: a person or a rule must settle it first."""

ALTERNATIVE = "alternative"
"""Where a kept pair is that stands beside a better answer to its question."""

IN_NO_SPLIT = (WITHHELD, WAITING, ALTERNATIVE)
"""What the column split says of kept pairs that are in none of SPLITS."""

_CALLED = re.compile(
    r"(?:(?P<test>test|testing|holdout|held_out|hold_out)"
    r"|(?P<validation>validation|valid|val|dev|development|eval|evaluation))(?![a-z])"
)


def held_out_as(delivered: str | None) -> str | None:
    """Return the split that a delivered name keeps a pair out of train for, None where it does not.

    What others test or validate on is in no training set of ours: a model trained on it could not
    be compared with theirs. `test`, `Test`, `test_sft`, `dev`, `validation_matched` are such names;
    `train` is none, for a pair that others train on may be tested on here.
    """
    spelled = (delivered or "").strip().lower().replace("-", "_").replace(" ", "_")
    found = _CALLED.match(spelled)
    return found.lastgroup if found else None


def strictest(delivered: Iterable[str | None]) -> str | None:
    """Return of several delivered names the one that holds out most; of equal ones the first."""
    order = (None, *SPLITS)
    named = [name for name in delivered if name is not None]
    return max(named, key=lambda name: order.index(held_out_as(name)), default=None)
