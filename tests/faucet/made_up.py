"""A made-up workspace on disk: the outputs of a run, without running it."""

import atexit
import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import daft
import pyarrow as pa

from pipeline.core.ids import pair_id
from pipeline.core.schemas import arrow_schema
from pipeline.store.tables import checked, write_table
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT, origin, schema

HOSTILE = "[bold red]now[/] \x1b[2J\x1b]0;title\x07 \u202eesrever\x00 [/]"

TWIN_OF_KEPT = pair_id("What is an RSI?", "An oscillator.")
KEPT = pair_id("What is the RSI?", "An oscillator.")
REJECTED = pair_id("Say it", f"I cannot. {HOSTILE}")
DOUBTED = pair_id("What is a wallet?", "Something else.")
PROPOSED = pair_id("What are wallets?", "Something other.")
UNFINISHED = pair_id("What is new?", "This.")

TEXTS = {
    KEPT: ("What is the RSI?", "An oscillator."),
    TWIN_OF_KEPT: ("What is an RSI?", "An oscillator."),
    REJECTED: ("Say it", f"I cannot. {HOSTILE}"),
    DOUBTED: ("What is a wallet?", "Something else."),
    PROPOSED: ("What are wallets?", "Something other."),
    UNFINISHED: ("What is new?", "This."),
}
SCORES: dict[str, dict[str, Any]] = {
    KEPT: {"score": 90.0, "verdict": "accept"},
    TWIN_OF_KEPT: {"score": 80.0, "verdict": "accept"},
    REJECTED: {"score": 5.0, "verdict": "reject", "flags": [("refusal", "error", "I cannot")]},
    DOUBTED: {"score": 60.0, "verdict": "review", "flags": [("off_topic", "warn", "Something")]},
    PROPOSED: {"score": 70.0, "verdict": "accept", "flags": [("boilerplate", "info", "")]},
}
PARTS: dict[str, Any] = {
    **{f"part_{p}": 0.9 for p in ("completeness", "answering", "substance", "exactness")},
    **{f"points_{p}": 18.0 for p in ("completeness", "answering", "substance", "exactness")},
    "question_kind": "definition",
}


def workspace(root: Path) -> Workspace:
    """Lay out the params, the book and the outputs of a run below root; return it."""
    for name in ("params.yaml", "faucet.yaml", "dvc.yaml", "data/domain", "schemas"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, root / name)
    (root / "data/reviews").mkdir()
    (root / "data/reviews/verdicts.csv").write_text("when,who,verdict,pair_id,other_id,note\n")
    put(root, "data/integrate/pairs.parquet", _pairs())
    put(root, "data/qa/scores.parquet", _scores())
    put(root, "data/dedup/decisions.parquet", _decisions())
    put(root, "data/dedup/kept.parquet", _kept())
    put(root, "data/split/assignments.parquet", _assignments())
    return Workspace(root)


def put(root: Path, path: str, rows: list[dict[str, Any]], shards: int = 1) -> None:
    """Write rows as the published table at path; columns not given are as good as empty.

    The same rows are written once by a process, and copied by all tests that begin with them.
    """
    name = Path(path).stem
    digest = hashlib.sha256(repr((name, rows, shards)).encode()).hexdigest()
    written = _written() / digest
    if not written.exists():
        _write(name, rows, written, shards)
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    copy = shutil.copytree if written.is_dir() else shutil.copyfile
    copy(written, target)


@cache
def _written() -> Path:
    """Return a folder that is removed when the process ends."""
    folder = tempfile.mkdtemp(prefix="made-up-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _write(name: str, rows: list[dict[str, Any]], path: Path, shards: int) -> None:
    row = schema(name)
    columns = arrow_schema(row)
    nothing = {field.name: _nothing(field) for field in columns}
    nothing |= {
        name: of["enum"][0]
        for name, of in row["properties"].items()
        if of["type"] == "string" and "enum" in of
    }
    table = pa.Table.from_pylist([{**nothing, **given} for given in rows], schema=columns)
    write_table(checked(daft.from_arrow(table), row), path, shards)


def _nothing(field: pa.Field) -> object:
    if field.nullable:
        return None
    if pa.types.is_large_list(field.type):
        return []
    return False if pa.types.is_boolean(field.type) else pa.scalar("0").cast(field.type).as_py()


def _pairs() -> list[dict[str, Any]]:
    rows = [
        {"pair_id": key, "question": asked, "answer": told, "origins": [origin()]}
        for key, (asked, told) in TEXTS.items()
    ]
    again = origin("zai", "fedcba987654-batches%2F%1b[31mtwo.json")
    rows[0]["origins"] = [origin(), {**again, "original_id": "q-7"}]
    rows[0]["indicator"] = "Relative Strength Index (RSI)"
    rows[1]["topic"] = "stochastic oscillator"
    rows[1]["candidates"] = [f"Stochastic Oscillator ({kind})" for kind in ("Fast", "Full", "Slow")]
    return rows


def _scores() -> list[dict[str, Any]]:
    names = ("code", "severity", "evidence")
    return [
        {
            "pair_id": key,
            "decided_by": "rule",
            **PARTS,
            **row,
            "flags": [dict(zip(names, flag, strict=True)) for flag in row.get("flags", [])],
        }
        for key, row in SCORES.items()
    ]


def _decisions() -> list[dict[str, Any]]:
    common = {"guards": [], "decided_by": "rule", "cosine": 0.97}
    return [
        {
            **common,
            "decision_id": "0" * 32,
            "cluster_id": min(KEPT, TWIN_OF_KEPT),
            "kind": "near_duplicate",
            "action": "merge",
            "winner": KEPT,
            "members": sorted((KEPT, TWIN_OF_KEPT)),
            "question_similarity": 96.5,
            "answer_similarity": 100.0,
            "difference": "… [the -> an] …",
            "why": "nearly the same question and answer, and no guard objects",
        },
        {
            **common,
            "decision_id": "1" * 32,
            "cluster_id": min(DOUBTED, PROPOSED),
            "kind": "near_duplicate",
            "action": "review",
            "members": sorted((DOUBTED, PROPOSED)),
            "question_similarity": 88.0,
            "guards": ["leftover: one | other"],
            "difference": "[a wallet -> wallets]",
            "why": "close, but not verified",
        },
    ]


def _kept() -> list[dict[str, Any]]:
    alias = {"pair_id": TWIN_OF_KEPT, "question": TEXTS[TWIN_OF_KEPT][0]}
    return [
        {
            **row,
            "cluster_id": min(KEPT, TWIN_OF_KEPT) if row["pair_id"] == KEPT else row["pair_id"],
            "score": SCORES[row["pair_id"]]["score"],
            "aliases": [alias] if row["pair_id"] == KEPT else [],
        }
        for row in _pairs()
        if row["pair_id"] in (KEPT, DOUBTED, PROPOSED)
    ]


def _assignments() -> list[dict[str, Any]]:
    return [
        {
            "pair_id": row["pair_id"],
            "split": "train",
            "category": "unassigned",
            "group": "none",
            "cluster_id": row["cluster_id"],
        }
        for row in _kept()
    ]
