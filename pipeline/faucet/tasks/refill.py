"""New tasks before an agent runs dry: the largest gaps of the master plan, and what recurs.

Ids are made of what a task is about and of how far the data set was, so that two machines that
refill at the same state add the same tasks, and adding them twice adds them once.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import sha256
from itertools import count
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.portion import PORTION_PAIRS
from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.tasks.owed import least_of
from pipeline.faucet.tasks.recurring import LAST, next_rounds
from pipeline.faucet.tasks.state import Queue, State, Task, standing
from pipeline.workspace.layout import inbox_path

GATES: tuple[Json, ...] = (
    {"delivery": "acceptance_rate", "min": 0.9},
    {"delivery": "qa_rate", "min": 0.8},
    {"delivery": "kept_rate", "min": 0.8},
    {"delivery": "on_indicator_rate", "min": 0.8},
    {"delivery": "distinct_rate", "min": 0.8},
    {"delivery": "new_rate", "min": 0.8},
    {"delivery": "mean_score", "min": 50},
)
"""What a delivery of pairs is held to beside their number (gates/counting.py)."""

DEFAULTS: Json = {
    "floor": 4,
    "fill_to": 8,
    "pairs_per_task": PORTION_PAIRS,
    "most_failing": 4,
    "gates": GATES,
}
"""Values of a queue's `refill` that it leaves out: at floor ready tasks, fill up to fill_to."""

_SLUG_CHARS = 60
_DIGEST_HEX = 8


class Gap(NamedTuple):
    """An indicator of the master plan with the pairs kept for it and the pairs wanted."""

    indicator: str
    pairs: int
    target_pairs: int


class _Wanted(NamedTuple):
    """What is left of a gap; at is the one agent that may go on with it, None where all may.

    handed_in are pairs that wait for their gates, as if all of them would count.
    """

    gap: Gap
    handed_in: int = 0
    at: str | None = None

    @property
    def missing(self) -> int:
        return self.gap.target_pairs - self.gap.pairs - self.handed_in


Able = Callable[[Task], bool]
"""Whether the agent of a task can do it."""


def refill(
    state: State,
    gaps: Iterable[Gap],
    receipts: Iterable[Json],
    able: Able = lambda task: True,  # noqa: ARG005 - who can do everything
    delivering: Collection[str] = (),
) -> list[Task]:
    """Return the tasks to add so that no agent runs dry, by agent; none where all have enough.

    An agent whose queue has `refill`, and one of delivering (whoever has a way to deliver), owes
    deliveries for the indicators that lack most pairs, each at one agent at a time; those that it
    is able to deliver on go first and are counted by themselves, so that work which waits for
    somebody else never hides that it runs dry. What an agent of fewer abilities can do is left to
    it as long as there is anything else. What it has handed in is no reason to wait: where no
    other gap is left it owes what that leaves open. Tasks that recur come back with the next
    round's number, behind all others, once they are completed, whatever the depth of the queue.
    """
    recurring = next_rounds(state, receipts)
    wide = _wanted(state, gaps)
    added: list[Task] = []
    filled = _filled_queues(state, delivering)
    short = [queue for queue in filled if _is_short(state, queue, able)]
    can_do = {queue.agent: _able_for(queue, wide, able) for queue in filled if short}
    by_anybody = frozenset[str]().union(*can_do.values())
    for queue in short:
        taken = {task.rest["indicators"][0]["name"] for task in added}
        mine = [one for one in wide if one.at in (None, queue.agent)]
        left = [one for one in mine if one.gap.indicator not in taken]
        own = can_do[queue.agent]
        spared = set[str]().union(*(names for names in can_do.values() if len(names) < len(own)))
        others = [one for one in left if one.gap.indicator not in spared]
        left = [*others, *(one for one in left if one.gap.indicator in spared)]
        here = [one for one in left if one.gap.indicator in own]
        added += _deliveries(state, queue, here, able) or _deliveries(
            state, queue, [one for one in left if one.gap.indicator not in by_anybody], None
        )
    return [*recurring, *added]


def dry_agents(
    state: State, gaps: Collection[Gap], able: Able, delivering: Collection[str] = ()
) -> dict[str, bool]:
    """Return by agent that is refilled whether the plan holds nothing more for it.

    That is so where no task is ready that it is able to do, and every entry that it is able to
    deliver on has its pairs, were all that is handed in to count. An entry that another agent has
    is still open. Arguments are those of refill, once that has nothing more to add; without
    coverage nobody knows.
    """
    handed_in = Counter[str]()
    for task in state.tasks():
        if standing(state, task) == "submitted":
            for one in task.rest.get("indicators", ()):
                handed_in[one["name"]] += one["target_pairs"] - task.credit.get(one["name"], 0)
    wide = [_Wanted(gap, handed_in[gap.indicator]) for gap in gaps]
    left = [one for one in wide if one.missing > 0]
    return {
        queue.agent: not _ready(state, queue, able) and not _able_for(queue, left, able)
        for queue in _filled_queues(state, delivering)
        if gaps
    }


