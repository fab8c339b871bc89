"""What the data set has for the indicators of a task: angles, nearest questions, usual lengths.

Existing questions are words of strangers: they reach a brief quoted, one to a line, cut short.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.core.text import excerpt
from pipeline.faucet.lookup import KEPT, table
from pipeline.faucet.terminal import one_line
from pipeline.quality.redaction import redacted
from pipeline.workspace.workspace import Workspace

ANGLES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "definition": r"^what (?:is|are|does)\b|\bdefin|\bmean(?:s|ing)?\b",
        "formula": r"\bformula|\bcalculat|\bcomput|\bequation|\bworked? out\b|\bderive",
        "worked number": r"\d",
        "limit": (
            r"\blimit|\bfail|\bweak|\bdrawback|\brisk|\bunreliable"
            r"|\bwhen (?:does|is|do) .*\bnot\b"
        ),
        "comparison": r"\bdiffer|\bcompar|\bversus\b|\bvs\b|\brather than\b|\bbetter than\b",
        "misuse": r"\bmistake|\bmislead|\bmisread|\bmisus|\berror|\btrap\b|\bpitfall|\bwrong",
    }.items()
}
"""What a question asks about, told by its words; one question can have several angles."""

_OVER_ASKED_SHARE = 0.5
_FEW = 5
_SHOWN = 12
_QUESTION_CHARS = 120
_LOW, _HIGH = 0.1, 0.9


class Covered(NamedTuple):
    """What is there: questions of the indicators, how often each angle is asked, usual lengths.

    lengths are the answers' characters between which eight of ten kept ones lie; None without any.
    """

    questions: tuple[str, ...] = ()
    angles: Mapping[str, int] = {}
    lengths: tuple[int, int] | None = None

    @property
    def missing(self) -> list[str]:
        """Return the angles that nobody asked about."""
        return [name for name in ANGLES if not self.angles.get(name)]

    @property
    def over_asked(self) -> list[str]:
        """Return the angles of more than half of the questions, where there are some."""
        most = _OVER_ASKED_SHARE * len(self.questions)
        is_known = len(self.questions) >= _FEW
        return [name for name in ANGLES if is_known and self.angles.get(name, 0) > most]

    def shown(self) -> list[str]:
        """Return the questions that a brief quotes: of every angle some, as data on one line."""
        by_angle = sorted(self.questions, key=lambda one: (sum(map(bool, _angles(one))), one))
        step = max(1, len(by_angle) // _SHOWN)
        return [_quoted(question) for question in by_angle[::step][:_SHOWN]]


def covered(workspace: Workspace, indicators: Iterable[str]) -> Covered:
    """Return what the last run kept for indicators; nothing where none came so far."""
    if not workspace.has(KEPT):
        return Covered()
    rows = table(workspace, KEPT).select("question", "answer", "indicator").to_pydict()
    wanted = set(indicators)
    pairs = zip(rows["question"], rows["indicator"], strict=True)
    questions = tuple(sorted(question for question, name in pairs if name in wanted))
    angles = Counter(name for question in questions for name in _angles(question))
    lengths = sorted(map(len, rows["answer"]))
    ends = (_at(lengths, _LOW), _at(lengths, _HIGH)) if lengths else None
    return Covered(questions, angles, ends)


def _angles(question: str) -> list[str]:
    return [name for name, words in ANGLES.items() if words.search(question)]


def _at(values: list[int], share: float) -> int:
    return values[min(len(values) - 1, int(share * len(values)))]


def _quoted(question: str) -> str:
    return excerpt(redacted(one_line(question)), _QUESTION_CHARS).replace("`", "'")
