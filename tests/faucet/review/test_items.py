import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console, RenderableType

from pipeline.cli import faucet
from pipeline.faucet.review.agreement import agreement
from pipeline.faucet.review.agreement_view import render_agreement
from pipeline.faucet.review.editing import Texts, page_of
from pipeline.faucet.review.items import items_of, open_items
from pipeline.faucet.review.session import Desk, review
from pipeline.faucet.verdicts.book import append, read_book, read_edits
from pipeline.reviews.records import LONGEST_NOTE_CHARS, Verdict
from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import DOUBTED, KEPT, PROPOSED, REJECTED, TWIN_OF_KEPT, put

MOMENT = "2025-11-05T09:30:00.000Z"


class Keyboard:
    """A reviewer whose keys and notes are known before; what is shown is kept."""

    def __init__(self, keys: str, *notes: str) -> None:
        self._keys: Iterator[str] = iter(keys)
        self._notes = iter(notes)
        self.shown: list[RenderableType] = []

    def desk(self) -> Desk:
        return Desk(self.shown.append, self._key, self._write, self._write)

    def page_desk(self) -> Desk:
        """Return a desk whose editor gives back the next note in place of the page."""
        return self.desk()._replace(edit=lambda _: next(self._notes))

    def _key(self) -> str:
        try:
            return next(self._keys)
        except StopIteration:
            raise EOFError from None

    def _write(self, note: str) -> str:
        return note + next(self._notes)

    def text(self) -> str:
        paper = io.StringIO()
        console = Console(width=80, file=paper)
        for part in self.shown:
            console.print(part)
        return paper.getvalue()


def decided(root: Path) -> list[tuple[str, str, str, str]]:
    return [(line.verdict, line.pair_id, line.other_id, line.note) for line in read_book(root)]


def both() -> tuple[str, str]:
    one, other = sorted((DOUBTED, PROPOSED))
    return one, other


def test_what_is_open_is_flagged_pairs_worst_first_then_proposals(finished: Workspace) -> None:
    """Accepted pairs and what rules merged wait for nobody."""
    items = open_items(finished)
    assert [item.subject for item in items] == [(REJECTED,), (DOUBTED,), both()]
    assert [item.kind for item in items] == ["pair", "pair", "proposal"]
    assert [item.subject for item in open_items(finished, "proposal")] == [both()]
    assert len(open_items(finished, "pair")) == 2


def test_what_a_person_decided_is_not_asked_again(finished: Workspace) -> None:
    """Verdicts close an item at once, before any stage runs; a note alone does not."""
    append(
        finished,
        [
            Verdict(MOMENT, "eva", "accept", REJECTED),
            Verdict(MOMENT, "eva", "note", DOUBTED, "", "look again"),
        ],
    )
    assert [item.subject for item in open_items(finished)] == [(DOUBTED,), both()]
    append(finished, [Verdict(MOMENT, "eva", "keep_apart", PROPOSED, DOUBTED)])
    assert [item.subject for item in open_items(finished)] == [(DOUBTED,)]


def test_a_proposal_about_a_rejected_pair_is_settled(finished: Workspace) -> None:
    """Nobody is asked whether a pair that goes is the same as another one."""
    append(finished, [Verdict(MOMENT, "eva", "reject", PROPOSED)])
    assert [item.subject for item in open_items(finished)] == [(REJECTED,), (DOUBTED,)]


def test_keys_become_verdicts_with_their_notes(finished: Workspace) -> None:
    """One key a verdict; a note goes with it; the book is signed and dated."""
    keyboard = Keyboard("nraxk", "no  answer\n\x1b here")
    assert review(finished, open_items(finished), "eva", keyboard.desk()) == {
        "reject": 1,
        "accept": 1,
        "keep_apart": 1,
    }
    assert decided(finished) == [
        ("reject", REJECTED, "", "no answer here"),
        ("accept", DOUBTED, "", ""),
        ("keep_apart", *both(), ""),
    ]
    assert {line.who for line in read_book(finished)} == {"eva"}
    assert open_items(finished) == []


