"""One book, every reader: qa, dedup, split, review and trace follow the same verdicts."""

import random
from pathlib import Path
from typing import Any

import daft
import pytest

from pipeline.core.ids import pair_id
from pipeline.core.memo import NoMemo
from pipeline.faucet.review.items import open_items
from pipeline.faucet.trace.tracing import trace
from pipeline.faucet.verdicts.book import append, read_book
from pipeline.reviews.records import Verdict
from pipeline.stages import split as split_stage
from pipeline.stages.dedup import dedup
from pipeline.stages.embed import embed
from pipeline.stages.qa import qa
from pipeline.store.inputs import read_input
from pipeline.store.recorded import SCHEMA
from pipeline.workspace.layout import EDITS, TEST_SETS, VERDICTS
from tests.conftest import lent, pairs_table
from tests.domains import LISTS, OPPOSITES
from tests.faucet.made_up import put, workspace
from tests.thoroughness import LONG

SUBJECTS = 24
MOMENTS = ("2025-11-05T09:30:00Z", "2025-11-05T09:30:00.250Z", "2025-11-05T09:30:00.25Z")
CAREFUL_FIRST = ("reject", "keep_apart", "withdrawn", "accept", "merge")


def texts(number: int) -> dict[str, str]:
    """Return a pair that resembles no other one."""
    draws = random.Random(number)
    words = ["".join(draws.choices("bcdfghjklmnpqrstvwxyz", k=7)) for _ in range(60)]
    return {
        "question": f"What do {' '.join(words[:6])} mean?",
        "answer": f"{' '.join(words[6:])}.".capitalize(),
    }


PAIRS = [texts(number) for number in range(3 * SUBJECTS)]
IDS = [pair_id(row["question"], row["answer"]) for row in PAIRS]
ONES = IDS[:SUBJECTS]
TWOS = [tuple(sorted(two)) for two in zip(IDS[SUBJECTS::2], IDS[SUBJECTS + 1 :: 2], strict=True)]


def a_book(seed: int) -> list[Verdict]:
    """Return verdicts of several people, many of them at the same moment."""
    draws = random.Random(seed)
    lines = []
    for subject in [*((one, "") for one in ONES), *TWOS]:
        words = ("accept", "reject") if not subject[1] else ("merge", "keep_apart")
        for _ in range(draws.randrange(5)):
            word = draws.choice((*words, "withdrawn", "note"))
            named = subject if draws.random() < 0.5 or not subject[1] else subject[::-1]
            who = draws.choice(("eva", "bob"))
            lines.append(Verdict(draws.choice(MOMENTS), who, word, *named, draws.choice("ab")))
    lines = list(dict.fromkeys(lines))
    return draws.sample(lines, len(lines))


def expected(book: list[Verdict], *ids: str) -> str:
    """Return the verdict in force by the law's own words, empty where nobody decided."""
    about = [one for one in book if {one.pair_id, one.other_id} - {""} == set(ids)]
    about = [one for one in about if one.verdict != "note"]
    late = [one for one in about if one.when != MOMENTS[0]] or about  # the other two are one moment
    words = {one.verdict for one in late}
    word = next((word for word in CAREFUL_FIRST if word in words), "")
    return "" if word == "withdrawn" else word


