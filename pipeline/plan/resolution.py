"""Which indicator a delivered pair belongs under, by what the delivery says of it."""

from typing import NamedTuple

from pipeline.plan.indicators import Indicator, Plan


class Resolution(NamedTuple):
    """The indicator of a pair, or the names that it may be under where the delivery is ambiguous.

    At most one of the two is there: a candidate is a question for a person, never an answer.
    """

    indicator: Indicator | None
    candidates: tuple[str, ...] = ()


def resolve(plan: Plan, *, declared: str, topic: str, file_name: str) -> Resolution:
    """Return the indicator that the first telling text names, and the candidates otherwise.

    Asked are the declared indicator, then the topic, then the file's name without its folder
    and ending. Where none of them names exactly one indicator, the candidates are those of the
    first that may mean several.
    """
    stem = file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    texts = (declared, topic, stem)
    found = plan.named(declared) or next(filter(None, map(plan.mentioned, texts)), None)
    if found is not None:
        return Resolution(found)
    return Resolution(None, next(filter(None, map(plan.candidates, texts)), ()))
