"""Lists, facets and searches give what a plain reading of the tables gives."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pipeline.desk.index.catalog import Catalog, open_catalog
from pipeline.desk.index.sources import sources
from pipeline.desk.index.words import expression, match
from pipeline.desk.listing import facets, listing, pair_ids
from pipeline.desk.searching import search
from pipeline.desk.selection import FIELDS, NONE, SORTS, Selection, selection_of
from pipeline.desk.site import Site
from tests.faucet import made_up
from tests.thoroughness import often
from tests.workspaces import bare

CODES = ("off_topic", "cut_off", "padding")
AGENTS = ("zai", "droid", "claude")
VERDICTS = ("accept", "review", "reject")
WORDS = ("moving", "average", "funding", "rates", "Straße", "étude", "x2")


def made(number: int) -> dict[str, Any]:
    """Return the facts of a made pair: every combination comes about."""
    agents = sorted({AGENTS[number % 3], AGENTS[number // 3 % 3]})
    return {
        "pair_id": f"{number * 2654435761 % 2**32:08x}{number:024x}",
        "question": f"What is {WORDS[number % 7]} of {WORDS[number // 7 % 7]}, number {number}?",
        "answer": f"It is {WORDS[number // 3 % 7]}. " * 3,
        "indicator": None if number % 4 == 0 else f"indicator {number % 5}",
        "category": None if number % 4 == 0 else f"category {number % 2}",
        "group": "none" if number % 4 == 0 else f"category {number % 2}",
        "agents": agents,
        "flags": [code for place, code in enumerate(CODES) if number >> place & 1],
        "score": float(number * 7 % 101),
        "verdict": VERDICTS[number % 3],
        "split": ("train", "test", None)[number % 3],
    }


ROWS = sorted(map(made, range(120)), key=lambda row: str(row["pair_id"]))


def values(row: dict[str, Any], field: str) -> set[str]:
    """Return what a made pair has of a field, NONE where it has nothing."""
    if field == "flag":
        return set(row["flags"]) or {NONE}
    if field == "agent":
        return set(row["agents"])
    return {str(row[field])} if row[field] else {NONE}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return the catalog of the made pairs, words and all."""
    root: Path = tmp_path_factory.mktemp("lists")
    workspace = bare(root)
    pairs = [
        {
            **{name: row[name] for name in ("pair_id", "question", "answer")},
            **{name: row[name] for name in ("indicator", "category", "group")},
            "origins": [
                {**made_up.origin(agent), "delivery": f"{place:012x}-d.json"}
                for place, agent in enumerate(row["agents"])
            ],
        }
        for row in ROWS
    ]
    scores = [
        {"pair_id": row["pair_id"], "score": row["score"], "verdict": row["verdict"]}
        | {"decided_by": "rule", **made_up.PARTS}
        | {"flags": [{"code": c, "severity": "warn", "evidence": ""} for c in row["flags"]]}
        for row in ROWS
    ]
    made_up.put(root, "data/integrate/pairs.parquet", pairs, shards=3)
    made_up.put(root, "data/qa/scores.parquet", scores)
    splits = [
        {"pair_id": row["pair_id"], "split": row["split"], "cluster_id": row["pair_id"]}
        for row in ROWS
        if row["split"]
    ]
    made_up.put(
        root, "data/split/assignments.parquet", [{**one, "category": "c"} for one in splits]
    )
    made = open_catalog(workspace, sources(workspace))
    made.complete()
    return made


