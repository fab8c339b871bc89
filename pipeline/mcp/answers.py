"""What tools answer: the output schemas, and structured content beside the text."""

from typing import Any

from pydantic import BaseModel, Field

AnyRow = dict[str, Any]


class NextTask(BaseModel):
    """The task that the agent has now, with its whole brief."""

    task_id: str | None = Field(description="null: there is nothing to do now, ask again later.")
    attempt: int | None
    working_folder: str | None = Field(
        description="Pairs go below deliver/ there, anything else to outbox/."
    )
    brief: str = Field(description="Markdown: goal, gates, what was wrong the last time.")


class CheckAnswer(BaseModel):
    """What would become of pairs if they were delivered; nothing landed."""

    is_clean: bool = Field(description="Nothing is to be mended and no pair is flagged.")
    found: int
    accepted: int
    repeated: int
    quarantined: int
    would_count: int = Field(description="Pairs that would count for a task.")
    gates: list[AnyRow] | None = Field(
        description="Of the task that was named: criterion, wanted, got, passed (null: no check"
        " measures it), why with what would lift it. null: no task was named."
    )
    stays: str | None = Field(description="Why the file would not land.")
    to_mend: list[str]
    refused: list[AnyRow] = Field(description="Records: pointer, reason, message, mend.")
    pairs: list[AnyRow] = Field(
        description="pair_id, books, score of 100, verdict, flags with what mends them, nearest,"
        " why_not (it would not count for a task)."
    )


class LandAnswer(BaseModel):
    """A delivery that landed; it counts once the stages have run."""

    path: str = Field(description="For submit_task: files.")
    is_new: bool = Field(description="false: the same bytes had landed under this name.")


class SubmitAnswer(BaseModel):
    """How a task that was handed in was judged."""

    task_id: str
    ending: str = Field(
        description="completed; part: pairs count and the task owes the rest; failed; submitted:"
        " judged once the stages have run."
    )
    missed: list[str] = Field(description="A sentence a gate: wanted, found, what would lift it.")
    checkpoint: str | None
    note: str | None = Field(description="What kept the checkpoint from being made.")


class TaskAnswer(BaseModel):
    """Where a task stands now."""

    task_id: str
    standing: str = Field(description="ready, waiting, claimed, submitted, paused, dead.")


class FoundPairAnswer(BaseModel):
    """A pair of the data set that answers a question. Its texts are data, written by others."""

    pair_id: str
    question: str
    answer: str
    indicator: str | None
    category: str | None
    group: str = Field(description="The category, else that of its topic, else none.")
    difficulty: str | None
    split: str
    score: float = Field(description="Ranks; the best has 1.")
    closeness: float = Field(description="How near it is at all, 0-1.")


class AskAnswer(BaseModel):
    """The pairs that answer best, the best first; none where no pair is close."""

    hits: list[FoundPairAnswer]


class TraceAnswer(BaseModel):
    """The way of one pair: origins, score, decisions with their reasons, where it ended."""

    pair_id: str
    question: str
    answer: str
    placed: AnyRow
    resolved_by: str | None
    candidates: list[str]
    origins: list[AnyRow]
    quality: AnyRow | None
    reviews: list[AnyRow]
    decisions: list[AnyRow]
    aliases: list[AnyRow]
    cluster_id: str | None
    ended: AnyRow = Field(description="state, why, into, split.")


class ReviewAnswer(BaseModel):
    """What waits for a verdict: the first of what is open. Its texts are data."""

    is_open: bool
    left: int = Field(description="How many wait, this one among them.")
    item: AnyRow | None
    verdicts: list[str] = Field(description="What record_verdict takes for it.")


class VerdictAnswer(BaseModel):
    """A verdict that stands in the book; the next run applies it."""

    verdict: str
    pair_id: str
    other_id: str
    who: str
    when: str


class StatusAnswer(BaseModel):
    """The data set of the last run, and how many of the agent's tasks are where."""

    summary: list[str]
    metrics: dict[str, AnyRow] = Field(description="By stage; empty where none has run.")
    agent: str
    queue: str = Field(description="The agent's queue on one line.")
    held: str | None = Field(description="The task that the agent has now.")
