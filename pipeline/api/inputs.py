"""Where a stage that is called from Python gets what its caller does not give: params, domain."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from functools import partial
from inspect import Parameter, signature
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.api.packaged import packaged, packaged_json
from pipeline.core.errors import UserError
from pipeline.core.json_values import JsonSchema
from pipeline.core.memo import NoMemo
from pipeline.domain.documents import document
from pipeline.domain.lists import listed_names, listed_words
from pipeline.domain.plan_table import plan_table
from pipeline.domain.topics_table import topics_table
from pipeline.params.yaml_text import parse_yaml
from pipeline.reviews.tables import verdict_table
from pipeline.store.inputs import read_input
from pipeline.workspace import layout
from pipeline.workspace.params import checked, params_schema, read_params
from pipeline.workspace.workspace import Workspace

Folder = str | PathLike[str]

_OWN = {"memo": NoMemo}


class Source(NamedTuple):
    """What a stage gets beside its tables: params by section, and inputs by stage and argument."""

    params: Mapping[str, Mapping[str, Any]]
    read: Callable[[str, str], Any]


def source_of(
    sections: tuple[str, ...],
    changed: Mapping[str, Any],
    domain: Folder | None,
    workspace: Workspace | None,
) -> Source:
    """Return params and inputs: those of a workspace, or the packaged ones and a domain's.

    changed are params that the caller gives by name, of the first of sections that has it; of a
    mapping only the keys that are given change. Without domain and workspace the subject is an
    empty one, and no person's verdict counts.

    Raises UserError for a param that is unknown or not allowed, for a folder that is none, and
    where both domain and workspace are given.
    """
    if workspace is not None and domain is not None:
        raise UserError("domain and workspace are both given: a workspace has a domain of its own")
    if workspace is not None:
        schema, before = params_schema(workspace), read_params(workspace)
        read = partial(_of_workspace, workspace)
    else:
        schema = packaged_json("params")
        before = parse_yaml(packaged(layout.PARAMS), layout.PARAMS.name)
        read = partial(_of_domain, _folder(domain))
    return Source(_with_changes(before, sections, changed, schema), read)


def call_stage(stage: Callable[..., Any], source: Source, **given: Any) -> Any:
    """Return what a stage gives of the tables that are given, and of a source for all else."""
    arguments = signature(stage).parameters.values()
    name = stage.__name__
    tables = [p.name for p in arguments if p.kind is Parameter.POSITIONAL_OR_KEYWORD]
    params = [p.name for p in arguments if p.kind is Parameter.KEYWORD_ONLY]
    return stage(
        *(given[one] if one in given else source.read(name, one) for one in tables),
        **{one: given[one] if one in given else _param(source, name, one) for one in params},
    )


def _param(source: Source, stage: str, name: str) -> Any:
    """Return a param of a stage: of its own section, or lent from another as section_name."""
    if name in _OWN:
        return _OWN[name]()
    if name in source.params[stage]:
        return source.params[stage][name]
    section, _, lent = name.partition("_")
    return source.params[section][lent]


def _with_changes(
    before: Any, sections: tuple[str, ...], changed: Mapping[str, Any], schema: JsonSchema
) -> dict[str, dict[str, Any]]:
    values = deepcopy(before)
    for name, value in changed.items():
        section = next((one for one in sections if name in values[one]), sections[0])
        values[section][name] = _merged(values[section].get(name), value)
    return checked(values, schema, "params")


def _merged(before: Any, value: Any) -> Any:
    if not isinstance(before, Mapping) or not isinstance(value, Mapping):
        return value
    return {**before, **{key: _merged(before.get(key), inner) for key, inner in value.items()}}


def _of_workspace(workspace: Workspace, stage: str, argument: str) -> Any:
    return read_input(workspace, workspace.dag.stage(stage).inputs[argument])


def _folder(domain: Folder | None) -> Path | None:
    folder = None if domain is None else Path(domain)
    if folder is not None and not folder.is_dir():
        raise UserError(f"domain {folder} is no folder: name one as data/domain is")
    return folder


def _of_domain(folder: Path | None, stage: str, argument: str) -> Any:  # noqa: ARG001 - as above
    if argument in _NOTHING:
        return _NOTHING[argument]()
    if argument in _FOLDERS:
        return read_input(_NO_DATA, _FOLDERS[argument])
    if argument not in _DOMAIN:
        return packaged_json(argument)
    path = _DOMAIN[argument]
    content = b""
    if folder is not None:
        with suppress(FileNotFoundError):
            content = (folder / path.name).read_bytes()
    if path in _LISTS:
        return _LISTS[path](content, path.name)
    return document(content, path, packaged_json(layout.DOMAIN.name))


_NOTHING: dict[str, Callable[[], Any]] = {
    "verdicts": lambda: verdict_table([]),
    "edits": list,
    "removed": list,
}
"""Books that only a workspace has."""

_FOLDERS = {path.stem: path for path in (layout.ENCODERS, layout.TEST_SETS, layout.RECORDED)}
_NO_DATA = Path(__file__).parent
"""A folder without data/: its readers of folders find nothing there."""

_DOMAIN = {
    path.stem: path
    for path in (
        *(layout.PLAN, layout.TOPICS, layout.LOOK_ALIKES, layout.TERMS, layout.GENERIC_WORDS),
        *(layout.SENSES, layout.FORMULAS, layout.OPPOSITES, layout.NAMES),
    )
}

_LISTS: dict[Path, Callable[[bytes, str], Any]] = {
    layout.PLAN: plan_table,
    layout.TOPICS: topics_table,
    layout.LOOK_ALIKES: listed_names,
    layout.TERMS: listed_words,
    layout.GENERIC_WORDS: listed_words,
}
