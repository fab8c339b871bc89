"""The YAML at the head of a data card, by which loaders and the Hub know what its files are."""

from collections.abc import Iterable

import pyarrow as pa
import yaml

from pipeline.core.json_values import Json
from pipeline.rag.columns import features

FENCE = "---\n"
"""The line before and after the YAML."""

NO_LICENSE = frozenset(("unknown", "other"))
"""The Hub's identifiers that name no license."""

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
)


def fenced(block: Json) -> str:
    """Return the YAML of a card between its fences, keys in their order."""
    return f"{FENCE}{yaml.safe_dump(block, sort_keys=False, allow_unicode=True)}{FENCE}"


def loaders_block(
    splits: Iterable[str], pairs: int, names: Json, columns: pa.Schema | None
) -> Json:
    """Return what a card tells loaders: which file is which of the splits, and its columns.

    Training files are in no configuration: `datasets` reads all of a card's in one format.

    splits: those with rows. pairs: of all splits. names: title, language and license of the data
    set. columns: of an example; None names no types.
    """
    data_files = [{"split": name, "path": f"{name}.parquet"} for name in splits]
    block: Json = {
        "pretty_name": " ".join(names["title"].split()),
        "language": [names["language"]],
        "license": names["license"],
        "task_categories": ["question-answering", "text-generation"],
        "size_categories": [size_category(pairs)],
        "tags": ["question-answer-pairs", "retrieval"],
    }
    if columns is not None:
        block["dataset_info"] = {"features": features(columns)}
    block["configs"] = [{"config_name": "default", "data_files": data_files}]
    return block


def size_category(pairs: int) -> str:
    """Return the Hub's name for a number of rows."""
    return next((name for limit, name in _SIZES if pairs < limit), "n>100M")
