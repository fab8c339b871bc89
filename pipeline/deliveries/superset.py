"""JSON as people and models write it, made strict JSON or refused; never guessed.

Comments, trailing commas, single quotes and bare keys (JSON5) have one meaning each: a text that
is JSON with them is rewritten token by token and then held to the strict readers. Values that
follow each other, and a text that ends in the midst of a record, are read as far as they are whole.
"""

import json
import re
from typing import Any, NamedTuple

from pipeline.core.json_depth import DEEPEST, hold_to_json
from pipeline.deliveries.json_text import decoder, parse_value
from pipeline.deliveries.records import Refusal, refused

_TOKEN = re.compile(
    r"""
    (?P<space>[\s\ufeff]+)
    | (?P<comment>//[^\n]*|/\*.*?\*/|\#[^\n]*)
    | (?P<double>"(?:[^"\\\n]|\\.)*")
    | (?P<single>'(?:[^'\\\n]|\\.)*')
    | (?P<tick>`(?:[^`\\$]|\\.|\$(?!\{))*`)
    | (?P<word>[A-Za-z_$][\w$]*)
    | (?P<number>[-+]?[0-9.][\w.+-]*)
    | (?P<mark>[{}\[\]:,])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = re.compile(r"""\\'|\\"|"|\\x([0-9A-Fa-f]{2})|\\\n|\\.""", re.DOTALL)
_WORDS = ("true", "false", "null")
_LONGEST_CHARS = 20_000_000


class LenientJson(NamedTuple):
    """A value that is no plain JSON, how it was read, and what was lost at its end."""

    value: Any
    note: str
    cut: Refusal | None = None


def read(text: str, *, lines: bool = False) -> LenientJson | None:
    """Return the value of a text that is nearly JSON, None where it is not.

    Lines of JSON follow one another; how they are written is not looked at anew.
    """
    if len(text) > _LONGEST_CHARS:
        return None
    if lines:
        return _in_a_row(text)
    strict = rewritten(text)
    if strict is not None:
        value = parse_value(strict.encode("utf-8", "surrogatepass"), "")
        if not isinstance(value, Refusal):
            return LenientJson(
                value, "format <- JSON with comments, trailing commas or single quotes"
            )
    return _in_a_row(text) or _cut(text) or (_cut(strict) if strict is not None else None)


def rewritten(text: str) -> str | None:
    """Return a text of JSON5 tokens as JSON, None where a token is none or nests too deep."""
    out: list[str] = []
    at = depth = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        at = match.end()
        kind, piece = match.lastgroup, match[0]
        if kind == "comment":
            continue
        if kind in ("single", "tick"):
            piece = _double_quoted(piece[1:-1])
        elif kind == "word" and piece not in _WORDS:
            if not re.match(r"\s*:", text[at : at + 100]):
                return None  # a bare word is a key or nothing; Python's True is no JSON
            piece = json.dumps(piece)
        elif kind == "mark":
            depth += (piece in "[{") - (piece in "]}")
            if depth > DEEPEST:
                return None
            if piece in "]}":
                _drop_last_comma(out)
        out.append(piece)
    return "".join(out)


def _drop_last_comma(out: list[str]) -> None:
    """Take off the comma behind the last item of what a bracket is about to close."""
    while out and not out[-1].strip():
        out.pop()
    if out and out[-1] == "," and len(out) > 1 and out[-2] not in ("[", "{", ","):
        out.pop()


def _double_quoted(body: str) -> str:
    def escaped(match: re.Match[str]) -> str:
        if match[0] == "\\\n":
            return ""  # a line that goes on
        if match[0] in ("\\'", "\\`", "\\$"):
            return match[0][1:]
        if match[0] == '"':
            return '\\"'
        return f"\\u00{match[1]}" if match[1] else match[0]

    return '"' + _ESCAPES.sub(escaped, body).replace("\n", "\\n").replace("\r", "") + '"'


def _in_a_row(text: str) -> LenientJson | None:
    """Return values that follow each other, with white space or commas between, as a list."""
    reads, values, at = decoder(), [], 0
    while True:
        at = _next(text, at)
        if at >= len(text):
            break
        try:
            value, end = reads.raw_decode(text, at)
            hold_to_json(text[at:end])
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, (dict, list)):
            return None
        values.append(value)
        at = end
    if len(values) < 2:  # noqa: PLR2004 - one value is plain JSON
        return None
    if all(isinstance(value, list) for value in values):
        values = [item for value in values for item in value]
    return LenientJson(values, "format <- JSON values one after the other")


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|["{}\[\]]', re.DOTALL)


def _cut(text: str) -> LenientJson | None:
    """Return the whole records of a JSON text that ends in the midst of one.

    The text must be sound up to there: it is closed behind its last whole record, and read.
    """
    frames = _open_frames(text)
    for depth in range(len(frames) - 1, -1, -1):
        opening, end = frames[depth]
        if opening != "[" or end is None:
            continue
        closers = "".join("]" if mark == "[" else "}" for mark, _ in frames[depth::-1])
        value = parse_value((text[:end] + closers).encode("utf-8", "surrogatepass"), "")
        if isinstance(value, Refusal) or not _ends_in_a_record(value, depth, frames):
            continue
        rest = text[end:].lstrip(", \n\r\t")
        line = text.count("\n", 0, len(text) - len(rest)) + 1
        message = "the file ends inside this record; the whole records before it are taken"
        lost = (
            refused(f"line {line}", "cut_off", message, rest[:1_000_000]) if rest.strip() else None
        )
        return LenientJson(value, "format <- JSON cut off at its end", lost)
    return None


def _open_frames(text: str) -> list[tuple[str, int | None]]:
    """Return what is open at the end: (bracket, end of the last whole item) from outside in."""
    frames: list[tuple[str, int | None]] = []
    for match in _PIECE.finditer(text):
        mark = match[0]
        if mark == '"':
            break  # a text without its end: the cut
        if mark in "{[":
            frames.append((mark, None))
            if len(frames) > DEEPEST:
                return []
        elif mark in "}]":
            if not frames:
                return []
            frames.pop()
            if frames:
                frames[-1] = (frames[-1][0], match.end())
    return frames


def _ends_in_a_record(value: Any, depth: int, frames: list[tuple[str, int | None]]) -> bool:
    """Return whether the last item of the list that is open at a depth is a record."""
    from pipeline.deliveries.shapes import is_row  # noqa: PLC0415 - shapes read batch results, which read us

    for mark, _ in frames[:depth]:
        value = value[-1] if mark == "[" else list(value.values())[-1]
    return bool(value) and isinstance(value, list) and is_row(value[-1])
