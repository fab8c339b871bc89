"""What data/domain/ says of the starter's subject, as stages and rooms take it."""

from pathlib import Path
from typing import Any

from pipeline.dedup.guards.lexicon import Lexicon, lexicon_of
from pipeline.plan.indicators import Plan, plan_of
from pipeline.quality.lexicon import Subject, subject
from pipeline.store.inputs import read_input
from pipeline.workspace import layout

ROOT = Path(__file__).parents[1]


def said(path: Path) -> Any:
    """Return what a file of the domain says."""
    return read_input(ROOT, path)


PLAN = said(layout.PLAN)
TOPICS = said(layout.TOPICS)
LOOK_ALIKES = said(layout.LOOK_ALIKES)
OPPOSITES = said(layout.OPPOSITES)
LISTS = tuple(
    map(
        said,
        (layout.TERMS, layout.GENERIC_WORDS, layout.SENSES, layout.FORMULAS, layout.NAMES),
    )
)
"""What qa takes behind the plan."""

SUBJECT: Subject = subject(PLAN["name"], *LISTS)
LEXICON: Lexicon = lexicon_of(PLAN, OPPOSITES)


def lookup() -> Plan:
    """Return the plan as it is asked for names."""
    return plan_of(PLAN, LOOK_ALIKES)
