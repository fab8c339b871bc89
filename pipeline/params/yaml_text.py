"""YAML read strictly: what a careless reader would let pass is told with its line."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from pipeline.core.errors import UserError
from pipeline.core.whole_file import whole_file
from pipeline.params.yaml_depth import LOADER, TooDeepYamlError, hold_to_depth

_CONFLICT = re.compile(r"^(<{7}|={7}|>{7}|\|{7})( |$)", re.MULTILINE)
_MERGE_KEY = "tag:yaml.org,2002:merge"
_MOST_VALUES = 100_000
"""What a file with aliases may expand to; one that holds itself has no end."""


class _Strict(LOADER):  # type: ignore[misc]  # which loader is known at run time alone
    """A safe loader that refuses a key said twice, of which others keep the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - the library's signature
        """Return the mapping of a node; raises UserError where a key stands twice.

        `yes` and `true` are one key, 1 and 0x1 as well: what counts is what they stand for.
        """
        lines: dict[Hashable, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE_KEY:
                continue
            name, line = self.construct_object(key), key.start_mark.line + 1
            if name in lines:
                message = f"key {key.value} stands twice, in line {lines[name]} and again"
                raise UserError(f"line {line}: {message}: keep one of them")
            lines[name] = line
        return super().construct_mapping(node, deep=deep)


def load_yaml(path: Path) -> Any:
    """Return the content of a YAML file.

    Raises UserError with the file, the line and the rule where it is missing or no such YAML.
    """
    return parse_yaml(yaml_bytes(path), path.name)


def yaml_bytes(path: Path) -> bytes:
    """Return the bytes of a YAML file; raises UserError where it is missing, or is no file."""
    content = whole_file(path.parent, Path(path.name))
    if content is None:
        raise UserError(f"{path.name} is missing: this is no workspace of the factory")
    return content


def parse_yaml(content: bytes, name: str) -> Any:
    """Return the content of YAML in UTF-8; name is what messages call it.

    Raises UserError with the line for marks of a merge conflict, tabs that indent, keys that
    stand twice, several documents, levels without end, and whatever else is no YAML.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise UserError(f"{name}, line {line}: is not UTF-8: save it as UTF-8") from None
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        raise UserError(f"{name}, line {line}: marks of a merge conflict: keep one side")
    try:
        hold_to_depth(text)
        value = yaml.load(text, Loader=_Strict)  # noqa: S506 - it is a safe one
    except UserError as fault:
        raise UserError(f"{name}, {fault}") from None
    except TooDeepYamlError as fault:
        raise UserError(f"{name}, line {fault.line}: {fault}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        raise UserError(f"{name}{_place(fault, text)}") from None
    if "*" in text and _is_endless(value):
        raise UserError(f"{name}: its aliases expand to more than {_MOST_VALUES:,} values")
    return value


def _is_endless(value: Any) -> bool:
    """Return whether a value holds more than _MOST_VALUES others, each as often as it stands."""
    left, open_values = _MOST_VALUES, [value]
    while open_values and left >= 0:
        one = open_values.pop()
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        left -= len(inner)
        open_values.extend(inner)
    return left < 0


def _place(fault: Exception, text: str) -> str:
    """Return where YAML breaks and how, for the end of a sentence."""
    mark = getattr(fault, "problem_mark", None)
    if mark is None:
        return f" is no YAML: {' '.join(str(fault).split())[:200]}"
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        message = "a tab indents it: YAML takes spaces"
    else:
        message = f"is no YAML: {getattr(fault, 'problem', None) or 'it breaks off'}"
    return f", line {mark.line + 1}: {message}"
