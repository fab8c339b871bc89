"""A checkpoint: what landed is run through, gates are held, one commit takes it all.

The commit holds what people and agents wrote for the DAG (`Workspace.inputs`), dvc.lock, metrics,
queues, receipts, the ledger of jobs for vectors and what models answered, and nothing that a person
has in hand: it is made beside their index.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.checkpoints.settled import (
    foreign_changes,
    is_known_settled,
    remember_settled,
    torn,
    unread_paths,
    unsettled,
)
from pipeline.faucet.commits import Change, advance, align_index, author_of, commit
from pipeline.faucet.fsck.checking import hold_whole
from pipeline.faucet.gates.criteria import evaluate, failed
from pipeline.faucet.gates.facts import metric_facts
from pipeline.faucet.queues.board import Along
from pipeline.faucet.runs.apart import last_words, repro_apart
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.faucet.runs.mending import put_right, refuse_conflicts
from pipeline.faucet.runs.supervise import Bounds
from pipeline.faucet.tasks.state import TASK_ID
from pipeline.store.metrics import figures_of
from pipeline.workspace.layout import (
    COMPLETED,
    EMBEDDING_JOBS,
    QUEUES,
    REPRO_LOG,
    RESPONSES,
    metrics_path,
)
from pipeline.workspace.params import read_params
from pipeline.workspace.workspace import Workspace

_ROUNDS = 5
_DAY_S = 86_400
_BY_HAND = "faucet"


class CheckpointTask(NamedTuple):
    """A task as a checkpoint tells it."""

    task_id: str
    agent: str
    attempt: int


class Made(NamedTuple):
    """A checkpoint that was made: its commit, the tasks it tells, pairs before and after."""

    commit: str
    tasks: tuple[CheckpointTask, ...]
    pairs_before: int | None
    pairs_after: int | None


def settle(
    workspace: Workspace,
    watch: Callable[[], None] = lambda: None,
    *,
    besides: tuple[Path, ...] = (),
) -> None:
    """Land what waits and run the DAG until its outputs are those of the inputs that it read.

    What lands while it runs is the next batch: it is neither waited for nor in the way. watch can
    end it by an exception of its own. besides names inputs that will be committed too.
    Raises UserError where code or params have changes that no commit holds, and where a run fails.
    """
    changed = foreign_changes(workspace, besides)
    if changed:
        message = f"{changed[0]} has changes that no commit holds"
        raise UserError(f"{message}: a checkpoint could not be rebuilt; commit or restore it first")
    refuse_conflicts(workspace)
    if workspace.dag.names:
        read_params(workspace)  # a run that is refused must leave all as it was
    put_right(workspace)
    land_inbox(workspace, watch)
    for _ in range(_ROUNDS):
        if not workspace.dag.names or (not besides and is_known_settled(workspace)):
            return
        ended = repro_apart(workspace, (), Bounds(_DAY_S, _DAY_S), watch)
        if ended.why:
            raise UserError(f"the run was ended: {ended.why}")
        if ended.exit_code:
            message = f"the run failed: {last_words(ended.tail)}"
            raise UserError(f"{message} (see {REPRO_LOG.as_posix()})")
        if torn(workspace) is None:
            remember_settled(workspace)
            return
    raise UserError(f"the data set does not settle: {unsettled(workspace)}")


def hold_gates(workspace: Workspace, criteria: Iterable[Json]) -> None:
    """Raise UserError with every criterion of a checkpoint that does not hold."""
    report = evaluate(criteria, metric_facts(workspace, criteria))
    if not report["passed"] and workspace.dag.names:
        raise UserError(f"no checkpoint: {'; '.join(failed(report))}")


def checkpoint(
    workspace: Workspace,
    tasks: Sequence[CheckpointTask] = (),
    *,
    tag: str | None = None,
    besides: Iterable[Path] = (),
    restores: str | None = None,
    is_base: bool = False,
) -> Made | None:
    """Commit the settled data set of a workspace with its queues and receipts.

    besides names more paths to commit, restores the commit whose data set came back, is_base
    says that its pairs are a base that was there before: growth begins with them. Tasks that
    have a receipt which no commit holds are told, too. Deliveries that no run has read yet stay
    out: a commit holds what its dvc.lock was made from. None where there is nothing to commit.
    Raises UserError where the data set is not settled, the tag is taken, or somebody moves the
    branch in the same moment.
    """
    with workspace.run_lock(is_announced=False), workspace.queues_lock():
        reason = torn(workspace) if workspace.dag.names else None
        if reason:
            raise UserError(f"{reason}: `faucet repro` first")
        hold_whole(workspace)
        base = workspace.git("rev-parse", "HEAD").strip()
        listed = tuple(
            {task.task_id: task for task in (*tasks, *receipts_without_commit(workspace))}.values()
        )
        made = _commit(workspace, base, listed, tuple(besides), restores, is_base=is_base)
    if tag:
        _tag(workspace, tag, made.commit if made else base)
    return made


def along(workspace: Workspace, tasks: Sequence[CheckpointTask]) -> Along:
    """Return the settled data set of a workspace as what goes along with a change of the board.

    Where it is as the last commit has it, its message goes along alone.
    """
    base = workspace.git("rev-parse", "HEAD").strip()
    text, _, _ = _message(workspace, base, tasks)
    paths = workspace.data_set
    names = [path.as_posix() for path in paths]
    is_changed = bool(workspace.git("status", "--porcelain", "--", *names))
    return Along(paths if is_changed else (), text, tasks[0].agent if tasks else _BY_HAND)


def _commit(
    workspace: Workspace,
    base: str,
    tasks: tuple[CheckpointTask, ...],
    besides: tuple[Path, ...],
    restores: str | None,
    *,
    is_base: bool,
) -> Made | None:
    text, before, after = _message(workspace, base, tasks, restores, is_base=is_base)
    without = tuple(sorted(unread_paths(workspace))) if workspace.dag.names else ()
    paths = (*workspace.data_set, QUEUES, EMBEDDING_JOBS, RESPONSES, *besides)
    change = Change(paths=paths, without=without)
    author = author_of(tasks[0].agent if tasks else _BY_HAND)
    made = commit(workspace, base, change, text, author)
    if made is None:
        align_index(workspace, base, change)  # a checkpoint that was killed may have left it behind
        return None
    if not advance(workspace, base, made, change):
        raise UserError("the branch moved in the same moment: try again")
    return Made(made, tasks, before, after)


def _message(
    workspace: Workspace,
    base: str,
    tasks: Sequence[CheckpointTask],
    restores: str | None = None,
    *,
    is_base: bool = False,
) -> tuple[str, int | None, int | None]:
    """Return a commit's message with its trailers, and the kept pairs before and after."""
    metrics = metrics_path("dedup")
    held = workspace.file_at(base, metrics)
    now = (workspace / metrics).read_bytes() if (workspace / metrics).is_file() else None
    before, after = _kept(held), _kept(now)
    if is_base:
        before = after
    names = f"back to {restores[:12]}" if restores else ", ".join(task.task_id for task in tasks)
    subject = f"checkpoint: {names}" if names else "checkpoint"
    trailers = [f"Restores: {restores}"] if restores else []
    for task in tasks:
        trailers += [f"Task: {task.task_id}", f"Agent: {task.agent}", f"Attempt: {task.attempt}"]
    trailers += [f"Pairs-Before: {before or 0}", f"Pairs-After: {after or 0}"]
    return "\n".join([subject, "", *trailers, ""]), before, after


def _kept(metrics: bytes | None) -> int | None:
    return int(figures_of("dedup", metrics)["kept"]) if metrics else None


def receipts_without_commit(workspace: Workspace) -> list[CheckpointTask]:
    """Return the tasks whose receipts no commit holds yet, in order of completion."""
    listed = workspace.git("ls-files", "-z", "--others", "--", COMPLETED.as_posix())
    paths = [workspace / path for path in listed.split("\0") if path.endswith(".json")]
    written = [path for path in paths if TASK_ID.fullmatch(path.stem)]
    receipts = [orjson.loads(path.read_bytes()) for path in written]
    receipts.sort(key=lambda one: (one["completed"] or "", one["task_id"]))
    return [CheckpointTask(one["task_id"], one["agent"], one["attempt"]) for one in receipts]


def _tag(workspace: Workspace, tag: str, commit_id: str) -> None:
    done = workspace.try_git("tag", tag, commit_id)
    if done.returncode:
        raise UserError(f"the checkpoint is made, the tag is not: {done.stderr.strip()[:200]}")
