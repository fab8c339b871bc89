"""New tasks before an agent runs dry: the largest gaps of the master plan, and what recurs.

Ids are made of what a task is about and of how far the data set was, so that two machines that
refill at the same state add the same tasks, and adding them twice adds them once.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.portion import PORTION_PAIRS
from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.tasks.owed import least_of
from pipeline.faucet.tasks.state import Queue, State, Task, as_text, moment, standing
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

_LAST = 50
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
    recurring = [task for receipt in receipts if (task := _next_round(state, receipt))]
    wide = _wanted(state, gaps)
    added: list[Task] = []
    filled = [
        q for name, q in sorted(state.queues.items()) if "refill" in q.rest or name in delivering
    ]
    short = [queue for queue in filled if _is_short(state, queue, able)]
    can_do = {queue.agent: _able_for(queue, wide, able) for queue in filled if short}
    for queue in short:
        taken = {task.rest["indicators"][0]["name"] for task in added}
        mine = [one for one in wide if one.at in (None, queue.agent)]
        left = [one for one in mine if one.gap.indicator not in taken]
        own = can_do[queue.agent]
        spared = set[str]().union(*(names for names in can_do.values() if len(names) < len(own)))
        others = [one for one in left if one.gap.indicator not in spared]
        left = [*others, *(one for one in left if one.gap.indicator in spared)]
        added += _deliveries(state, queue, left, able)
    return [*recurring, *added]


def _is_short(state: State, queue: Queue, able: Able) -> bool:
    """Return whether the next claim leaves an agent fewer ready tasks than floor that it can do."""
    ready = (task for task in queue.tasks if standing(state, task) == "ready" and able(task))
    return bool(sum(1 for _ in ready) <= _rules_of(queue)["floor"])


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


def _deliveries(state: State, queue: Queue, gaps: Sequence[_Wanted], able: Able) -> list[Task]:
    rules = _rules_of(queue)
    if _failing(queue) >= rules["most_failing"]:
        return []
    made = [_delivery(queue.agent, gap, rules) for gap in gaps]
    new = [task for task in made if task.task_id not in state.done]
    ready = [task for task in queue.tasks if standing(state, task) == "ready"]
    is_able = {task.task_id: able(task) for task in (*ready, *new)}
    added = _filled([t for t in ready if is_able[t.task_id]], new, rules, is_able)
    if added:
        return added
    return _filled(ready, new, rules, dict.fromkeys(is_able, True))


def _filled(
    ready: Sequence[Task], new: Iterable[Task], rules: Json, counts: dict[str, bool]
) -> list[Task]:
    """Return what brings the ready tasks to fill_to where the next claim leaves fewer than floor.

    Only what counts does. Filled once they are too few, an agent would have too few until
    somebody looks.
    """
    if len(ready) > rules["floor"]:
        return []
    missing = max(0, rules["fill_to"] - len(ready))
    return [task for task in new if counts[task.task_id]][:missing]


def _failing(queue: Queue) -> int:
    """Return how many queued deliveries failed their gates the last time that they were tried."""
    owed = [task for task in queue.tasks if task.rest.get("kind") == "deliver"]
    return sum(bool(task.failures and task.failures[-1]["report"]) for task in owed)


def _delivery(agent: str, wanted: _Wanted, rules: Json) -> Task:
    gap, handed_in = wanted.gap, wanted.handed_in
    owed = min(rules["pairs_per_task"], wanted.missing)
    so_far = f"{gap.pairs}+{handed_in}" if handed_in else f"{gap.pairs}"
    digest = sha256(f"{agent}\n{gap.indicator}\n{so_far}".encode()).hexdigest()[:_DIGEST_HEX]
    known = f"{gap.pairs} are kept so far" + (f", {handed_in} are handed in" if handed_in else "")
    entry = {
        "task_id": f"deliver_{_slug(gap.indicator)}_{digest}",
        "priority": _LAST,
        "status": "ready",
        "estimated_time": rules.get("estimated_time", "30 minutes"),
        "dependencies": [],
        "description": f"Deliver {owed} pairs for {gap.indicator}; {known}",
        "kind": "deliver",
        "indicators": [{"name": gap.indicator, "target_pairs": owed}],
        "deliver_to": inbox_path(agent).as_posix(),
        "gates": [*rules["gates"], {"indicator": gap.indicator, "min": least_of(owed)}],
    }
    return task_of(entry, agent)


def _slug(name: str) -> str:
    letters = "".join(c if c.isascii() and c.isalnum() else " " for c in name.lower())
    return "_".join(letters.split())[:_SLUG_CHARS].strip("_")


def _next_round(state: State, receipt: Json) -> Task | None:
    """Return the next round of a completed task that recurs, None where it is there already.

    It comes behind all that is queued: with its old priority the first series of a queue would be
    the only one that is ever worked on.
    """
    entry: Json = receipt["task"]
    if not entry.get("recurs") or receipt["agent"] not in state.queues:
        return None
    series, number = entry.get("series", receipt["task_id"]), entry.get("round", 1) + 1
    task_id = f"{series}_{number}"
    if task_id in state.done or state.task(task_id):
        return None
    again = {"task_id": task_id, "series": series, "round": number, "dependencies": []}
    following = {**entry, **again, "priority": max(entry["priority"], _LAST)}
    if "every_s" in entry and receipt["completed"]:
        due = moment(receipt["completed"]) + timedelta(seconds=entry["every_s"])
        following["not_before"] = as_text(due)
    return task_of({**following, "gates": _of_round(entry, task_id)}, receipt["agent"])


def _of_round(entry: Json, task_id: str) -> list[Json]:
    """Return the gates of the next round: a page that was written before proves nothing now."""
    old = entry["task_id"]
    gates: list[Json] = entry.get("gates", [])
    return [
        {**gate, "deliverable": gate["deliverable"].replace(f"/{old}.", f"/{task_id}.")}
        if "deliverable" in gate
        else gate
        for gate in gates
    ]
