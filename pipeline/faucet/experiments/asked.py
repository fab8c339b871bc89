"""What `faucet exp` is asked for: values to set, and options that DVC gets."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, NamedTuple

from pipeline.core.errors import UserError
from pipeline.workspace.layout import PARAMS


class Asked(NamedTuple):
    """An experiment that is asked for.

    changes has one mapping of dotted keys to values per run: several where a sweep is queued.
    apart is --queue or --temp where the run sees a copy of the workspace. options go to DVC.
    """

    changes: tuple[dict[str, Any], ...]
    apart: str | None
    options: tuple[str, ...]


def asked(arguments: Sequence[str]) -> Asked:
    """Return what the options of `dvc exp run` ask for.

    DVC's own parser reads them, so that an abbreviation means here what it means there. Raises
    UserError for options that DVC does not take, for several jobs at once, which hang, for values
    of another file than params.yaml, and for a sweep that is not queued.
    """
    own = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    own.add_argument("-S", "--set-param", action="append", default=[])
    named, options = own.parse_known_args(arguments)
    read = _as_dvc_reads(options)
    if read.set_param:
        raise UserError("-S stands apart from other options: -S KEY=VALUE")
    if (read.jobs or 1) > 1:
        raise UserError("several jobs at once hang in DVC: leave -j out, runs follow each other")
    apart = "--queue" if read.queue else "--temp" if read.tmp_dir else None
    changes = tuple(_changes(named.set_param))
    if len(changes) > 1 and not read.queue:
        raise UserError(
            "several values at once are a sweep: add --queue, then `faucet exp --run-all`"
        )
    return Asked(changes, apart, tuple(options))


def _as_dvc_reads(options: Sequence[str]) -> Any:
    from dvc.cli import DvcParserError, parse_args  # noqa: PLC0415 - costs half a second

    try:
        with redirect_stdout(StringIO()):  # a page of help
            return parse_args(["exp", "run", *options])
    except DvcParserError:
        raise UserError(f"`dvc exp run` does not take {' '.join(options)}") from None


def _changes(texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the values of each run; texts are in DVC's grammar, which is Hydra's."""
    if not texts:
        return
    from dvc.exceptions import InvalidArgumentError  # noqa: PLC0415
    from dvc.utils.hydra import get_hydra_sweeps, to_hydra_overrides  # noqa: PLC0415
    from hydra.errors import HydraException  # noqa: PLC0415

    of_params = [text.removeprefix(f"{PARAMS}:") for text in texts]
    for text in of_params:
        if ":" in text.partition("=")[0]:
            raise UserError(f"-S {text}: values stand in {PARAMS} alone")
    try:
        sweeps = get_hydra_sweeps({PARAMS.name: of_params})
        parsed = [to_hydra_overrides(list(sweep[PARAMS.name])) for sweep in sweeps]
    except (HydraException, InvalidArgumentError):
        settings = " ".join(f"-S {text}" for text in texts)
        raise UserError(f"{settings} is not KEY=VALUE: quote a text with spaces or signs") from None
    for overrides in parsed:
        yield dict(_change(one) for one in overrides)


def _change(override: Any) -> tuple[str, Any]:
    if override.is_delete():
        raise UserError(f"-S {override.input_line}: values are set, never taken away")
    value = override.value()
    return override.key_or_group, value
