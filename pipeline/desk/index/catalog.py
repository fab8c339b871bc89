"""The index of one state of the outputs: made once, kept in .cache, opened by every later desk."""

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipeline.core.errors import UserError
from pipeline.desk.index.facts import LISTS, build_facts, limit
from pipeline.desk.index.sources import Sources, hold
from pipeline.desk.index.words import build_words
from pipeline.workspace.layout import DESK_INDEX
from pipeline.workspace.workspace import Workspace

Row = dict[str, Any]

MOST_REMEMBERED = 200
"""Lists whose facets are kept: some 10 kB each."""

_FACTS = "facts.duckdb"
_WORDS = "words.sqlite"


class Catalog:
    """The facts of every pair, and where words stand, of the outputs that sources name.

    facts are there from the start, words once they are built (`words` is None until then). sets has
    the words of each set by its number, of every column of LISTS.
    """

    def __init__(self, folder: Path, sources: Sources) -> None:
        """Open the index in folder; its facts are built."""
        self.sources = sources
        self.digest = folder.name
        self._words = folder / _WORDS
        self._database = duckdb.connect(str(folder / _FACTS), read_only=True)
        limit(self._database)
        self.sets = {name: self._sets_of(name) for name in LISTS}
        self.facets: dict[str, Any] = {}
        self._is_wanted = threading.Event()
        self._is_wanted.set()

    def remember(self, address: str, facets: Any) -> None:
        """Keep the facets of a list, of at most MOST_REMEMBERED lists."""
        if len(self.facets) >= MOST_REMEMBERED:
            self.facets.clear()
        self.facets[address] = facets

    @property
    def words(self) -> Path | None:
        """Return where the index of words is, None while it is being built."""
        return self._words if self._words.exists() else None

    def complete(self) -> None:
        """Build the index of words where it is missing; given up when the catalog is closed."""
        if self.words is None:
            _make(self._words, lambda path: build_words(self.sources, path, self._is_wanted.is_set))

    def rows(self, statement: str, parameters: list[Any] | None = None) -> list[Row]:
        """Return the rows of a statement, by the names of its columns."""
        with self.cursor() as cursor:
            return fetched(cursor.execute(statement, parameters or []))

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection of one's own, for temporary tables and statements."""
        cursor = self._database.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _sets_of(self, name: str) -> dict[int, list[str]]:
        return {row["number"]: row["words"] for row in self.rows(f"FROM {name}_set")}

    def close(self) -> None:
        """Let the file go, and whoever still builds the index of words."""
        self._is_wanted.clear()
        self._database.close()


def fetched(result: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return the rows of what was executed, by the names of its columns."""
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def open_catalog(workspace: Workspace, sources: Sources) -> Catalog:
    """Return the catalog of these outputs, made now where no desk made it before.

    Raises UserError where they cannot be indexed: one is damaged, or of another version.
    """
    folder = workspace / DESK_INDEX / sources.digest()
    if not (folder / _FACTS).exists():
        hold(workspace)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _make(folder / _FACTS, lambda path: build_facts(sources, path))
        except duckdb.Error as fault:
            reason = str(fault).partition("\n")[0]
            raise UserError(
                f"the outputs of the last run cannot be indexed ({reason}):"
                " `faucet repro` makes what is not as it wrote it"
            ) from None
    return Catalog(folder, sources)


def forget_others(workspace: Workspace, digest: str) -> None:
    """Remove the indexes of earlier outputs; one that another desk still has open may stay."""
    for folder in (workspace / DESK_INDEX).glob("*/"):
        if folder.name != digest:
            shutil.rmtree(folder, ignore_errors=True)


def _make(target: Path, build: Callable[[Path], object]) -> None:
    """Have build write a file, and give it its name once it is whole."""
    with tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True) as folder:
        made = Path(folder) / target.name
        if build(made) is not False:
            with contextlib.suppress(FileNotFoundError):
                made.replace(target)
