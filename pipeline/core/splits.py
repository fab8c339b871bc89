"""The names of the splits, and of what is in none of them."""

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
