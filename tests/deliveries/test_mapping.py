"""What people say about a delivery's keys is part of it, and gives the same pairs every time."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.core.errors import UserError
from pipeline.core.former_ids import followed, successors
from pipeline.core.ids import pair_id
from pipeline.deliveries.landing import land
from pipeline.deliveries.mapping import from_options, from_yaml
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.reading import DeliveryEntries
from pipeline.deliveries.stored import landed, mapping_path
from pipeline.plan.indicators import Plan
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import DELIVERIES
from tests.conftest import pairs_table
from tests.deliveries.test_reading import RULES

SAID = from_options(["question=Stichwort", "answer=Text"], "cp1252")
TABLE = "Stichwort;Text\nWas ist für uns gut?;Öl\n".encode("cp1252")


def pairs_of(content: bytes, mapping: str, name: str = "a.csv") -> list[tuple[str, str]]:
    read = DeliveryEntries(
        name, content, plan=Plan([]), rules=RULES, max_bytes=10**6, mapping=mapping
    )
    return [(e.question, e.answer) for _, e in read if isinstance(e, Pair)]


def test_a_mapping_names_columns_and_encoding() -> None:
    """Columns of other words in another encoding are read as they are said to be."""
    assert pairs_of(TABLE, SAID) == [("Was ist für uns gut?", "Öl")]
    assert pairs_of(TABLE, "") == []


def test_a_mapping_speaks_for_json_wherever_its_keys_stand() -> None:
    """Keys are renamed in every object, a record of its own words included."""
    content = b'{"items": [{"stichwort": "a?", "text": "b", "answer": "old"}]}'
    said = from_options(["question=Stichwort", "answer=text"], None)
    assert pairs_of(content, said, "a.json") == [("a?", "b")]


@pytest.mark.parametrize("option", ["question", "colour=x", "question="])
def test_an_option_that_is_no_mapping_is_refused(option: str) -> None:
    """The sentence says how it is written, or which roles there are."""
    with pytest.raises(UserError, match="--map"):
        from_options([option], None)


def test_a_mapping_is_an_input_of_the_dag(tmp_path: Path) -> None:
    """It lies beside the landed file; entries are kept by delivery and mapping."""
    inbox = tmp_path / "inbox/zai"
    inbox.mkdir(parents=True)
    (inbox / "faq.csv").write_bytes(TABLE)
    before = list(land(inbox.parent, tmp_path / DELIVERIES))
    (inbox / "mapping.yaml").write_text(SAID, encoding="utf-8")
    after = list(land(inbox.parent, tmp_path / DELIVERIES))
    assert [item.stored for item in before] == [item.stored for item in after]
    (stored,) = landed(tmp_path / DELIVERIES)
    assert from_yaml(mapping_path(stored.path).read_bytes(), "") == from_yaml(SAID.encode(), "")
    rows = read_input(tmp_path, DELIVERIES).to_pydict()
    assert rows["mapping"] == [SAID]
    assert rows["place"][0].startswith(f"zai/{stored.delivery}#")


def test_a_verdict_on_the_texts_follows_the_pair_that_gained_a_context() -> None:
    """An id of before is about every pair with these texts, unless a pair bears it."""
    context = [{"role": "passage", "text": "In 2019 it was 0.1 %."}]
    framed = {"question": "What was the fee?", "answer": "0.1 %", "context": context}
    alone = {"question": "What is RSI?", "answer": "An oscillator."}
    old, new = pair_id("What was the fee?", "0.1 %"), pair_id("What was the fee?", "0.1 %", context)
    after = successors(pairs_table([framed, alone]))
    assert after == {old: [new]}
    verdicts = pd.DataFrame(
        {"pair_id": [old, "x"], "other_id": ["", old], "verdict": ["accept", "merge"]}
    )
    assert followed(verdicts, after)["pair_id"].tolist() == [new, "x"]
    assert followed(verdicts, after)["other_id"].tolist() == ["", new]
    bare = {key: value for key, value in framed.items() if key != "context"}
    assert successors(pairs_table([framed, bare])) == {}
