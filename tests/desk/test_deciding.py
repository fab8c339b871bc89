"""Verdicts from the desk: the same book, the same law, and nobody's word is lost."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from selectolax.lexbor import LexborHTMLParser

from pipeline.charts.label import printable
from pipeline.desk.review_list import ReviewList, asked_of, first_open, subjects
from pipeline.faucet.review.whys import WHYS, note_of, why_of
from pipeline.faucet.verdicts.book import append, now, read_book, read_edits
from pipeline.reviews.force import in_force
from pipeline.reviews.records import Verdict
from pipeline.workspace.workspace import Workspace
from tests.desk.attacked import ANSWER, DELIVERY, OF_TWO, ONE, OTHER, QUESTION, desk_on, post
from tests.faucet.made_up import DOUBTED, PROPOSED, REJECTED

PAIR = {"list": "kind=pair", "pair_id": ONE, "other_id": "", "seen": ""}
TWO = {"list": "kind=proposal", "pair_id": OF_TWO[0], "other_id": OF_TWO[1], "seen": ""}


def field(text: str, name: str) -> str:
    node = LexborHTMLParser(text).css_first(f'input[name="{name}"]')
    return str(node.attributes["value"] or "")


@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_a_verdict_stands_in_the_book(written: Workspace, verdict: str) -> None:
    """One press writes one line, signed, with its why and its note; the next open one is shown."""
    with desk_on(written) as (site, client):
        answer = post(
            site, client, "/review/decide", **PAIR, verdict=verdict, why="off_topic", note="a\tb"
        )
        assert answer.status_code == 200
        assert field(answer.text, "pair_id") != ONE
    (line,) = read_book(written)
    assert (line.who, line.verdict, line.subject) == ("nora", verdict, (ONE,))
    assert line.note == "off_topic: a b"


@pytest.mark.parametrize("verdict", ["merge", "keep_apart", "keep_both", "better_of_rerun"])
def test_a_verdict_on_two_stands_in_the_book(written: Workspace, verdict: str) -> None:
    """What is said of two pairs names both."""
    with desk_on(written) as (site, client):
        assert post(site, client, "/review/decide", **TWO, verdict=verdict).status_code == 200
    assert in_force(read_book(written)).of_two == {OF_TWO: verdict}


@pytest.mark.parametrize(
    ("form", "verdict"),
    [(PAIR, "merge"), (TWO, "accept"), (PAIR, ""), (PAIR, "withdrawn"), (PAIR, "<script>")],
)
def test_a_word_that_is_no_verdict_writes_nothing(
    written: Workspace, form: dict[str, str], verdict: str
) -> None:
    """Only the verdicts of what is decided are taken."""
    with desk_on(written) as (site, client):
        answer = post(site, client, "/review/decide", **form, verdict=verdict)
        assert answer.status_code == 400
        assert "nothing was written" in answer.text
        gone = post(
            site, client, "/review/decide", **{**PAIR, "pair_id": "f" * 32}, verdict="accept"
        )
        assert gone.status_code == 400
    assert read_book(written) == []


def test_an_edit_is_written_beside_its_acceptance(written: Workspace) -> None:
    """Changed texts are an edit that counts while the pair is accepted; unchanged ones are none."""
    with desk_on(written) as (site, client):
        same = {"question": printable(QUESTION), "answer": printable(ANSWER) + "\r\n"}
        post(site, client, "/review/decide", **PAIR, verdict="accept", **same)
        assert read_edits(written) == []
        seen = read_book(written)[-1].when
        changed = {**same, "answer": "The gap."}
        post(site, client, "/review/decide", **{**PAIR, "seen": seen}, verdict="accept", **changed)
    (edit,) = read_edits(written)
    assert (edit.who, edit.answer) == ("nora", "The gap.")
    assert read_book(written)[-1].note == "edited"


def test_undo_lets_the_rules_decide_again(written: Workspace) -> None:
    """What was pressed by mistake is taken back by one key, and is open again."""
    with desk_on(written) as (site, client):
        answer = post(site, client, "/review/decide", **PAIR, verdict="reject")
        assert field(answer.text, "subject") == ONE
        answer = post(site, client, "/review/undo", list="kind=pair", subject=ONE)
        assert field(answer.text, "pair_id") == ONE
    assert in_force(read_book(written)).lines == {}
    assert [line.verdict for line in read_book(written)] == ["reject", "withdrawn"]


def test_a_note_decides_nothing(written: Workspace) -> None:
    """A note is kept, the pair stays open, and a note without words is none."""
    with desk_on(written) as (site, client):
        assert post(site, client, "/review/decide", **PAIR, verdict="note").status_code == 400
        answer = post(site, client, "/review/decide", **PAIR, verdict="note", note="look twice")
        assert field(answer.text, "pair_id") == ONE
    assert in_force(read_book(written)).lines == {}
    assert read_book(written)[0].note == "look twice"


def test_two_reviewers_are_told_of_each_other(written: Workspace) -> None:
    """Who decides on what somebody decided meanwhile sees it first, and may then overrule it."""
    with desk_on(written) as (site, client):
        append(written, [Verdict(now(), "eva", "reject", ONE, "", "made up")])
        answer = post(site, client, "/review/decide", **PAIR, verdict="accept", note="fine")
        assert "eva" in answer.text
        assert "made up" in answer.text
        assert field(answer.text, "note") == "fine"
        assert len(read_book(written)) == 1
        form = {**PAIR, "seen": field(answer.text, "seen"), "anyway": "1"}
        post(site, client, "/review/decide", **form, verdict="accept", note="fine")
    assert [line.who for line in read_book(written)] == ["eva", "nora"]
    assert in_force(read_book(written)).of_one == {ONE: "accept"}


def test_many_at_once_lose_nothing(written: Workspace) -> None:
    """Verdicts from several tabs, another desk and the terminal at the same time all stand."""
    ids = [ONE, OTHER, DOUBTED, REJECTED]
    with desk_on(written) as (site, client), desk_on(written, who="eva") as (second, other):

        def decide(number: int) -> int:
            one, (desk, page) = ids[number % 4], ((site, client), (second, other))[number // 4 % 2]
            form = {**PAIR, "pair_id": one, "anyway": "1", "note": str(number)}
            return int(post(desk, page, "/review/decide", **form, verdict="accept").status_code)

        def append_one(number: int) -> int:
            append(written, [Verdict(now(), "kim", "reject", PROPOSED, "", str(number))])
            return 200

        with ThreadPoolExecutor(6) as pool:
            done = [*pool.map(decide, range(16)), *pool.map(append_one, range(16, 24))]
    assert done == [200] * 24
    assert sorted(int(line.note) for line in read_book(written)) == list(range(24))


def test_bulk_writes_what_was_seen_or_nothing(written: Workspace) -> None:
    """The preview counts and samples; what changed meanwhile is looked at again first."""
    with desk_on(written) as (site, client):
        page = client.get("/review/many?kind=pair&flag=off_topic").text
        assert "3 open flagged pairs" in page
        form = {"list": field(page, "list"), "digest": field(page, "digest"), "note": "all"}
        append(written, [Verdict(now(), "eva", "accept", ONE)])
        answer = post(site, client, "/review/many", **form, verdict="reject")
        assert answer.status_code == 400
        assert len(read_book(written)) == 1
        page = client.get("/review/many?kind=pair&flag=off_topic").text
        form["digest"] = field(page, "digest")
        assert post(site, client, "/review/many", **form, verdict="merge").status_code == 400
        answer = post(site, client, "/review/many", **form, verdict="reject")
        assert "2 verdicts written: reject" in answer.text
    decided = in_force(read_book(written)).of_one
    assert decided == {ONE: "accept", OTHER: "reject", DOUBTED: "reject"}
    assert all("flag=off_topic" in line.note for line in read_book(written)[1:])


def test_blind_tells_nothing_of_the_rules(written: Workspace) -> None:
    """Neither the page nor the order says what the rules think; the answer to a verdict does."""
    with desk_on(written) as (site, client):
        page = LexborHTMLParser(client.get(f"/review?blind=1&at={ONE}").text)
        work = page.css_first("#work")
        assert not work.css("mark, .flag, .score")
        assert not work.css(".pill")
        assert "off topic" not in work.css_first("aside").text().partition("Your verdict")[0]
        form = {**PAIR, "list": "kind=pair&blind=1"}
        answer = post(site, client, "/review/decide", **form, verdict="accept")
        assert "the rules say review, score 30" in answer.text
        assert site.catalog is not None
        order = subjects(site.catalog, ReviewList(is_blind=True))
        assert sorted(order) == sorted(subjects(site.catalog, ReviewList()))


def test_the_list_is_that_of_the_terminal(written: Workspace) -> None:
    """Worst first, rejected ones before all, decided ones passed over; proposals most alike."""
    with desk_on(written) as (site, _):
        catalog = site.catalog
        assert catalog is not None
        pairs = subjects(catalog, ReviewList())
        assert pairs[0] == (REJECTED,)
        assert set(pairs) == {(REJECTED,), (DOUBTED,), (ONE,), (OTHER,)}
        proposals = subjects(catalog, ReviewList("proposal"))
        assert proposals == [OF_TWO, tuple(sorted((DOUBTED, PROPOSED)))]
        append(written, [Verdict(now(), "eva", "reject", ONE)])
        assert first_open(proposals, site.book()) == tuple(sorted((DOUBTED, PROPOSED)))
        only = ReviewList("proposal", rule="near_duplicate", guard="leftover")
        assert subjects(catalog, only) == [tuple(sorted((DOUBTED, PROPOSED)))]


@pytest.mark.parametrize("at", [(), (ONE,), OF_TWO])
def test_the_address_of_a_review_says_where_it_stands(at: tuple[str, ...]) -> None:
    """A copied address leads somebody else to the same pair of the same list."""
    asked = ReviewList("proposal", rule="near_duplicate", guard="detail", is_blind=True)
    assert asked_of(asked.address(at)) == (asked, at)


def test_a_why_and_a_note_come_back() -> None:
    """The two parts of a note are told apart again; a note that has no why is all text."""
    for kind, whys in WHYS.items():
        for code in (*whys, ""):
            for text in ("", "as: it is"):
                assert why_of(kind, note_of(kind, code, text)) == (code, text)
        assert why_of(kind, "anything: else") == ("", "anything: else")
        assert note_of(kind, "unknown", "x") == "x"


def test_a_delivery_goes_out_and_comes_back(written: Workspace) -> None:
    """Removing needs a reason; what was removed is taken back in on the same page."""
    folder = written / "data/deliveries/zai"
    folder.mkdir(parents=True)
    content = b"[]"
    digest = hashlib.sha256(content).hexdigest()
    name = f"{digest[:12]}-a.json"
    (folder / name).write_bytes(content)
    books = written / "data/integrate/accounting.json"
    books.write_text(books.read_text().replace(DELIVERY, name))
    refused = written / "data/integrate/quarantine.jsonl"
    refused.write_text(refused.read_text().replace(DELIVERY, name))
    with desk_on(written) as (site, client):
        path = f"/deliveries/zai/{name}"
        assert post(site, client, path, reason=" ").status_code == 400
        answer = post(site, client, path, reason="wrong formulas")
        assert "out of the data set" in answer.text
        assert "wrong formulas" in client.get(path).text
        assert "takes part again" in post(site, client, path, action="undo").text
    log = (written / "data/reviews/removed.jsonl").read_text()
    assert re.findall(r'"action":"(\w+)"', log) == ["removed", "undone"]
