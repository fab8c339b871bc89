"""The pages of the site: README and its neighbours, docs/*.md, and pages made from the code.

`python docs/site.py` writes them into .cache/docs, where `make docs` builds the site. The command
reference is made from the commands' own help, the data dictionary from schemas/, the Python
reference from docstrings: none of them can say what the code does not.
"""

import importlib
import inspect
import posixpath
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

import pipeline
from pipeline.cli import faucet
from pipeline.workspace.dag import Dag
from pipeline.workspace.layout import CACHE

ROOT = Path(__file__).parents[1]
SETTINGS = "zensical.toml"
_OF_ROOT = {
    "README.md": "index.md",
    **{
        f"{name}.md": f"{name.lower()}.md"
        for name in ("AGENTS", "CHANGELOG", "CONTRIBUTING", "SECURITY")
    },
}
_BENCHMARKS = {
    f"benchmarks/{path.name}": f"benchmarks/{path.name}"
    for path in sorted((ROOT / "benchmarks").glob("*.md"))
}
_PAGES = {**_OF_ROOT, **_BENCHMARKS}
"""Pages of the repository that lie outside of docs/, and what the site calls them."""

_SOURCES = {page: source for source, page in _PAGES.items()}
_SCHEMA = re.compile(r"schemas/(\w+)\.schema\.json")
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)")
_ARGUMENT = re.compile(r"(?m)^([a-z_]+(?:, [a-z_]+)*): ")
_WIDTH = 90


def write_pages(folder: Path) -> None:
    """Write what the site is built of into a folder of its own: settings, and pages/."""
    shutil.rmtree(folder, ignore_errors=True)
    for page, content in {**written_pages(), **made_pages()}.items():
        place = folder / "pages" / page
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(linked(content, page), encoding="utf-8")
    shutil.copyfile(ROOT / "docs" / SETTINGS, folder / SETTINGS)


def written_pages() -> dict[str, str]:
    """Return the pages that people write, by what the site calls them."""
    docs = {path.relative_to(ROOT / "docs").as_posix(): path for path in _documents()}
    others = {page: ROOT / source for source, page in _PAGES.items()}
    return {page: path.read_text(encoding="utf-8") for page, path in {**docs, **others}.items()}


def linked(content: str, page: str) -> str:
    """Return a page whose links lead to pages of the site; what is none is named without a link."""
    return _LINK.sub(lambda found: _link(found, page), content)


def made_pages() -> dict[str, str]:
    """Return the pages that are made from the code, by name."""
    return {
        "command_reference.md": "\n".join(_commands(faucet, "faucet", None)),
        "data_dictionary.md": "\n".join(_schemas()),
        "python_reference.md": "\n".join(_functions()),
    }


def _documents() -> list[Path]:
    return sorted((ROOT / "docs").rglob("*.md"))


def _link(found: re.Match[str], page: str) -> str:
    text, target, anchor = found[1], found[2], found[3] or ""
    start = posixpath.dirname(_SOURCES.get(page, f"docs/{page}"))
    wanted = posixpath.normpath(posixpath.join(start, target))
    schema = _SCHEMA.fullmatch(wanted)
    if schema:
        place, anchor = "data_dictionary.md", f"#{schema[1]}"
    elif wanted in _PAGES:
        place = _PAGES[wanted]
    elif wanted == "schemas":
        place = "data_dictionary.md"
    elif wanted.startswith("docs/") and (ROOT / wanted).is_file():
        place = wanted.removeprefix("docs/")
    else:
        return f"{text} (`{wanted}`)" if wanted not in text else text
    return f"[{text}]({posixpath.relpath(place, posixpath.dirname(page) or '.')}{anchor})"


def _commands(command: click.Command, name: str, above: click.Context | None) -> Iterator[str]:
    """Yield the help of a command and of all below it, each under its full name."""
    context = click.Context(command, parent=above, info_name=name.rsplit(maxsplit=1)[-1])
    context.terminal_width = _WIDTH
    level = "#" if above is None else "##"
    yield f"{level} {name}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            yield from _commands(command.commands[below], f"{name} {below}", context)


def _schemas() -> Iterator[str]:
    """Yield every published format with its fields, their types, rules and meaning."""
    yield "# Data dictionary\n\nEvery published format, as runs are held to it."
    for path in sorted((ROOT / "schemas").glob("*.schema.json")):
        schema = orjson.loads(path.read_bytes())
        yield f"\n## {schema['title']} {{#{schema['$id']}}}\n\n{schema.get('description', '')}\n"
        yield "| field | type | rules | meaning |\n|---|---|---|---|"
        yield from _fields(schema, "")


def _fields(schema: dict[str, Any], above: str) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        place = f"{above}{name}"
        meaning = _cell(field.get("description", ""))
        yield f"| `{place}` | {_cell(_kind(field))} | {_cell(_rules(field))} | {meaning} |"
        for inner in (field, field.get("items", {}), *field.get("anyOf", ())):
            if isinstance(inner, dict):
                mark = "[]." if inner is field.get("items") else "."
                yield from _fields(inner, f"{place}{mark}")


def _kind(field: dict[str, Any]) -> str:
    kinds = field.get("type", "")
    return field.get("x-arrow") or (kinds if isinstance(kinds, str) else " or ".join(kinds))


def _rules(field: dict[str, Any]) -> str:
    names = ("enum", "const", "minimum", "maximum", "minLength", "pattern", "default", "x-unit")
    return "; ".join(
        f"{name} {orjson.dumps(field[name]).decode()}" for name in names if name in field
    )


def _cell(text: str) -> str:
    return re.sub(r"([|<>*_`\[\]])", r"\\\1", text)


def _functions() -> Iterator[str]:
    """Yield the functions of the door and of the stages with their docstrings."""
    yield "# Python reference\n\n## import pipeline as qa\n"
    for name in pipeline.__all__:
        found = getattr(pipeline, name)
        yield from _entry(f"qa.{name}", found)
        given = inspect.signature(found).return_annotation if inspect.isfunction(found) else None
        if inspect.isclass(given) and given.__module__.startswith("pipeline."):
            yield from _entry(given.__name__, given)
    yield "## Stages\n\nTables in, tables out, no disk; their params stand in params.yaml.\n"
    for name in Dag(ROOT).names:
        yield from _entry(name, getattr(importlib.import_module(f"pipeline.stages.{name}"), name))


def _entry(name: str, found: Any) -> Iterator[str]:
    doc = inspect.getdoc(found) or ""
    yield f"### {name}\n"
    if inspect.isfunction(found):
        arguments = ",\n    ".join(str(one) for one in inspect.signature(found).parameters.values())
        yield f"```python\n{found.__name__}(\n    {arguments},\n)\n```\n"
    yield _ARGUMENT.sub(r"\n- **\1**: ", doc) + "\n"


if __name__ == "__main__":
    write_pages(ROOT / CACHE / "docs")
