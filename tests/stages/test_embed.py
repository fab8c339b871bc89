from collections.abc import Callable
from pathlib import Path
from typing import Any

import daft
import numpy as np
import pyarrow as pa
import pytest

from pipeline.core.errors import UserError
from pipeline.core.json_values import pretty
from pipeline.core.memo import Memo, NoMemo
from pipeline.core.ranges import Ranges
from pipeline.core.schemas import arrow_schema
from pipeline.embedding.encoder import parse_space
from pipeline.embedding.recorded import role_text, text_key
from pipeline.stages import embed as stage
from pipeline.stages.embed import embed
from pipeline.store.recorded import SCHEMA
from pipeline.store.remembered import DiskMemo
from tests.conftest import pairs_table, schema
from tests.forking import forking

NO_REPAIRS = daft.from_arrow(pa.Table.from_pylist([], arrow_schema(schema("repairs"))))
NONE_RECORDED = daft.from_arrow(SCHEMA.empty_table())
HASHING = {"dimension": 32, "ngram_chars_min": 3, "ngram_chars_max": 4}
PARAMS: dict[str, Any] = {"encoder": "hashing", "model": "", "windows": 1, "hashing": HASHING}
VECTORS = ("question_vector", "document_vector")


class Seen:
    """Remembers what was computed, as the memo on disk does; counts the rows."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {}
        self.computed: list[tuple[str, str]] = []

    def rows(
        self,
        name: str,
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame], daft.DataFrame],
        *,
        key: str = "pair_id",
        **params: object,
    ) -> daft.DataFrame:
        place = f"{name} {sorted(params.items())}"
        known = self.known.setdefault(place, {})
        unseen = table.where(~daft.col(key).is_in([*known, ""]))
        made = compute(unseen).to_arrow()
        for number, row in enumerate(made[key].to_pylist()):
            known[row] = made.slice(number, 1)
            self.computed.append((name, row))
        wanted = table.to_pydict()[key]
        return daft.from_arrow(pa.concat_tables([known[row] for row in wanted]))


@pytest.mark.parametrize("encoder", ["hashing", "distilled"])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_every_pair_has_two_unit_vectors(count: int, encoder: str) -> None:
    """One row per pair, both vectors of the encoder's dimension, from an empty table upwards."""
    rows = [{"question": f"what is {n}", "answer": "a number"} for n in range(count)]
    table = pairs_table(rows)
    result = embed(
        table, NO_REPAIRS, [], NONE_RECORDED, **{**PARAMS, "encoder": encoder}, memo=NoMemo()
    )
    got = result.vectors.whole.to_arrow()
    assert sorted(got["pair_id"].to_pylist()) == sorted(table.to_pydict()["pair_id"])
    dimension = int(result.metrics["dimension"])
    for name in VECTORS:
        assert got[name].type.list_size == dimension
        vectors = np.array(got[name].to_pylist()).reshape(count, dimension)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert {parse_space(space).encoder for space in got["space"].to_pylist()} <= {encoder}
    assert isinstance(result.vectors, Ranges)


def test_a_question_owes_nothing_to_its_answer() -> None:
    """Two answers to one question share its vector, and have documents of their own."""
    table = pairs_table([{"question": "what is gas", "answer": text} for text in ("a fee", "air")])
    got = embed(
        table, NO_REPAIRS, [], NONE_RECORDED, **PARAMS, memo=NoMemo()
    ).vectors.whole.to_pydict()
    assert got["question_vector"][0] == got["question_vector"][1]
    assert got["document_vector"][0] != got["document_vector"][1]


