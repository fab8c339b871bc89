import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.validation import Validator
from pipeline.deliveries.reasons import REASONS
from pipeline.faucet.answers.mending import MENDS, mend
from pipeline.faucet.answers.outbox import hand_receipts, is_current, stem
from pipeline.faucet.answers.receipts import as_text, receipts
from pipeline.faucet.runs import repro
from pipeline.workspace.workspace import Workspace
from tests.conftest import schema
from tests.workspaces import bare

RECEIPT = Validator(schema("receipt"))


def books(delivery: str = "0123456789ab-a.json", **changed: Any) -> Json:
    """Return one delivery's entry in accounting.json."""
    entry = {
        "agent": "droid",
        "delivery": delivery,
        "name": "a.json",
        "bytes": 12,
        "family": "pair_list",
        "declared": None,
        "first_created": None,
        "found": 3,
        "accepted": 3,
        "repeated": 0,
        "quarantined": 0,
        "reasons": {},
    }
    return {**entry, **changed}


def refused(number: int, reason: str = "no_answer", delivery: str = "0123456789ab-a.json") -> Json:
    return {
        "agent": "droid",
        "delivery": delivery,
        "pointer": f"/qa_pairs/{number}",
        "reason": reason,
        "message": f"/qa_pairs/{number}: field answer must be text\x1b[2J",
        "record": "{}",
    }


def lay(root: Path, deliveries: list[Json], quarantine: list[Json]) -> Workspace:
    """Write the two books of integrate, and the schema of receipts."""
    folder = root / "data/integrate"
    folder.mkdir(parents=True, exist_ok=True)
    workspace = bare(root)
    (folder / "accounting.json").write_bytes(orjson.dumps({"deliveries": deliveries}))
    lines = b"".join(orjson.dumps(row) + b"\n" for row in quarantine)
    (folder / "quarantine.jsonl").write_bytes(lines)
    return workspace


def one(root: Workspace) -> Json:
    """Return the only receipt, held to its schema."""
    (told,) = receipts(root)
    assert RECEIPT.first_fault(told) is None
    return told


def test_a_receipt_says_what_was_refused_where_and_what_to_mend(tmp_path: Path) -> None:
    """Reasons come with their meaning and places, the most frequent first, each with its step."""
    rows = [refused(0, "no_question"), *(refused(n) for n in range(1, 26))]
    counts = {"found": 26, "accepted": 0, "quarantined": 26}
    told = one(lay(tmp_path, [books(**counts, reasons={"no_answer": 25, "no_question": 1})], rows))
    assert [entry["reason"] for entry in told["reasons"]] == ["no_answer", "no_question"]
    assert told["reasons"][0]["meaning"] == REASONS["no_answer"]
    assert [r["pointer"] for r in told["reasons"][0]["records"]] == [
        f"/qa_pairs/{n}" for n in range(1, 26)
    ]
    assert told["to_mend"][0] == f"no_answer (25 records): {mend('no_answer')}"
    text = as_text(told)
    assert "26 records found: 0 accepted, 0 repeated, 26 quarantined." in text
    assert "/qa_pairs/20: " in text
    assert "/qa_pairs/21: " not in text
    assert "and 5 more; the JSON receipt lists all" in text
    assert r"\x1b[2J" in text
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"declared": 3}, "Declared: 3 pairs, as found."),
        ({"declared": 5}, "1. 2 pairs of the 5 declared are not in the file: deliver them too"),
        ({"declared": 1}, "1. the file declares 1 pair and holds 3: correct the count"),
        ({"accepted": 0, "repeated": 3}, "every pair of it was known already"),
        ({"found": 0, "accepted": 0}, "no record was found in the file"),
        ({}, "Nothing to mend."),
    ],
)
def test_declared_is_held_against_found(tmp_path: Path, changed: dict[str, int], told: str) -> None:
    """What the file claims and what was in it are compared in words."""
    assert told in as_text(one(lay(tmp_path, [books(**changed)], [])))


def test_a_file_refused_as_a_whole_is_not_counted(tmp_path: Path) -> None:
    """One refusal stands for the file: nothing is said about pairs that nobody could count."""
    whole = {**refused(0, "no_pairs"), "pointer": "", "message": "no pair in it"}
    counts = {"declared": 500, "found": 1, "accepted": 0, "quarantined": 1}
    told = one(lay(tmp_path, [books(**counts, reasons={"no_pairs": 1})], [whole]))
    assert told["to_mend"] == [f"no_pairs (1 record): {mend('no_pairs')}"]
    assert "Declared: 500 pairs; how many it holds cannot be told." in as_text(told)


def test_every_reason_has_a_step_that_mends_it() -> None:
    """No refusal leaves an agent without a next step; one of an older run neither."""
    assert set(MENDS) == set(REASONS)
    assert len(set(MENDS.values())) == len(MENDS)
    assert "read the message" in mend("of_an_older_run")


