"""Pairs that a program gives as values, as a file that can be checked and landed like any other."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from pipeline.core.json_values import Json
from pipeline.workspace.scratch import scratch
from pipeline.workspace.workspace import Workspace


@contextmanager
def given_file(workspace: Workspace, name: str, pairs: Sequence[Json]) -> Iterator[Path]:
    """Yield a JSON file called name with these pairs, which is gone afterwards."""
    with scratch(workspace.root, "given") as folder:
        path = folder / f"{name}.json"
        path.write_bytes(orjson.dumps({"qa_pairs": pairs}, option=orjson.OPT_INDENT_2))
        yield path
