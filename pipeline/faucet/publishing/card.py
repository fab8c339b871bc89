"""The data card with what only its files can tell: rows and bytes of each split."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.core.json_values import Json
from pipeline.params.yaml_text import parse_yaml
from pipeline.rag.front_matter import FENCE, fenced


def front_matter(card: str) -> tuple[Json, str]:
    """Return the YAML of a card as a value, and the text after it.

    Raises ValueError where it begins with none, which only a fault of ours could make.
    """
    opening, block, text = card.split(FENCE, 2)
    if opening:
        raise ValueError("a data card begins with its front matter")
    return dict(parse_yaml(block.encode(), "README.md")), text


def published_card(card: str, folder: Path, sizes: Mapping[str, int]) -> str:
    """Return a card whose dataset_info counts rows and bytes, as the Hub's viewer reads them.

    folder: where the files are. sizes: bytes of each published file by path; a split whose file
    is not published is offered to no loader.
    """
    block, text = front_matter(card)
    offered = block["configs"][0]["data_files"]
    listed = [one for one in offered if one["path"] in sizes]
    block["configs"][0]["data_files"] = listed
    block.setdefault("dataset_info", {})
    block["dataset_info"] |= _counted(listed, folder, sizes)
    if not listed:
        del block["configs"], block["dataset_info"]
    return f"{fenced(block)}{text}"


def _counted(listed: list[Json], folder: Path, sizes: Mapping[str, int]) -> Json:
    """Return rows and bytes of each split: as files, and as tables in memory."""
    splits = []
    for one in listed:
        rows = pq.read_metadata(folder / one["path"])
        groups = (rows.row_group(place).total_byte_size for place in range(rows.num_row_groups))
        splits.append(
            {"name": one["split"], "num_bytes": sum(groups), "num_examples": rows.num_rows}
        )
    return {
        "splits": splits,
        "download_size": sum(sizes[one["path"]] for one in listed),
        "dataset_size": sum(split["num_bytes"] for split in splits),
    }
