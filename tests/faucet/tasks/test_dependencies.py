"""What waits for what is told completely, and rings are found."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.queues.view import graph_lines
from pipeline.faucet.tasks.dependencies import cycle, dependents, graph
from tests.faucet.team import state, task

links = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14)


def tasks_of(edges: list[tuple[int, int]]) -> dict[str, set[str]]:
    waits: dict[str, set[str]] = {f"t{number}": set() for number in range(7)}
    for low, high in edges:
        waits[f"t{high}"].add(f"t{low}")
    return waits


@given(links)
def test_rings_are_found_exactly(edges: list[tuple[int, int]]) -> None:
    """There is a ring exactly where no order of the tasks puts dependencies first."""
    waits = tasks_of(edges)
    ring = cycle(task(name, *sorted(after)) for name, after in waits.items())
    ordered: list[str] = []
    while free := [n for n in waits if n not in ordered and waits[n] <= set(ordered)]:
        ordered += free
    assert bool(ring) is (len(ordered) < len(waits))
    assert set(ring) & set(ordered) == set()


@given(links)
def test_dependents_are_all_that_would_wait(edges: list[tuple[int, int]]) -> None:
    """The dependents of a task are those that cannot be done without it."""
    waits = tasks_of([(low, high) for low, high in edges if low < high])
    tasks = [task(name, *sorted(after)) for name, after in waits.items()]
    without: set[str] = set()
    while free := {n for n in waits if n != "t0" and n not in without and waits[n] <= without}:
        without |= free
    assert dependents(tasks, "t0") == sorted(set(waits) - without - {"t0"})


@given(links)
def test_the_tree_shows_every_task_and_every_edge(edges: list[tuple[int, int]]) -> None:
    """Each task stands in the text below everything that it waits for."""
    waits = tasks_of([(low, high) for low, high in edges if low < high])
    lines = list(graph_lines(graph(state(*(task(n, *sorted(a)) for n, a in waits.items())))))
    trail: list[str] = []
    seen: set[tuple[str, str]] = set()
    for line in lines:
        depth = (len(line) - len(line.lstrip())) // 4
        name = line.split()[0]
        if depth:
            seen.add((name, trail[depth - 1]))
        trail[depth:] = [name]
    assert seen == {(name, below) for name, after in waits.items() for below in after}
    assert {line.split()[0] for line in lines} == set(waits)


def test_the_graph_names_what_is_in_no_queue() -> None:
    """Dependencies that are done or unknown are nodes as well, without an agent."""
    told = graph(state(task("a", "past", "nowhere"), done=frozenset({"past"})))
    assert told["tasks"] == [
        {"task_id": "a", "agent": "zai", "standing": "waiting"},
        {"task_id": "nowhere", "agent": None, "standing": "unknown"},
        {"task_id": "past", "agent": None, "standing": "completed"},
    ]
    assert told["waits"] == [
        {"task": "a", "waits_for": "nowhere", "is_met": False},
        {"task": "a", "waits_for": "past", "is_met": True},
    ]
