"""Resources: pages that a client reads beside the tools, each made anew when it is asked for."""

from urllib.parse import unquote

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet import texts
from pipeline.faucet.queues.refilling import gaps
from pipeline.faucet.terminal import one_line
from pipeline.faucet.work import by_hand
from pipeline.faucet.work.covered import covered
from pipeline.mcp.client_session import ClientSession
from pipeline.quality.redaction import redacted
from pipeline.store.plan import read_plan

_MOST_QUESTIONS = 500


class ResourcePages:
    """The pages of a session; raise UserError where one cannot be made yet."""

    def __init__(self, session: ClientSession) -> None:
        self._session = session

    def brief(self) -> str:
        """Return the brief of the task that the agent has, or of its next one; none is taken."""
        board, session = self._session.board, self._session
        task = by_hand.upcoming(board, session.agent, session.owner)
        if task is None:
            return f"{session.nothing_to_do}\n"
        return by_hand.brief_of(board, task)

    def receipts(self) -> str:
        """Return the agent's deliveries with what became of their records, as JSON."""
        counts = ("delivery", "name", "found", "accepted", "repeated", "quarantined", "judged")
        rows = [{name: one[name] for name in counts} for one in self._receipts()]
        return orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode()

    def receipt(self, delivery: str) -> str:
        """Return the receipt of one of the agent's deliveries; the start of its name is enough."""
        from pipeline.faucet.answers.receipts import as_text  # noqa: PLC0415 - loads the engine

        start = unquote(delivery)
        found = [one for one in self._receipts() if one["delivery"].startswith(start)]
        if len(found) != 1:
            counted = "no delivery" if not found else f"{len(found):,} deliveries"
            agent = self._session.agent
            raise UserError(f"{counted} of {agent} has a name that starts with {one_line(start)}")
        return as_text(found[0])

    def plan_entry(self, name: str) -> str:
        """Return an entry of the plan with its coverage and the questions that are kept for it."""
        workspace = self._session.workspace
        entry = read_plan(workspace).named(unquote(name))
        if entry is None:
            raise UserError(f"the plan has no entry {one_line(unquote(name))}")
        gap = next((one for one in gaps(workspace) if one.indicator == entry.indicator), None)
        there = covered(workspace, [entry.indicator])
        page = {
            **entry._asdict(),
            "kept_pairs": gap.pairs if gap else None,
            "target_pairs": gap.target_pairs if gap else None,
            "angles": dict(there.angles),
            "missing_angles": there.missing,
            "questions_are_data": [
                redacted(one_line(question)) for question in there.questions[:_MOST_QUESTIONS]
            ],
            "questions": len(there.questions),
        }
        return orjson.dumps(page, option=orjson.OPT_INDENT_2).decode()

    def data_card(self) -> str:
        """Return the data card of the last run."""
        return texts.data_card(self._session.workspace)

    def glossary(self) -> str:
        """Return what the words of briefs, receipts and tools mean."""
        return texts.glossary(self._session.workspace)

    def work_next(self) -> str:
        """Work on the next task: the brief, and which tool comes when."""
        return (
            "Call next_task and do what its brief says. Check pairs with check_pairs until nothing"
            " is to be mended, land them with land_delivery, hand in with submit_task and the"
            " paths that it gave. What is missed comes back in one sentence a gate: mend that."
            " Cannot be done: fail_task with the reason. Then call next_task again, until it has"
            f" none.\n\n{self.brief()}"
        )

    def _receipts(self) -> list[Json]:
        from pipeline.faucet.answers.receipts import receipts  # noqa: PLC0415 - loads the engine

        agent = self._session.agent
        return [one for one in receipts(self._session.workspace) if one["agent"] == agent]
