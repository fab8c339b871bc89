"""How well `faucet ask` finds with another encoder, over the pairs that have its vectors.

    python benchmarks/retrieval_judged.py WORKSPACE --encoder minilm --vectors FILE [--half HALF]

A sentence encoder takes more than half a CPU hour for the answers of 19,000 pairs; those that
somebody graded for some question are 9,000, and what no pool brought up is not there to be found.
The database is made of them, and of all others that FILE holds vectors of, by the export's own
code, and every variant is asked in one process, as benchmarks/retrieval.py does. FILE keeps the
vectors between runs.
"""

import csv
import sqlite3
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from retrieval import HERE, SEEDS, table_of

from pipeline.core.splits import SPLITS
from pipeline.embedding.encoder import Encoder
from pipeline.embedding.encoders import encoder_of
from pipeline.embedding.windows import document_vectors
from pipeline.rag.candidates import Asker
from pipeline.rag.database import build
from pipeline.rag.meta import VectorMeta
from pipeline.rag.vectors import ROLES, Floats
from pipeline.store.models import read_models
from pipeline.workspace.workspace import Workspace


def judged(base: Workspace, kept: Path) -> pa.Table:
    """Return the exported pairs that have a grade for some question or vectors, by pair_id."""
    rows = csv.DictReader((HERE / "retrieval_judgements.csv").open(encoding="utf-8"))
    there = np.load(kept)["pair_id"].tolist() if kept.exists() else []
    graded = pa.array(sorted({row["pair_id"] for row in rows}.union(there)))
    tables = []
    for split in SPLITS:
        table = pq.read_table(base / base.output(f"{split}.parquet"))
        table = table.filter(pc.is_in(table["pair_id"], graded))
        tables.append(table.append_column("split", pa.array([split] * len(table))))
    return pa.concat_tables(tables).sort_by("pair_id").combine_chunks()


def vectors_of(pairs: pa.Table, by: Encoder, windows: int, kept: Path) -> list[Floats]:
    """Return the vectors of each role; those that the file kept has are not made again."""
    there = dict(np.load(kept)) if kept.exists() else {"pair_id": np.array([], str)}
    place = {pair_id: row for row, pair_id in enumerate(there["pair_id"].tolist())}
    new = pairs.filter(pa.array([one not in place for one in pairs["pair_id"].to_pylist()]))
    if len(new):
        asked, answered = (new[name].to_pylist() for name in ("question", "answer"))
        made = [by.encode(asked, "question"), document_vectors(by, asked, answered, windows)]
        for role, rows in zip(ROLES, made, strict=True):
            there[role] = np.concatenate([there[role], rows]) if place else rows
        there["pair_id"] = np.concatenate([there["pair_id"], new["pair_id"].to_pylist()])
        np.savez(kept, **there)
        place = {pair_id: row for row, pair_id in enumerate(there["pair_id"].tolist())}
    rows = [place[pair_id] for pair_id in pairs["pair_id"].to_pylist()]
    return [there[role][rows] for role in ROLES]


def database(
    pairs: pa.Table, by: Encoder, vectors: list[Floats], windows: int
) -> sqlite3.Connection:
    """Return the RAG database of the pairs with these vectors."""
    for role, matrix in zip(ROLES, vectors, strict=True):
        column = pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), by.dimension)
        pairs = pairs.append_column(f"{role}_vector", column)
    meta = VectorMeta(
        by.name,
        by.revision,
        by.dimension,
        has_meaning=True,
        limit_words=by.window_words,
        windows=windows,
    )
    return build(pairs.to_batches(), meta, language="en")


def judged_base(workspace: str, encoder: str, kept: Path) -> tuple[sqlite3.Connection, Asker]:
    """Return the database of the pairs with vectors of an encoder, and what asks it."""
    base = Workspace(Path(workspace).resolve())
    params = {**base.dag.params["embed"], "encoder": encoder}
    by = encoder_of(params, read_models(base.root))
    pairs = judged(base, kept)
    rag = database(pairs, by, vectors_of(pairs, by, params["windows"], kept), params["windows"])
    return rag, Asker.of(by)


@click.command()
@click.argument("workspace", type=click.Path(exists=True, file_okay=False))
@click.option("--encoder", default="minilm")
@click.option("--vectors", "kept", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--half", type=click.Choice([*SEEDS]), default="dev")
def main(workspace: str, encoder: str, kept: Path, half: str) -> None:
    """Print the table of every variant on one half of the questions."""
    rag, asker = judged_base(workspace, encoder, kept)
    table_of(rag, asker, half)


if __name__ == "__main__":
    main()
