"""dvc.yaml as the stages' wiring: what a stage reads, writes and is made of."""

from functools import cached_property, lru_cache
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.core.errors import UserError
from pipeline.params.yaml_text import parse_yaml, yaml_bytes
from pipeline.workspace.layout import DATA, DVC_YAML, SCHEMAS
from pipeline.workspace.params import read_params

_SCHEMA_SUFFIX = ".schema.json"
_PLAIN = {"cmd", "deps", "desc", "metrics", "outs", "params"}
"""What a stage says of itself that names each file that it depends on."""


class StageWiring(NamedTuple):
    """One stage of dvc.yaml: its dependencies, outputs and metrics as paths from the root.

    params are the sections, and the single params of others (section.name), that it depends on.
    """

    name: str
    deps: tuple[Path, ...]
    outs: tuple[Path, ...]
    metrics: Path
    params: tuple[str, ...] = ()

    @property
    def inputs(self) -> dict[str, Path]:
        """Return the dependencies that are data or schemas of inputs, by argument name."""
        return {
            _stem(path): path
            for path in self.deps
            if path.is_relative_to(DATA) or path.name.endswith(_SCHEMA_SUFFIX)
        }

    @property
    def schemas(self) -> dict[str, Path]:
        """Return the dependencies that are schemas, by the name of the format."""
        return {_stem(path): path for path in self.deps if path.name.endswith(_SCHEMA_SUFFIX)}

    @property
    def code(self) -> tuple[Path, ...]:
        """Return the dependencies that the stage's results depend on besides its data."""
        return tuple(
            path for path in self.deps if path.parts[:1] not in (DATA.parts, SCHEMAS.parts)
        )


class Dag:
    """The stages of dvc.yaml and the values of params.yaml below a root folder."""

    def __init__(self, folder: str | PathLike[str]) -> None:
        self.root = Path(folder)

    @cached_property
    def _content(self) -> bytes:
        return yaml_bytes(self.root / DVC_YAML)

    @property
    def _stages(self) -> dict[str, Any]:
        return _stages_of(self._content)

    @property
    def is_plain(self) -> bool:
        """Tell whether all that a stage depends on is files of its own lists and params.yaml.

        DVC knows more: variables of other files, stages in loops, params of other files, files
        of other machines.
        """
        return "vars" not in _document_of(self._content) and all(
            _PLAIN.issuperset(one) and all(map(_is_local, (*one["deps"], *one.get("params", ()))))
            for one in self._stages.values()
        )

    @cached_property
    def params(self) -> dict[str, dict[str, Any]]:
        """Return params.yaml: one section per stage, and `engine`, all of it checked."""
        return read_params(self.root)

    @property
    def names(self) -> list[str]:
        """Return the names of all stages in order of dvc.yaml."""
        return list(self._stages)

    @property
    def wirings(self) -> list[StageWiring]:
        """Return the wiring of every stage in order of dvc.yaml."""
        return list(_wirings_of(self._content))

    @property
    def outputs(self) -> dict[str, Path]:
        """Return every output by the name of its file or folder."""
        return {out.name: out for wiring in self.wirings for out in wiring.outs}

    @property
    def inputs(self) -> list[Path]:
        """Return the data that stages read and none makes, sorted: what people and agents write."""
        return sorted(path for path in self._leaves if path.is_relative_to(DATA))

    @property
    def code(self) -> list[Path]:
        """Return what stages depend on besides data, sorted: code, schemas, locked versions."""
        return sorted(path for path in self._leaves if not path.is_relative_to(DATA))

    @property
    def _leaves(self) -> set[Path]:
        """Return the dependencies that lie in no stage's outputs."""
        made = {out for wiring in self.wirings for out in wiring.outs}
        deps = {dep for wiring in self.wirings for dep in wiring.deps}
        return {dep for dep in deps if made.isdisjoint((dep, *dep.parents))}

    def stage(self, name: str) -> StageWiring:
        """Return the wiring of one stage; raises UserError where there is none of that name."""
        if name not in self._stages:
            raise UserError(f"{name!r} is no stage; the stages are {', '.join(self.names)}")
        return _wiring(name, self._stages[name])


@lru_cache(maxsize=4)
def _document_of(content: bytes) -> dict[str, Any]:
    """Return what a dvc.yaml holds; a command asks some twenty times."""
    document: dict[str, Any] = parse_yaml(content, DVC_YAML.as_posix())
    return document


def _stages_of(content: bytes) -> dict[str, Any]:
    stages: dict[str, Any] = _document_of(content)["stages"]
    return stages


@lru_cache(maxsize=4)
def _wirings_of(content: bytes) -> tuple[StageWiring, ...]:
    """Return the wirings that a dvc.yaml names; a page of the desk asks some thirty times."""
    stages = _stages_of(content)
    return tuple(_wiring(name, stages[name]) for name in stages)


def _wiring(name: str, found: dict[str, Any]) -> StageWiring:
    return StageWiring(
        name,
        tuple(map(_path, found["deps"])),
        tuple(map(_path, found["outs"])),
        _path(found["metrics"][0]),
        tuple(found.get("params", ())),
    )


def _is_local(entry: object) -> bool:
    return isinstance(entry, str) and "://" not in entry


def _path(entry: str | dict[str, Any]) -> Path:
    return Path(entry if isinstance(entry, str) else next(iter(entry)))


def _stem(path: Path) -> str:
    return path.name.removesuffix(_SCHEMA_SUFFIX).split(".", 1)[0]
