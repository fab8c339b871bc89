"""dvc.lock written by the stage that ran: DVC reads and writes all of it with each of them.

DVC keeps comments and order of YAML by a parser in Python, which took as long as embedding 100
pairs, eight times a run. dvc.lock is DVC's own and has neither to keep: the lines of the other
stages stay as they are, and those of one stage are written by DVC's writer. The bytes are the
same; a test holds them to those of DVC alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import DVC_LOCK

_HEAD = "schema: '2.0'\nstages:\n"
_REWRITTEN = re.compile(r"#|\s[-+]?[0-9][0-9.]*[eE][-+]?[0-9]+$", re.MULTILINE)
"""What DVC may write otherwise when it reads its own words: remarks, and numbers like 1e+16."""
_STAGE = re.compile(r"^  (?=[^ \n])", re.MULTILINE)

_Modified = Callable[..., AbstractContextManager[dict[str, Any]]]


@contextmanager
def lock_written_by_stage() -> Iterator[None]:
    """Have DVC in this process write dvc.lock so, and everything else as ever."""
    from dvc import dvcfile  # noqa: PLC0415 - costs half a second, and help needs none of it

    usual = dvcfile.modify_yaml
    dvcfile.modify_yaml = _by_stage(usual, {})
    try:
        yield
    finally:
        dvcfile.modify_yaml = usual


def _by_stage(usual: _Modified, written: dict[str, dict[str, Any]]) -> _Modified:
    """Return what modifies a file so; written is the text that it wrote last, with its stages."""

    @contextmanager
    def modified(path: str, fs: Any = None) -> Iterator[dict[str, Any]]:
        """Yield what a file of DVC's holds, and write it with what was changed in it."""
        text = _text(Path(path))
        stages = None if text is None else written.get(text) or _stages(text)
        if text is None or stages is None:
            with usual(path, fs=fs) as data:
                yield data
            return
        data = {"schema": "2.0", "stages": dict(stages)}
        yield data
        now = _spliced(text, stages, data["stages"])
        write_bytes(Path(path), now.encode())
        written.clear()
        if not _REWRITTEN.search(now):
            written[now] = dict(data["stages"])

    return modified


def _text(path: Path) -> str | None:
    """Return the text of a dvc.lock as DVC writes it, None for other files."""
    if path.name != DVC_LOCK.name or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    is_plain = text.startswith(_HEAD) and text.endswith("\n") and not _REWRITTEN.search(text)
    return text if is_plain else None


def _stages(text: str) -> dict[str, Any] | None:
    """Return the stages of a dvc.lock; None where it has more, or their lines are not told."""
    from dvc.utils.serialize import loads_yaml  # noqa: PLC0415 - as above

    data = loads_yaml(text)
    stages = data.get("stages")
    if set(data) != {"schema", "stages"} or not isinstance(stages, dict):
        return None
    starts = [piece.partition(":")[0] for piece in _pieces(text)]
    return stages if starts == list(stages) else None


def _pieces(text: str) -> list[str]:
    """Return the lines of each stage, without the two spaces that they begin with."""
    return _STAGE.split(text[len(_HEAD) :])[1:]


def _spliced(text: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return the text of a dvc.lock with the lines of those stages anew that were replaced."""
    from dvc.utils.serialize import dumps_yaml  # noqa: PLC0415 - as above

    lines = {name: f"  {piece}" for name, piece in zip(before, _pieces(text), strict=True)}
    for name, stage in now.items():
        if name not in before or before[name] is not stage:
            lines[name] = dumps_yaml({"stages": {name: stage}}).partition("\n")[2]
    return _HEAD + "".join(lines[name] for name in now)
