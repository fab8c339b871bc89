from collections.abc import Callable
from typing import Any

import daft
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest, pair_id
from pipeline.core.json_values import pretty
from pipeline.core.memo import NoMemo
from pipeline.core.splits import SPLITS
from pipeline.core.validation import Validator
from pipeline.stages.split import Split
from pipeline.stages.split import split as split_stage
from tests.conftest import schema
from tests.domains import OPPOSITES, PLAN
from tests.thoroughness import often

PARAMS: dict[str, Any] = {
    "method": "stratified",
    "group_by": "cluster",
    "train_pct": 80,
    "validation_pct": 10,
    "test_pct": 10,
    "seed": 1,
    "twin_threshold": 85,
    "export_include": "accepted",
}
TEXT = pa.large_string()
CONTEXT = pa.large_list(pa.struct([("role", TEXT), ("text", TEXT)]))
ALIASES = pa.large_list(pa.struct([("pair_id", TEXT), ("question", TEXT)]))


def split(table: daft.DataFrame, *apart: tuple[str, str], **changed: Any) -> Split:
    said = [("2026-01-01", "keep_apart", *two, "seen") for two in apart]
    verdicts = pd.DataFrame(said, columns=["when", "verdict", "pair_id", "other_id", "note"])
    return split_stage(table, PLAN, OPPOSITES, verdicts, **{**PARAMS, **changed}, memo=NoMemo())


def rows_of(*rows: dict[str, Any]) -> daft.DataFrame:
    schema = pa.schema(
        [
            ("pair_id", TEXT),
            ("cluster_id", TEXT),
            ("score", pa.float64()),
            ("category", TEXT),
            ("group", TEXT),
            ("question", TEXT),
            ("answer", TEXT),
            ("context", CONTEXT),
            ("delivered_split", TEXT),
            ("aliases", ALIASES),
            ("verdict", TEXT),
            ("warnings", pa.large_list(TEXT)),
            ("alternative_of", TEXT),
        ]
    )
    settled = {
        "group": "none",
        "verdict": "accept",
        "warnings": [],
        "alternative_of": None,
        "context": [],
    }
    return daft.from_arrow(pa.Table.from_pylist([{**settled, **row} for row in rows], schema))


def word(number: int) -> str:
    """Return a word of letters alone that stands for a number."""
    return "q" + "".join(chr(97 + int(digit)) for digit in str(number)) + "x"


def kept(count: int, cluster_of: int = 3) -> daft.DataFrame:
    return rows_of(
        *(
            {
                "pair_id": f"{n:032x}",
                "cluster_id": f"{n // cluster_of:032x}",
                "score": float(n % 100),
                "category": None if n % 7 == 0 else f"category {n % 3}",
                "group": f"category {n % 3}" if n % 7 else ("none", "topics")[n % 2],
                "question": f"Explain {word(n)}",
                "answer": f"Answer {n}",
                "aliases": [],
            }
            for n in range(count)
        )
    )


def splits_of(result: Split) -> dict[str, str]:
    rows = result.assignments.select("pair_id", "split").to_pydict()
    return dict(zip(rows["pair_id"], rows["split"], strict=True))


@pytest.mark.parametrize("count", [0, 1, 2, 90])
def test_every_pair_has_one_split_and_no_cluster_two(count: int) -> None:
    """Rows are conserved, clusters whole, for any number of rows from none upwards."""
    result = split(kept(count))
    rows = result.assignments.to_pydict()
    assert sorted(rows["pair_id"]) == [f"{n:032x}" for n in range(count)]
    of_cluster: dict[str, set[str]] = {}
    for cluster, name in zip(rows["cluster_id"], rows["split"], strict=True):
        of_cluster.setdefault(cluster, set()).add(name)
    assert all(len(names) == 1 for names in of_cluster.values())
    assert result.metrics["clusters_in_two_splits"] == 0
    assert sum(result.split_metadata["pairs"].values()) == count


@often(10)
@given(st.lists(st.sampled_from("ABC"), min_size=10, max_size=60), st.integers(1, 5))
def test_every_group_is_shared_out(groups: list[str], seed: int) -> None:
    """A split misses its share of a group by less than a pair, where clusters are of one pair."""
    rows = kept(len(groups), cluster_of=1).to_pylist()
    table = rows_of(*({**row, "group": name} for row, name in zip(rows, groups, strict=True)))
    found = split(table, seed=seed).split_metadata
    assert found["stratified_by"] == "group"
    for name, pairs in found["pairs_by_group"].items():
        whole = groups.count(name)
        for one, share in zip(SPLITS, (0.8, 0.1, 0.1), strict=True):
            assert abs(pairs[one] - share * whole) <= 1


def test_row_order_is_irrelevant() -> None:
    """Reversed rows get the same splits."""
    forward, backward = kept(90), kept(90).sort("pair_id", desc=True)
    assert_same = [
        split(table).assignments.sort("pair_id").to_pydict() for table in (forward, backward)
    ]
    assert assert_same[0] == assert_same[1]