def _filled_queues(state: State, delivering: Collection[str]) -> list[Queue]:
    return [
        q for name, q in sorted(state.queues.items()) if "refill" in q.rest or name in delivering
    ]


def _ready(state: State, queue: Queue, able: Able) -> int:
    """Return how many ready tasks an agent has that it can do."""
    ready = (task for task in queue.tasks if standing(state, task) == "ready" and able(task))
    return sum(1 for _ in ready)


def _is_short(state: State, queue: Queue, able: Able) -> bool:
    """Return whether the next claim leaves an agent fewer ready tasks than floor that it can do."""
    return bool(_ready(state, queue, able) <= _rules_of(queue)["floor"])


def _able_for(queue: Queue, gaps: Iterable[_Wanted], able: Able) -> frozenset[str]:
    """Return the indicators that an agent is able to deliver on."""
    rules = _rules_of(queue)
    return frozenset(one.gap.indicator for one in gaps if able(_delivery(queue.agent, one, rules)))


def _rules_of(queue: Queue) -> Json:
    return {**DEFAULTS, **queue.rest.get("refill", {})}


def _wanted(state: State, gaps: Iterable[Gap]) -> list[_Wanted]:
    """Return what no task in anybody's hands or queue owes, the widest first.

    What waits for its gates comes behind all that is untouched: whoever goes on there does not
    know yet which of its pairs count.
    """
    owed, handed_in = set(), Counter[str]()
    at: dict[str, str] = {}
    for task in state.tasks():
        is_handed_in = standing(state, task) == "submitted"
        for one in task.rest.get("indicators", ()):
            if is_handed_in and at.setdefault(one["name"], task.agent) == task.agent:
                handed_in[one["name"]] += one["target_pairs"] - task.credit.get(one["name"], 0)
            else:
                owed.add(one["name"])
    found = (
        _Wanted(gap, handed_in[gap.indicator], at.get(gap.indicator))
        for gap in gaps
        if gap.indicator not in owed
    )
    return sorted(
        (one for one in found if one.missing > 0),
        key=lambda one: (one.handed_in > 0, -one.missing, one.gap.indicator),
    )


def _deliveries(
    state: State, queue: Queue, gaps: Sequence[_Wanted], able: Able | None
) -> list[Task]:
    """Return deliveries on gaps that fill a queue, in which only what is able counts.

    able is None where nobody here can: the entry waits at some agent for somebody who can.
    """
    rules = _rules_of(queue)
    if _failing(queue) >= rules["most_failing"]:
        return []
    known = state.done | {task.task_id for task in state.tasks()}
    new = [_delivery(queue.agent, gap, rules, known) for gap in gaps]
    ready = [task for task in queue.tasks if standing(state, task) == "ready"]
    there = sum(able is None or able(task) for task in ready)
    if there > rules["floor"]:
        return []
    return new[: max(0, rules["fill_to"] - there)]


def _failing(queue: Queue) -> int:
    """Return how many queued deliveries failed their gates the last time that they were tried."""
    owed = [task for task in queue.tasks if task.rest.get("kind") == "deliver"]
    return sum(bool(task.failures and task.failures[-1]["report"]) for task in owed)


def _delivery(
    agent: str, wanted: _Wanted, rules: Json, known: Collection[str] = frozenset()
) -> Task:
    """Return a task for what is left of a gap, under an id that no known task has.

    What is kept and handed in may come to the same as when an earlier task was made: while others
    are judged, or where pairs that counted went again.
    """
    gap, handed_in = wanted.gap, wanted.handed_in
    owed = min(rules["pairs_per_task"], wanted.missing)
    so_far = f"{gap.pairs}+{handed_in}" if handed_in else f"{gap.pairs}"
    about = f"{agent}\n{gap.indicator}\n{so_far}"
    ids = (_task_id(gap.indicator, f"{about}\n{n}" if n else about) for n in count())
    there = f"{gap.pairs} are kept so far" + (f", {handed_in} are handed in" if handed_in else "")
    entry = {
        "task_id": next(one for one in ids if one not in known),
        "priority": LAST,
        "status": "ready",
        "estimated_time": rules.get("estimated_time", "30 minutes"),
        "dependencies": [],
        "description": f"Deliver {owed} pairs for {gap.indicator}; {there}",
        "kind": "deliver",
        "indicators": [{"name": gap.indicator, "target_pairs": owed}],
        "deliver_to": inbox_path(agent).as_posix(),
        "gates": [*rules["gates"], {"indicator": gap.indicator, "min": least_of(owed)}],
    }
    return task_of(entry, agent)


def _task_id(indicator: str, about: str) -> str:
    return f"deliver_{_slug(indicator)}_{sha256(about.encode()).hexdigest()[:_DIGEST_HEX]}"


def _slug(name: str) -> str:
    letters = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower())
    return "_".join(letters.split())[:_SLUG_CHARS].strip("_")
