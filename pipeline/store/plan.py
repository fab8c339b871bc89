"""Plan and groups of a workspace as commands ask them; stages get them as tables."""

from pipeline.plan.groups import Groups
from pipeline.plan.indicators import Plan, plan_of
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import LOOK_ALIKES, PLAN, TOPICS


def read_plan(folder: Folder) -> Plan:
    """Return the plan of a workspace, one without entries where it has none.

    Raises UserError where it cannot be read whole.
    """
    from pipeline.store.inputs import read_input  # noqa: PLC0415 - most commands ask for no plan

    return plan_of(read_input(folder, PLAN), read_input(folder, LOOK_ALIKES))


def read_groups(folder: Folder) -> Groups:
    """Return the groups of a workspace, none where it lists no topics.

    Raises UserError where its list cannot be read whole.
    """
    from pipeline.store.inputs import read_input  # noqa: PLC0415 - most commands ask for no groups

    return Groups(read_input(folder, TOPICS))
