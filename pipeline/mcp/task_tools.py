"""Tools about tasks: take the next one, hand it in, give it up."""

from typing import Annotated, Any

from pydantic import Field

from pipeline.faucet.gates.criteria import failed
from pipeline.faucet.tasks.state import State, standing
from pipeline.faucet.terminal import one_line
from pipeline.faucet.work import by_hand
from pipeline.faucet.work.assignment import Places
from pipeline.mcp.answers import NextTask, SubmitAnswer, TaskAnswer
from pipeline.mcp.arguments import FailureKind, FilePath, Sentence, TaskId
from pipeline.mcp.client_session import ClientSession

_MOST_FILES = 500


class TaskTools:
    """What an agent does with its tasks; every tool is about the session's agent alone."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    def next_task(self) -> NextTask:
        """Take your next task and read its whole brief; asked again, the task that you have."""
        board, session = self._session.board, self._session
        task = by_hand.take(board, session.agent, session.owner)
        if task is None:
            return NextTask(
                task_id=None, attempt=None, working_folder=None, brief=session.nothing_to_do
            )
        workdir = Places.of(session.workspace, task.task_id, task.turn).workdir
        return NextTask(
            task_id=task.task_id,
            attempt=task.attempt,
            working_folder=workdir.relative_to(session.workspace.root).as_posix(),
            brief=by_hand.brief_of(board, task),
        )

    def submit_task(
        self,
        task_id: TaskId,
        files: Annotated[
            list[FilePath],
            Field(
                max_length=_MOST_FILES,
                description="Paths that land_delivery gave, and other files that you made. Without"
                " any, what lies in the working folder.",
            ),
        ] = [],  # noqa: B006 - read, never written
        account: Annotated[
            dict[str, Any] | None, Field(description="What there is to say of your work.")
        ] = None,
    ) -> SubmitAnswer:
        """Hand your task in; its gates decide, and each that is missed is told with its mend."""
        board = self._session.board
        by_hand.hand_in(board, task_id, self._session.owner, files, account)
        ended = by_hand.judged(board, task_id)
        missed = [one_line(sentence) for sentence in failed(ended.report)] if ended.report else []
        return SubmitAnswer(
            task_id=task_id,
            ending=ended.ending,
            missed=missed,
            checkpoint=ended.checkpoint,
            note=ended.note,
        )

    def fail_task(
        self,
        task_id: TaskId,
        reason: Sentence,
        kind: FailureKind = "failed",
        retry_after_s: Annotated[
            int | None, Field(ge=1, le=2_592_000, description="With quota: seconds to wait.")
        ] = None,
    ) -> TaskAnswer:
        """Say that your task did not succeed; it comes back with your reason."""
        board, owner = self._session.board, self._session.owner
        state = by_hand.fail(board, task_id, owner, kind, reason, retry_after_s)
        return _where(state, task_id)

    def release_task(self, task_id: TaskId) -> TaskAnswer:
        """Give your task back untouched; costs no attempt."""
        return _where(by_hand.release(self._session.board, task_id, self._session.owner), task_id)


def _where(state: State, task_id: str) -> TaskAnswer:
    task = state.task(task_id)
    return TaskAnswer(task_id=task_id, standing=standing(state, task) if task else "completed")