def test_a_review_goes_on_where_it_ended(finished: Workspace) -> None:
    """Every verdict is on disk before the next item; leaving loses nothing and decides nothing."""
    review(finished, open_items(finished), "eva", Keyboard("rq").desk())
    assert [line[0] for line in decided(finished)] == ["reject"]
    review(finished, open_items(finished), "eva", Keyboard("s").desk())  # then the keyboard ends
    assert [item.subject for item in open_items(finished)] == [(DOUBTED,), both()]
    review(finished, open_items(finished), "eva", Keyboard("am").desk())
    assert [line[0] for line in decided(finished)] == ["reject", "accept", "merge"]


def test_going_back_and_deciding_anew_replaces_the_verdict(finished: Workspace) -> None:
    """A slip of the finger is mended by a later line; the earlier one stays in the book."""
    review(finished, open_items(finished, "pair"), "eva", Keyboard("abrq").desk())
    assert [line[:2] for line in decided(finished)] == [("accept", REJECTED), ("reject", REJECTED)]
    assert sorted(line.when for line in read_book(finished)) == [
        line.when for line in read_book(finished)
    ]


def test_a_note_without_a_verdict_is_kept(finished: Workspace) -> None:
    """Who writes a note and skips or leaves finds it in the book; the item stays open."""
    review(finished, open_items(finished), "eva", Keyboard("nsnq", "first", "second").desk())
    assert [(line[0], line[3]) for line in decided(finished)] == [
        ("note", "first"),
        ("note", "second"),
    ]
    assert len(open_items(finished)) == 3


def test_a_note_too_long_is_cut_and_said_so(finished: Workspace) -> None:
    """The book's limit holds for what is typed or pasted, and the reviewer is told."""
    keyboard = Keyboard("na", "n" * 5000)
    review(finished, open_items(finished), "eva", keyboard.desk())
    assert len(read_book(finished)[0].note) == LONGEST_NOTE_CHARS
    assert "is cut to 1,000" in keyboard.text()


def test_an_edit_is_kept_with_the_verdict_that_accepts_it(finished: Workspace) -> None:
    """The texts of the page stand in the file of edits; note and verdict in the book."""
    page = page_of(Texts("What is asked?", "What is answered.\n\nIn two paragraphs."))
    keyboard = Keyboard("ea", page)
    review(finished, open_items(finished, "pair"), "eva", keyboard.page_desk())
    assert decided(finished) == [("accept", REJECTED, "", "edited")]
    (edit,) = read_edits(finished)
    assert edit[2:] == (REJECTED, "What is asked?", "What is answered.\n\nIn two paragraphs.")
    assert edit.when == read_book(finished)[0].when


@pytest.mark.parametrize(
    ("keys", "page"),
    [
        ("er", page_of(Texts("a?", "b"))),
        ("es", page_of(Texts("a?", "b"))),
        ("ea", "no heading is left"),
        ("ea", page_of(Texts("a?", ""))),
    ],
)
def test_an_edit_that_nobody_accepts_is_none(finished: Workspace, keys: str, page: str) -> None:
    """Rejecting, skipping and breaking the page leave the texts as they were delivered."""
    keyboard = Keyboard(keys, page)
    review(finished, open_items(finished, "pair"), "eva", keyboard.page_desk())
    assert read_edits(finished) == []


def test_the_reviewer_sees_texts_flags_and_evidence(finished: Workspace) -> None:
    """Question, answer, flags with what they spoke about, and both texts of a proposal."""
    keyboard = Keyboard("sss")
    review(finished, open_items(finished), "eva", keyboard.desk())
    text = " ".join(keyboard.text().split())
    for part in ("1 of 3", "error refusal: I cannot", r"\x1b[2J", "[bold red]now[/]"):
        assert part in text
    for part in ("3 of 3", "What are wallets?", "Something other.", "leftover: one | other"):
        assert part in text


