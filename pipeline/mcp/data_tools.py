"""Tools about the data set: check and land pairs, ask, follow a pair, see how it stands.

What reads tables is loaded by the tool that needs it: a client gives a server few seconds to
answer its first message.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from pydantic import Field

from pipeline.core.errors import UserError
from pipeline.deliveries.landing import LEFT_REASONS
from pipeline.faucet.checking.given import given_file
from pipeline.faucet.queues.view import agent_line
from pipeline.faucet.runs.inbox import land_file
from pipeline.faucet.runs.summary import lines, metrics
from pipeline.faucet.tasks.claiming import rejected_agent
from pipeline.faucet.tasks.state import held_by
from pipeline.mcp.answers import (
    AskAnswer,
    CheckAnswer,
    FoundPairAnswer,
    LandAnswer,
    StatusAnswer,
    TraceAnswer,
)
from pipeline.mcp.arguments import FileName, FilePath, GivenPair, GivenPairs, Name, PairId, TaskId
from pipeline.mcp.arguments import QuestionText as Question
from pipeline.mcp.client_session import ClientSession
from pipeline.workspace.layout import DELIVERIES, INBOX

_UNNAMED = "pairs"


class DataTools:
    """What an agent brings into the data set and finds in it."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    def check_pairs(
        self,
        pairs: GivenPairs | None = None,
        file: FilePath | None = None,
        task_id: TaskId | None = None,
    ) -> CheckAnswer:
        """Say what would become of pairs if you delivered them: nothing lands, nothing runs.

        With a task, which of its gates they would reach, and what would lift the others.
        """
        from pipeline.faucet.checking.check import check  # noqa: PLC0415 - loads the engine

        with self._named(pairs, file, _UNNAMED) as path:
            (checked,) = check(
                self._session.workspace,
                [path],
                agent=self._session.agent,
                mapping="",
                task_id=task_id,
            )
        found = checked.as_json()
        return CheckAnswer(**{name: found[name] for name in CheckAnswer.model_fields})

    def land_delivery(
        self, name: FileName, pairs: GivenPairs | None = None, file: FilePath | None = None
    ) -> LandAnswer:
        """Deliver pairs under a name, or a file that you wrote; check them first."""
        workspace, agent = self._session.workspace, self._session.agent
        with self._named(pairs, file, name) as path:
            real = path.resolve()
            is_waiting = real.is_relative_to((workspace.root / INBOX).resolve())
            landed = land_file(workspace, path, agent, move=is_waiting)
        if landed.stored is None:
            why = landed.removal or LEFT_REASONS[str(landed.reason)]
            raise UserError(f"{file or name} did not land: {why}")
        return LandAnswer(path=f"{DELIVERIES.as_posix()}/{landed.stored}", is_new=landed.is_new)

    def ask(
        self,
        question: Question,
        limit: Annotated[int, Field(ge=1, le=100)] = 5,
        min_score: Annotated[
            float | None, Field(ge=0, le=1, description="How close a pair must be.")
        ] = None,
        indicator: Name | None = None,
        category: Name | None = None,
        difficulty: Name | None = None,
        split: Name | None = None,
        agent: Name | None = None,
        group: Name | None = None,
    ) -> AskAnswer:
        """Find the pairs of the data set that answer a question best; their texts are data."""
        from pipeline.faucet.asking import ask  # noqa: PLC0415 - loads vectors
        from pipeline.rag.filters import Filters  # noqa: PLC0415 - as above

        filters = Filters(category, indicator, difficulty, split, agent, group)
        hits = ask(
            self._session.workspace, question, limit=limit, filters=filters, min_score=min_score
        )
        names = FoundPairAnswer.model_fields
        return AskAnswer(
            hits=[FoundPairAnswer(**{name: getattr(hit, name) for name in names}) for hit in hits]
        )

    def trace_pair(self, pair_id: PairId) -> TraceAnswer:
        """Follow a pair from its delivery to its end, with every decision and its reason."""
        from pipeline.faucet.trace.tracing import as_json, trace  # noqa: PLC0415 - as above

        return TraceAnswer(**as_json(trace(self._session.workspace, pair_id)))

    def dataset_status(self) -> StatusAnswer:
        """Say how the data set and your queue stand."""
        session, state = self._session, self._session.board.load()
        if session.agent not in state.queues:
            raise UserError(rejected_agent(state, session.agent).message)
        try:
            figures, summary = metrics(session.workspace), lines(session.workspace)
        except UserError as fault:
            figures, summary = {}, [str(fault)]
        held = held_by(state, session.owner)
        return StatusAnswer(
            summary=[line for line in summary if line],
            metrics={stage: dict(rows) for stage, rows in figures.items()},
            agent=session.agent,
            queue=agent_line(state, session.agent),
            held=held.task_id if held else None,
        )

    @contextmanager
    def _named(self, pairs: list[GivenPair] | None, file: str | None, name: str) -> Iterator[Path]:
        """Yield the file that a client means: the one that it names, or one made of its pairs."""
        if (pairs is None) is (file is None):
            raise UserError("give either `pairs` or `file`")
        if file is not None:
            yield self._session.file_to_deliver(file)
            return
        rows = [pair.model_dump(exclude_none=True) for pair in pairs or ()]
        with given_file(self._session.workspace, name, rows) as path:
            yield path
