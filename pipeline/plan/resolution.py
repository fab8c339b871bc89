"""Which indicator a delivered pair belongs under, by what the delivery says of it."""

from functools import lru_cache
from typing import NamedTuple

from pipeline.plan.indicators import Indicator, Plan


class Resolution(NamedTuple):
    """The indicator of a pair, or the names that it may be under where the delivery is ambiguous.

    At most one of the two is there: a candidate is a question for a person, never an answer. by
    says what named the indicator: "declared", "topic", "file_name" or "question", of which the
    last three are guesses; None where nothing did.
    """

    indicator: Indicator | None
    candidates: tuple[str, ...] = ()
    by: str | None = None


def resolve(
    plan: Plan, *, declared: str, topic: str, file_name: str, question: str = ""
) -> Resolution:
    """Return the indicator that the first telling text names, and the candidates otherwise.

    Asked are the declared indicator, then the topic, then the file's name without its folder
    and ending, and last the question, which counts where it is about one indicator from its
    beginning on. Where none of the first three names exactly one indicator, the candidates are
    those of the first that may mean several, and the question may only choose among them: by
    naming one of them alone, wherever it does.
    """
    found = _by_delivery(plan, declared=declared, topic=topic, file_name=file_name)
    if found.indicator is not None:
        return found
    asked = plan.mentioned(question) if found.candidates else plan.asked(question)
    if asked is None or (found.candidates and asked.indicator not in found.candidates):
        return found
    return Resolution(asked, by="question")


@lru_cache(maxsize=10_000)
def _by_delivery(plan: Plan, *, declared: str, topic: str, file_name: str) -> Resolution:
    stem = file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    texts = {"declared": declared, "topic": topic, "file_name": stem}
    named = plan.named(declared)
    if named is not None:
        return Resolution(named, by="declared")
    for by, text in texts.items():
        found = plan.mentioned(text)
        if found is not None:
            return Resolution(found, by=by)
    return Resolution(None, next(filter(None, map(plan.candidates, texts.values())), ()))
