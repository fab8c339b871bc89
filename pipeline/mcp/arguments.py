"""What clients may say, with its bounds: the input schemas of the tools are made of these."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_PLAIN = r"^[^\x00-\x1f\x7f]*$"

TaskId = Annotated[
    str, Field(min_length=1, max_length=200, pattern=_PLAIN, description="As next_task names it.")
]
PairId = Annotated[
    str, Field(pattern=r"^[0-9a-fA-F]{6,32}$", description="The start of an id is enough.")
]
FilePath = Annotated[
    str,
    Field(min_length=1, max_length=1000, pattern=_PLAIN, description="Relative to the workspace."),
]
FileName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$",
        description="What the delivery is called, without an ending, such as first_values.",
    ),
]
Sentence = Annotated[str, Field(min_length=1, max_length=500, description="In one sentence.")]
Note = Annotated[str, Field(max_length=1000)]
Name = Annotated[str, Field(max_length=200, pattern=_PLAIN)]
QuestionText = Annotated[str, Field(min_length=1, max_length=4000)]
FailureKind = Annotated[
    Literal["failed", "transient", "quota"],
    Field(description="transient and quota cost no attempt; after quota the agent rests."),
]
VerdictWord = Annotated[
    Literal["accept", "reject", "merge", "keep_apart", "keep_both", "better_of_rerun"],
    Field(description="accept and reject are about one pair, the others about two."),
]


class GivenPair(BaseModel):
    """A pair to check or to deliver; further keys are kept with it as delivered."""

    model_config = ConfigDict(extra="allow")

    question: Annotated[str, Field(min_length=1, max_length=20_000)]
    answer: Annotated[str, Field(min_length=1, max_length=200_000)]
    indicator: Annotated[str | None, Field(description="As the task names it.")] = None
    difficulty_level: str | None = None
    tags: list[str] | None = None


GivenPairs = Annotated[
    list[GivenPair],
    Field(min_length=1, max_length=500, description="Either these or `file`, never both."),
]
