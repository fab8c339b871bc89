from collections.abc import Callable
from typing import Any

import daft
import pytest
from jsonschema import Draft202012Validator

from pipeline.core.json_values import compact
from pipeline.stages.format import format as format_stage
from tests.conftest import pairs_table, schema


def kept(count: int) -> daft.DataFrame:
    rows = [{"question": f"what is {n}?", "answer": f"{n} \u2028 it is"} for n in range(count)]
    return pairs_table(rows).with_column("cluster_id", daft.col("pair_id"))


def lines(count: int) -> tuple[list[list[Any]], dict[str, list[Any]]]:
    result = format_stage(kept(count), lines_per_file=4, output_dimensionality=8)
    return [list(batch) for batch in result.embeddings_input_batch], result.metadata_map.to_pydict()


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (4, [4]), (9, [4, 4, 1])])
def test_every_pair_is_found_where_the_map_says(count: int, sizes: list[int]) -> None:
    """Files are full but for the last, and each key stands in the file and line of the map."""
    files, located = lines(count)
    assert [len(file) for file in files] == sizes
    places = zip(located["pair_id"], located["file"], located["line"], strict=True)
    assert all(files[file - 1][line - 1]["key"] == key for key, file, line in places)
    assert len(located["pair_id"]) == count


def test_lines_hold_to_the_published_schema() -> None:
    """A line is what the batch service takes: key, content with parts, dimensionality."""
    validator = Draft202012Validator(schema("embeddings_input_batch"))
    (file,) = lines(3)[0]
    assert [list(validator.iter_errors(line)) for line in file] == [[], [], []]


@pytest.mark.golden
def test_lines_are_golden(golden: Callable[[str, bytes], None]) -> None:
    """The exact lines of three pairs."""
    (file,) = lines(3)[0]
    golden(
        "format/embeddings_input_batch_1.jsonl", "".join(f"{compact(x)}\n" for x in file).encode()
    )
