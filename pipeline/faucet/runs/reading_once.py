"""What DVC reads anew for every stage and every output, read once while it stays as it is.

In a run of all stages DVC parses params.yaml some fifty times, and reads git's whole index for
each output that git ignores. Both are remembered in our process alone, while their bytes and their
state are the same; a test holds what is given to what DVC gives.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipeline.store.digests import stamp


@contextmanager
def read_once() -> Iterator[None]:
    """Have DVC in this process parse a text, and read a state of git's index, once each."""
    from dvc.utils.serialize import _yaml  # noqa: PLC0415 - costs half a second, help needs none
    from scmrepo.git.backend.dulwich import DulwichBackend  # noqa: PLC0415 - as above

    with (
        _replaced(_yaml, "parse_yaml", _parsed_once),
        _replaced(DulwichBackend, "is_tracked", _by_one_index),
    ):
        yield


@contextmanager
def _replaced(owner: Any, name: str, by: Callable[[Any], Any]) -> Iterator[None]:
    """Have what by makes of a function stand in its place."""
    usual = getattr(owner, name)
    setattr(owner, name, by(usual))
    try:
        yield
    finally:
        setattr(owner, name, usual)


def _parsed_once(parse: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[str, Any] = {}

    def parsed(text: Any, path: str, typ: str = "safe") -> Any:
        """Return what a text says: a copy, which its reader may change."""
        if typ != "safe" or not isinstance(text, str):
            return parse(text, path, typ=typ)
        if text not in known:
            known[text] = parse(text, path, typ=typ)
        return deepcopy(known[text])

    return parsed


def _by_one_index(is_tracked: Callable[..., bool]) -> Callable[..., bool]:
    known: dict[Path, tuple[object, Any]] = {}

    def looked_up(backend: Any, path: str) -> bool:
        """Return whether git tracks a path, by the index as it was read last."""
        place = Path(backend.repo.index_path())
        if not place.is_file():
            return is_tracked(backend, path)
        state = stamp(place)
        if place not in known or known[place][0] != state:
            known[place] = state, backend.repo.open_index()
        index = known[place][1]
        seen = SimpleNamespace(root_dir=backend.root_dir, repo=SimpleNamespace())
        seen.repo.open_index = lambda: index
        return is_tracked(seen, path)

    return looked_up
