"""The names of the splits, and of what is in none of them."""

SPLITS = ("train", "validation", "test")
"""In order of strictness: what models are tested on gives way last."""

WITHHELD = "withheld"
"""Where a kept pair is that may be in no split, because a twin of it lies in a stricter one."""
