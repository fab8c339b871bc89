"""How much tests try: little in `make test`, the long form in `make nightly`."""

import os

from hypothesis import HealthCheck, settings

LONG = os.environ.get("NIGHTLY") == "1"
"""Whether the long form of tests is wanted."""

_MORE = 20
_SHARE = 0.4
_FEWEST = 2
_USUAL_EXAMPLES = 25


def often(examples: int) -> settings:
    """Have a law tried on so many examples times twenty in the long form, on two fifths else."""
    short = min(examples, max(_FEWEST, round(examples * _SHARE)))
    return settings(
        deadline=None,  # tests never time
        derandomize=True,  # the same tests in every run
        max_examples=examples * _MORE if LONG else short,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


USUAL = often(_USUAL_EXAMPLES)
"""What holds where a test says nothing."""
