"""Laws of bulk verdicts: nothing is written unseen, and exactly what was chosen is."""

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.review.bulk import conditions_of, prepare_bulk, write_bulk
from pipeline.faucet.review.items import open_items
from pipeline.faucet.review.view import bulk_lines
from pipeline.faucet.verdicts.book import read_book
from pipeline.workspace.workspace import Workspace


def test_a_preview_writes_nothing_and_names_what_changes(finished: Workspace) -> None:
    """What is chosen by a flag is what is open with it; the book stays as it was."""
    pairs = open_items(finished, "pair")
    flag = next(one["code"] for item in pairs for one in item.flags)
    before = read_book(finished)
    bulk = prepare_bulk(finished, [("flag", flag)], "reject")
    wanted = [item for item in pairs if flag in {one["code"] for one in item.flags}]
    assert [item.pair_id for item in bulk.items] == [item.pair_id for item in wanted]
    assert sum(bulk.rules_say.values()) == len(wanted)
    assert {item.pair_id for item in bulk.sample} <= {item.pair_id for item in wanted}
    assert any(f"flag={flag}" in line for line in bulk_lines(bulk))
    assert read_book(finished) == before


def test_every_condition_must_hold(finished: Workspace) -> None:
    """An agent that delivered none of the flagged pairs leaves nothing to decide."""
    every = prepare_bulk(finished, [], "accept")
    agent = next(iter(every.by_agent))
    assert prepare_bulk(finished, [("agent", agent)], "accept").by_agent[agent] > 0
    assert prepare_bulk(finished, [("agent", agent), ("flag", "none")], "accept").items == []


def test_proposals_are_decided_by_their_rule(finished: Workspace) -> None:
    """A verdict on two is about proposals, chosen by kind; each is written once."""
    proposals = open_items(finished, "proposal")
    kind = next(item.decision["kind"] for item in proposals if item.decision)
    bulk = prepare_bulk(finished, [("rule", kind)], "keep_both")
    assert {item.kind for item in bulk.items} == {"proposal"}
    assert write_bulk(finished, bulk, "eva") == len(bulk.items)
    written = read_book(finished)[-len(bulk.items) :]
    assert {(line.verdict, line.who, line.note) for line in written} == {
        ("keep_both", "eva", f"bulk: rule={kind}")
    }
    assert [line.subject for line in written] == [item.subject for item in bulk.items]
    assert prepare_bulk(finished, [("rule", kind)], "keep_both").items == []


def test_what_cannot_be_meant_is_refused() -> None:
    """A field that is none, and a condition without a value, are told with those that there are."""
    assert conditions_of(["flag=cut_off", "agent = zai"]) == [("flag", "cut_off"), ("agent", "zai")]
    for wrong in ("colour=red", "flag", "flag="):
        with pytest.raises(UserError, match="write one of rule, agent"):
            conditions_of([wrong])