chosen = st.fixed_dictionaries(
    {},
    optional={
        "flag": st.lists(st.sampled_from([*CODES, NONE, "nothing"]), min_size=1, unique=True),
        "agent": st.lists(st.sampled_from(AGENTS), min_size=1, unique=True),
        "verdict": st.lists(st.sampled_from(VERDICTS), min_size=1, unique=True),
        "group": st.lists(st.sampled_from(["none", "category 1"]), min_size=1, unique=True),
        "category": st.lists(st.sampled_from(["category 0", NONE]), min_size=1, unique=True),
        "indicator": st.lists(st.sampled_from(["indicator 1", NONE, "'; --"]), min_size=1),
        "split": st.lists(st.sampled_from(["train", NONE]), min_size=1, unique=True),
    },
)
bounds = st.none() | st.integers(0, 100).map(float)
text = st.text(st.characters(codec="utf-8"), max_size=30)
selections = st.builds(
    Selection,
    chosen=chosen.map(lambda found: {name: tuple(dict.fromkeys(v)) for name, v in found.items()}),
    score_min=bounds,
    score_max=bounds,
    cluster=st.just(""),
    is_open=st.just(value=False),
    query=st.just(""),
    by=st.just("words"),
    page=st.just(1),
    sort=st.sampled_from(["", *SORTS, *(f"-{name}" for name in SORTS)]),
)


def fits(row: dict[str, Any], selection: Selection, but: str = "") -> bool:
    """Return whether a made pair meets a selection, conditions on one field left out."""
    low, high = selection.score_min, selection.score_max
    scored = but == "score" or (
        (low is None or row["score"] >= low)
        and (high is None or row["score"] < high or high == row["score"] == 100)
    )
    return scored and all(
        field == but or values(row, field) & set(wanted)
        for field, wanted in selection.chosen.items()
    )


@given(selections)
def test_a_list_has_what_meets_every_condition(catalog: Catalog, selection: Selection) -> None:
    """All rows that fit are listed, no other, each once, and the count is theirs."""
    wanted = [row["pair_id"] for row in ROWS if fits(row, selection)]
    assert pair_ids(catalog, selection) == wanted
    listed = listing(catalog, selection)
    assert listed.total == len(wanted)
    assert len(listed.rows) == min(50, len(wanted))
    assert {row["pair_id"] for row in listed.rows} <= set(wanted)


