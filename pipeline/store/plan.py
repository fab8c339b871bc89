"""The plan of a workspace as commands ask it; stages get it as a table."""

from pipeline.plan.indicators import Plan, plan_of
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import LOOK_ALIKES, PLAN


def read_plan(folder: Folder) -> Plan:
    """Return the plan of a workspace, one without entries where it has none.

    Raises UserError where it cannot be read whole.
    """
    from pipeline.store.inputs import read_input  # noqa: PLC0415 - most commands ask for no plan

    return plan_of(read_input(folder, PLAN), read_input(folder, LOOK_ALIKES))
