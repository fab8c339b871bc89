"""How quickly the desk answers with many pairs, and how much memory it takes.

    python benchmarks/desk.py --pairs 1000000 [--words]

Parquet of made pairs is written to a folder below --folder (or the system's temporary one), the
index is made, and the pages that read most are asked several times; each prints the median and the
slowest of its answers, and the CPU time of all threads, which another load does not change. Memory
is the peak of this process, in which all of them are answered; another one makes the pairs.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.core.schemas import arrow_schema
from pipeline.desk.index.catalog import Catalog, open_catalog
from pipeline.desk.index.sources import sources
from pipeline.desk.listing import facets, listing
from pipeline.desk.selection import Selection, selection_of
from pipeline.workspace.layout import schema_path
from pipeline.workspace.workspace import Workspace

ROOT = Path(__file__).parents[1]
ROUNDS = 5
ASKED = {
    "all": "",
    "one flag": "flag=flag_3",
    "two indicators, score": "indicator=indicator 7&indicator=indicator 8&score_min=50",
    "under review, worst first": "verdict=review&sort=score",
    "an agent, page 400": "agent=agent_1&page=400",
    "unassigned, longest answers": "indicator=-&sort=-answer_chars",
}
WORDS = {"rare words": "q=word17 word901", "a word of most pairs": "q=question"}

_PAIRS = """
SELECT md5(i::VARCHAR) AS pair_id,
    'What does question ' || i || ' say about word' || (i % 997) || ' and word' || (i % 31) || '?'
        AS question,
    {answer} AS answer,
    CASE WHEN i % 3 = 0 THEN NULL ELSE 'indicator ' || (i % 227) END AS indicator,
    CASE WHEN i % 3 = 0 THEN NULL ELSE 'category ' || (i % 9) END AS category,
    CASE WHEN i % 3 = 0 THEN NULL ELSE 'group ' || (i % 40) END AS subcategory,
    ['beginner', 'intermediate', 'advanced'][1 + i % 3] AS difficulty,
    NULL::VARCHAR AS created,
    [{{'agent': 'agent_' || (i % 5), 'delivery': md5((i % 300)::VARCHAR)[:12] || '-d.json'}}]
        AS origins
FROM range({pairs}) t(i) ORDER BY pair_id"""
_SCORES = """
SELECT md5(i::VARCHAR) AS pair_id, (i * 7919 % 10000) / 100.0 AS score,
    CASE WHEN i % 50 = 0 THEN 'reject' WHEN i % 12 = 0 THEN 'review' ELSE 'accept' END AS verdict,
    'rule' AS decided_by, 1000 + i % 3000 AS answer_chars,
    CASE WHEN i % 4 = 0 THEN [] ELSE [{{'code': 'flag_' || (i % 23),
        'severity': ['info', 'warn'][1 + i % 2], 'evidence': 'words'}}] END AS flags
FROM range({pairs}) t(i) ORDER BY pair_id"""
_KEPT = """
SELECT md5(i::VARCHAR) AS pair_id, md5((i - i % 7 * (i % 9 = 0)::INT)::VARCHAR) AS cluster_id,
    []::STRUCT(pair_id VARCHAR, question VARCHAR)[] AS aliases
FROM range({pairs}) t(i) WHERE i % 50 > 0 ORDER BY pair_id"""
_SPLITS = """
SELECT md5(i::VARCHAR) AS pair_id,
    CASE WHEN i % 12 = 0 THEN 'waiting' ELSE ['train', 'test', 'validation'][1 + i % 3] END AS split
FROM range({pairs}) t(i) WHERE i % 50 > 0 ORDER BY pair_id"""
_DECISIONS = """
SELECT md5('d' || i) AS decision_id, md5(i::VARCHAR) AS cluster_id, 'near_duplicate' AS kind,
    'review' AS action, NULL::VARCHAR AS winner,
    [md5(i::VARCHAR), md5((i + 1)::VARCHAR)] AS members,
    0.9 AS question_similarity, 0.9 AS answer_similarity, 0.9 AS cosine, ['numbers: 1'] AS guards,
    'rule' AS decided_by
FROM range({pairs} // 20) t(i)"""
_ANSWER = (
    """(SELECT string_agg('word' || ((i * 31 + j * 17) % 5000), ' ') FROM range({words}) s(j))"""
)
TABLES = {
    "integrate/pairs": _PAIRS,
    "qa/scores": _SCORES,
    "dedup/kept": _KEPT,
    "split/assignments": _SPLITS,
    "dedup/decisions": _DECISIONS,
}


def make(root: Path, pairs: int, words: int) -> None:
    """Make a workspace at root whose tables hold so many made pairs, answers of so many words."""
    for name in ("dvc.yaml", "params.yaml", "schemas"):
        (root / name).symlink_to(ROOT / name)
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '4GB'")
        connection.execute("SET enable_progress_bar = false")
        for name, query in TABLES.items():
            path = root / f"data/{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            connection.register("every_column", _without_rows(path.stem))
            text = query.format(pairs=pairs, answer=_ANSWER.format(words=words))
            connection.execute(
                f"COPY (FROM every_column UNION ALL BY NAME ({text})) TO '{path}'"
                " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)"
            )


def _without_rows(name: str) -> pa.Table:
    """Return a table of a format without rows: what is not made of its columns is null."""
    row = json.loads((ROOT / schema_path(name)).read_bytes())
    return arrow_schema(row).empty_table()


def measured(
    catalog: Catalog, asked: dict[str, str]
) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """Yield what was asked with the seconds that each answer took."""
    for name, address in asked.items():
        chosen = selection_of(address)
        yield f"list, {name}", _times(lambda chosen=chosen: listing(catalog, chosen))
        yield f"facets, {name}", _times(lambda chosen=chosen: _facets_anew(catalog, chosen))


def _facets_anew(catalog: Catalog, chosen: Selection) -> None:
    catalog.facets.clear()
    facets(catalog, chosen)


def _times(call: Callable[[], object]) -> list[tuple[float, float]]:
    """Return wall and CPU seconds of each of several calls."""
    found = []
    for _ in range(ROUNDS):
        start, cpu = time.perf_counter(), time.process_time()
        call()
        found.append((time.perf_counter() - start, time.process_time() - cpu))
    return found


def main() -> None:
    """Make the pairs, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--answer-words", type=int, default=120)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--words", action="store_true", help="index words, too, and search them")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        start = time.perf_counter()
        maker = multiprocessing.get_context("spawn").Process(
            target=make, args=(Path(folder), asked.pairs, asked.answer_words)
        )
        maker.start()
        maker.join()
        workspace = Workspace(Path(folder))
        print(f"{asked.pairs:,} pairs made in {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
        catalog = open_catalog(workspace, sources(workspace))
        print(f"facts indexed in {time.perf_counter() - start:.1f} s")
        if asked.words:
            start = time.perf_counter()
            catalog.complete()
            size = catalog.words.stat().st_size / 1e6 if catalog.words else 0
            print(f"words indexed in {time.perf_counter() - start:.1f} s, {size:,.0f} MB")
        for name, times in measured(catalog, {**ASKED, **(WORDS if asked.words else {})}):
            walls, cpus = zip(*times, strict=True)
            print(
                f"{name}: {1000 * statistics.median(walls):.0f} ms,"
                f" {1000 * max(walls):.0f} ms at most; CPU {1000 * statistics.median(cpus):.0f} ms"
            )
        catalog.close()
    scale = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6
    print(f"peak of memory {peak:,.0f} MB")


if __name__ == "__main__":
    main()
