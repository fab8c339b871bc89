"""What quality analysis could not judge, because the domain says nothing of the kind."""

from collections.abc import Mapping

from pipeline.quality.lexicon import Subject
from pipeline.quality.rules import Limits


def not_judged(
    subject: Subject, limits: Limits, reasons: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return the rules that are on and had nothing to judge by, each with the reason.

    reasons are those of rules that found out themselves, by code.
    """
    missing = {
        "off_question": "" if subject.senses.senses else "senses.json lists no term",
        "wrong_fact": "" if subject.facts.senses else "senses.json lists no fact",
        "wrong_expansion": "" if subject.acronyms else "plan.csv spells out no acronym",
        **reasons,
    }
    return [
        {"rule": rule, "reason": reason}
        for rule, reason in sorted(missing.items())
        if reason and limits.get(rule) is not False
    ]
