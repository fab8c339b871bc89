"""Verdicts by MCP: off unless allowed, about what is open, and never about one's own."""

from pipeline.faucet.verdicts.book import read_book
from pipeline.mcp.client_session import ClientSession
from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import DOUBTED, KEPT, PROPOSED
from tests.mcp.clients import call, refused, reviewer


def test_a_verdict_is_written_and_signed(finished: Workspace) -> None:
    """What is open comes first to last, and each verdict stands in the book under its name."""
    eva = reviewer(finished)
    first = call(eva, "review_next")
    assert first["verdicts"] == ["accept", "reject"]
    told = call(
        eva, "record_verdict", pair_id=first["item"]["pair_id"][:8], verdict="reject", note="a\nb"
    )
    (line,) = read_book(finished)
    assert (line.who, line.verdict, line.note) == ("eva (mcp)", "reject", "a b")
    assert told["pair_id"] == line.pair_id == first["item"]["pair_id"]
    assert call(eva, "review_next")["left"] == first["left"] - 1


def test_two_pairs_are_decided_on_by_both_ids(finished: Workspace) -> None:
    """A verdict about two needs both, and one of its own kind."""
    eva = reviewer(finished)
    both = {"pair_id": PROPOSED, "other_id": DOUBTED}
    assert "accept is no verdict on" in refused(eva, "record_verdict", verdict="accept", **both)
    assert call(eva, "record_verdict", verdict="keep_apart", **both)["verdict"] == "keep_apart"
    unknown = {"pair_id": KEPT, "other_id": PROPOSED}
    assert "nothing was decided about" in refused(eva, "record_verdict", verdict="merge", **unknown)


def test_nobody_decides_about_their_own(finished: Workspace) -> None:
    """An agent that delivered a pair is not shown it, and its verdict on it is refused."""
    droid = ClientSession(finished, "droid", "droid", may_review=True)
    assert call(droid, "review_next")["is_open"] is False
    told = refused(droid, "record_verdict", pair_id=DOUBTED, verdict="accept")
    assert "droid delivered" in told
    assert read_book(finished) == []
