"""Pairs that an installed generator computes: correct by construction.

An entry of the plan that none can compute is left to an agent that can: nothing is made up.
"""

import zlib
from datetime import UTC, datetime

from pipeline.faucet.abilities.ability import computed_as
from pipeline.faucet.abilities.generators import installed
from pipeline.faucet.tasks.owed import owed
from pipeline.faucet.work.assignment import Assignment, Outcome
from pipeline.faucet.work.collecting import taken_over
from pipeline.faucet.work.endings import FailedAttempt
from pipeline.store.atomic import write_bytes
from pipeline.store.plan import read_plan

_SPARE_SHARE = 4


def deliver(given: Assignment) -> Outcome:
    """Deliver the pairs that a task owes, one file per entry of the plan.

    A later turn brings other examples, so that pairs which were refused are made up for; a few
    more than are owed come at once, because of two on the same bars one alone counts.
    """
    task, places, plan = given.task, given.places(), read_plan(given.workspace)
    seed = zlib.crc32(task.task_id.encode()) + task.turn
    pairs = 0
    for one in owed(task):
        name = computed_as(one["name"], plan)
        generator = installed().able(name) if name else None
        if name is None or generator is None:
            raise FailedAttempt("; ".join((f"{one['name']} cannot be computed here", *_faults())))
        stem = f"{_slug(name)}_{task.task_id}_{task.turn}_qa_pairs"
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        count = one["target_pairs"]
        try:
            spare = count + count // _SPARE_SHARE
            made = generator.generate(name, spare, seed=seed, stem=stem, created=today)
        except ValueError:  # the series holds no more
            made = generator.generate(name, count, seed=seed, stem=stem, created=today)
        write_bytes(places.workdir / "deliver" / made.name, made.text.encode())
        pairs += made.pairs
    collected = taken_over(places, task)
    return Outcome(collected.paths, {"pairs": pairs, "made_by": "worked examples"})


def _faults() -> tuple[str, ...]:
    return installed().faults


def _slug(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
