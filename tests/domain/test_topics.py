"""topics.csv is read whole or refused with its line; what is proposed changes nothing there."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.core.validation import Validator
from pipeline.domain.topic_proposals import with_proposals
from pipeline.domain.topics_table import NO_GROUP, PROPOSED, topic_key, topics_table
from pipeline.plan.groups import Groups
from tests.conftest import schema

HEAD = "topic,group,aliases,status\n"
LISTED = f"{HEAD}Layer-2 Bridges,Scaling,cross-chain bridge; bridging,\nSoil,Methods,,proposed\n"
TOPICS = topics_table(LISTED.encode(), "topics.csv")


@pytest.mark.parametrize(
    ("category", "topic", "group"),
    [
        ("Herbs", "Layer 2 bridges", "Herbs"),
        (None, "layer 2  BRIDGE", "Scaling"),
        ("", "Cross_chain bridges", "Scaling"),
        (None, "Soil", NO_GROUP),
        (None, "bridges", NO_GROUP),
        (None, None, NO_GROUP),
        (None, "", NO_GROUP),
    ],
)
def test_the_plan_places_first_then_what_people_listed(
    category: str | None, topic: str | None, group: str
) -> None:
    """A category is the group; else that of the topic by its key; what is proposed places none."""
    assert Groups(TOPICS).of(category, topic) == group


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("topic\n", "line 1: no column group"),
        ("topic;group\n", "line 1: cells are separated by semicolons"),
        (f"{HEAD}a,b\n", "line 2: a torn row with 2 cells instead of 4"),
        (f"{HEAD}a,,,\n", "line 2: column group is empty"),
        (f"{HEAD}!?,b,,\n", "line 2: column topic has no word"),
        (f"{HEAD}a,b,,perhaps\n", "line 2: column status is 'perhaps', must be empty or proposed"),
        (f"{HEAD}a,b,,\nx,c,A;z,\n", "line 3: column aliases: 'A' stands in line 2 already"),
        (f"{HEAD}<<<<<<< HEAD\n", "line 2: a mark of a git conflict"),
    ],
)
def test_a_bad_row_is_named(rows: str, fault: str) -> None:
    """The sentence has file, line, column and rule; nothing is read by half."""
    with pytest.raises(UserError, match=rf"^topics.csv {fault}"):
        topics_table(rows.encode(), "topics.csv")


@given(st.text(), st.text())
def test_a_key_is_its_own_key(one: str, other: str) -> None:
    """Normalising twice is normalising once, and does not see spaces, hyphens or case."""
    assert topic_key(topic_key(one)) == topic_key(one)
    assert topic_key(f"{one} {other}") == topic_key(f"{one}--{other}".strip())


@given(
    st.lists(
        st.tuples(st.text(max_size=30) | st.sampled_from(["=cmd|x", "+1", "@a", "<<<<<<< b"])),
        unique_by=lambda one: topic_key(one[0]),
        max_size=8,
    ),
    st.sampled_from(["", LISTED, LISTED.rstrip("\n"), LISTED.replace("\n", "\r\n")]),
)
def test_proposals_are_appended_and_read_again(topics: list[tuple[str]], before: str) -> None:
    """Whatever a topic holds, the file stays whole, has its key, and places what it placed."""
    known = {
        topic_key(one) for one in ("Layer-2 Bridges", "cross-chain bridge", "bridging", "Soil")
    }
    new = [one for (one,) in topics if topic_key(one) not in known]
    made = with_proposals(before.encode(), "topics.csv", [(one, "Herbs") for one in new])
    table = topics_table(made, "topics.csv")
    assert made.startswith(before.encode())
    proposed = table[(table["status"] == PROPOSED) & (table["group"] == "Herbs")]
    keys = [topic_key(one) for one in new if topic_key(one)]
    assert [topic_key(one) for one in proposed["topic"]] == keys
    assert not any(one.startswith(("=", "+", "@", "-")) for one in proposed["topic"])
    groups = Groups(table)
    assert {groups.of(None, one) for one in new} <= {NO_GROUP}
    pd.testing.assert_frame_equal(table.head(len(table) - len(proposed)), _read(before))


def _read(text: str) -> pd.DataFrame:
    return topics_table(text.encode(), "topics.csv")


def test_schemas_hold_a_group_to_a_name() -> None:
    """Every table of pairs has a group for every row, and an empty one is none."""
    for name in ("pairs", "kept", "example", "rag", "assignments"):
        assert Validator(schema(name)["properties"]["group"]).first_fault("") is not None
        assert "group" in schema(name)["required"]
