"""Which group a pair belongs to: the plan's category, else that of its delivered topic."""

from typing import TYPE_CHECKING

from pipeline.domain.csv_rows import split_aliases
from pipeline.domain.topics_table import NO_GROUP, PROPOSED, topic_key

if TYPE_CHECKING:
    import pandas as pd


class Groups:
    """Listed topics as a look-up from what a pair says of itself to its group.

    topics has the columns of topics.csv. Rows that are only proposed place nothing: a group is
    what the plan or a person says, never what a program thinks.
    """

    def __init__(self, topics: "pd.DataFrame") -> None:
        listed = topics[topics["status"] != PROPOSED]
        columns = (listed[name] for name in ("topic", "group", "aliases"))
        self._of_key = {
            topic_key(called): group
            for topic, group, aliases in zip(*columns, strict=True)
            for called in (topic, *split_aliases(aliases))
        }
        self._of_topic: dict[str | None, str] = {None: NO_GROUP}

    def of(self, category: str | None, topic: str | None) -> str:
        """Return the group of a pair: its category, else its topic's group, else NO_GROUP."""
        if category:
            return category
        if topic not in self._of_topic:
            self._of_topic[topic] = self._of_key.get(topic_key(topic or ""), NO_GROUP)
        return self._of_topic[topic]
