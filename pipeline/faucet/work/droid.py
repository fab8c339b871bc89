"""The built-in droid: worked examples of indicators, computed and therefore correct.

An indicator that it cannot compute is left to an agent that can: nothing is made up.
"""

import zlib
from datetime import UTC, datetime

from pipeline.faucet.tasks.owed import owed
from pipeline.faucet.work.ability import computed_as
from pipeline.faucet.work.assignment import Assignment, Outcome
from pipeline.faucet.work.collecting import taken_over
from pipeline.faucet.work.endings import FailedAttempt
from pipeline.generate.deliveries import delivery
from pipeline.generate.examples import Example, worked_examples
from pipeline.store.atomic import write_bytes
from pipeline.store.plan import read_plan

_SPARE_SHARE = 4


def deliver(given: Assignment) -> Outcome:
    """Deliver the pairs that a task owes, one file per indicator.

    A later turn brings other examples, so that pairs which were refused are made up for; a few
    more than are owed come at once, because of two on the same bars one alone counts.
    """
    task, places, plan = given.task, given.places(), read_plan(given.workspace)
    seed = zlib.crc32(task.task_id.encode()) + task.turn
    pairs = 0
    for one in owed(task):
        name = computed_as(one["name"], plan)
        if name is None:
            raise FailedAttempt(f"{one['name']} cannot be computed here")
        examples = _examples(name, one["target_pairs"], seed)
        stem = f"{_slug(name)}_{task.task_id}_{task.turn}_qa_pairs"
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        made = delivery(examples, shape="indicator", agent=task.agent, name=stem, created=today)
        write_bytes(places.workdir / "deliver" / made.name, made.text.encode())
        pairs += len(examples)
    collected = taken_over(places, task, given.watch)
    return Outcome(collected.paths, {"pairs": pairs, "made_by": "worked examples"})


def _examples(name: str, wanted: int, seed: int) -> list[Example]:
    """Return worked examples, a quarter more than wanted where the series holds so many."""
    try:
        return worked_examples(name, wanted + wanted // _SPARE_SHARE, seed)
    except ValueError:
        return worked_examples(name, wanted, seed)


def _slug(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
