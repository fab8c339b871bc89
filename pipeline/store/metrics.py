"""A metrics file: the figures of one stage below its name, so that every figure has one name.

`qa.mean_score` is that name in gates, in `dvc metrics show` and in `dvc.api.metrics_show()`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import pretty
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import metrics_path

Figures = dict[str, Any]
"""Numbers by name, whole ones and others."""


def metrics_file(stage: str, figures: Mapping[str, float]) -> bytes:
    """Return the content of a stage's metrics file."""
    return pretty({stage: dict(figures)})


def figures_of(stage: str, content: bytes) -> Figures:
    """Return the figures in a stage's metrics file, of this form or of the older flat one.

    Older commits hold {"mean_score": 61.5} instead of {"qa": {"mean_score": 61.5}}; history and
    restored checkpoints read both. What is no number is left out. Raises UserError where the
    content is no JSON object.
    """
    try:
        read: Any = orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        raise UserError(f"{metrics_path(stage).as_posix()} cannot be read: {fault}") from None
    if not isinstance(read, dict):
        raise UserError(f"{metrics_path(stage).as_posix()} is no JSON object")
    nested = read.get(stage)
    return {
        name: value
        for name, value in (nested if isinstance(nested, dict) else read).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def read_figures(folder: Folder, stage: str) -> Figures | None:
    """Return a stage's figures in the workspace at folder, None where it has not run yet.

    Raises UserError where its metrics file is no JSON object.
    """
    path = Path(folder) / metrics_path(stage)
    return figures_of(stage, path.read_bytes()) if path.is_file() else None
