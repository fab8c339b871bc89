"""Verdicts in whole runs: stages follow them, whatever is delivered or run again."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.core.ids import pair_id
from pipeline.deliveries.landing import land
from pipeline.faucet.review.items import open_items
from pipeline.faucet.trace.tracing import Trace, trace
from pipeline.faucet.verdicts.book import append, append_edit, now
from pipeline.reviews.records import Edit, Verdict
from pipeline.store.metrics import read_figures
from pipeline.workspace.dag import Dag
from pipeline.workspace.workspace import Workspace
from tests.workspaces import make_workspace, run, run_stages, small_corpus

pytestmark = pytest.mark.slow

STAGES = ("integrate", "qa", "embed", "dedup", "split")

TAIL = (
    " For example, with closes of 10, 12 and 11 over three days the result is 11, and a trader"
    " compares it with the last close of 11 to see whether price stands above its own mean."
    " Exchanges such as Binance publish the candles from which anyone can compute it again."
)
GOOD = ("What does a moving average of Bitcoin's close tell?", f"It tells the mean.{TAIL}")
REFUSAL = ("What does an order book of Ether tell?", "I do not have any information about this.")
MENDED = ("What does an order book of Ether tell?", f"It tells who waits at which price.{TAIL}")
TWIN = (GOOD[0].lower(), GOOD[1].upper())


def deliver(root: Path, name: str, pairs: list[tuple[str, str]]) -> None:
    rows = [{"question": asked, "answer": told} for asked, told in pairs]
    inbox = root / "data/inbox/zai" / name
    inbox.parent.mkdir(parents=True, exist_ok=True)
    inbox.write_text(json.dumps({"qa_pairs": rows}))
    assert [item.reason for item in land(root / "data/inbox", root / "data/deliveries")] == [None]
    inbox.unlink()


def traced(root: Path, pair: tuple[str, str]) -> Trace:
    return trace(root, pair_id(*pair))


def say(
    root: Path, verdict: str, one: tuple[str, str], other: tuple[str, str] | None = None
) -> None:
    ids = [pair_id(*pair) for pair in (one, other) if pair]
    append(root, [Verdict(now(), "eva", verdict, *ids)])


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what became of three pairs before a review, after it, and after a re-delivery."""
    root = Workspace(make_workspace(tmp_path_factory.mktemp("review"), small_corpus()[:1]))
    deliver(root, "first.json", [GOOD, REFUSAL, TWIN])
    run_stages(root, *STAGES)
    pairs = (GOOD, REFUSAL, TWIN)
    seen: dict[str, Any] = {"root": root, "before": [traced(root, pair) for pair in pairs]}
    say(root, "accept", REFUSAL)
    append_edit(root, Edit(now(), "eva", pair_id(*REFUSAL), *MENDED))
    say(root, "keep_apart", GOOD, TWIN)
    seen["said"] = [traced(root, pair) for pair in pairs]
    run_stages(root, *STAGES)
    seen["after"] = [traced(root, pair) for pair in pairs]
    seen["kept after"] = kept_texts(root)
    deliver(root, "again.json", [TWIN, REFUSAL, GOOD, (GOOD[0].upper(), GOOD[1].lower())])
    say(root, "reject", GOOD)
    run_stages(root, *STAGES)
    seen["again"] = [traced(root, pair) for pair in pairs]
    seen["kept again"] = kept_texts(root)
    say(root, "reject", REFUSAL)
    run(root, "-m", "pipeline.run", "qa")
    seen["taken back"] = pq.read_table(root / "data/qa/repairs.parquet").to_pylist()
    return seen


def kept_texts(root: Path) -> dict[str, tuple[str, str]]:
    rows = pq.read_table(root / "data/dedup/kept.parquet").to_pylist()
    return {row["pair_id"]: (row["question"], row["answer"]) for row in rows}


def states(seen: list[Trace]) -> list[str | None]:
    return [told.ended["state"] for told in seen]


def test_rules_decide_where_nobody_did(reviewed: dict[str, Any]) -> None:
    """Before a review the refusal is rejected and one of the twins merged, both by rule."""
    good, refusal, twin = reviewed["before"]
    assert refusal.ended["why"] == "by the rules: refusal"
    assert sorted([good.ended["state"], twin.ended["state"]]) == ["kept", "merged"]


def test_a_verdict_waits_for_the_next_run_and_wins_there(reviewed: dict[str, Any]) -> None:
    """An accepted refusal is kept, two kept apart are both kept, and the trace says by whom."""
    assert {review.state for told in reviewed["said"] for review in told.reviews} == {"waits"}
    assert states(reviewed["after"]) == ["kept", "kept", "kept"]
    assert {review.state for told in reviewed["after"] for review in told.reviews} == {"applied"}
    assert reviewed["after"][1].quality["decided_by"] == "reviewer"
    (decision,) = reviewed["after"][0].decisions
    assert (decision["action"], decision["decided_by"]) == ("keep", "reviewer")


def test_verdicts_survive_a_redelivery_and_a_third_twin(reviewed: dict[str, Any]) -> None:
    """The same pairs delivered again, beside another twin, stay as people decided."""
    good, refusal, twin = reviewed["again"]
    assert [len(told.origins) for told in reviewed["again"]] == [2, 2, 2]
    assert (refusal.ended["state"], refusal.quality["verdict"]) == ("kept", "accept")
    assert good.ended["state"] == "rejected"
    assert good.ended["why"].startswith("by eva, ")
    assert twin.ended["into"] != good.pair_id


def test_an_edit_is_what_is_kept_and_survives_a_redelivery(reviewed: dict[str, Any]) -> None:
    """The edited texts are in the data set under the pair's id; rejecting it ends the edit."""
    edited = pair_id(*REFUSAL)
    assert reviewed["kept after"][edited] == reviewed["kept again"][edited] == MENDED
    assert edited not in [row["pair_id"] for row in reviewed["taken back"]]


def test_what_was_decided_is_no_longer_open(reviewed: dict[str, Any]) -> None:
    """A finished review stays finished in every later run."""
    decided = {pair_id(*pair) for pair in (GOOD, REFUSAL)}
    assert decided.isdisjoint(item.pair_id for item in open_items(reviewed["root"], "pair"))
    assert (read_figures(reviewed["root"], "qa") or {})["decided_by_reviewer"] == len(decided)


def test_stages_name_the_book_as_an_input(reviewed: dict[str, Any]) -> None:
    """A new verdict makes DVC run again what follows verdicts."""
    dag = Dag(reviewed["root"])
    book = Path("data/reviews/verdicts.csv")
    assert Path("data/reviews/edits.jsonl") in dag.stage("qa").deps
    assert all(book in dag.stage(stage).deps for stage in ("qa", "dedup"))
