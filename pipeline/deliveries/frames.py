"""Values that are tables: rows of texts below a header, lists of columns, pandas' frames, maps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pipeline.deliveries import keys, shapes
from pipeline.deliveries.plain_pairs import Records, is_question
from pipeline.deliveries.records import Record, escape_token, refused
from pipeline.deliveries.streamed import is_list

_FEWEST = 2
_MOST_LOOKED_AT = 200


def first_items(items: Iterable[Any]) -> Iterator[Any]:
    """Return the first of many items: as many as are looked at to say what all of them are."""
    return islice(items, _MOST_LOOKED_AT)


def is_text_table(listed: Any) -> bool:
    """Return whether a list is rows of texts below a header, or questions with their answers."""
    if not isinstance(listed, list) or not all(isinstance(row, list) for row in listed):
        return False
    if len(listed) > 1 and is_header_row(listed[0]):
        return True
    return bool(listed) and all(map(is_asked_row, listed))


def is_asked_row(row: Any) -> bool:
    """Return whether a row is a question and its answer, in texts."""
    return (
        isinstance(row, list)
        and len(row) == _FEWEST
        and all(isinstance(cell, str) for cell in row)
        and is_question(row[0])
    )


def is_header_row(row: list[Any]) -> bool:
    """Return whether texts of a row are keys under which records stand."""
    if not all(isinstance(cell, str) for cell in row):
        return False
    return shapes.is_row(dict.fromkeys(row, "?"))


def text_table(listed: list[list[Any]], place: str, above: Mapping[str, Any]) -> Records:
    """Yield the records of rows below a header, or of questions with their answers."""
    header, start = (listed[0], 1) if is_header_row(listed[0]) else (["question", "answer"], 0)
    for position, row in enumerate(listed[start:], start):
        yield from rows_of(f"{place}/{position}", header, row, above)


def rows_of(
    place: str, header: Sequence[str], row: Sequence[Any], above: Mapping[str, Any]
) -> Records:
    """Yield the records of a row below its header; more cells than headers are refused."""
    if len(row) > len(header):
        message = f"{len(row)} cells, the header has {len(header)}"
        yield refused(place, "ragged_row", message, list(row))
        return
    fields = {k: v for k, v in zip(header, row, strict=False) if v not in (None, "")}
    if fields:
        yield from shapes.records_of(place, fields, above)


def is_frame(value: Mapping[str, Any]) -> bool:
    """Return whether an object is a table: columns, a frame of pandas, questions by answer."""
    return _is_columns(value) or _is_split_frame(value) or _is_question_map(value)


def _is_columns(value: Mapping[str, Any]) -> bool:
    """Return whether an object is lists of columns, or pandas' {column: {row: cell}}."""
    listed = {
        _singular(key): column
        for key, column in value.items()
        if (is_list(column) and column) or (isinstance(column, dict) and column)
    }
    if len(listed) < _FEWEST:
        return False
    roles = keys.roles_of(listed)
    if not (
        "question" in roles and ("answer" in roles or "reference" in roles or "choices" in roles)
    ):
        return False
    asked = listed[roles["question"][0][1]]
    if isinstance(asked, dict) and "type" in asked:
        return False  # what a schema says of a column
    cells = asked.values() if isinstance(asked, dict) else asked
    return all(isinstance(cell, str) for cell in first_items(cells)) and not (
        isinstance(asked, dict) and any(keys.canonical(key) in keys.QUESTION for key in asked)
    )


def _singular(key: str) -> str:
    """Return the name of a column's cells where a side of pairs stands in the plural."""
    sides = {"question", "answer", "reference"}
    one = key[:-1] if key[-1:] in ("s", "S") else key
    is_known = not sides.isdisjoint(keys.roles_of([key]))
    return key if is_known or sides.isdisjoint(keys.roles_of([one])) else one


def _is_split_frame(value: Mapping[str, Any]) -> bool:
    header, rows = value.get("columns", value.get("header")), value.get("data", value.get("rows"))
    return (
        isinstance(header, list)
        and is_list(rows)
        and all(isinstance(name, str) for name in header)
        and is_header_row(header)
        and all(isinstance(row, list) for row in first_items(rows))
    )


def _is_question_map(value: Mapping[str, Any]) -> bool:
    """Return whether an object is {question: answer}: texts, and keys most of which ask.

    An answer may be an object that holds it beside other keys, and no question.
    """
    asked = sum(is_question(key) for key in value)
    return bool(asked) and 2 * asked >= len(value) and all(map(_answers, value.values()))


def _answers(item: Any) -> bool:
    roles = keys.roles_of(item) if isinstance(item, dict) else {}
    has_answer = bool(keys.having(roles, "answer", 2)) and not keys.having(roles, "question", 2)
    return isinstance(item, str) or has_answer


def rows_of_frame(value: dict[str, Any], place: str, above: Mapping[str, Any]) -> Records:
    """Yield the records of an object that is a table."""
    if _is_question_map(value):
        for key, item in value.items():
            held = item if isinstance(item, dict) else {"answer": item}
            yield Record(f"{place}/{escape_token(key)}", {"question": key, **held}, {})
        return
    if _is_split_frame(value):
        key = "data" if "data" in value else "rows"
        header = value.get("columns", value.get("header")) or []
        for position, row in enumerate(value[key]):
            yield from rows_of(f"{place}/{key}/{position}", header, row, above)
        return
    columns = {_singular(k): v for k, v in value.items() if isinstance(v, (list, dict))}
    roles = keys.roles_of(columns)
    asked = columns[roles["question"][0][1]]
    wrong = [
        k
        for k, column in columns.items()
        if len(column) != len(asked) and type(column) is type(asked)
    ]
    read = {key for found in roles.values() for _, key in found}
    if any(key in read for key in wrong):
        message = f"columns {roles['question'][0][1]!r} and {wrong[0]!r} are not equally long"
        yield refused(place, "ragged_row", message, {k: len(v) for k, v in columns.items()})
        return
    shared = {
        k: v for k, v in value.items() if isinstance(v, str) and "context" in keys.roles_of([k])
    }
    for name in asked if isinstance(asked, dict) else range(len(asked)):
        fields = shared | {
            k: column[name] for k, column in columns.items() if _has(column, name, asked)
        }
        yield from shapes.records_of(f"{place}/*/{escape_token(str(name))}", fields, above)


def _has(column: Any, name: Any, asked: Any) -> bool:
    if isinstance(column, dict):
        return isinstance(asked, dict) and name in column
    return isinstance(asked, list) and name < len(column)
