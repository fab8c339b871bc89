"""Tables: deliveries of any shape into one table, and one group-by with a join on a flat table.

Reading: everybody is given the folder of deliveries and writes the distinct pairs of question and
answer, each with how often it came and a file that it came in, as one Parquet file. Found are the
texts among those that integrate accepts, wrong what else is written. Joining: everybody is given
pairs.parquet and scores.parquet, counts pairs by question, joins the count and the score, and
writes Parquet; all must write the same number of rows and sum.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.peers_run import Clock, Outcome, Peer, Source
from benchmarks.peers_stage import PAIRS, SCORES, columns, run_cold

TEXTS = ("question", "answer")
JSON_FILES = "**/*.json*"


def counted(source: Source, pairs: set[tuple[str, str]], words: str = "") -> Outcome:
    """Return which of the pairs that integrate accepts are among those written."""
    accepted = _read(source.workspace / PAIRS)
    stripped = {(question.strip(), answer.strip()) for question, answer in pairs}
    found = len(accepted & stripped)
    return Outcome(len(stripped), found, len(accepted), len(stripped - accepted), None, words)


def _read(path: Path) -> set[tuple[str, str]]:
    rows = zip(*columns(path, *TEXTS), strict=True)
    return {(question.strip(), answer.strip()) for question, answer in rows}


def integrate(source: Source, clock: Clock) -> Outcome:
    """Run integrate as the DAG does."""
    run_cold("integrate", source.workspace, clock)
    return counted(source, _read(source.workspace / PAIRS), "every record is in the books")


def floor(source: Source, clock: Clock) -> Outcome:
    """Walk all JSON with orjson, in plain Python, and write with Arrow: as little as can be."""
    import orjson
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows: dict[tuple[str, str], list[Any]] = {}
    broken = 0

    def walk(value: Any, name: str) -> None:
        if isinstance(value, dict):
            two = tuple(value.get(text) for text in TEXTS)
            if all(isinstance(text, str) for text in two):
                rows.setdefault(two, [0, name])[0] += 1
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                walk(inner, name)

    with TemporaryDirectory() as folder, clock:
        for path in sorted(source.deliveries.glob(JSON_FILES)):
            content = path.read_bytes()
            for part in [content] if path.suffix == ".json" else content.splitlines():
                try:
                    walk(orjson.loads(part), path.name)
                except orjson.JSONDecodeError:
                    broken += 1
        named = [(*two, *rest) for two, rest in rows.items()]
        columns_ = zip((*TEXTS, "times", "file"), zip(*named, strict=True), strict=True)
        table = pa.table({name: pa.array(values) for name, values in columns_})
        pq.write_table(table, f"{folder}/pairs.parquet", compression="zstd")
    return counted(source, set(rows), f"{broken} files or lines refused without a word")


def duckdb(source: Source, clock: Clock) -> Outcome:
    """Walk all JSON with DuckDB's json_tree, group, and write Parquet, in one statement."""
    import duckdb as database

    with TemporaryDirectory() as folder, clock:
        target = Path(folder) / "pairs.parquet"
        files = str(source.deliveries / JSON_FILES)
        largest = 1 + max(path.stat().st_size for path in source.deliveries.glob(JSON_FILES))
        statement = f"""
            copy (
              select json_extract_string(value, '$.question') question,
                     json_extract_string(value, '$.answer') answer,
                     count(*) times, min(filename) file
              from (
                select filename, tree.value from read_json_objects($files, filename = true,
                  maximum_object_size = {largest}, ignore_errors = true), json_tree(json) tree
                where tree.type = 'OBJECT'
                  and json_type(tree.value, '$.question') = 'VARCHAR'
                  and json_type(tree.value, '$.answer') = 'VARCHAR'
              )
              group by 1, 2
            ) to '{target}' (format parquet, compression zstd)
        """
        bounds = {"threads": 1, "memory_limit": "4GB", "max_temp_directory_size": "1GB"}
        with database.connect(config=bounds) as connection:
            connection.execute(statement, {"files": files})
        found = _read(target)
    return counted(source, found, "broken lines are passed over without a word")