def test_ranges_give_what_all_pairs_at_once_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vectors made range by range, twice, from a memory and without, are those made at once."""
    rows = [{"question": f"what is {n % 7}", "answer": f"number {n}"} for n in range(20)]
    table = pairs_table(rows)

    def made(memo: Memo) -> list[pa.Table]:
        found = embed(table, NO_REPAIRS, [], NONE_RECORDED, **PARAMS, memo=memo).vectors
        return [part.sort("pair_id").to_arrow() for part in found.parts]

    (whole,) = made(NoMemo())
    monkeypatch.setattr(stage, "_PAIRS_AT_ONCE", 3)
    memo = DiskMemo(tmp_path, "code")
    for ranges in (made(NoMemo()), made(memo), made(memo)):
        assert [len(part) for part in ranges] == [3] * 6 + [2]
        assert pa.concat_tables(ranges).equals(whole)


def test_forks_make_the_vectors_that_this_process_makes() -> None:
    """Many texts are encoded by forks of the stage, to the same numbers."""
    table = pairs_table([{"question": f"what is {n}", "answer": f"word {n}"} for n in range(5)])
    params = {**PARAMS, "encoder": "distilled"}

    def made() -> dict[str, list[Any]]:
        found = embed(table, NO_REPAIRS, [], NONE_RECORDED, **params, memo=NoMemo()).vectors.whole
        return found.sort("pair_id").to_pydict()

    here = made()
    with forking():
        assert made() == here


def test_only_new_texts_are_computed() -> None:
    """A question that was there, with a new answer, costs one document; nothing else is made."""
    first = {"question": "what is gas", "answer": "a fee"}
    memo = Seen()
    made = embed(pairs_table([first]), NO_REPAIRS, [], NONE_RECORDED, **PARAMS, memo=memo)
    made.vectors.whole.collect()
    before = len(memo.computed)
    both = pairs_table([first, {"question": "what is gas", "answer": "a state of matter"}])
    warm = (
        embed(both, NO_REPAIRS, [], NONE_RECORDED, **PARAMS, memo=memo)
        .vectors.whole.sort("pair_id")
        .to_pylist()
    )
    assert [name for name, _ in memo.computed[before:]] == ["document_vectors"]
    cold = (
        embed(both, NO_REPAIRS, [], NONE_RECORDED, **PARAMS, memo=NoMemo())
        .vectors.whole.sort("pair_id")
        .to_pylist()
    )
    assert warm == cold
    other = {**PARAMS, "hashing": {**HASHING, "ngram_chars_max": 5}}
    embed(both, NO_REPAIRS, [], NONE_RECORDED, **other, memo=memo).vectors.whole.collect()
    assert len(memo.computed) == before + 1 + 3


@pytest.mark.golden
def test_vectors_are_golden(golden: Callable[[str, bytes], None]) -> None:
    """The vectors of three pairs, to six decimals."""
    asked = ("What is open interest?", "Was ist die Schieflage (σ³)?", "")
    table = pairs_table([{"question": text, "answer": f"{text} …"} for text in asked])
    result = embed(table, NO_REPAIRS, [], NONE_RECORDED, **PARAMS, memo=NoMemo())
    rows = result.vectors.whole.sort("pair_id").to_pylist()
    rounded = {
        row["pair_id"]: {name: [round(float(x), 6) for x in row[name]] for name in VECTORS}
        for row in rows
    }
    golden("embed/vectors.json", pretty(rounded))


def recorded(space: str, vectors: dict[tuple[str, str, str], list[float]]) -> daft.DataFrame:
    """Return a table of recorded vectors by role, question and answer."""
    rows = [
        {"space": space, "job_id": "j", "key": text_key(key[0], role_text(*key)), "vector": vector}
        for key, vector in vectors.items()
    ]
    return daft.from_arrow(pa.Table.from_pylist(rows, SCHEMA))


def looked_up(table: daft.DataFrame, there: daft.DataFrame, model: str = "") -> Any:
    params = {**PARAMS, "encoder": "recorded", "model": model}
    return embed(table, NO_REPAIRS, [], there, **params, memo=NoMemo())


def test_recorded_vectors_are_looked_up_by_text() -> None:
    """Each pair has what was recorded for its texts; one that lacks a vector has no row yet."""
    table = pairs_table([{"question": "q", "answer": a} for a in ("one", "two", "three")])
    vectors = {
        ("question", "q", ""): [1.0, 0.0],
        ("document", "q", "one"): [0.0, 1.0],
        ("document", "q", "two"): [0.0, -1.0],
    }
    result = looked_up(table, recorded("m/2-0a", vectors))
    ids = dict(zip(*(table.to_pydict()[name] for name in ("answer", "pair_id")), strict=True))
    got = {row["pair_id"]: row for row in result.vectors.whole.to_pylist()}
    assert set(got) == {ids["one"], ids["two"]}
    assert got[ids["two"]]["question_vector"] == [1.0, 0.0]
    assert got[ids["two"]]["document_vector"] == [0.0, -1.0]
    assert parse_space(got[ids["one"]]["space"]) == ("m", "2-0a", 2)
    assert result.metrics == {"pairs": 2, "dimension": 2, "without_vector": 1}


def test_recorded_documents_stand_for_questions_that_nobody_asked_for() -> None:
    """A space with one role has that vector twice, as results of the files of data/format give."""
    table = pairs_table([{"question": "q", "answer": "a"}])
    result = looked_up(table, recorded("m/2-0a", {("document", "q", "a"): [0.6, 0.8]}))
    (row,) = result.vectors.whole.to_pylist()
    assert row["question_vector"] == row["document_vector"] == pytest.approx([0.6, 0.8])


def test_recorded_spaces_are_named() -> None:
    """No space, another than asked for, several without a name: an error names what is there."""
    table = pairs_table([{"question": "q", "answer": "a"}])
    one = recorded("m/2-0a", {("document", "q", "a"): [0.6, 0.8]})
    with pytest.raises(UserError, match=r"recorded spaces \(none\)"):
        looked_up(table, NONE_RECORDED)
    with pytest.raises(UserError, match=r"'m/3-0b' is not among .*m/2-0a"):
        looked_up(table, one, "m/3-0b")
    two = one.concat(recorded("m/3-0b", {("document", "q", "a"): [0.6, 0.8, 0.0]}))
    with pytest.raises(UserError, match="name one of"):
        looked_up(table, two)
    assert looked_up(table, two, "m/3-0b").metrics["dimension"] == 3