def test_long_answers_are_shown_in_full_on_demand(finished: Workspace) -> None:
    """Head and tail come first, since faults stand there; f shows all."""
    answer = "begin " + "middle " * 500 + "end"
    row = {"pair_id": REJECTED, "question": "q", "answer": answer, "origins": []}
    put(finished, "data/integrate/pairs.parquet", [row])
    short, full = Keyboard("q"), Keyboard("fq")
    review(finished, open_items(finished), "eva", short.desk())
    review(finished, open_items(finished), "eva", full.desk())
    assert short.text().count("middle") < 200
    assert "characters, f shows them" in short.text()
    assert full.text().count("middle") > 600
    assert "end" in short.text()


def test_one_pair_can_be_decided_whatever_the_rules_said(finished: Workspace) -> None:
    """A person takes back an acceptance, a merge by rule, or a verdict of their own."""
    items = items_of(finished, KEPT[:10])
    assert [item.subject for item in items] == [(KEPT,), tuple(sorted((KEPT, TWIN_OF_KEPT)))]
    review(finished, items, "eva", Keyboard("rk").desk())
    assert [line[0] for line in decided(finished)] == ["reject", "keep_apart"]
    assert len(items_of(finished, KEPT)) == 2


def test_agreement_is_counted_by_the_rules_own_verdicts(finished: Workspace) -> None:
    """A run that followed people does not make the rules agree with them."""
    lines = [
        Verdict(MOMENT, "eva", "accept", REJECTED),
        Verdict(MOMENT, "eva", "reject", DOUBTED),
        Verdict(MOMENT, "eva", "accept", KEPT),
        Verdict(MOMENT, "eva", "merge", *both()),
        Verdict(MOMENT, "eva", "accept", "0" * 32),
    ]
    append(finished, lines)
    told = agreement(finished)
    rules = told["pairs"]["by_rules"]
    assert rules["accept"] == {"accept": 1, "reject": 0, "agreed": 1.0}
    assert rules["reject"] == {"accept": 1, "reject": 0, "agreed": 0.0}
    assert rules["review"] == {"accept": 0, "reject": 1, "agreed": None}
    assert (told["pairs"]["decided"], told["pairs"]["agreed"]) == (2, 0.5)
    assert told["flags"]["refusal"] == {"accept": 1, "reject": 0, "rejected_share": 0.0}
    others = {"keep_apart": 0, "keep_both": 0, "better_of_rerun": 0}
    assert told["twos"] == {"merge": 1, **others, "merged_share": 1.0}
    assert told["unknown"] == 1
    assert agreement(finished) == told
    keyboard = Keyboard("")
    keyboard.shown.append(render_agreement(told))
    assert "agreed on 50.0% of the 2 pairs" in keyboard.text()


def test_without_verdicts_there_is_no_agreement(finished: Workspace) -> None:
    """Nothing decided is no share at all, and no error."""
    assert agreement(finished)["pairs"]["agreed"] is None


def test_the_command_lists_and_asks_for_a_terminal(
    finished: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--json lists what is open; without a terminal a review names its other forms."""
    monkeypatch.chdir(finished)
    listed = CliRunner().invoke(faucet, ["review", "--json"])
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [row["pair_id"] for row in rows] == [REJECTED, DOUBTED, both()[0]]
    assert json.loads(CliRunner().invoke(faucet, ["review", "--agreement", "--json"]).stdout)
    piped = CliRunner().invoke(faucet, ["review"], input="a")
    assert (piped.exit_code, "needs a terminal" in piped.stderr) == (1, True)
    both_ways = CliRunner().invoke(faucet, ["review", "--agreement", "--export", "x.csv"])
    assert (both_ways.exit_code, "one at a time" in both_ways.stderr) == (1, True)
