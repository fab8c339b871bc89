import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.faucet.review.items import open_items
from pipeline.faucet.review.spreadsheet import COLUMNS, export_items, import_verdicts
from pipeline.faucet.verdicts.book import append, read_book
from pipeline.reviews.records import Verdict
from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import DOUBTED, KEPT, PROPOSED, REJECTED

BOTH = sorted((DOUBTED, PROPOSED))
HEADER = "verdict,pair_id,other_id,note\n"


def sheet(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_what_is_exported_comes_back_as_verdicts(finished: Workspace, tmp_path: Path) -> None:
    """A reviewer fills in the sheet; its verdicts are in the book and its items closed."""
    path = tmp_path / "sheet.csv"
    assert export_items(open_items(finished), path) == 3
    rows = sheet(path)
    assert tuple(rows[0]) == COLUMNS
    assert [row["rules_say"] for row in rows] == ["reject", "review", "review"]
    for row, said in zip(rows, ("Reject", "", "keep apart"), strict=True):
        row["verdict"] = said
    with path.open("w", newline="", encoding="utf-8-sig") as lines:
        sheets = csv.DictWriter(lines, COLUMNS, delimiter=";")
        sheets.writeheader()
        sheets.writerows(rows)
    result = import_verdicts(finished, path, "eva")
    assert [line.verdict for line in result.taken] == ["reject", "keep_apart"]
    assert (result.known, result.left_open, result.refused) == (0, 1, [])
    assert [item.pair_id for item in open_items(finished)] == [DOUBTED]


def test_a_sheet_runs_nothing_and_holds_no_control_character(
    finished: Workspace, tmp_path: Path
) -> None:
    """Delivered text in a cell is text, whatever it starts with."""
    items = [item._replace(question='=cmd|" /c calc"!A1') for item in open_items(finished)]
    export_items(items, tmp_path / "sheet.csv")
    rows = sheet(tmp_path / "sheet.csv")
    assert rows[0]["question"].startswith("'=cmd")
    assert all(cell.replace("\n", "").isprintable() for row in rows for cell in row.values())


def test_an_export_overwrites_no_sheet(finished: Workspace, tmp_path: Path) -> None:
    """A sheet may hold verdicts that nobody imported yet."""
    path = written(tmp_path / "sheet.csv", "mine")
    with pytest.raises(UserError, match="exists"):
        export_items(open_items(finished), path)
    assert path.read_text() == "mine"


def test_importing_twice_changes_nothing(finished: Workspace, tmp_path: Path) -> None:
    """A sheet brought in again adds no line, though another person decided in between."""
    path = written(tmp_path / "s.csv", f"{HEADER}reject,{REJECTED},,why\n,{DOUBTED},,hm\n")
    assert len(import_verdicts(finished, path, "eva").taken) == 2
    append(finished, [Verdict("2999-01-01T00:00:00Z", "bob", "accept", REJECTED)])
    before = read_book(finished)
    assert import_verdicts(finished, path, "eva").known == 2
    assert read_book(finished) == before


def test_a_changed_mind_is_taken(finished: Workspace, tmp_path: Path) -> None:
    """accept, reject and accept again are three verdicts, not one known one."""
    for number, said in enumerate(("accept", "reject", "accept")):
        path = written(tmp_path / f"{number}.csv", f"{HEADER}{said},{KEPT},,\n")
        assert len(import_verdicts(finished, path, "eva").taken) == 1
    assert [line.verdict for line in read_book(finished)] == ["accept", "reject", "accept"]


def test_wrong_rows_are_named_by_line_and_good_rows_are_taken(
    finished: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each refused row has one sentence with its line in the file; exit code 1 says so."""
    rows = [
        f'reject,{REJECTED},,"a note\nof two lines"',  # lines 2 and 3
        "",  # 4
        f"yes,{DOUBTED},,",  # 5
        "accept,1.2E+31,,",  # 6
        f"accept,{'0' * 32},,",  # 7
        f"merge,{DOUBTED},,",  # 8
        f"accept,{DOUBTED},{PROPOSED},",  # 9
        f"accept,{REJECTED},,",  # 10
        f"merge,{BOTH[1]},{BOTH[0]},",  # 11
    ]
    path = written(tmp_path / "s.csv", HEADER + "\n".join(rows) + "\n")
    monkeypatch.chdir(finished)
    ran = CliRunner().invoke(faucet, ["review", "--import", str(path), "--who", "eva"])
    assert ran.exit_code == 1
    told = ran.stderr.splitlines()
    assert [line.split(":")[0] for line in told] == [f"s.csv line {n}" for n in range(5, 11)]
    for line, part in zip(
        told,
        ("none of accept", "a number of it", "no pair has", "two pairs", "one pair", "line 2 dec"),
        strict=True,
    ):
        assert part in line
    assert "2 verdicts taken, 0 known already, 0 left open, 6 refused" in ran.stdout
    assert [(line.verdict, line.note) for line in read_book(finished)] == [
        ("reject", "a note of two lines"),
        ("merge", ""),
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("when,who\n", "utf-8", "no column verdict and pair_id"),
        ("", "utf-8", "no column verdict and pair_id"),
        (f"verdict,pair_id,note\naccept,{KEPT},\xe9\n", "latin-1", "CSV UTF-8"),
        (f"verdict,pair_id\naccept,{'x' * 200_000}\n", "utf-8", "line 2: field larger"),
    ],
)
def test_a_file_that_is_no_such_sheet_ends_with_a_sentence(
    finished: Workspace, tmp_path: Path, text: str, encoding: str, told: str
) -> None:
    """What cannot be read as a sheet of verdicts changes nothing and is no traceback."""
    with pytest.raises(UserError, match=told):
        import_verdicts(finished, written(tmp_path / "s.csv", text, encoding), "eva")
    assert read_book(finished) == []


def test_another_books_lines_keep_their_writer_and_moment(
    finished: Workspace, tmp_path: Path
) -> None:
    """A book of verdicts is itself a sheet: who and when are taken as they stand."""
    moment = "2025-11-05T09:30:00Z"
    text = f"when,who,verdict,pair_id,other_id,note\n{moment},'=bob,accept,{KEPT},,'-ok\n"
    import_verdicts(finished, written(tmp_path / "s.csv", text), "eva")
    assert read_book(finished) == [Verdict(moment, "=bob", "accept", KEPT, "", "-ok")]
