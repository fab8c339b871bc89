"""Topics of deliveries that no group has yet, each with the group that lies nearest."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from daft import col, lit

from pipeline.core.whole_file import whole_file
from pipeline.domain.csv_rows import split_aliases
from pipeline.domain.topic_proposals import with_proposals
from pipeline.domain.topics_table import NO_GROUP, PROPOSED, topic_key
from pipeline.embedding.encoders import encoder_of_any_text
from pipeline.faucet.lookup import PAIRS, table
from pipeline.store.cut_books import refuse_cut
from pipeline.store.inputs import read_input
from pipeline.store.kept import write_kept
from pipeline.store.models import read_models
from pipeline.workspace.layout import PLAN, TOPICS
from pipeline.workspace.workspace import Workspace


class UnlistedTopic(NamedTuple):
    """A topic of pairs without a group, as most of them spell it, and how many have it.

    group is that of the topic, or the plan's category of the entry, that is nearest by the
    encoder: like, at closeness (a cosine, -1 to 1). All three are None where nothing has a group.
    is_proposed: topics.csv has the topic already, as a proposal that nobody confirmed.
    """

    topic: str
    pairs: int
    group: str | None
    like: str | None
    closeness: float | None
    is_proposed: bool


def unlisted_topics(workspace: Workspace) -> list[UnlistedTopic]:
    """Return the topics of pairs without a group that topics.csv does not list, frequent first.

    Raises UserError where integrate has not run, or topics.csv cannot be read whole.
    """
    listed = read_input(workspace, TOPICS)
    status = {
        topic_key(called): row.status
        for row in listed.itertuples()
        for called in (row.topic, *split_aliases(row.aliases))
    }
    found = [
        (topic, pairs)
        for topic, pairs in _ungrouped(workspace)
        if status.get(topic_key(topic), PROPOSED) == PROPOSED
    ]
    near = _nearest(workspace, [topic for topic, _ in found])
    return [
        UnlistedTopic(topic, pairs, *nearest, topic_key(topic) in status)
        for (topic, pairs), nearest in zip(found, near, strict=True)
    ]


def propose_groups(workspace: Workspace, topics: list[UnlistedTopic]) -> int:
    """Append the topics that have a nearest group to topics.csv as proposals; return how many.

    A proposal places nothing until a person empties its cell status. Raises UserError where
    topics.csv cannot be read whole.
    """
    rows = [(one.topic, one.group) for one in topics if one.group and not one.is_proposed]
    if rows:
        with workspace.run_lock():
            refuse_cut(workspace, [TOPICS])
            content = whole_file(workspace.root, TOPICS) or b""
            made = with_proposals(content, TOPICS.as_posix(), rows)
            write_kept(workspace, TOPICS, made)
    return len(rows)


def _ungrouped(workspace: Workspace) -> Iterator[tuple[str, int]]:
    """Yield the topics of pairs without a group and their pairs; spellings of a key are one."""
    rows = table(workspace, PAIRS).where(col("group") == lit(NO_GROUP))
    named = rows.where(col("topic").not_null()).groupby("topic")
    counted = named.agg(col("pair_id").count().alias("pairs")).to_pydict()
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for topic, pairs in sorted(zip(counted["topic"], counted["pairs"], strict=True)):
        spellings[topic_key(topic)][topic] += pairs
    spellings.pop("", None)
    sums = {key: sum(times.values()) for key, times in spellings.items()}
    for key in sorted(spellings, key=lambda key: (-sums[key], key)):
        yield spellings[key].most_common(1)[0][0], sums[key]


Nearest = tuple[str | None, str | None, float | None]


def _nearest(workspace: Workspace, topics: list[str]) -> list[Nearest]:
    """Return group, name and closeness of the nearest name that has a group, per topic."""
    named = list(_named_groups(workspace))
    if not named or not topics:
        return [(None, None, None)] * len(topics)
    params = workspace.dag.params["embed"]
    encoder = encoder_of_any_text(params, read_models(workspace.root))
    known = encoder.encode([name for name, _ in named], "question")
    cosines = encoder.encode(topics, "question") @ known.T
    best = np.argmax(cosines, axis=1)
    return [
        (named[place][1], named[place][0], round(float(row[place]), 4))
        for place, row in zip(best, cosines, strict=True)
    ]


def _named_groups(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Yield listed topics with their groups, and the plan's entries with their categories."""
    for row in read_input(workspace, TOPICS).itertuples():
        if row.status != PROPOSED and row.group != NO_GROUP:
            for called in (row.topic, *split_aliases(row.aliases)):
                yield called, row.group
    for row in read_input(workspace, PLAN).itertuples():
        if row.category:
            yield row.name, row.category
