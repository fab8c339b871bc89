"""A verdict taken back leaves the pair as if nobody had decided."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.faucet.review.agreement import agreement
from pipeline.faucet.review.items import open_items
from pipeline.faucet.review.spreadsheet import import_verdicts
from pipeline.faucet.review.withdrawing import withdraw
from pipeline.faucet.verdicts.book import append, now, read_book
from pipeline.reviews.force import in_force
from pipeline.reviews.records import Verdict
from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import DOUBTED, PROPOSED, REJECTED

EARLY = "2025-01-01T00:00:00Z"


def review(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(faucet, ["review", "--who", "bob", *arguments])
    assert result.exit_code == code, result.output
    return result


def test_what_is_withdrawn_is_open_again(
    finished: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One command by the start of an id; the book grows by a line, and the pair is asked about."""
    monkeypatch.chdir(finished)
    append(finished, [Verdict(EARLY, "eva", "accept", REJECTED)])
    assert REJECTED not in [item.pair_id for item in open_items(finished)]
    assert "withdrawn: accept" in review("--withdraw", REJECTED[:8]).output
    book = read_book(finished)
    assert [(line.who, line.verdict) for line in book] == [("eva", "accept"), ("bob", "withdrawn")]
    assert REJECTED in [item.pair_id for item in open_items(finished)]
    assert agreement(finished)["pairs"]["decided"] == 0
    assert "nothing to withdraw" in review("--withdraw", REJECTED[:8], code=1).output
    append(finished, [Verdict(now(), "eva", "reject", REJECTED)])
    assert in_force(read_book(finished)).of_one == {REJECTED: "reject"}


def test_a_verdict_on_two_is_named_by_both(
    finished: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In either order; with one id alone the sentence names the two that were decided on."""
    monkeypatch.chdir(finished)
    append(finished, [Verdict(EARLY, "eva", "merge", DOUBTED, PROPOSED)])
    told = review("--withdraw", PROPOSED, code=1).output
    assert DOUBTED in told
    assert PROPOSED in told
    review("--withdraw", PROPOSED[:8], DOUBTED[:8])
    assert in_force(read_book(finished)).lines == {}
    assert review("--withdraw", code=1).output.startswith("Error: --withdraw PAIR_ID")
    assert "a second id is for it alone" in review(PROPOSED, DOUBTED, code=1).output


def test_a_clock_that_is_behind_withdraws_nothing(finished: Workspace) -> None:
    """A withdrawal that would not count is not written, and the sentence says why."""
    append(finished, [Verdict("2999-01-01T00:00:00Z", "eva", "accept", REJECTED)])
    with pytest.raises(UserError, match="is dated 2999-01-01T00:00:00Z"):
        withdraw(finished, REJECTED, None, "bob")
    with pytest.raises(UserError, match="give 6 hex digits"):
        withdraw(finished, "", None, "bob")
    assert len(read_book(finished)) == 1


def test_a_spreadsheet_withdraws(finished: Workspace, tmp_path: Path) -> None:
    """`withdraw` in the verdict column takes back; where nothing is in force, it is refused."""
    append(finished, [Verdict(EARLY, "eva", "accept", REJECTED)])
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(f"verdict,pair_id\nWithdraw,{REJECTED}\nwithdraw,{DOUBTED}\n")
    taken = import_verdicts(finished, sheet, "bob")
    assert [line.verdict for line in taken.taken] == ["withdrawn"]
    assert taken.refused == ["line 3: nothing to withdraw: no verdict is in force on it"]
    assert in_force(read_book(finished)).lines == {}
    again = import_verdicts(finished, sheet, "bob")
    assert (again.taken, again.known) == ([], 1)
