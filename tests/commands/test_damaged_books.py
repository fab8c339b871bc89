"""Every book under every damage: one sentence that names it, or what it says; nothing is lost."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import faucet
from pipeline.commands.program import Program
from pipeline.faucet.batches.vector_jobs import VECTORS
from pipeline.faucet.jobs.ledger import begin_job
from pipeline.faucet.responses.book import Response, record, request_id
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import PARAMS
from pipeline.workspace.params import read_params
from pipeline.workspace.workspace import Workspace
from tests.faucet import made_up
from tests.thoroughness import LONG

WHEN = "2026-01-01T10:00:00Z"
BODY = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
EDIT = {
    "when": WHEN,
    "who": "anna",
    "pair_id": made_up.KEPT,
    "question": "What is it?",
    "answer": "That.",
}
VERDICTS = f"when,who,verdict,pair_id,other_id,note\n{WHEN},anna,accept,{made_up.KEPT},,why\n"
REMOVAL = {
    "when": WHEN,
    "who": "anna",
    "action": "removed",
    "agent": "zai",
    "reason": "",
    "delivery": f"{'0' * 12}-a.json",
    "sha256": "0" * 64,
}
RESPONSE = f"data/responses/judge/{request_id(BODY, 0)}.json"
JOB = "data/embeddings/jobs/JOB.jsonl"
QUEUE = "data/task_queues/zai_queue.json"

READ = "read"
"""What the DAG does with an input, without a run."""
BOOKS = {
    "data/reviews/verdicts.csv": ("review --json", READ),
    "data/reviews/edits.jsonl": (READ,),
    "data/reviews/removed.jsonl": ("remove --json", "land", READ),
    "data/domain/plan.csv": (READ,),
    "data/domain/topics.csv": (READ,),
    "data/domain/senses.json": (READ,),
    "data/domain/opposites.json": (READ,),
    "data/domain/words.yaml": (READ,),
    "data/domain/terms.txt": (READ,),
    "faucet.yaml": ("agents check --json", "land"),
    "faucet.local.yaml": ("agents check --json", "land"),
    "params.yaml": (READ, "land"),
    "providers.yaml": ("embed status --provider local --json",),
    "providers.local.yaml": ("embed status --provider local --json",),
    QUEUE: ("queue show --json", "queue pause by_hand"),
    RESPONSE: ("model agreement --json",),
    JOB: ("embed status --provider local --json",),
    "dvc.lock": ("gc --json",),
}
"""Each with commands to which it counts."""


def with_marks(content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    half = len(lines) // 2
    mine = b"".join(lines[half:])
    return b"".join([*lines[:half], b"<<<<<<< HEAD\n", mine, b"=======\n", mine, b">>>>>>> b\n"])


def key_twice(content: bytes) -> bytes:
    """Name the first key of JSON or YAML twice, and a heading of CSV."""
    text = content.decode()
    if text.lstrip().startswith(("{", "[")):
        at = text.index("{")
        return (text[: at + 1] + '"twice": 1, "twice": 2, ' + text[at + 1 :]).encode()
    first, _, rest = text.partition("\n")
    is_csv = "," in first and not first.startswith("#")
    return f"{first},{first.split(',')[0]}\n{rest}".encode() if is_csv else b"a: 1\na: 2\n"


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "torn": lambda content: content[: len(content) * 2 // 3].rstrip(b"\n} ]"),
    "marks": with_marks,
    "bad UTF-8": lambda content: content[:-1] + b"\xff\xfe\n",
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "key twice": key_twice,
    "other type": lambda content: b"[1, 2]\n" if content[:1] == b"{" else b'{"a": [1]}\n',
    "levels": lambda content: b"[" * 100_000 if content[:1] in b"{[" else b"a: " + b"[" * 100_000,
    "one line": lambda content: b'"' + b"x" * 1_000_000,
}
PLACES: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a link to nowhere": lambda path: path.symlink_to("nowhere"),
    "a pipe": os.mkfifo,
}
IS_SOUND = {
    *product(("data/domain/terms.txt",), ("torn", "key twice", "other type", "levels", "one line")),
    ("dvc.lock", "a folder"),
    ("dvc.lock", "a link to nowhere"),
    ("dvc.lock", "a pipe"),
}
"""A list of words is sound whatever the words are; a dvc.lock that is no file has recorded none."""


@pytest.fixture(scope="module")
def books(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace in which every book says something."""
    root = Workspace(tmp_path_factory.mktemp("books") / "workspace")
    shutil.copytree(built, root.root)
    shutil.copyfile(Path(__file__).parents[2] / "providers.yaml", root / "providers.yaml")
    (root / "faucet.local.yaml").write_text("rescan_s: 2\n")
    (root / "providers.local.yaml").write_text("models: {local: {timeout_s: 30}}\n")
    (root / "data/reviews/verdicts.csv").write_text(VERDICTS)
    (root / "data/reviews/edits.jsonl").write_text(json.dumps(EDIT) + "\n")
    (root / "data/reviews/removed.jsonl").write_text(json.dumps(REMOVAL) + "\n")
    (root / "data/task_queues").mkdir(exist_ok=True)
    shutil.copyfile(root / "data/domain/queues/zai_queue.json", root / QUEUE)
    answer = Response(
        request_id=request_id(BODY, 0),
        when=WHEN,
        purpose="judge",
        order=0,
        about=(made_up.KEPT,),
        agent="nora",
        task_id=None,
        provider="local",
        model="m",
        answered_by="m",
        sample=0,
        body=BODY,
        outcome="whole",
        content="{}",
        tokens_in=1,
        tokens_out=1,
        is_estimated=False,
        usd=0.0,
    )
    record(root, answer)
    job = begin_job(
        root,
        VECTORS,
        [],
        ["x"],
        kind="batch",
        provider="local",
        encoder="e",
        revision="r",
        model="m",
        dimension=8,
        tokens=1,
        keys=["question-" + "0" * 32],
        sha256="0" * 64,
    )
    held = root / f"data/embeddings/jobs/{job.job_id}.jsonl"
    assert held.is_file()
    return root.root


