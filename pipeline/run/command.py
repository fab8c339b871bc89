"""The command line of one stage: what it says on stderr, what it took, how it ends."""

import gc
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pipeline.core.cores import die_with_parent
from pipeline.core.errors import INTERRUPTED, UserError, disk_fault
from pipeline.core.json_values import pretty
from pipeline.run.stage import run_stage
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import RUN_FIGURES

_MADE_BETWEEN_COLLECTIONS = 50_000
"""Objects; Python looks for cycles after 700. Stages make rows and lists, and hardly a cycle: a
profile had three in a hundred CPU seconds of a run in that look."""


@contextmanager
def _accounted(name: str, root: Path) -> Iterator[None]:
    """Say on stderr that a stage starts and what it took; keep the figures below .cache/runs."""
    click.echo(f"{name}: started", err=True)
    start = time.monotonic()
    yield
    used = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "wall_s": time.monotonic() - start,
        "cpu_s": used.ru_utime + used.ru_stime + children.ru_utime + children.ru_stime,
        "peak_mb": used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10),
    }
    write_bytes(root / RUN_FIGURES / f"{name}.json", pretty(figures))
    message = (
        f"{figures['wall_s']:.1f} s, {figures['cpu_s']:.1f} CPU s, {figures['peak_mb']:,.0f} MB"
    )
    click.echo(f"{name}: done in {message}", err=True)


@click.command()
@click.argument("stage")
def main(stage: str) -> None:
    """Run STAGE of the DAG on the workspace in the current folder; dvc.yaml calls this."""
    # One that outlives a killed `dvc repro` would write its outputs under the next run's feet.
    die_with_parent(signal.SIGTERM)
    gc.set_threshold(_MADE_BETWEEN_COLLECTIONS)
    root = Path.cwd()
    try:
        with _accounted(stage, root):
            run_stage(stage, root)
    except UserError as fault:
        raise click.ClickException(f"{stage}: {fault}") from None
    except OSError as fault:
        cause = disk_fault(fault)
        if cause is None:
            raise
        raise click.ClickException(f"{stage}: {cause}") from fault
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)  # whoever started the run says it once for all stages
