"""A pair that repeats a test set is told with the place; chance words in common are not."""

from pathlib import Path

import daft
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.quality.contamination import overlaps
from pipeline.store.test_sets import read_test_sets

WORDS = st.lists(st.sampled_from([f"w{n}" for n in range(60)]), min_size=13, max_size=40)
ITEM = (
    "A trader buys at 100 and sells at 120 after two days: what is the simple return in per cent?"
)


def found(question: str, answer: str, *items: str) -> list[str]:
    sets = daft.from_pydict(
        {
            "file": ["data/test_sets/a.jsonl"] * len(items),
            "line": list(range(1, len(items) + 1)),
            "text": list(items),
        }
    )
    pairs = daft.from_pydict({"pair_id": ["p"], "question": [question], "answer": [answer]})
    evidence = overlaps(pairs, sets, ["data/test_sets/a.jsonl"]).to_pydict()["evidence"]
    return [str(one) for one in evidence]


@given(WORDS, WORDS, st.integers(0, 27))
def test_thirteen_words_in_a_row_are_found_wherever_they_stand(
    item: list[str], around: list[str], at: int
) -> None:
    """Case and punctuation hide nothing."""
    run = ", ".join(item[:13]).upper()
    text = " ".join([*around[:at], run, *around[at:]])
    (evidence,) = found("What?", text, " ".join(item))
    assert evidence.startswith("data/test_sets/a.jsonl line 1: ")


def test_twelve_words_of_a_long_item_are_chance() -> None:
    """A run shorter than the item's own does not count, the whole of a short item does."""
    twelve = " ".join(ITEM.split()[:12])
    assert found("What?", f"{twelve} otherwise", ITEM) == []
    assert found("What?", f"x {twelve} y", "unrelated words of another item", twelve) != []
    assert found("What is a return?", "It is a gain.", "What is a return?") != []
    assert found("Why?", "It is.", "Why?", "It is.") == []


def test_test_sets_are_read_from_jsonl_and_parquet(tmp_path: Path) -> None:
    """Every text of every item counts, with its line; what cannot be read is told."""
    folder = tmp_path / "data/test_sets"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("no test set")
    (folder / "a.jsonl").write_text('{"q": "one", "n": [{"a": "two"}]}\n\n{"q": "three"}\n')
    pq.write_table(pa.table({"prompt": ["four"], "label": [1]}), folder / "b.parquet")
    assert sorted(map(tuple, (row.values() for row in read_test_sets(tmp_path).to_pylist()))) == [
        ("data/test_sets/a.jsonl", 1, "one"),
        ("data/test_sets/a.jsonl", 1, "two"),
        ("data/test_sets/a.jsonl", 3, "three"),
        ("data/test_sets/b.parquet", 1, "four"),
    ]
    (folder / "a.jsonl").write_text("{}\n{")
    with pytest.raises(UserError, match=r"a\.jsonl line 2: no JSON"):
        read_test_sets(tmp_path)


def test_a_test_set_that_is_not_there_is_told() -> None:
    """A name in params that no file has must not pass for a clean data set."""
    pairs = daft.from_pydict({"pair_id": ["p"], "question": ["q"], "answer": ["a"]})
    none = daft.from_pydict({"file": ["x"], "line": [1], "text": ["t"]})
    with pytest.raises(UserError, match=r"qa\.benchmarks: data/test_sets/b\.jsonl is missing"):
        overlaps(pairs, none, ["data/test_sets/b.jsonl"])
