import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.faucet.verdicts.book import append, read_book, reviewer
from pipeline.reviews.records import LONGEST_NOTE_CHARS, Verdict, fault, plain_line
from pipeline.workspace.layout import VERDICTS
from pipeline.workspace.workspace import Workspace

A, B, C = "a" * 32, "b" * 32, "c" * 32
MOMENT = "2025-11-05T09:30:00.000Z"
ACCEPT = Verdict(MOMENT, "eva", "accept", A)

NOTES = st.text(st.characters(codec="utf-8"), max_size=30).map(plain_line)
LINES = st.lists(
    st.one_of(
        st.builds(
            Verdict,
            st.sampled_from(["2025-11-05T09:30:00Z", "2025-11-05T09:31:00Z"]),
            st.sampled_from(["eva", "=bob"]),
            st.sampled_from(["accept", "reject", "withdrawn", "note"]),
            st.sampled_from([A, B, C]),
            st.just(""),
            NOTES,
        ),
        st.builds(
            Verdict,
            st.sampled_from(["2025-11-05T09:30:00Z", "2025-11-05T09:31:00Z"]),
            st.just("eva"),
            st.sampled_from(["merge", "keep_apart"]),
            st.just(A),
            st.sampled_from([B, C]),
            NOTES,
        ),
    ),
    max_size=6,
)


@given(LINES, LINES)
def test_the_book_gives_back_what_was_written_and_only_grows(
    tmp_path_factory: pytest.TempPathFactory, first: list[Verdict], then: list[Verdict]
) -> None:
    """Every verdict is read as it was written, in order; the earlier bytes stay as they are."""
    root = Workspace(tmp_path_factory.mktemp("book"))
    append(root, first)
    before = (root / VERDICTS).read_bytes()
    append(root, then)
    assert read_book(root) == [*first, *then]
    assert (root / VERDICTS).read_bytes().startswith(before)


def test_no_cell_of_the_book_is_a_formula(tmp_path: Path) -> None:
    """Who opens the book in a spreadsheet runs nothing that a note says."""
    append(Workspace(tmp_path), [ACCEPT._replace(who="@eva", note='=HYPERLINK("http://x")')])
    with (tmp_path / VERDICTS).open(newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    assert rows[1][1] == "'@eva"
    assert rows[1][5] == '\'=HYPERLINK("http://x")'


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"verdict": "yes"}, "none of accept"),
        ({"pair_id": "1.23E+31"}, "a spreadsheet made a number of it"),
        ({"pair_id": "A" * 32}, "32 hex digits"),
        ({"other_id": B}, "about one pair"),
        ({"verdict": "merge"}, "about two pairs"),
        ({"verdict": "merge", "other_id": A}, "about two pairs"),
        ({"who": ""}, "who is empty"),
        ({"when": "yesterday"}, "no moment in UTC"),
        ({"when": "2025-13-05T09:30:00Z"}, "no moment in UTC"),
        ({"note": "n" * (LONGEST_NOTE_CHARS + 1)}, "1,000 are allowed"),
    ],
)
def test_a_verdict_that_is_wrong_is_told_in_one_sentence(
    tmp_path: Path, changed: dict[str, str], told: str
) -> None:
    """What the book cannot hold is refused before a byte is written."""
    wrong = ACCEPT._replace(**changed)
    assert told in (fault(wrong) or "")
    with pytest.raises(UserError, match="a verdict on"):
        append(Workspace(tmp_path), [ACCEPT, wrong])
    assert not (tmp_path / VERDICTS).exists()
    assert fault(ACCEPT) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"pair_id,verdict\n", "line 1: is .*, must be when,who"),
        (b"when,who,verdict,pair_id,other_id,note\na,b\n", "line 2: a torn row with 2 cells"),
        (b"when,who,\xff\n", "line 1: byte 0xff is no UTF-8"),
    ],
)
def test_a_spoilt_book_stops_with_a_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    """A book that was edited wrongly is neither guessed at nor written over."""
    (tmp_path / VERDICTS).parent.mkdir(parents=True)
    (tmp_path / VERDICTS).write_bytes(content)
    with pytest.raises(UserError, match=told):
        append(Workspace(tmp_path), [ACCEPT])
    assert (tmp_path / VERDICTS).read_bytes() == content


def test_a_book_without_a_last_line_end_is_gone_on_with(tmp_path: Path) -> None:
    """A line that an editor left open is no line that swallows the next verdict."""
    append(Workspace(tmp_path), [ACCEPT])
    path = tmp_path / VERDICTS
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    append(Workspace(tmp_path), [ACCEPT._replace(pair_id=B)])
    assert [line.pair_id for line in read_book(Workspace(tmp_path))] == [A, B]


def test_reviewers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """Several processes that append at once all find their verdicts in the book."""
    script = (
        "import sys; from pathlib import Path\n"
        "from pipeline.workspace.workspace import Workspace\n"
        "from pipeline.faucet.verdicts.book import append\n"
        "from pipeline.reviews.records import Verdict\n"
        "for turn in range(10):\n"
        f"    append(Workspace(Path({str(tmp_path)!r})), [Verdict({MOMENT!r},\n"
        "        sys.argv[1], 'accept',\n"
        "        f'{int(sys.argv[1]) * 10 + turn:032x}')])\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(n)], stderr=subprocess.DEVNULL)
        for n in range(4)
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    assert {line.pair_id for line in read_book(Workspace(tmp_path))} == {
        f"{n:032x}" for n in range(40)
    }


def test_somebody_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict has a name, given or git's; without one it is not taken."""
    assert reviewer(Workspace(tmp_path), " Eva\n Marie ") == "Eva Marie"
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Bob")
    assert reviewer(Workspace(tmp_path), None) == "Bob"
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "")
    with pytest.raises(UserError, match="who decides"):
        reviewer(Workspace(tmp_path), None)


def test_two_are_the_same_two_in_either_order() -> None:
    """A verdict on two pairs is about both, whichever is named first."""
    one, other = Verdict(MOMENT, "e", "merge", A, B), Verdict(MOMENT, "e", "merge", B, A)
    assert one.subject == other.subject == (A, B)
