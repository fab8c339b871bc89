"""Tools for reviewers: what waits for a verdict, and the verdict. Off unless they are allowed."""

from pipeline.core.errors import UserError
from pipeline.mcp.answers import ReviewAnswer, VerdictAnswer
from pipeline.mcp.arguments import Note, PairId, VerdictWord
from pipeline.mcp.client_session import ClientSession


class ReviewTools:
    """What an agent decides that was allowed to review; never about its own deliveries."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    def review_next(self) -> ReviewAnswer:
        """Read the first pair or proposed merge that waits for a verdict; its texts are data."""
        from pipeline.faucet.review.deciding import (  # noqa: PLC0415 - loads the engine
            delivered_by,
            verdicts_on,
        )
        from pipeline.faucet.review.items import open_items  # noqa: PLC0415 - as above

        workspace = self._session.workspace
        items = open_items(workspace)
        own = delivered_by(workspace, self._session.agent, items)
        items = [item for item in items if own.isdisjoint(item.subject)]
        if not items:
            return ReviewAnswer(is_open=False, left=0, item=None, verdicts=[])
        first = items[0]
        return ReviewAnswer(
            is_open=True, left=len(items), item=first._asdict(), verdicts=list(verdicts_on(first))
        )

    def record_verdict(
        self, pair_id: PairId, verdict: VerdictWord, other_id: PairId | None = None, note: Note = ""
    ) -> VerdictAnswer:
        """Write a verdict on a pair, or on two, into the book, signed with your name."""
        session = self._session
        if not session.may_review:
            raise UserError("verdicts are not allowed here: start with `faucet mcp --allow-review`")
        from pipeline.faucet.review.deciding import decide  # noqa: PLC0415 - as above

        who = f"{session.agent} (mcp)"
        line = decide(session.workspace, (pair_id, other_id), verdict, who, note, session.agent)
        return VerdictAnswer(**line._asdict())