@pytest.fixture(scope="module", params=[1, 2] if LONG else [1])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what every reader made of one book."""
    made: Path = tmp_path_factory.mktemp("law")
    found = workspace(made)
    book = a_book(request.param)
    (found / EDITS).touch()
    append(found, book)
    table, edits = read_input(found, VERDICTS), read_input(found, EDITS)
    params = found.dag.params
    pairs, memo = pairs_table(PAIRS).collect(), NoMemo()
    plan = read_input(found, Path("data/domain/plan.csv"))
    test_sets = read_input(found, TEST_SETS)
    scored = qa(pairs, plan, *LISTS, table, edits, test_sets, **params["qa"], memo=memo)
    looked_up = (pairs, scored.repairs, [], daft.from_arrow(SCHEMA.empty_table()))
    vectors = embed(*looked_up, **params["embed"], memo=memo).vectors.whole
    subject = (plan, OPPOSITES)
    judged = (pairs, scored.scores, vectors, scored.repairs)
    of_embed = lent(dedup, "embed", params["embed"])
    deduped = dedup(*judged, *subject, table, [], **params["dedup"], **of_embed, memo=memo)
    apart: set[tuple[str, str]] = set()
    with pytest.MonkeyPatch.context() as patch:
        searched = split_stage.find_leaks

        def noting(*tables: Any, **more: Any) -> Any:
            apart.update(more["apart"])
            return searched(*tables, **more)

        patch.setattr(split_stage, "find_leaks", noting)
        of_export = {"export_include": params["export"]["include"]}
        split_stage.split(
            deduped.kept.whole, *subject, table, **params["split"], **of_export, memo=memo
        )
    rows = {"pairs": pairs, "scores": scored.scores, "decisions": deduped.decisions}
    stages = {"pairs": "integrate", "scores": "qa", "decisions": "dedup", "kept": "dedup"}
    for name, rows_of in {**rows, "kept": deduped.kept.whole}.items():
        put(found, f"data/{stages[name]}/{name}.parquet", rows_of.to_pylist())
    return {
        "workspace": found,
        "book": book,
        "scores": {row["pair_id"]: row for row in scored.scores.to_pylist()},
        "kept": set(deduped.kept.whole.to_pydict()["pair_id"]),
        "apart": apart,
    }


def test_the_book_holds_what_was_drawn(run: dict[str, Any]) -> None:
    """The law is tried on ties, withdrawals and every verdict."""
    assert read_book(run["workspace"]) == run["book"]
    of_one = {expected(run["book"], one) for one in ONES}
    of_two = {expected(run["book"], *two) for two in TWOS}
    assert (of_one, of_two) == ({"", "accept", "reject"}, {"", "merge", "keep_apart"})


def test_qa_and_dedup_follow_the_verdict_in_force(run: dict[str, Any]) -> None:
    """A pair is scored and kept as the verdict in force says, or as the rules do without one."""
    for one in ONES:
        word, row = expected(run["book"], one), run["scores"][one]
        assert row["decided_by"] == ("reviewer" if word else "rule")
        assert not word or row["verdict"] == word
        assert (one in run["kept"]) == (row["verdict"] != "reject")


def test_dedup_and_split_follow_the_verdict_on_two(run: dict[str, Any]) -> None:
    """Two are one after a merge in force and nothing else; twins kept apart are no leak."""
    in_data = {i for i, row in run["scores"].items() if row["verdict"] != "reject"}
    for two in TWOS:
        word = expected(run["book"], *two)
        if set(two) <= in_data:
            assert len(run["kept"].intersection(two)) == (1 if word == "merge" else 2)
    wanted = {two for two in TWOS if expected(run["book"], *two) == "keep_apart"}
    assert run["apart"] == wanted


def test_review_asks_for_what_nobody_decided(run: dict[str, Any]) -> None:
    """What is open is what the rules doubt and no verdict in force is on."""
    asked = {item.pair_id for item in open_items(run["workspace"], "pair")}
    doubted = {i for i, row in run["scores"].items() if row["verdict"] != "accept"}
    assert asked == {i for i in doubted if not (i in ONES and expected(run["book"], i))}


def test_trace_says_applied_of_what_the_run_followed(run: dict[str, Any]) -> None:
    """After a run no verdict waits: one counts and is applied, the others are replaced."""
    for one in ONES:
        told = [review for review in trace(run["workspace"], one).reviews if review.state != "note"]
        assert [review.state for review in told[:-1]] == ["replaced"] * (len(told) - 1)
        word = expected(run["book"], one)
        assert [review.state for review in told[-1:]] == ["applied"] * bool(told)
        assert not told or told[-1].verdict == (word or "withdrawn")
