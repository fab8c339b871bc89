import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import daft
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.core.json_values import compact
from pipeline.core.memo import Memo, NoMemo
from pipeline.formats.limits import token_counts, within
from pipeline.stages.format import FORMS, Formatted
from pipeline.stages.format import format as format_stage
from pipeline.store.remembered import DiskMemo
from tests.conftest import pairs_table, schema

PARAMS: dict[str, Any] = {
    "memo": NoMemo(),
    "form": "gemini",
    "lines_per_file": 4,
    "output_dimensionality": 8,
    "gemini_model": "gemini-embedding-001",
    "openai_model": "text-embedding-3-small",
    "task_type": "RETRIEVAL_DOCUMENT",
    "max_tokens": 2048,
    "over_limit": "cut",
}
PIECE = re.compile(r"[A-Za-z]{1,5}|\n+|[^ \t\n\f\rA-Za-z]")
MANY = st.sampled_from("aZ\n \t\v0é\u20ac\U0001f600")
LONG = "A first sentence of seven words. " * 40


def table(rows: list[dict[str, Any]]) -> daft.DataFrame:
    return pairs_table(rows).with_column("cluster_id", daft.col("pair_id"))


def kept(count: int) -> daft.DataFrame:
    rows = [{"question": f"what is {n}?", "answer": f"{n} \u2028 it is"} for n in range(count)]
    return table(rows)


def files(batches: Any) -> list[list[Any]]:
    return [list(batch) for batch in batches]


def lines(count: int, **params: Any) -> tuple[list[list[Any]], dict[str, list[Any]]]:
    result = format_stage(kept(count), **{**PARAMS, **params})
    return files(result.embeddings_input_batch), result.metadata_map.to_pydict()


def tokens(text: str) -> int:
    return int(token_counts(pa.array([text], pa.large_string()))[0].as_py())


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (4, [4]), (9, [4, 4, 1])])
def test_every_pair_is_found_where_the_map_says(count: int, sizes: list[int]) -> None:
    """Files are full but for the last, and each key stands in the file and line of the map."""
    found, located = lines(count)
    assert [len(file) for file in found] == sizes
    places = zip(located["pair_id"], located["file"], located["line"], strict=True)
    assert all(found[file - 1][line - 1]["key"] == key for key, file, line in places)
    assert len(located["pair_id"]) == count


@pytest.mark.parametrize("form", FORMS)
def test_lines_hold_to_the_published_schemas(form: str) -> None:
    """A line is what the service takes; a form that is not asked for has no line."""
    result = format_stage(kept(3), **{**PARAMS, "form": form})
    found: dict[str, list[Any]] = {
        name: [line for file in files(getattr(result, name)) for line in file]
        for name in Formatted._fields[:2]
    }
    for name, some in found.items():
        validator = Draft202012Validator(schema(name))
        assert [list(validator.iter_errors(line)) for line in some] == [[]] * len(some)
    is_wanted = {"gemini": (3, 0), "openai": (0, 3), "both": (3, 3)}[form]
    assert tuple(map(len, found.values())) == is_wanted
    if form == "both":
        ours, theirs = found.values()
        assert [line["key"] for line in ours] == [line["custom_id"] for line in theirs]
        assert ours[0]["request"]["task_type"] == "RETRIEVAL_DOCUMENT"
        assert ours[0]["request"]["model"] == "models/gemini-embedding-001"
        assert theirs[0]["body"]["model"] == "text-embedding-3-small"
        assert theirs[0]["body"]["dimensions"] == ours[0]["request"]["output_dimensionality"] == 8


def test_texts_over_the_limit_are_cut_behind_a_sentence() -> None:
    """What is sent is a beginning of the text within the limit; the map has its whole length."""
    long = table([{"question": "q?", "answer": LONG}])
    result = format_stage(long, **{**PARAMS, "max_tokens": 50})
    ((line,),) = files(result.embeddings_input_batch)
    text = line["request"]["content"]["parts"][0]["text"]
    assert tokens(text) <= 50
    assert f"q?\n\n{LONG}".startswith(text)
    assert text.endswith("words.")
    assert result.metadata_map.to_pydict()["tokens"] == [tokens(f"q?\n\n{LONG}")]
    assert (result.metrics["cut"], result.metrics["over_limit"]) == (1, 0)


def test_texts_over_the_limit_are_refused_and_counted() -> None:
    """Refused pairs have no line, stand in the map without a place, and shift no other line."""
    rows = [{"question": f"q {n}?", "answer": LONG if n % 2 else "short"} for n in range(6)]
    result = format_stage(table(rows), **{**PARAMS, "max_tokens": 50, "over_limit": "refuse"})
    found = [line["key"] for file in files(result.embeddings_input_batch) for line in file]
    located = result.metadata_map.to_pydict()
    placed = [key for key, file in zip(located["pair_id"], located["file"], strict=True) if file]
    assert found == placed
    assert len(located["pair_id"]) == 6
    assert (result.metrics["lines"], result.metrics["over_limit"]) == (3, 3)


def test_what_is_remembered_gives_the_lines_of_a_full_run(tmp_path: Path) -> None:
    """New pairs and changed texts, with secrets or too long, are as where nothing is remembered."""
    token = "ghp_" + "a1B2c3D4e5" * 3 + "F6g7H8"
    texts = ["short", LONG, f"My token is {token}.", LONG + token]
    rows = [{"question": f"q {n}?", "answer": text} for n, text in enumerate(texts)]
    before = table(rows)
    changed = before.with_column("answer", daft.lit("Rewritten. ") + daft.col("answer"))
    after = changed.concat(table([{"question": "new?", "answer": LONG}]))

    def made(pairs: daft.DataFrame, memo: Memo) -> tuple[Any, Any]:
        result = format_stage(pairs, **{**PARAMS, "max_tokens": 50, "memo": memo})
        return files(result.embeddings_input_batch), result.metadata_map.to_pydict()

    memo = DiskMemo(tmp_path, "code")
    for pairs in (before, before, after, before):
        assert made(pairs, memo) == made(pairs, NoMemo())
    assert token not in str(made(after, memo))


@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]) | MANY), max_size=6))
def test_tokens_are_the_pieces_that_the_expression_finds(texts: list[str | None]) -> None:
    """Counted over the bytes of many texts at once, none takes a piece of its neighbour."""
    found = token_counts(pa.array(texts, pa.large_string())).to_pylist()
    assert found == [None if text is None else len(PIECE.findall(text)) for text in texts]


@given(st.text(max_size=300), st.integers(1, 60))
def test_a_cut_text_is_within_the_limit(text: str, limit: int) -> None:
    """Whatever the text, what is left is a beginning of it that has no more tokens than allowed."""
    text = text.encode("utf-8", "replace").decode()
    short = within(text, limit)
    assert text.startswith(short)
    assert tokens(short) <= limit
    assert (short == text) == (tokens(text) <= limit) or text.rstrip() == short


@pytest.mark.golden
@pytest.mark.parametrize("form", ["gemini", "openai"])
def test_lines_are_golden(golden: Callable[[str, bytes], None], form: str) -> None:
    """The exact lines of three pairs."""
    result = format_stage(kept(3), **{**PARAMS, "form": form})
    name = "embeddings_input_batch" if form == "gemini" else "openai_embeddings_input_batch"
    (file,) = files(getattr(result, name))
    golden(f"format/{name}_1.jsonl", "".join(f"{compact(x)}\n" for x in file).encode())