@pytest.mark.parametrize("bad", [{"train_pct": 90}, {"train_pct": 120, "test_pct": -30}])
def test_percentages_must_be_a_whole(bad: dict[str, int]) -> None:
    """What does not sum to 100 is told, not scaled."""
    with pytest.raises(UserError, match="must sum to 100"):
        split(kept(3), **bad)


def test_the_mean_scores_of_splits_are_told() -> None:
    """A seed that puts the good pairs into one split shows in the metrics."""
    table = kept(90, cluster_of=1)
    result = split(table)
    names = splits_of(result)
    scores = dict(zip(*table.select("pair_id", "score").to_pydict().values(), strict=True))
    test = [scores[pair_id] for pair_id, name in names.items() if name == "test"]
    assert result.metrics["test_mean_score"] == pytest.approx(sum(test) / len(test), abs=1e-4)


@pytest.mark.parametrize("bad", [{"method": "random"}, {"group_by": "question"}])
def test_what_there_is_to_choose_from_is_told(bad: dict[str, str]) -> None:
    """An unknown method or group is refused with the known ones."""
    with pytest.raises(UserError, match=r"must be \w+ or \w+"):
        split(kept(3), **bad)


SUBJECTS = ("RSI", "ADX", "MACD", "exchange inflow", "exchange outflow")
FRAMES = (
    "What is {}?",
    "what is {}",
    "How is {} read over 14 days?",
    "How is {} read over 21 days",
)
PAIRS = st.lists(
    st.tuples(st.sampled_from(FRAMES), st.sampled_from(SUBJECTS), st.integers(0, 5)),
    unique=True,
    max_size=16,
)
Pair = tuple[str, str, int]


def corpus(pairs: list[Pair]) -> daft.DataFrame:
    """Return kept pairs; what fills one template with one subject is a cluster."""
    made = []
    for form, subject, answer in pairs:
        question = form.format(subject)
        asked = " ".join(question.lower().strip("?").split())
        made.append(
            {
                "pair_id": content_digest(f"{question} {answer}".encode())[:32],
                "cluster_id": asked,
                "score": 50.0,
                "category": None,
                "question": question,
                "answer": f"{question} {answer}",
                "aliases": [],
            }
        )
    firsts = {
        r["cluster_id"]: min(x["pair_id"] for x in made if x["cluster_id"] == r["cluster_id"])
        for r in made
    }
    return rows_of(*({**row, "cluster_id": firsts[row["cluster_id"]]} for row in made))


@often(25)
@given(PAIRS, PAIRS, st.sampled_from(["cluster", "template"]), st.integers(1, 3))
def test_sticky_never_moves_a_pair(
    early: list[Pair], late: list[Pair], group_by: str, seed: int
) -> None:
    """When others arrive a pair keeps its split, whatever becomes of its cluster's id."""
    how = {"method": "sticky", "group_by": group_by, "seed": seed}
    before = splits_of(split(corpus(early), **how))
    after = splits_of(split(corpus(list(dict.fromkeys([*early, *late]))), **how))
    assert {pair_id: after[pair_id] for pair_id in before} == before


@often(25)
@given(PAIRS, st.sampled_from(["stratified", "sticky"]), st.sampled_from(["cluster", "template"]))
def test_neither_method_leaks(pairs: list[Pair], method: str, group_by: str) -> None:
    """No twin lies in another split, and by template no sibling either."""
    result = split(corpus(pairs), method=method, group_by=group_by, train_pct=40, test_pct=50)
    assert result.metrics["leaked_twins"] == 0
    assert result.split_metadata["groups_in_two_splits"] == 0
    assert Validator(schema("split_metadata")).first_fault(result.split_metadata) is None
    if group_by == "template":
        names = splits_of(result)
        rows = corpus(pairs).to_pylist()
        of_frame = {
            frozenset(
                names[row["pair_id"]]
                for row in rows
                if ("read" in row["question"]) is is_read and "exchange" not in row["question"]
            )
            for is_read in (True, False)
        }
        assert all(len(found - {"withheld"}) <= 1 for found in of_frame)


def test_a_twin_that_only_clusters_know_of_is_withheld() -> None:
    """Of two questions in one cluster that draw two splits, the stricter one keeps its pair."""
    rows = kept(300, cluster_of=1).to_pylist()
    drawn = splits_of(split(rows_of(*rows), method="sticky"))
    test, train = (next(i for i, name in drawn.items() if name == s) for s in ("test", "train"))
    joined = [
        {**row, "cluster_id": "c"} if row["pair_id"] in (test, train) else row for row in rows
    ]
    result = split(rows_of(*joined), method="sticky")
    assert splits_of(result) == {**drawn, train: "withheld"}
    assert result.metrics["withheld"] == 1
    assert result.metrics["clusters_in_two_splits"] == 0
    merged = [{**row} for row in rows if row["pair_id"] != test]
    question = next(row["question"] for row in rows if row["pair_id"] == test)
    for row in merged:
        if row["pair_id"] == train:
            row["aliases"] = [{"pair_id": test, "question": question}]
    assert splits_of(split(rows_of(*merged), method="sticky"))[train] == "withheld"


