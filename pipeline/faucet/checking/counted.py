"""Which pairs of checked files would count for a task, by the rules that its gates go by.

What a run alone can tell (vectors, clusters) is not asked: the gates may still find two pairs that
say the same in words that have nothing in common.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from daft import col

from pipeline.core.errors import UserError
from pipeline.faucet.checking.neighbours import Neighbour
from pipeline.faucet.gates.counting import DeliveredPair, standings
from pipeline.faucet.gates.delivered import stored_starts
from pipeline.faucet.gates.delivered_pairs import MOST_OF_INDICATOR, doubts, is_sound
from pipeline.faucet.gates.subjects import NAMED, Subjects
from pipeline.faucet.lookup import PAIRS, SCORES, Row, by_pair_id, table
from pipeline.faucet.queues.storage import load
from pipeline.faucet.tasks.state import Task
from pipeline.store.plan import read_plan
from pipeline.workspace.workspace import Workspace

_MERGES = ("merge", "alias")
_NONE = ""
"""Stands for the indicator of a pair that names none."""


def task_named(workspace: Workspace, task_id: str) -> Task:
    """Return a queued task; raises UserError where there is none of that id."""
    found = load(workspace).task(task_id)
    if found is None:
        raise UserError(f"{task_id} is no task that is queued: `faucet queue show` lists them")
    return found


def reasons_not_to_count(
    workspace: Workspace,
    pairs: Sequence[Row],
    grades: Mapping[str, Row],
    near: Mapping[str, Neighbour],
    task: Task | None,
) -> dict[str, str | None]:
    """Return for each pair why it would not count (gates.counting.REASONS), None where it would.

    pairs have the columns of pairs, in the order of their files. A task says which indicators are
    asked for, and its earlier deliveries are no base; without one each pair is held to the
    indicator that it names, where one does.
    """
    names = {row["indicator"] for row in pairs if row["indicator"]}
    own = stored_starts(task) if task else ()
    base = _base(workspace, names, [row["pair_id"] for row in pairs], near, own)
    by_indicator = _answers(base)
    delivered = [
        _beside(row, grades[row["pair_id"]], near.get(row["pair_id"]), base, by_indicator)
        for row in pairs
    ]
    if task is None:
        delivered = [one._replace(indicator=one.indicator or _NONE) for one in delivered]
    subjects = Subjects(read_plan(workspace))

    def about(indicator: str, question: str, answer: str) -> str:
        return NAMED if indicator == _NONE else subjects.about(indicator, question, answer)

    return standings(delivered, _owed(task, names), about)


def _owed(task: Task | None, names: set[str]) -> frozenset[str] | None:
    if task is None:
        return frozenset({*names, _NONE})
    return frozenset(one["name"] for one in task.rest.get("indicators", ())) or None


def _base(
    workspace: Workspace,
    names: set[str],
    ids: Sequence[str],
    near: Mapping[str, Neighbour],
    own: tuple[str, ...],
) -> dict[str, Row]:
    """Return the pairs of the data set that may say what these say, by pair_id.

    Those are the pairs themselves, their nearest ones and those of the same indicators, but for
    what the task alone brought and what qa rejected.
    """
    if not workspace.has(PAIRS):
        return {}
    wanted = [*ids, *(one.pair_id for one in near.values())]
    is_near = col("pair_id").is_in(wanted)
    if names:
        is_near |= col("indicator").is_in(sorted(names))
    columns = ("pair_id", "answer", "indicator", "origins")
    rows = table(workspace, PAIRS).where(is_near).select(*columns).to_pylist()
    others = {row["pair_id"]: row for row in rows if not _is_of(row["origins"], own)}
    scores = by_pair_id(workspace, SCORES, others) if workspace.has(SCORES) else {}
    rejected = {key for key, score in scores.items() if score["verdict"] == "reject"}
    return {key: others[key] for key in sorted(others) if key not in rejected}


def _is_of(origins: Iterable[Row], own: tuple[str, ...]) -> bool:
    return bool(own) and all(one["delivery"].startswith(own) for one in origins)


def _answers(base: Mapping[str, Row]) -> dict[str | None, list[str]]:
    """Return the first answers of the base for each indicator, as many as a pair is held to."""
    by_indicator: dict[str | None, list[str]] = defaultdict(list)
    for one in base.values():
        if len(by_indicator[one["indicator"]]) < MOST_OF_INDICATOR:
            by_indicator[one["indicator"]].append(one["answer"])
    return by_indicator


def as_delivered(
    row: Row, grade: Row, neighbours: Iterable[str] = (), *, is_known: bool = False
) -> DeliveredPair:
    """Return a checked pair as the gates see one: its row of pairs, and its grade.

    neighbours are answers of the base that may say the same; is_known says that the base has it.
    """
    flags = doubts(grade["flags"])
    return DeliveredPair(
        row["pair_id"],
        row["question"],
        row["answer"],
        row["indicator"],
        is_accepted=is_sound(grade["verdict"], flags, row["answer"]),
        is_known=is_known,
        score=grade["score"],
        flags=tuple(flags),
        neighbours=tuple(dict.fromkeys(neighbours)),
    )


def _beside(
    row: Row,
    grade: Row,
    nearest: Neighbour | None,
    base: Mapping[str, Row],
    by_indicator: Mapping[str | None, Sequence[str]],
) -> DeliveredPair:
    """Return a checked pair with what the base has near it."""
    near = nearest if nearest and nearest.pair_id in base else None
    closest = [base[near.pair_id]["answer"]] if near else []
    is_known = row["pair_id"] in base or (near is not None and near.action in _MERGES)
    neighbours = [*closest, *by_indicator.get(row["indicator"], ())]
    return as_delivered(row, grade, neighbours, is_known=is_known)