@given(selections)
def test_facets_count_what_else_could_be_chosen(catalog: Catalog, selection: Selection) -> None:
    """A value's count is the rows that have it and meet all conditions on other fields."""
    counted = facets(catalog, selection)
    for field in ("flag", "agent", "verdict", "category", "group", "indicator", "split"):
        rows = [row for row in ROWS if fits(row, selection, field)]
        wanted = Counter(value for row in rows for value in values(row, field))
        assert dict(counted[field]) == wanted
    rows = [row for row in ROWS if fits(row, selection, "score")]
    steps = Counter(str(min(int(row["score"]) // 10 * 10, 90)) for row in rows)
    assert dict(counted["score"]) == steps


@given(selections, st.sampled_from(["score", "-score", "question", "pair_id", "-pair_id"]))
def test_a_list_is_in_its_order(catalog: Catalog, selection: Selection, sort: str) -> None:
    """Rows come in the order that was asked for, page after page, none twice and none missed."""
    asked = selection._replace(sort=sort)
    pages = [listing(catalog, asked._replace(page=page)).rows for page in (1, 2, 3)]
    rows = [row for page in pages for row in page]
    wanted = [row for row in ROWS if fits(row, selection)]
    key = sort.removeprefix("-")
    assert [row[key] for row in rows] == sorted(
        (row[key] for row in wanted), reverse=sort.startswith("-")
    )
    assert len({row["pair_id"] for row in rows}) == len(wanted)


@given(selections, text, st.booleans(), st.integers(1, 999))
def test_an_address_says_the_whole_list(
    selection: Selection, query: str, is_open: bool, page: int
) -> None:
    """What is copied out of the address bar shows the same list to somebody else."""
    asked = selection._replace(query=query.strip(), is_open=is_open, page=page)
    assert selection_of(asked.address()) == asked


@given(selections, st.sampled_from(sorted(FIELDS)), text.filter(str.strip))
def test_a_value_taken_in_and_out_leaves_no_trace(
    selection: Selection, field: str, value: str
) -> None:
    """A facet that is pressed twice changes nothing."""
    once = selection_of(selection.toggled(field, value))
    assert (value in once.values(field)) is not (value in selection.values(field))
    twice = selection_of(once.toggled(field, value))
    assert {f: set(v) for f, v in twice.chosen.items()} == {
        f: set(v) for f, v in selection.chosen.items()
    }


@often(12)  # each is a dozen statements, twice
@given(text)
def test_any_address_is_a_list(catalog: Catalog, address: str) -> None:
    """Whatever stands in an address, some list comes, and no statement breaks."""
    said = f"flag={address}&score_min={address}&page={address}&sort={address}&cluster={address}"
    for asked in (selection_of(address), selection_of(said)):
        assert listing(catalog, asked).total >= 0
        assert facets(catalog, asked)


@given(st.lists(st.sampled_from([*WORDS, "STRASSE", "etude", "is"]), min_size=1, max_size=3))
def test_words_find_every_pair_that_has_all_of_them(catalog: Catalog, words: list[str]) -> None:
    """Case, accents and endings make no difference, and nothing else is found."""
    folded = {"STRASSE": "strasse", "étude": "etude", "Straße": "straße", "rates": "rate"}
    assert catalog.words is not None
    rows, _ = match(catalog.words, " ".join(words))
    wanted = [
        number
        for number, row in enumerate(ROWS, start=1)
        if all(
            folded.get(word, word) in f"{row['question']} {row['answer']}".replace("é", "e").lower()
            for word in words
        )
    ]
    found = sorted(rows)
    assert found == [number for number in wanted if "STRASSE" not in words]


@given(text)
def test_any_text_can_be_searched(catalog: Catalog, query: str) -> None:
    """Nothing of a search is read as grammar, neither of FTS5 nor of SQL."""
    assert catalog.words is not None
    rows, _ = match(catalog.words, query)
    assert all(0 < row <= len(ROWS) for row in rows)
    assert bool(rows) <= bool(expression(query))


def test_a_phrase_stands_as_it_was_quoted(catalog: Catalog) -> None:
    """Words in quotes are found one after the other alone."""
    assert catalog.words is not None
    phrase, _ = match(catalog.words, '"moving of average"')
    both, _ = match(catalog.words, "moving average")
    assert set(phrase) < set(both)
    named = {number for number, row in enumerate(ROWS, 1) if "moving of average" in row["question"]}
    assert set(phrase) == named


def test_a_search_narrows_its_list(catalog: Catalog) -> None:
    """Filters and facets of a search are those of what it found, in its order."""
    asked = Selection(query="funding", chosen={"verdict": ("review",)})
    found = search(catalog, asked)
    assert found is not None
    assert found.is_ranked
    rows = listing(catalog, asked, found).rows
    assert rows
    assert all("funding" in f"{row['question']}" or row["verdict"] == "review" for row in rows)
    counted = facets(catalog, asked, found)
    assert sum(value.pairs for value in counted["verdict"]) == len(found.rows)


def test_questions_are_searched_while_answers_are_indexed(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for the index of words: questions are searched until then, and it is said."""
    monkeypatch.setattr(Catalog, "words", None)
    found = search(catalog, Selection(query='moving "average"'))
    assert found is not None
    assert "being indexed" in found.note
    wanted = [
        number
        for number, row in enumerate(ROWS, start=1)
        if "moving" in row["question"] and "average" in row["question"]
    ]
    assert sorted(found.rows) == wanted


def test_without_vectors_no_sense_is_searched(read: tuple[Site, TestClient]) -> None:
    """A search by sense that cannot be made says which command makes it possible."""
    page = read[1].get("/pairs?q=slippage&by=sense").text
    assert "faucet repro embed" in page


def test_other_outputs_make_another_index(tmp_path: Path) -> None:
    """The index of a run is found again, and that of the next run is another one."""
    workspace = bare(tmp_path)
    made_up.put(tmp_path, "data/integrate/pairs.parquet", made_up._pairs())
    before = open_catalog(workspace, sources(workspace))
    before.close()
    assert before.digest == sources(workspace).digest()
    made_up.put(tmp_path, "data/integrate/pairs.parquet", made_up._pairs()[:3])
    after = open_catalog(workspace, sources(workspace))
    assert after.digest != before.digest
    assert listing(after, Selection()).total == 3
    after.close()