def test_a_leak_that_clusters_missed_is_told() -> None:
    """Twins that no cluster holds together are found, named and counted, unless kept apart."""
    rows = kept(60, cluster_of=1).to_pylist()
    of = splits_of(split(rows_of(*rows)))
    train, test = (next(i for i, name in of.items() if name == s) for s in ("train", "test"))
    for row in rows:
        if row["pair_id"] in (train, test):
            row["question"] = "What is custody" + "?" * (row["pair_id"] == train)
    result = split(rows_of(*rows))
    two = sorted((train, test))
    assert [leak["pair_ids"] for leak in result.split_metadata["leaks"]] == [two]
    assert result.metrics["leaked_twins"] == 1
    assert split(rows_of(*rows), (test, train)).metrics["leaked_twins"] == 0


@pytest.mark.golden
def test_splits_are_golden(golden: Callable[[str, bytes], None]) -> None:
    """The splits of twenty pairs in clusters of two, and what is told of them."""
    result = split(kept(20, cluster_of=2))
    rows = result.assignments.sort("pair_id").to_pylist()
    golden("split/twenty_pairs.json", pretty({"rows": rows, "metadata": result.split_metadata}))


def test_pairs_under_review_wait_and_alternatives_stand_beside() -> None:
    """What nobody settled is in no split and counted by flag, unless all pairs are asked for."""
    made = kept(30, cluster_of=1).to_pylist()
    made[3] |= {"verdict": "review", "warnings": ["off_topic", "too_short"]}
    made[4] |= {"verdict": "review"}
    made[5] |= {"alternative_of": made[6]["pair_id"]}
    result = split(rows_of(*made))
    names = splits_of(result)
    assert [names[made[n]["pair_id"]] for n in (3, 4, 5)] == ["waiting", "waiting", "alternative"]
    assert sum(result.split_metadata["pairs"].values()) == 27
    assert (result.metrics["waiting"], result.metrics["alternatives"]) == (2, 1)
    waiting = {"low_score": 1, "off_topic": 1, "too_short": 1}
    assert result.split_metadata["waiting_by_flag"] == waiting
    everyone = split(rows_of(*made), export_include="all")
    assert everyone.metrics["waiting"] == 0
    assert sum(everyone.split_metadata["pairs"].values()) == 29
    with pytest.raises(UserError, match=r"export.include is 'some'"):
        split(rows_of(*made), export_include="some")


def test_the_largest_distance_is_told_with_its_dimension() -> None:
    """What the metrics name is the farthest of all dimensions, and the schema holds it."""
    result = split(kept(300))
    farthest = result.split_metadata["largest_distance"]
    assert result.metrics["largest_distance"] == farthest["distance"]
    assert result.metrics[f"distance_{farthest['dimension']}"] == farthest["distance"]
    assert farthest["distance"] == max(o["distance"] for o in result.split_metadata["distances"])


@pytest.mark.parametrize("method", ["stratified", "sticky"])
@pytest.mark.parametrize(("called", "split_name"), [("test_sft", "test"), ("Dev", "validation")])
def test_what_others_test_on_is_never_trained_on(method: str, called: str, split_name: str) -> None:
    """A pair that its delivery holds out is where it says, and no twin of it is in train."""
    rows = kept(90).to_pylist()
    held = [row for n, row in enumerate(rows) if n % 9 == 0]
    table = rows_of(
        *(
            {**row, "delivered_split": called if row in held else "train", "answer": f"A {n}"}
            for n, row in enumerate(rows)
        )
    )
    result = split(table, method=method)
    of_pair = splits_of(result)
    clusters = {row["cluster_id"] for row in held}
    assert {of_pair[row["pair_id"]] for row in held} <= {split_name, "withheld"}
    assert sum(of_pair[row["pair_id"]] == split_name for row in held) >= 1
    together = {of_pair[row["pair_id"]] for row in rows if row["cluster_id"] in clusters}
    assert "train" not in together
    assert result.split_metadata["held_out"][split_name] == len(held)


@pytest.mark.parametrize("method", ["stratified", "sticky"])
def test_a_pair_that_gains_a_context_keeps_its_split(method: str) -> None:
    """Its id changes with the context, its lot does not."""
    rows = kept(60, cluster_of=1).to_pylist()
    rows = [
        {**row, "pair_id": (name := pair_id(row["question"], row["answer"])), "cluster_id": name}
        for row in rows
    ]
    seen = [{"role": "passage", "text": "Of perpetuals."}]
    framed = [
        {
            **row,
            "context": seen,
            "pair_id": (name := pair_id(row["question"], row["answer"], seen)),
            "cluster_id": name,
        }
        for row in rows
    ]
    before, after = (splits_of(split(rows_of(*one), method=method)) for one in (rows, framed))
    pairs = zip(rows, framed, strict=True)
    assert all(before[a["pair_id"]] == after[b["pair_id"]] for a, b in pairs)
    assert len(set(after.values())) == len(SPLITS)
