"""YAML and TOML as JSON values: safe loading only, with bounds, keys as texts.

YAML may name a node once and use it everywhere: what its aliases expand to is counted before it is
built. Nothing constructs an object, and dates, times and bytes are their text.
"""

import datetime as dt
import re
import tomllib
from typing import Any

import yaml

from pipeline.core.text import excerpt
from pipeline.deliveries.json_text import object_of
from pipeline.deliveries.records import refused
from pipeline.params.yaml_depth import DEEPEST, LOADER, TooDeepYamlError, hold_to_depth

_MOST_CHARS = 50_000_000
_MOST_NODES = 2_000_000
_NO_KEYS = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|\#[^\n]*', re.DOTALL
)
"""Texts and comments of TOML; what is left are keys, numbers and words."""
_KEYS = re.compile(r"[\w.\- \t]+")
_PLAIN_TAGS = {
    "tag:yaml.org,2002:" + name
    for name in (
        "null",
        "bool",
        "int",
        "float",
        "str",
        "timestamp",
        "binary",
        "seq",
        "map",
        "merge",
        "set",
        "omap",
        "pairs",
        "value",
    )
}


class _TooLargeError(ValueError):
    """What the aliases of a document expand to, or how deep it is nested."""


def parse(text: str) -> Any:
    """Return the value of a YAML text, a list of values where it is several documents.

    A refusal where it is none, or where a tag asks for more than data.
    """
    if len(text) > _MOST_CHARS:
        return refused(
            "", "too_large", f"{len(text):,} characters of YAML, read are {_MOST_CHARS:,}"
        )
    loader = LOADER(text)
    values = []
    try:
        hold_to_depth(text)
        while loader.check_node():
            node = loader.get_node()
            left = [_MOST_NODES, 0]
            values.append(_built(loader, node, left, 0))
    except (_TooLargeError, TooDeepYamlError) as fault:
        return refused("", "too_deep", str(fault))
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        return refused("", "bad_yaml", f"no YAML: {excerpt(str(fault), 150)}")
    finally:
        loader.dispose()
    values = [value for value in values if value is not None]
    return values[0] if len(values) == 1 else values


def parse_toml(text: str) -> Any:
    """Return the value of a TOML text, a refusal where it is none.

    A number of more digits than Python reads is a fault of the text, too. The line end of a
    text's last line is the block's, not the text's, as in YAML.
    """
    try:
        if any(run.count(".") > DEEPEST for run in _KEYS.findall(_NO_KEYS.sub("", text))):
            return refused("", "too_deep", f"a key of more than {DEEPEST} parts")
        return _plain(tomllib.loads(text))
    except (ValueError, RecursionError) as fault:
        return refused("", "bad_yaml", f"no TOML: {excerpt(str(fault), 150)}")


def _built(loader: Any, node: Any, left: list[int], depth: int) -> Any:
    """Return the value of a node; what it costs is taken from left, also where it is an alias."""
    left[0] -= 1
    if left[0] < 0:
        raise _TooLargeError(f"its aliases expand to more than {_MOST_NODES:,} values")
    if depth > DEEPEST:
        raise _TooLargeError(f"nested deeper than {DEEPEST} levels")
    if node.tag not in _PLAIN_TAGS:
        raise yaml.constructor.ConstructorError(
            None, None, f"tag {node.tag} is not read", node.start_mark
        )
    if isinstance(node, yaml.SequenceNode):
        return [_built(loader, item, left, depth + 1) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        pairs: list[tuple[str, Any]] = []
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                below = _built(loader, value, left, depth + 1)
                for one in below if isinstance(below, list) else [below]:
                    merged = {**(one if isinstance(one, dict) else {}), **merged}
            else:
                pairs.append((_text(key), _built(loader, value, left, depth + 1)))
        own = object_of(pairs)
        for name, item in merged.items():
            own.setdefault(name, item)
        return own
    return _scalar(loader, node)


def _text(key: Any) -> str:
    return key.value if isinstance(key.value, str) else excerpt(str(key.value), 60)


def _scalar(loader: Any, node: Any) -> Any:
    """Return a scalar; words like yes, and dates, are the text that stands there.

    The line end of a block's last line is the block's, not the text's.

    YAML 1.1 takes `no` for false and 12:30 for a number of minutes: an answer says what it says.
    """
    if node.tag == "tag:yaml.org,2002:bool" and node.value.lower() in ("true", "false"):
        return node.value.lower() == "true"
    if node.tag == "tag:yaml.org,2002:null":
        return None
    if node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
        return _number(node.value)
    del loader
    return node.value.removesuffix("\n") if node.style in ("|", ">") else node.value


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if number != number or number in (float("inf"), float("-inf")) or abs(number) >= 2**63:  # noqa: PLR0124 - NaN
            return text
        return number
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, str):
        return value.removesuffix("\n")
    return value