def polars(source: Source, clock: Clock) -> Outcome:
    """Read each file with Polars, unnest what holds both columns, group, and write Parquet."""
    import polars as pl

    refused = 0
    with TemporaryDirectory() as folder, clock:
        parts: list[pl.DataFrame] = []
        for path in sorted(source.deliveries.glob(JSON_FILES)):
            read = pl.read_json if path.suffix == ".json" else pl.read_ndjson
            try:
                frame = read(path, infer_schema_length=None)
            except pl.exceptions.PolarsError:
                refused += 1
                continue
            parts += (part.with_columns(file=pl.lit(path.name)) for part in _flat(frame))
        pairs = pl.concat(parts).group_by(*TEXTS).agg(times=pl.len(), file=pl.col("file").min())
        target = Path(folder) / "pairs.parquet"
        pairs.write_parquet(target, compression="zstd")
        found = _read(target)
    return counted(source, found, f"{refused} files refused: one schema a file")


def _flat(frame: Any) -> list[Any]:
    """Return the frames of question and answer that stand at any depth of a frame of Polars."""
    import polars as pl

    if all(frame.schema.get(name) == pl.String for name in TEXTS):
        return [frame.select(TEXTS).drop_nulls()]
    found = []
    for name, kind in frame.schema.items():
        inner = frame.select(pl.col(name))
        while isinstance(kind, pl.List):
            inner, kind = inner.explode(name), kind.inner  # noqa: PLW2901 - one level deeper
        if isinstance(kind, pl.Struct):
            found += _flat(inner.drop_nulls().unnest(name))
    return found


def joined_by_daft(source: Source, clock: Clock) -> Outcome:
    """Group and join with Daft, which our stages are written on."""
    import daft

    with TemporaryDirectory() as folder, clock:
        pairs = daft.read_parquet(str(source.workspace / PAIRS)).select("pair_id", *TEXTS)
        scores = daft.read_parquet(str(source.workspace / SCORES)).select("pair_id", "score")
        times = pairs.groupby("question").agg(daft.col("pair_id").count().alias("times"))
        joined = pairs.join(times, on="question").join(scores, on="pair_id")
        joined.write_parquet(folder, compression="zstd")
        return _joined(Path(folder))


def joined_by_polars(source: Source, clock: Clock) -> Outcome:
    """Group and join with Polars, lazily."""
    import polars as pl

    with TemporaryDirectory() as folder, clock:
        pairs = pl.scan_parquet(source.workspace / PAIRS).select("pair_id", *TEXTS)
        scores = pl.scan_parquet(source.workspace / SCORES).select("pair_id", "score")
        times = pairs.group_by("question").agg(times=pl.len())
        joined = pairs.join(times, on="question").join(scores, on="pair_id")
        joined.collect().write_parquet(Path(folder) / "joined.parquet", compression="zstd")
        return _joined(Path(folder))


def joined_by_duckdb(source: Source, clock: Clock) -> Outcome:
    """Group and join with DuckDB."""
    import duckdb as database

    with TemporaryDirectory() as folder, clock:
        statement = f"""
            copy (
              select pair_id, question, answer, times, score
              from '{source.workspace / PAIRS}' pairs
              join (select question, count(*) times from '{source.workspace / PAIRS}' group by 1)
                using (question)
              join '{source.workspace / SCORES}' scores using (pair_id)
            ) to '{folder}/joined.parquet' (format parquet, compression zstd)
        """
        with database.connect(config={"threads": 1}) as connection:
            connection.execute(statement)
        return _joined(Path(folder))


def _joined(folder: Path) -> Outcome:
    times = columns(folder, "times")[0]
    return Outcome(len(times), result=f"{len(times):,} rows, sum of counts {sum(times):,}")


_WALK = "less: question and answer of JSON alone, no provenance, books, plan, other families"

PEERS = (
    Peer(
        "ours, whole stage",
        "daft",
        integrate,
        "more: all families and shapes, keys in other words, strict parsing, a reason for every "
        "refused record, provenance, metadata, topics",
    ),
    Peer("DuckDB, json_tree", "duckdb", duckdb, _WALK),
    Peer("Polars, unnested by schema", "polars", polars, _WALK),
    Peer("the floor: orjson and Arrow", "orjson", floor, _WALK),
    Peer("joining: Daft (ours)", "daft", joined_by_daft, "equal: the same rows and sum", "join"),
    Peer("joining: Polars", "polars", joined_by_polars, "equal: the same rows and sum", "join"),
    Peer("joining: DuckDB", "duckdb", joined_by_duckdb, "equal: the same rows and sum", "join"),
)
