"""The facts of every pair in narrow columns: what lists are filtered, counted and sorted by."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipeline.desk.index.sources import Sources

QUESTION_CHARS = 240
"""Characters of a question that a list has room for; the whole text stays in pairs.parquet."""

THREADS = 2
MEMORY_LIMIT = "700MB"
"""What DuckDB may hold; the rest of the desk's 1.5 GB is Python's, Arrow's and SQLite's."""

WORDS = (
    *("indicator", "category", "subcategory", "topic_group", "difficulty"),
    *("verdict", "decided_by", "state", "split"),
)
"""Columns with few values, which are numbered: grouping by a number is several times faster."""

LISTS = ("agents", "deliveries", "flags")
"""Columns that hold several words. Many pairs share the same ones: facts have the number of their
set, and the table <column>_set what is in it."""


def build_facts(sources: Sources, path: Path) -> None:
    """Write the database of facts of the pairs in sources to path.

    facts has a row per pair, numbered from 1 in the order of pair_id; deciding has what the rules
    leave to people about two pairs, and every other decision, with both ids in columns.
    """
    with duckdb.connect(str(path)) as connection:
        limit(connection)
        for statement in _statements(sources):
            connection.execute(statement)


def limit(connection: duckdb.DuckDBPyConnection) -> None:
    """Hold a connection to what the desk may use, and to files of its own."""
    connection.execute(f"SET threads = {THREADS}")
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")


def scan(files: tuple[Path, ...]) -> str:
    """Return the SQL that reads the rows of a table's Parquet files."""
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"read_parquet([{listed}])"


def _statements(sources: Sources) -> Iterator[str]:
    yield f"CREATE TEMP TABLE aliased AS {_aliases(sources)}"
    yield f"CREATE TEMP TABLE wide AS {_wide(sources)}"
    for name in WORDS:
        yield _numbered(name, f"SELECT DISTINCT {name} FROM wide")
    for name in LISTS:
        yield (
            f"CREATE TABLE {name}_set AS SELECT row_number() OVER (ORDER BY words)::INTEGER AS"
            f" number, words FROM (SELECT DISTINCT {name} AS words FROM wide)"
        )
    narrow = [f"CAST({name} AS {name}_word) AS {name}" for name in WORDS]
    narrow += [f"{name}_set.number AS {name}" for name in LISTS]
    joins = " ".join(f"JOIN {name}_set ON wide.{name} = {name}_set.words" for name in LISTS)
    yield (
        f"CREATE TABLE facts AS SELECT wide.* REPLACE ({', '.join(narrow)}) FROM wide {joins}"
        " ORDER BY row"
    )
    yield (
        "CREATE TABLE clusters AS SELECT cluster_id, count(*)::INTEGER AS members,"
        " count(*) FILTER (state = 'kept')::INTEGER AS stay FROM facts"
        " WHERE cluster_id IS NOT NULL GROUP BY ALL HAVING count(*) > 1"
    )
    yield f"CREATE TABLE deciding AS {_decisions(sources)}"


def _numbered(name: str, values: str) -> str:
    """Return the type of a column with few values; one without any has a placeholder."""
    return (
        f"CREATE TYPE {name}_word AS ENUM (SELECT value FROM ({values}) AS t(value)"
        " WHERE value IS NOT NULL UNION SELECT '' ORDER BY 1)"
    )


def _aliases(sources: Sources) -> str:
    if not sources.kept:
        return "SELECT NULL::VARCHAR AS alias_id, NULL::VARCHAR AS winner, NULL::VARCHAR AS cluster"
    return (
        "SELECT unnest(list_transform(aliases, lambda one: one.pair_id)) AS alias_id,"
        f" pair_id AS winner, cluster_id AS cluster FROM {scan(sources.kept)}"
    )


def _wide(sources: Sources) -> str:
    """Return the query of the facts as text: what a stage that has not run would say is null."""
    scores = scan(sources.scores) if sources.scores else _absent("score::FLOAT", *_SCORED)
    kept = scan(sources.kept) if sources.kept else _absent("cluster_id::VARCHAR")
    split = scan(sources.assignments) if sources.assignments else _absent("split::VARCHAR")
    return f"""
        SELECT p.row, p.pair_id,
            left(p.question, {QUESTION_CHARS}) AS question,
            p.indicator, p.category, p.subcategory, p."group" AS topic_group,
            p.difficulty, p.created,
            list_sort(list_distinct(list_transform(p.origins, lambda o: o.agent))) AS agents,
            list_sort(list_distinct(list_transform(p.origins,
                lambda o: o.agent || '/' || o.delivery))) AS deliveries,
            s.score::FLOAT AS score, s.verdict, s.decided_by, s.answer_chars,
            list_sort(list_distinct(list_transform(coalesce(s.flags, []),
                lambda f: f.code))) AS flags,
            list_contains(list_transform(coalesce(s.flags, []),
                lambda f: f.severity <> 'info'), true) AS is_flagged,
            CASE WHEN k.pair_id IS NOT NULL THEN 'kept' WHEN a.alias_id IS NOT NULL THEN 'merged'
                WHEN s.verdict = 'reject' THEN 'rejected' ELSE 'unfinished' END AS state,
            d.split, coalesce(k.cluster_id, a.cluster) AS cluster_id, a.winner AS merged_into
        FROM (SELECT *, row_number() OVER ()::INTEGER AS row FROM {scan(sources.pairs)}) p
        LEFT JOIN (SELECT pair_id, score, verdict, decided_by, answer_chars, flags
            FROM {scores}) s USING (pair_id)
        LEFT JOIN (SELECT pair_id, cluster_id FROM {kept}) k USING (pair_id)
        LEFT JOIN (SELECT pair_id, split FROM {split}) d USING (pair_id)
        LEFT JOIN (SELECT alias_id, any_value(winner) AS winner, any_value(cluster) AS cluster
            FROM aliased WHERE alias_id IS NOT NULL GROUP BY 1) a ON a.alias_id = p.pair_id"""


_SCORED = (
    "verdict::VARCHAR",
    "decided_by::VARCHAR",
    "answer_chars::INTEGER",
    "flags::STRUCT(code VARCHAR, severity VARCHAR, evidence VARCHAR)[]",
)


def _absent(*columns: str) -> str:
    """Return a table of no rows that has pair_id and these columns, each as name::TYPE."""
    typed = ["pair_id::VARCHAR", *columns]
    cells = ", ".join("NULL::{1} AS {0}".format(*one.split("::")) for one in typed)
    return f"(SELECT {cells} LIMIT 0)"


def _decisions(sources: Sources) -> str:
    if not sources.decisions:
        names = ("decision_id", "cluster_id", "kind", "action", "winner", "one", "other")
        texts = ", ".join(f"NULL::VARCHAR AS {name}" for name in (*names, "decided_by"))
        return (
            f"SELECT {texts}, NULL::FLOAT AS question_similarity, NULL::FLOAT AS answer_similarity,"
            " NULL::FLOAT AS cosine, []::VARCHAR[] AS guards LIMIT 0"
        )
    return (
        "SELECT decision_id, cluster_id, kind, action, winner, members[1] AS one,"
        " members[-1] AS other, decided_by, question_similarity, answer_similarity, cosine,"
        " list_transform(guards, lambda g: split_part(g, ':', 1)) AS guards"
        f" FROM {scan(sources.decisions)} ORDER BY members"
    )
