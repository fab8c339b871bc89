"""The starter corpus holds planted faults, and each one ends where planted.json expects it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import daft
import orjson
import pytest

from pipeline.core.json_values import Json
from pipeline.deliveries.stored import landed
from pipeline.store.tables import read_table
from tests.workspaces import ROOT, make_workspace, run_stages

PLANTS: list[Json] = orjson.loads((Path(__file__).parent / "planted.json").read_bytes())
STORED = {f"{s.agent}/{s.name}": s.delivery for s in landed(ROOT / "data/deliveries")}


class Results(NamedTuple):
    """What integrate, qa and dedup made of the starter corpus, by place and by pair."""

    pair_at: dict[tuple[str, str], str]
    origins: dict[str, int]
    refused: dict[tuple[str, str], str]
    books: dict[str, Json]
    flags: dict[str, set[str]]
    repaired: dict[str, set[str]]
    verdicts: dict[str, str]
    cluster_of: dict[str, str]
    alias_of: dict[str, str]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    root = make_workspace(
        tmp_path_factory.mktemp("starter"), [s.path for s in landed(ROOT / "data/deliveries")]
    )
    run_stages(root, "integrate", "qa", "embed", "dedup")
    data = root / "data"
    pairs = rows(data / "integrate/pairs.parquet", "pair_id", "origins")
    scores = rows(data / "qa/scores.parquet", "pair_id", "flags", "verdict")
    repairs = rows(data / "qa/repairs.parquet", "pair_id", "kinds", "is_applied")
    kept = rows(data / "dedup/kept.parquet", "pair_id", "cluster_id", "aliases")
    books = orjson.loads((data / "integrate/accounting.json").read_bytes())["deliveries"]
    refused = map(orjson.loads, (data / "integrate/quarantine.jsonl").read_bytes().splitlines())
    return Results(
        pair_at={(o["delivery"], o["pointer"]): p["pair_id"] for p in pairs for o in p["origins"]},
        origins={pair["pair_id"]: len(pair["origins"]) for pair in pairs},
        refused={(row["delivery"], row["pointer"]): row["reason"] for row in refused},
        books={row["delivery"]: row for row in books},
        flags={row["pair_id"]: {flag["code"] for flag in row["flags"]} for row in scores},
        repaired={row["pair_id"]: set(row["kinds"]) for row in repairs if row["is_applied"]},
        verdicts={row["pair_id"]: row["verdict"] for row in scores},
        cluster_of={row["pair_id"]: row["cluster_id"] for row in kept},
        alias_of={a["pair_id"]: row["pair_id"] for row in kept for a in row["aliases"]},
    )


def rows(path: Path, *columns: str) -> list[Json]:
    table: daft.DataFrame = read_table(path).select(*columns)
    found: list[Json] = table.to_pylist()
    return found


def repeated(found: Results, pair: str, twin: str) -> bool:
    return pair == twin and found.origins[pair] > 1


def both_kept_together(found: Results, pair: str, twin: str) -> bool:
    return pair != twin and found.cluster_of[pair] == found.cluster_of[twin]


def merged(found: Results, pair: str, twin: str) -> bool:
    return found.alias_of.get(pair) == twin or found.alias_of.get(twin) == pair


def both_kept_apart(found: Results, pair: str, twin: str) -> bool:
    return found.cluster_of[pair] != found.cluster_of[twin]


TWINS: dict[str, Callable[[Results, str, str], bool]] = {
    "repeated_pair": repeated,
    "same_question_other_answer": both_kept_together,
    "near_duplicate": merged,
    "look_alike": both_kept_apart,
}
REJECTED = {"refusal": "refusal", "template_answer": "template_answer", "cut_off": "cut_off"}
REPAIRED = {"mojibake"}
REFUSED = {
    "broken_json": "cut_off",
    "missing_answer": "no_answer",
    "duplicate_key": "duplicate_key",
}


def planted(*names: str) -> Any:
    found = [plant for plant in PLANTS if plant["plant"] in names]
    return pytest.mark.parametrize(
        "plant", found, ids=lambda p: f"{p['plant']}:{p['file']}{p['pointer']}"
    )


def place(told: Json) -> tuple[str, str]:
    return STORED[told["file"]], told["pointer"]


def test_every_kind_of_plant_is_tested() -> None:
    """A kind that is added to the table fails here until it is tested below."""
    books = {"empty_delivery", "wrong_declared_count"}
    assert {p["plant"] for p in PLANTS} == {
        *TWINS,
        *REJECTED,
        *REPAIRED,
        *REFUSED,
        *books,
        "padding",
    }


@planted(*TWINS)
def test_twins_end_as_they_are_meant_to(results: Results, plant: Json) -> None:
    """Repeated is one row, reworded is merged; another answer or another subject is kept."""
    pair, twin = (results.pair_at[place(told)] for told in (plant, plant["twin"]))
    assert TWINS[plant["plant"]](results, pair, twin)


@planted(*REJECTED)
def test_faults_are_flagged(results: Results, plant: Json) -> None:
    """A planted fault carries its own flag, and what no reader can use is not in the data set."""
    pair = results.pair_at[place(plant)]
    assert REJECTED[plant["plant"]] in results.flags[pair]
    assert pair not in results.cluster_of


@planted(*REPAIRED)
def test_certain_damage_is_undone_before_the_pair_is_judged(results: Results, plant: Json) -> None:
    """The copy names its repair, carries no flag of it any more, and stays in the data set."""
    pair = results.pair_at[place(plant)]
    assert plant["plant"] in results.repaired[pair]
    assert plant["plant"] not in results.flags[pair]
    assert pair in results.cluster_of


@planted("padding")
def test_padding_that_meets_every_length_target_is_rejected(results: Results, plant: Json) -> None:
    """Length is no quality: one repeated character or sentence is not in the data set."""
    pair = results.pair_at[place(plant)]
    assert results.flags[pair] & {"padding", "repetition"}
    assert pair not in results.cluster_of


@planted(*REFUSED)
def test_what_cannot_be_read_is_refused_at_its_place(results: Results, plant: Json) -> None:
    """The refusal has the planted place and reason, and its neighbours are accepted."""
    assert results.refused[place(plant)] == REFUSED[plant["plant"]]
    books = results.books[place(plant)[0]]
    assert books["quarantined"] == 1
    assert books["accepted"] > 0


@planted("empty_delivery", "wrong_declared_count")
def test_claims_are_told_beside_what_was_found(results: Results, plant: Json) -> None:
    """What a delivery declares is kept beside what it holds, and never believed."""
    books = results.books[place(plant)[0]]
    expected = {"empty_delivery": (0, 0), "wrong_declared_count": (50, 4)}
    assert (books["declared"], books["found"]) == expected[plant["plant"]]


def test_clean_pairs_stay(results: Results) -> None:
    """Of all pairs that nothing was planted in, every one is in the data set."""
    spoiled = {results.pair_at.get(place(plant)) for plant in PLANTS}
    merged_away = set(results.alias_of)
    assert set(results.verdicts) - set(results.cluster_of) - merged_away <= spoiled


def test_nothing_else_is_merged(results: Results) -> None:
    """The template siblings of the worked examples differ in series, bar or period: all stay."""
    assert len(results.alias_of) == len([p for p in PLANTS if p["plant"] == "near_duplicate"])


def test_the_starter_is_what_readme_says() -> None:
    """At least 400 pairs by four agents in five shapes."""
    assert {name.split("/")[0] for name in STORED} == {"claude", "claude_code", "droid", "zai"}


def test_the_starter_covers_all_categories(results: Results) -> None:
    """At least 400 pairs, from at least five families of deliveries."""
    assert len(results.origins) >= 400
    families = {row["family"] for row in results.books.values()} - {None}
    assert len(families) >= 5
