"""The built-in droid: worked examples of indicators, computed and therefore correct.

An indicator that it cannot compute is left to an agent that can: nothing is made up.
"""

import zlib
from datetime import datetime

from pipeline.faucet.tasks.state import Task
from pipeline.faucet.work.ability import computed_as
from pipeline.faucet.work.brief import Places
from pipeline.faucet.work.collecting import taken_over
from pipeline.faucet.work.outcome import Outcome, failed
from pipeline.generate.deliveries import delivery
from pipeline.generate.examples import worked_examples
from pipeline.plan.indicators import Plan
from pipeline.store.atomic import write_bytes


def deliver(places: Places, task: Task, plan: Plan, now: datetime) -> Outcome:
    """Deliver the pairs that a task owes, one file per indicator.

    A later attempt brings other examples, so that pairs which were refused are made up for.
    """
    seed = zlib.crc32(task.task_id.encode()) + task.attempt
    pairs = 0
    for owed in task.rest["indicators"]:
        name = computed_as(owed["name"], plan)
        if name is None:
            return failed(f"{owed['name']} cannot be computed here")
        examples = worked_examples(name, owed["target_pairs"], seed)
        stem = f"{_slug(name)}_{task.task_id}_{task.attempt}_qa_pairs"
        made = delivery(
            examples, shape="indicator", agent=task.agent, name=stem, created=f"{now:%Y-%m-%d}"
        )
        write_bytes(places.workdir / "deliver" / made.name, made.text.encode())
        pairs += len(examples)
    collected = taken_over(places, task)
    return Outcome(collected.paths, {"pairs": pairs, "made_by": "worked examples"})


def _slug(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
