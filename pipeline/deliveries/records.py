"""What reading a delivery gives: records with their place, or a refusal with its reason."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipeline.core.json_values import compact
from pipeline.core.text import excerpt
from pipeline.deliveries.reasons import REASONS

if TYPE_CHECKING:
    from pipeline.deliveries.lines import NumberedValues

_LARGEST_QUOTED_CHARS = 1_000_000
_HEAD_CHARS = 1_000_000


class Duplicated(dict[str, Any]):
    """A JSON object that named a key twice, or holds one that did (is_own is False).

    It holds the last value; `twice` is the key.
    """

    twice: str = ""
    is_own: bool = True


def doubled(fields: Mapping[str, Any], twice: str) -> Duplicated:
    """Return fields marked by the key that something in them names twice."""
    marked = Duplicated(fields)
    marked.twice, marked.is_own = twice, False
    return marked


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused record, or a whole delivery when pointer is empty.

    reason is a key of REASONS, message one sentence that names place, field and rule, raw what
    was refused (a JSON value, or text where it could not be parsed, None for a whole delivery).
    """

    pointer: str
    reason: str
    message: str
    raw: Any = None

    def __post_init__(self) -> None:
        assert self.reason in REASONS, self.reason


def refused(place: str, reason: str, message: str, raw: Any = None) -> Refusal:
    """Return a refusal whose sentence starts with the place and has 200 characters at most."""
    return Refusal(place, reason, excerpt(f"{place}: {message}" if place else message), raw)


def bounded(refusal: Refusal) -> Refusal:
    """Return a refusal that holds what was refused as one line of JSON, for the quarantine.

    What is larger than a million characters, or nested deeper than JSON is written, is told by
    its beginning alone: the delivery itself stays, and the pointer says where.
    """
    return replace(refusal, raw=_quoted(refusal.raw))


def _quoted(raw: Any) -> str:
    if isinstance(raw, dict):  # what is too long is cut before it is written, not after
        raw = {key: _shortened(value) for key, value in raw.items()}
    try:
        text = compact(raw)
    except TypeError:
        return compact({"beginning": excerpt(repr(raw))})
    if len(text) <= _LARGEST_QUOTED_CHARS:
        return text
    return compact({"beginning": excerpt(text), "characters": len(text)})


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LARGEST_QUOTED_CHARS:
        return {"beginning": excerpt(value), "characters": len(value)}
    return value


@dataclass(frozen=True, slots=True)
class Record:
    """One delivered record: its place, its fields as delivered, and what encloses it.

    pointer is an RFC 6901 pointer, behind "line N" in a JSONL file. context holds the scalars
    of the enclosing objects, inner ones before outer ones.
    """

    pointer: str
    fields: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A delivery that is one JSON value; long lists of a large one may be streamed.Items.

    notes say how it was read where that was not plain JSON, cut what of it was lost at its end.
    """

    value: Any
    notes: tuple[str, ...] = ()
    cut: Refusal | None = None


@dataclass(frozen=True, slots=True)
class JsonLines:
    """A delivery of one JSON value a line; each entry is (line number from 1, value).

    Lines of a large delivery are parsed anew in every iteration (lines.py).
    """

    lines: "NumberedValues"


@dataclass(frozen=True, slots=True)
class TextDocument:
    """A delivery that is text and no JSON; suffix is its name's, in lower case with its dot.

    renames give columns their meaning, by canonical name.
    """

    text: str
    suffix: str = ""
    renames: Mapping[str, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """Return the first million characters, in which a text must show what it is."""
        return self.text[:_HEAD_CHARS]


@dataclass(frozen=True, slots=True)
class BinaryDocument:
    """A delivery in a binary format that its first bytes name: "parquet" or "sqlite"."""

    kind: str
    content: bytes
    renames: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellTable:
    """Rows of cells below a header: of a CSV, a sheet, a page's table.

    rows yields (place, cells) or a refusal; cells may be fewer than the header's.
    """

    name: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator["tuple[str, list[Any]] | Refusal"]]


@dataclass(frozen=True, slots=True)
class Tables:
    """A delivery that is tables; kind is what the accounting calls it."""

    kind: str
    tables: tuple[CellTable, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """A delivery that holds others: (name, document or why there is none) of each, in order."""

    kind: str
    each: Callable[[], Iterator["tuple[str, Document | Refusal]"]]


Document = JsonDocument | JsonLines | TextDocument | BinaryDocument | Tables | Members


@dataclass(frozen=True, slots=True)
class FamilyReading:
    """What a family made of a document.

    declared is the number of pairs that the delivery claims to hold, None where it claims none.
    mapping names what the family guessed ("question <- instruction + input"), for the books.
    family is what the books call it, where that is not the family's own name.
    """

    records: Iterator[Record | Refusal]
    declared: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    mapping: tuple[str, ...] = ()
    family: str | None = None


def scalars(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of an object that are strings or numbers: what it says of its records."""
    return {key: item for key, item in value.items() if isinstance(item, (str, int, float))}


def escape_token(key: str) -> str:
    """Return a key as a reference token of an RFC 6901 pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def each_record(
    items: Iterable[Any], pointer: str, context: Mapping[str, Any]
) -> Iterator[Record | Refusal]:
    """Yield one record per object of a list, and a refusal for what is no object."""
    for position, item in enumerate(items):
        place = f"{pointer}/{position}"
        if isinstance(item, dict):
            yield Record(place, item, context)
        else:
            yield not_an_object(place, item)


def not_an_object(place: str, item: object) -> Refusal:
    """Return the refusal of what should be an object."""
    got = excerpt(repr(item)[:200], 60)
    return refused(place, "not_an_object", f"a record must be an object, got {got}", item)
