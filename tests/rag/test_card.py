import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.documents import NAMES
from pipeline.rag.card import data_set_card
from pipeline.rag.columns import FIELDS
from pipeline.rag.contents import Contents
from pipeline.rag.front_matter import size_category

ROOT = Path(__file__).parents[2]


def contents(groups: list[str]) -> Contents:
    """Return made-up counts with one row per group."""
    rows = len(groups)
    return Contents(
        splits=pd.DataFrame(
            {
                "split": ["train", "validation", "test"],
                "pairs": [8 * rows, rows, rows],
                "clusters": [7 * rows, rows, rows],
                "score_mean": [80.25, 70.0, 60.0],
                "answer_chars_mean": [3000.4, 10.0, 20.0],
            }
        ),
        groups=pd.DataFrame(
            {"group": groups, "train": 8, "validation": 1, "test": 1},
        ),
        agents=pd.DataFrame({"agent": ["ann", "zoe"], "pairs": [7, 1005], "alone": [5, 1003]}),
        categories=1,
        aliases=1234,
    )


def card(title: str = "Made up", license_id: str = "unknown", provider: str = "trigrams") -> str:
    """Return the card of the made-up counts."""
    return data_set_card(
        contents(["Momentum | and <b>more</b>", "none"]),
        names={**NAMES, "title": title, "license": license_id},
        dimension=128,
        provider=provider,
    )


def front_matter(text: str) -> dict[str, object]:
    """Return what a loader reads of the card."""
    _, block, _ = text.split("---\n", 2)
    return yaml.safe_load(block)


@given(title=st.text(max_size=50))
def test_no_title_breaks_the_front_matter(title: str) -> None:
    """Whatever the title, loaders read it back, on one line, and the configuration after it."""
    block = front_matter(card(title=title))
    assert block["pretty_name"] == " ".join(title.split())
    assert block["size_categories"] == ["n<1K"]
    assert block["configs"] == [
        {
            "config_name": "default",
            "data_files": [
                {"split": name, "path": f"{name}.parquet"}
                for name in ("train", "validation", "test")
            ],
        }
    ]


def test_tables_state_the_counts() -> None:
    """Every count is there, per split and per group, that of no group, too."""
    text = card()
    assert "| train | 16 | 80.0% | 14 | 80.2 | 3,000 |" in text
    assert "| none | 8 | 1 | 1 | 10 |" in text
    assert "1,234 duplicates" in text


def test_provenance_counts_by_agent() -> None:
    """The card says who delivered how many pairs, and how many of them nobody else did."""
    assert "| zoe | 1,005 | 1,003 |" in card()


def test_names_stay_in_their_cells() -> None:
    """A group's name can neither open a column nor a tag."""
    assert "| Momentum \\| and \\<b\\>more\\</b\\> | 8 | 1 | 1 | 10 |" in card()


def test_csv_is_told_apart_from_the_verbatim_formats() -> None:
    """The card warns that a CSV cell may have a leading apostrophe."""
    text = " ".join(card().split())
    assert "JSON and Parquet are verbatim" in text
    assert "leading apostrophe" in text


@pytest.mark.parametrize(
    ("license_id", "said"),
    [
        ("unknown", "no license came with the deliveries"),
        ("other", "no license came with the deliveries"),
        ("cc-by-4.0", "names the license `cc-by-4.0`"),
    ],
)
def test_rights_are_those_of_the_field(license_id: str, said: str) -> None:
    """The text on rights says no more and no less than the license field."""
    text = card(license_id=license_id)
    assert said in text
    assert front_matter(text)["license"] == license_id


def test_fields_are_those_of_the_schema() -> None:
    """Card and schema name the same fields in the same order, in the same words."""
    schema = json.loads((ROOT / "schemas/example.schema.json").read_text(encoding="utf-8"))
    described = {name: rule["description"] for name, rule in schema["properties"].items()}
    assert list(described.items()) == list(FIELDS.items())
    text = card()
    for name, description in FIELDS.items():
        assert f"| `{name}` | {description} |" in text


@pytest.mark.parametrize(
    ("pairs", "name"),
    [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (17_718, "10K<n<100K"), (10**9, "n>100M")],
)
def test_sizes_are_named_as_the_hub_does(pairs: int, name: str) -> None:
    """Each number of rows has the Hub's size category."""
    assert size_category(pairs) == name
