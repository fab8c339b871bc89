"""The seed's tasks ask for what there is: stages, metrics, formats and indicators that exist."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.workspace.dag import Dag
from tests.domains import lookup

ROOT = Path(__file__).parents[3]
TASKS: list[dict[str, Any]] = [
    task
    for path in sorted((ROOT / "data/domain/queues").glob("*_queue.json"))
    for task in json.loads(path.read_bytes())["queued_tasks"]
]
CRITERIA = [criterion for task in TASKS for criterion in task["gates"]]


def test_stages_are_stages() -> None:
    """A task that runs a stage names one of dvc.yaml."""
    assert {task["stage"] for task in TASKS if "stage" in task} <= set(Dag(ROOT).names)


def test_metrics_are_measured() -> None:
    """Every metric that a gate asks for is among those that the stages write."""
    for name in sorted({c["metric"] for c in CRITERIA if "metric" in c}):
        stage, _, key = name.partition(".")
        assert key in json.loads((ROOT / f"metrics/{stage}.json").read_bytes())[stage], name


def test_deliverables_are_outputs_with_a_format() -> None:
    """What a gate asks for is an output of the DAG or goes to an outbox, in a format of schemas."""
    dag = Dag(ROOT)
    made = {out.as_posix() for name in dag.names for out in dag.stage(name).outs}
    for criterion in CRITERIA:
        path = criterion.get("deliverable", "data/outbox/")
        folders = [parent.as_posix() for parent in Path(path).parents]
        assert path.startswith("data/outbox/") or made.intersection([path, *folders]), path
        if "schema" in criterion:
            assert (ROOT / f"schemas/{criterion['schema']}.schema.json").is_file()


def test_indicators_are_of_the_plan(plan: pd.DataFrame) -> None:
    """Pairs are owed for indicators by their names in the plan, as many as the plan asks for."""
    indicators = lookup()
    targets = dict(zip(plan["name"], plan["target"], strict=True))
    owed = [one for task in TASKS for one in task.get("indicators", ())]
    assert len(owed) == 15
    for one in owed:
        found = indicators.named(one["name"])
        assert found is not None
        assert found.indicator == one["name"]
        assert int(targets[one["name"]]) == one["target_pairs"]
