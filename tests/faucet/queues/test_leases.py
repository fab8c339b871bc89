"""Dead owners are freed at once, live ones never, and those of other hosts by watching them."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from pipeline.core.json_values import Json
from pipeline.faucet.queues.leases import over
from pipeline.faucet.queues.owners import is_alive, this_process
from pipeline.faucet.tasks.operations import RenewClaim
from pipeline.faucet.tasks.state import State
from pipeline.workspace.workspace import Workspace
from tests.faucet.team import after, claim, later, state, submit, task

ELSEWHERE: Json = {"host": "another host", "pid": os.getpid(), "started": 1.0}


def held(process: Json | None) -> State:
    """Return a state in which w1 has the task a, for 60 s from noon on."""
    return after(state(task("a")), claim("a")._replace(process=process))


def freed(root: Path, found: State, at: float, clock_s: float = 0) -> list[str]:
    return [one.task_id for one in over(root, found, later(at), clock=lambda: clock_s)]


def gone_process() -> Json:
    """Return what claims tell of a process of this host that ran and ended."""
    program = "from pipeline.faucet.queues.owners import this_process as t; import json; "
    done = subprocess.run(
        [sys.executable, "-c", f"{program}print(json.dumps(t()))"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    told: Json = json.loads(done.stdout)
    return told


def test_a_live_owner_is_never_freed(tmp_path: Path) -> None:
    """However long its lease is over, an owner that runs on this host keeps its task."""
    assert is_alive(this_process()) is True
    assert freed(Workspace(tmp_path), held(this_process()), at=1e6) == []


def test_a_dead_owner_is_freed_at_once(tmp_path: Path) -> None:
    """A process that is gone, or whose id is another's now, has no task any more."""
    assert is_alive(gone_process()) is False
    assert freed(Workspace(tmp_path), held(gone_process()), at=1) == ["a"]
    reused = {**this_process(), "started": this_process()["started"] - 100}
    assert freed(Workspace(tmp_path), held(reused), at=1) == ["a"]


def test_a_person_keeps_a_task_for_the_lease(tmp_path: Path) -> None:
    """Without a process the lease counts from the last renewal, by the clock."""
    assert freed(Workspace(tmp_path), held(None), at=59) == []
    assert freed(Workspace(tmp_path), held(None), at=60) == ["a"]


def test_another_host_is_watched_and_not_believed(tmp_path: Path) -> None:
    """Its clock says nothing: a claim is over that did not change for the lease, as seen here."""
    found = held(ELSEWHERE)
    assert (
        freed(Workspace(tmp_path), found, at=1e6, clock_s=1000) == []
    )  # its clock may be years behind
    assert freed(Workspace(tmp_path), found, at=1e6, clock_s=1059) == []
    assert freed(Workspace(tmp_path), found, at=0, clock_s=1060) == ["a"]


def test_a_sign_of_life_starts_the_watch_anew(tmp_path: Path) -> None:
    """A renewed claim is another one, whatever time it tells."""
    found = held(ELSEWHERE)
    assert freed(Workspace(tmp_path), found, at=0, clock_s=0) == []
    renewed = after(found, RenewClaim("a", "w1", 1, later(0) + timedelta(milliseconds=1)))
    assert freed(Workspace(tmp_path), renewed, at=0, clock_s=59) == []
    assert freed(Workspace(tmp_path), renewed, at=0, clock_s=60) == []
    assert freed(Workspace(tmp_path), renewed, at=0, clock_s=119) == ["a"]


def test_what_was_seen_before_a_restart_counts_for_nothing(tmp_path: Path) -> None:
    """Notes of another boot or half a note are no observation of this one."""
    found = held(ELSEWHERE)
    assert freed(Workspace(tmp_path), found, at=0, clock_s=0) == []
    (tmp_path / ".cache/faucet/claims_seen.json").write_text('{"host": "other", "claims": {}}')
    assert freed(Workspace(tmp_path), found, at=0, clock_s=1000) == []
    (tmp_path / ".cache/faucet/claims_seen.json").write_text('{"host"')
    assert freed(Workspace(tmp_path), found, at=0, clock_s=2000) == []


def test_a_task_that_is_handed_in_needs_its_owner_no_more(tmp_path: Path) -> None:
    """Submitted work is not taken from anybody."""
    done = after(held(gone_process()), submit("a"))
    assert freed(Workspace(tmp_path), done, at=1e6) == []