def test_books_of_different_runs_give_no_receipt(tmp_path: Path) -> None:
    """Where the two books do not agree, nothing is told to anybody."""
    lay(tmp_path, [books(quarantined=1, reasons={"no_answer": 1})], [])
    with pytest.raises(UserError, match="different runs"):
        hand_receipts(Workspace(tmp_path))
    assert not (tmp_path / "data/outbox").exists()


def test_receipts_lie_in_the_outbox_and_follow_the_books(tmp_path: Path) -> None:
    """Both forms are written, what has not changed is left alone, what is gone is taken back."""
    other = "ba9876543210-b.json"
    lay(tmp_path, [books(), books(other)], [])
    assert len(hand_receipts(Workspace(tmp_path)).written) == 4
    foreign = tmp_path / "data/outbox/droid/report.txt"
    foreign.write_text("mine")
    path = tmp_path / "data/outbox/droid/0123456789ab-a.json.receipt.json"
    before = path.stat().st_mtime_ns
    lay(tmp_path, [books()], [])
    handed = hand_receipts(Workspace(tmp_path))
    assert handed.written == []
    assert [gone.name for gone in handed.taken_back] == [
        f"{other}.receipt.json",
        f"{other}.receipt.txt",
    ]
    assert path.stat().st_mtime_ns == before
    assert foreign.exists()
    assert orjson.loads(path.read_bytes())["accepted"] == 3


def test_the_same_books_give_the_same_bytes(tmp_path: Path) -> None:
    """A receipt depends on the books alone, neither on the clock nor on where they lie."""
    contents = []
    for name in ("one", "two"):
        root = lay(
            tmp_path / name, [books(quarantined=1, found=4, reasons={"x": 1})], [refused(3, "x")]
        )
        hand_receipts(root)
        files = sorted((root / "data/outbox").rglob("*.*"))
        contents.append([(path.name, path.read_bytes()) for path in files])
    assert contents[0] == contents[1]


def test_receipts_are_asked_for_only_when_the_books_changed(tmp_path: Path) -> None:
    """A run without news writes none; books that a checkout brings back are news."""
    assert is_current(bare(tmp_path))
    lay(tmp_path, [books()], [])
    assert not is_current(Workspace(tmp_path))
    hand_receipts(Workspace(tmp_path))
    assert is_current(Workspace(tmp_path))
    os.utime(tmp_path / "data/integrate/accounting.json", ns=(0, 1))
    assert not is_current(Workspace(tmp_path))


def test_the_longest_delivery_names_get_receipts_of_their_own(tmp_path: Path) -> None:
    """Names that fill a file system's limit still have room for the ending, and stay apart."""
    names = [f"0123456789ab-{'n' * 240}{end}" for end in "ab"]
    lay(tmp_path, [books(name) for name in names], [])
    assert len(hand_receipts(Workspace(tmp_path)).written) == 4
    assert stem(names[0]) != stem(names[1])
    assert stem("0123456789ab-a.json") == "0123456789ab-a.json"


@pytest.mark.parametrize("wrong", [{"agent": "../up"}, {"delivery": "../../up.json"}])
def test_no_receipt_is_written_outside_of_the_outbox(tmp_path: Path, wrong: dict[str, str]) -> None:
    """A name that climbs out of its folder is a bug of the books and stops everything."""
    lay(tmp_path, [{**books(), **wrong}], [])
    with pytest.raises(ValueError, match="no name of a landed delivery"):
        hand_receipts(Workspace(tmp_path))


def test_the_command_tells_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`faucet receipts` names the files, and says so when all is as it was."""
    lay(tmp_path, [books()], [])
    monkeypatch.chdir(tmp_path)
    first = CliRunner().invoke(faucet, ["receipts"])
    assert "wrote data/outbox/droid/0123456789ab-a.json.receipt.txt" in first.stdout
    assert "as the last run has it" in CliRunner().invoke(faucet, ["receipts"]).stdout


@pytest.mark.parametrize(("code", "expected"), [(0, 2), (1, 0)])
def test_a_run_that_succeeds_hands_out_receipts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, expected: int
) -> None:
    """`faucet repro` answers deliveries when the run came to its end, and only then."""
    bare(tmp_path)

    def dvc(root: Workspace, arguments: list[str], reporter: object) -> int:
        lay(root.root, [books()], [])
        return code

    monkeypatch.setattr(repro, "run_dvc", dvc)
    (tmp_path / "params.yaml").touch()
    monkeypatch.setattr(repro, "_params_as_they_are", lambda _: b"")  # they are not asked here
    assert repro.repro(Workspace(tmp_path), []).exit_code == code
    assert len(list((tmp_path / "data").glob("outbox/droid/*"))) == expected
    before = sorted(path.stat().st_mtime_ns for path in tmp_path.glob("data/outbox/droid/*"))
    monkeypatch.setattr(repro, "run_dvc", lambda root, arguments, reporter: code)
    assert repro.repro(Workspace(tmp_path), []).exit_code == code
    assert before == sorted(p.stat().st_mtime_ns for p in tmp_path.glob("data/outbox/droid/*"))
