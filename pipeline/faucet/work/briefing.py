"""The brief of a task with all that the workspace knows for it: coverage, faults, what is there."""

from pipeline.faucet.queues.refilling import gaps
from pipeline.faucet.tasks.state import Task
from pipeline.faucet.work.assignment import Places
from pipeline.faucet.work.brief import brief, to_mend
from pipeline.faucet.work.covered import Covered, covered


def page_of(places: Places, task: Task, portion: int, *, is_answered: bool = False) -> str:
    """Return the brief of a task that is worked on at places, for portion pairs at most.

    is_answered says that the answer to it is the delivery.
    """
    workspace = places.workspace
    names = [one["name"] for one in task.rest.get("indicators", ())]
    return brief(
        task,
        places,
        {gap.indicator: gap for gap in gaps(workspace)},
        to_mend(workspace, task),
        covered(workspace, names) if names else Covered(),
        portion,
        is_answered=is_answered,
    )
