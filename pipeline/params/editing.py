"""Values of a YAML text changed in their place: comments, order and layout stay as they are."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from pipeline.core.errors import UserError
from pipeline.params.yaml_text import parse_yaml

_BEFORE_COMMENT = re.compile(r"[ ]+(?=#)")


def with_values(content: bytes, changes: Mapping[str, Any], name: str) -> bytes:
    """Return a YAML file's content with other values at dotted keys.

    A key that is not there becomes the first one of its mapping. A comment behind a value keeps
    its column where there is room. Raises UserError where a value cannot be changed without
    changing others, as one behind an anchor.
    """
    for key, value in changes.items():
        wanted = with_value(parse_yaml(content, name), key, value)
        content = _edited(content.decode("utf-8"), key, value, name).encode("utf-8")
        if not _says(content, wanted):
            raise UserError(f"{name}: {key} cannot be changed by itself: edit the file by hand")
    return content


def _says(content: bytes, wanted: Any) -> bool:
    try:
        return bool(parse_yaml(content, "") == wanted)
    except UserError:  # an alias whose anchor went with the old value
        return False


def with_value(values: Any, key: str, value: Any) -> Any:
    """Return values with another one at a dotted key, whatever stood on the way to it."""
    first, _, rest = key.partition(".")
    held = values if isinstance(values, dict) else {}
    return {**held, first: with_value(held.get(first), rest, value) if rest else value}


def _edited(text: str, key: str, value: Any, name: str) -> str:
    steps = key.split(".")
    parent = _node(yaml.compose(text, Loader=yaml.SafeLoader), steps[:-1])
    if not isinstance(parent, yaml.MappingNode) or not parent.value:
        raise UserError(f"{name}: {key} has no mapping to stand in: edit the file by hand")
    for inner, node in parent.value:
        if inner.value == steps[-1]:
            return _replaced(text, inner, node, _flow(value))
    first = parent.value[0][0].start_mark
    end = ", " if parent.flow_style else f"\n{' ' * first.column}"
    added = f"{steps[-1]}: {_flow(value)}{end}"
    return text[: first.index] + added + text[first.index :]


def _node(node: Any, steps: list[str]) -> Any:
    for step in steps:
        inner = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for key, value in inner if key.value == step), None)
    return node


def _replaced(text: str, key: Any, node: Any, written: str) -> str:
    """Return text with a value written anew; a block goes with its comments."""
    start, end = node.start_mark.index, _end(node)
    is_block = start > key.end_mark.index and "\n" in text[key.end_mark.index : start]
    if is_block:
        start, written = key.end_mark.index, f": {written}"
    rest = text[end:]
    spaces = _BEFORE_COMMENT.match(rest)
    if spaces and is_block:
        rest = rest[rest.find("\n") :] if "\n" in rest else ""
    elif spaces:
        width = max(1, len(spaces[0]) - (len(written) - (end - start)))
        rest = " " * width + rest[spaces.end() :]
    return text[:start] + written + rest


def _end(node: Any) -> int:
    """Return where a value ends: a block's end mark lies behind the comments that follow it."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _flow(value: Any) -> str:
    """Return a value on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=float("inf"))
    return str(text).removesuffix("\n").removesuffix("\n...").strip()
