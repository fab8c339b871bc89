"""The books are read whole or not at all, by a run as by a command."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.faucet.verdicts.book import read_book, read_edits
from pipeline.reviews.reading import read_verdicts, verdicts_as_csv
from pipeline.reviews.records import Verdict, plain_line
from pipeline.reviews.tables import verdicts_of
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import EDITS, VERDICTS
from pipeline.workspace.workspace import Workspace

HEADER = b"when,who,verdict,pair_id,other_id,note\n"
MOMENT = "2025-11-05T09:30:00Z"
GOOD = f"{MOMENT},eva,accept,{'a' * 32},,fine\n".encode()
EDIT = (
    f'{{"answer":"an answer","pair_id":"{"a" * 32}","question":"q","when":"{MOMENT}","who":"e"}}\n'
).encode()

BROKEN_BOOKS = [
    (HEADER + GOOD + GOOD.replace(b"accept", b"acept"), "line 3: verdict 'acept' is none of"),
    (HEADER + GOOD + GOOD[:40], "line 3: a torn row with 4 cells instead of 6"),
    (HEADER + b'2025,"eva\n' + GOOD, "line 2: a torn row"),
    (HEADER + b"<<<<<<< HEAD\n" + GOOD, "line 2: a mark of a git conflict"),
    (HEADER + GOOD + b"=======\n" + GOOD, "line 3: a mark of a git conflict"),
    (HEADER.replace(b",", b";"), "line 1: cells are separated by semicolons, must be by commas"),
    (HEADER.replace(b",", b"\t"), "line 1: cells are separated by tabs"),
    (b"\xef\xbb\xbf" + HEADER, "line 1: a byte order mark"),
    (HEADER + GOOD + b"\xe4\n", "line 3: byte 0xe4 is no UTF-8"),
    (b"who,when\n", "line 1: is 'who,when', must be when,who,verdict"),
    (HEADER + GOOD.replace(b"a" * 32, b"1.23E+31"), r"line 2: pair_id .* \(a spreadsheet made"),
    (HEADER + GOOD.replace(b"2025-", b""), "line 2: when .* is no moment in UTC"),
    (HEADER + GOOD.replace(b"fine", b'"two\nlines"'), "line 2: the note must be one line"),
]
BROKEN_EDITS = [
    (EDIT + b"{", "line 2: no JSON"),
    (EDIT + b"[]\n", "line 2: no edit: it must have when, who, pair_id, question, answer"),
    (EDIT.replace(b'"q"', b"1"), "line 1: field question must be text"),
    (EDIT.replace(b'"q"', b'" "'), "line 1: an edit needs a question"),
    (b">>>>>>> theirs\n" + EDIT, "line 1: a mark of a git conflict"),
    (EDIT + b"\xff", "line 2: byte 0xff is no UTF-8"),
]


def placed(root: Path, path: Path, content: bytes) -> Workspace:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(content)
    return Workspace(root)


@pytest.mark.parametrize(("content", "told"), BROKEN_BOOKS)
def test_a_broken_book_stops_runs_and_commands_alike(
    tmp_path: Path, content: bytes, told: str
) -> None:
    """File, line and what is known stand in one sentence, whoever reads; nothing runs on half."""
    workspace = placed(tmp_path, VERDICTS, content)
    with pytest.raises(UserError, match=f"data/reviews/verdicts.csv {told}") as by_command:
        read_book(workspace)
    with pytest.raises(UserError) as by_run:
        read_input(workspace, VERDICTS)
    assert str(by_run.value) == str(by_command.value)


@pytest.mark.parametrize(("content", "told"), BROKEN_EDITS)
def test_broken_edits_stop_runs_and_commands_alike(
    tmp_path: Path, content: bytes, told: str
) -> None:
    """An edit that is half understood is not dropped: the sentence says where it is."""
    workspace = placed(tmp_path, EDITS, content)
    with pytest.raises(UserError, match=f"data/reviews/edits.jsonl {told}") as by_command:
        read_edits(workspace)
    with pytest.raises(UserError) as by_run:
        read_input(workspace, EDITS)
    assert str(by_run.value) == str(by_command.value)


@given(
    st.lists(
        st.builds(
            Verdict,
            st.just(MOMENT),
            st.sampled_from(["eva", "=bob"]),
            st.sampled_from(["accept", "reject", "withdrawn", "note"]),
            st.sampled_from(["a" * 32, "b" * 32]),
            st.just(""),
            st.text(st.characters(codec="utf-8"), max_size=30).map(plain_line),
        )
    )
)
def test_a_book_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Verdict]
) -> None:
    """Stages and commands get the very lines that were written, formulas and quotes included."""
    content = verdicts_as_csv(lines, has_header=True)
    assert read_verdicts(content, "book") == lines
    workspace = placed(tmp_path_factory.mktemp("w"), VERDICTS, content)
    assert verdicts_of(read_input(workspace, VERDICTS)) == lines


@pytest.mark.parametrize("path", [VERDICTS, EDITS])
def test_an_empty_book_is_one_that_nobody_wrote_in(tmp_path: Path, path: Path) -> None:
    """A file without a byte stops neither a run nor a command."""
    workspace = placed(tmp_path, path, b"")
    assert len(read_input(workspace, path)) == 0
    assert (read_book(workspace), read_edits(workspace)) == ([], [])
