"""What an agent's command left in its working folder, taken into the workspace safely."""

from pathlib import Path
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.whole_file import whole_file
from pipeline.deliveries.json_text import parse_value
from pipeline.deliveries.landing import Landed, land
from pipeline.deliveries.records import Duplicated, Refusal
from pipeline.faucet.removed import removed_in
from pipeline.faucet.runs.inbox import bounds_of
from pipeline.faucet.runs.waiting import landing_place
from pipeline.faucet.tasks.state import Task
from pipeline.faucet.work.assignment import Places
from pipeline.faucet.work.endings import FailedAttempt
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import DELIVERIES, OUTBOX, WORK_TAKEN
from pipeline.workspace.workspace import Workspace

_MOST_RESULT_BYTES = 1_000_000
_MOST_FILE_BYTES = 100_000_000


class Collected(NamedTuple):
    """Paths of what was taken, relative to the root, and one sentence per file that was not."""

    paths: tuple[str, ...]
    left: tuple[str, ...]


def taken_over(places: Places, task: Task) -> Collected:
    """Take over what an attempt left, together with what earlier turns left and nobody handed in.

    A worker can die between taking files over and handing them in; a note says what was taken,
    until forget_taken. A run that goes on does not see them, and is not waited for.
    """
    note = places.workspace / WORK_TAKEN / f"{task.task_id}.json"
    before = _noted(places.workspace, note.relative_to(places.workspace.root))
    with landing_place(places.workspace) as store:
        turns = [collect(places.workspace, folder, task.agent, store) for folder in _turns(places)]
        paths = tuple(dict.fromkeys((*before, *(path for one in turns for path in one.paths))))
        write_bytes(note, orjson.dumps(paths))
    return Collected(paths, tuple(text for one in turns for text in one.left))


def _noted(workspace: Workspace, note: Path) -> list[str]:
    """Return the paths that a note says were taken over; none where there is no note.

    Raises UserError where it cannot be read: what it named would count for no task.
    """
    content = whole_file(workspace.root, note)
    try:
        paths = [] if content is None else orjson.loads(content)
    except ValueError:
        paths = None
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise UserError(
            f"{note.as_posix()} says no more what was taken over for the task: remove it, and hand"
            " in the task's deliveries by their names (`faucet queue submit`)"
        )
    return paths


def _turns(places: Places) -> list[Path]:
    """Return the folders of a task's turns up to this one, the first turn first.

    Whoever was killed or stopped in an earlier turn left there what it had written.
    """
    folders = [path for path in places.workdir.parent.glob("*") if path.name.isdecimal()]
    known = [path for path in folders if int(path.name) <= int(places.workdir.name)]
    return sorted(known, key=lambda path: int(path.name)) or [places.workdir]


def forget_taken(workspace: Workspace, task_id: str) -> None:
    """Forget what was taken over, and asked, for a task: it is handed in."""
    (workspace / WORK_TAKEN / f"{task_id}.json").unlink(missing_ok=True)
    asked_note(workspace, task_id).unlink(missing_ok=True)


def asked_note(workspace: Workspace, task_id: str) -> Path:
    """Return where it is noted what a model is asked for a task, until the task is handed in."""
    return workspace / WORK_TAKEN / f"{task_id}.asked.json"


def collect(workspace: Workspace, workdir: Path, agent: str, store: Path) -> Collected:
    """Take deliveries and other files of an attempt over.

    What lies below deliver/ lands in store as a delivery of the agent (landing_place), and has
    the path that it has once it is among the others; what lies directly in outbox/ goes to the
    agent's outbox under its name. Links, pipes and hidden files stay where they are.
    """
    landed = _landed(workspace, workdir / "deliver", agent, store)
    taken = [f"{DELIVERIES.as_posix()}/{one.stored}" for one in landed if one.stored]
    left = [f"{Path(one.source).name}: {one.removal or one.reason}" for one in landed if one.reason]
    folder = workdir / "outbox"
    for path in sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else ():
        if path.is_symlink() or not path.is_file() or path.name.startswith("."):
            left.append(f"{path.name}: only regular files are taken")
        elif not path.name.isprintable():
            left.append(f"{path.name!a}: its name has characters that cannot be shown")
        elif path.stat().st_size > _MOST_FILE_BYTES:
            left.append(f"{path.name}: larger than {_MOST_FILE_BYTES:,} bytes")
        else:
            target = OUTBOX / agent / path.name
            write_bytes(workspace / target, path.read_bytes())
            taken.append(target.as_posix())
    return Collected(tuple(taken), tuple(left))


def account(path: Path) -> Json | None:
    """Return the JSON object that an agent wrote about its work, None where it wrote none.

    Raises FailedAttempt where it is no JSON object.
    """
    if path.is_symlink() or not path.is_file():
        return None
    if path.stat().st_size > _MOST_RESULT_BYTES:
        raise FailedAttempt(f"{path.name} is larger than {_MOST_RESULT_BYTES:,} bytes")
    value = parse_value(path.read_bytes(), "")
    if isinstance(value, Refusal):
        raise FailedAttempt(f"{path.name}: {value.message}")
    if not isinstance(value, dict) or isinstance(value, Duplicated):
        raise FailedAttempt(f"{path.name} holds no JSON object")
    return value


def _landed(workspace: Workspace, folder: Path, agent: str, store: Path) -> list[Landed]:
    if not folder.is_dir() or folder.is_symlink():
        return []
    bounds, removed = bounds_of(workspace), removed_in(workspace)
    return list(land(folder, store, agent=agent, move=True, bounds=bounds, removed=removed))