def place_of(root: Path, book: str) -> Path:
    """Return where a book lies; a job's file is named by its digest."""
    return next((root / book).parent.glob("*.jsonl")) if book == JOB else root / book


@click.command()
@click.argument("path")
def read(path: str) -> None:
    """Read an input, or the params, as the DAG does."""
    if Path(path) == PARAMS:
        read_params(Path.cwd())
    else:
        read_input(Path.cwd(), Path(path))


def call(words: str, book: str) -> Result:
    """Call a command, or read an input, with what commands make of faults around it."""
    if words != READ:
        return CliRunner().invoke(faucet, words.split())
    program = Program(name="program", commands={"read": read})
    return CliRunner().invoke(program, ["read", book])


def damaged(path: Path, damage: str) -> bytes | None:
    """Damage a book; return the bytes that stand there, None where it is no file any more."""
    if damage in PLACES:
        path.unlink()
        PLACES[damage](path)
        return None
    content = DAMAGES[damage](path.read_bytes())
    path.write_bytes(content)
    return content


def faults(root: Path, book: str, damage: str) -> Iterator[str]:
    """Yield what is wrong with what commands make of a damaged book."""
    place = place_of(root, book)
    content = damaged(place, damage)
    for words in BOOKS[book]:
        result = call(words, book)
        told = f"{book}, {damage}, {words}: {result.exit_code} {result.output[-200:]!r}"
        if not isinstance(result.exception, SystemExit | None):
            yield f"{told} {result.exception!r}"
        elif (book, damage) not in IS_SOUND and (
            result.exit_code != 1 or place.name not in result.stderr
        ):
            yield told
        if content is not None and place.read_bytes() != content:
            yield f"{told}: the book was changed"


@pytest.mark.parametrize("damage", [*DAMAGES, *PLACES])
def test_no_command_goes_on_with_half_a_book(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """One sentence names the book, the exit code is 1, and the book stays as it is.

    In the short form every damage meets every third book.
    """
    root = tmp_path / "workspace"
    shutil.copytree(books, root)
    monkeypatch.chdir(root)
    found = []
    start = [*DAMAGES, *PLACES].index(damage) % 3
    for book in list(BOOKS) if LONG else list(BOOKS)[start::3]:
        found += faults(root, book, damage)
        place = place_of(root, book)
        shutil.rmtree(place) if place.is_dir() else place.unlink()
        shutil.copyfile(place_of(books, book), place)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("left", [None, b""])
@pytest.mark.parametrize("book", ["data/reviews/verdicts.csv", "data/domain/plan.csv"])
def test_nothing_runs_on_an_emptied_book(
    books: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    book: str,
    left: bytes | None,
) -> None:
    """A run ends with one sentence before any output goes, and no verdict is written below."""
    root = Workspace(tmp_path / "workspace")
    shutil.copytree(books, root.root)
    root.git("add", "-A")
    root.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "books")
    (root / book).unlink()
    if left is not None:
        (root / book).write_bytes(left)
    monkeypatch.chdir(root.root)
    before = {path: path.read_bytes() for path in sorted((root / "metrics").iterdir())}
    result = CliRunner().invoke(faucet, ["repro"])
    assert (result.exit_code, result.stderr.count("Error: ")) == (1, 1)
    assert f"`git checkout -- {book}` brings it back" in result.stderr
    assert {path: path.read_bytes() for path in sorted((root / "metrics").iterdir())} == before
    if book == "data/reviews/verdicts.csv":
        result = CliRunner().invoke(faucet, ["review", "--withdraw", made_up.KEPT, "--who", "anna"])
        assert result.exit_code == 1
        assert (root / book).exists() == (left is not None)
