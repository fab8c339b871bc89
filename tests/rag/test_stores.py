"""The blocks of docs/rag.md run as they stand, each with the library that it is about."""

import re
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.rag.database import build
from pipeline.store.sqlite_file import write_database
from tests.rag.conftest import ABOUT, corpus_batch

PAGE = (Path(__file__).parents[2] / "docs/rag.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python\n# (\w+).*?\n(.*?)```", PAGE, re.DOTALL))
LIBRARIES = {
    "DuckDB": "duckdb",
    "LanceDB": "lancedb",
    "Qdrant": "qdrant_client",
    "LangChain": "langchain_core",
    "LlamaIndex": "llama_index.core",
}


def test_every_block_names_its_library() -> None:
    """A store that the page shows is one that this test runs where its library is installed."""
    assert BLOCKS.keys() == LIBRARIES.keys()


@pytest.mark.filterwarnings("ignore")  # of the libraries about each other
@pytest.mark.parametrize("store", LIBRARIES)
def test_a_block_finds_pairs(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the two files of an export, the block finds something and needs nothing else."""
    pytest.importorskip(
        LIBRARIES[store],
        reason="CI has none of these stores: pip install them, and run this file alone",
        exc_type=ImportError,
    )
    batch = corpus_batch()
    with closing(build([batch], ABOUT, language="en")) as connection:
        write_database(connection, tmp_path / "rag.sqlite")
    names = ["pair_id", "question_vector", "document_vector"]
    table = pa.Table.from_batches([batch]).select(names)
    pq.write_table(table, tmp_path / "rag_vectors.parquet")
    monkeypatch.chdir(tmp_path)
    named: dict[str, object] = {"__name__": store}
    exec(BLOCKS[store], named)
    assert named["found"]
