"""A model judges pairs: by a rubric, with reasons, twice with the order swapped.

Its word is a proposal. It is shown to people beside what the rules say; no stage reads it, and
nothing leaves the list of what waits for people because of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.gates.counting import speaks_to_judges
from pipeline.faucet.lookup import PAIRS, Row, by_pair_id
from pipeline.faucet.models.asking import ask
from pipeline.faucet.models.prompts import prompt
from pipeline.faucet.models.questions import ModelAnswers, ModelAsker, ModelQuestion
from pipeline.faucet.responses.book import responses
from pipeline.faucet.responses.proposals import ORDERS, judged, judgements
from pipeline.faucet.responses.wanted import CHOICES, RUBRICS, verdict_schema
from pipeline.faucet.review.items import open_items
from pipeline.faucet.verdicts.book import read_book
from pipeline.quality.redaction import redacted
from pipeline.reviews.force import in_force
from pipeline.workspace.workspace import Workspace

Subject = tuple[str, ...]
_TEXTS = ("question", "answer", "indicator")


class JudgeRound(NamedTuple):
    """What came of a round: subjects by what was proposed, and those that were not asked about.

    to_the_judge counts pairs whose text speaks to whoever judges it: they are left to people.
    """

    subjects: int
    proposed: Counter[str]
    inconsistent: int
    to_the_judge: int
    asked: ModelAnswers


def waiting(workspace: Workspace) -> list[Subject]:
    """Return what waits for people, in the order of the review: flagged pairs, proposed merges.

    Raises UserError where qa has not run.
    """
    return [item.subject for item in open_items(workspace)]


def labelled(workspace: Workspace) -> list[Subject]:
    """Return what people decided on in a way that a judge can, sorted."""
    lines = in_force(read_book(workspace)).lines
    named = [ids for ids, line in lines.items() if line.verdict in CHOICES[len(ids)]]
    return sorted(named)


def not_judged(asker: ModelAsker, subjects: Iterable[Subject]) -> list[Subject]:
    """Return the subjects that a model has not judged yet, in their order."""
    found = judgements(responses(asker.workspace, "judge"))
    known = {one.subject for one in found if one.model == asker.model.model}
    return [subject for subject in subjects if subject not in known]


def judge_questions(workspace: Workspace, subjects: Iterable[Subject]) -> list[ModelQuestion]:
    """Return what is to be asked about subjects, in both orders; texts without credentials.

    Pairs that are gone, and pairs that speak to whoever judges them, are left out.
    """
    wanted = list(subjects)
    ids = {pair_id for subject in wanted for pair_id in subject}
    texts = by_pair_id(workspace, PAIRS, ids, _TEXTS) if ids else {}
    return [
        _question(workspace, subject, [texts[pair_id] for pair_id in subject], order)
        for subject in wanted
        if texts.keys() >= set(subject) and not _speaks(subject, texts)
        for order in ORDERS
    ]


def judge(
    asker: ModelAsker,
    subjects: Sequence[Subject],
    watch: Callable[[], None] = lambda: None,
    questions: Sequence[ModelQuestion] | None = None,
) -> JudgeRound:
    """Ask a model about subjects, and return what it proposes; answers are recorded.

    questions are those that judge_questions makes of subjects, where they are made already.
    Raises UserError as ask does, and where no run has made pairs.
    """
    if questions is None:
        questions = judge_questions(asker.workspace, subjects)
    asked = ask(asker, questions, lambda _, answer: judged(answer), watch)
    found = judgements(asked.responses)
    named = len({question.about for question in questions})
    return JudgeRound(
        len(subjects),
        Counter(str(one.verdict) for one in found),
        sum(not one.is_consistent for one in found),
        len(subjects) - named,
        asked,
    )


def _question(
    workspace: Workspace, subject: Subject, texts: Sequence[Row], order: int
) -> ModelQuestion:
    size = len(subject)
    points, choices = list(RUBRICS[size].items()), list(CHOICES[size])
    pairs: list[Json] = [_shown(text, order) for text in texts]
    if order:
        points, choices, pairs = points[::-1], choices[::-1], pairs[::-1]
    rubric = [{"point": point, "holds_where": when} for point, when in points]
    data = {"rubric": rubric, "choices": choices, ("pairs" if size > 1 else "pair"): pairs}
    schema = verdict_schema([point for point, _ in points], choices)
    return ModelQuestion(
        "judge", subject, order, prompt(workspace, "judge", data), "verdict", schema
    )


def _shown(text: Row, order: int) -> Any:
    """Return a pair's texts as a list of parts, so that their order can be swapped."""
    parts = [{name: redacted(text[name])} for name in _TEXTS if text[name]]
    return parts[::-1] if order else parts


def _speaks(subject: Subject, texts: dict[str, Row]) -> bool:
    return any(
        speaks_to_judges(texts[pair_id]["question"], texts[pair_id]["answer"])
        for pair_id in subject
    )
