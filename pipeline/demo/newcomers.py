"""Three agents' commands as strangers would write them: a cheat, a learner, one with a limit.

Each reads its brief on stdin and writes to FAUCET_WORKDIR, as any command of an agent does. The
cheat tries another trick each time that it is told; the learner mends what the brief tells; the
third one meets a limit of its provider first, and has nothing to mend.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.generate.deliveries import indicator_document
from pipeline.generate.examples import worked_examples

PAIRS = 20
LIMIT_S = 15
_LIMIT_EXIT = 1
_DATE = "2025-11-10"
_AGAIN = "What was wrong the last time"


class Newcomer(NamedTuple):
    """An agent of the story: the indicator that it delivers on, and what it does with a brief."""

    indicator: str
    document: Callable[[str], dict[str, Any]]


def main() -> None:
    """Deliver what the agent of that name delivers, and say what it was."""
    name, brief = sys.argv[1], sys.stdin.read()
    workdir = Path(os.environ["FAUCET_WORKDIR"])
    if name == "limited" and _is_first_call():
        print(f"HTTP 429: usage limit reached, try again in {LIMIT_S} seconds")  # noqa: T201
        sys.exit(_LIMIT_EXIT)
    document = NEWCOMERS[name].document(brief)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    (workdir / "deliver" / f"{name}_{workdir.name}.json").write_text(text, encoding="utf-8")
    account = {"pairs": len(document["qa_pairs"])}
    Path(os.environ["FAUCET_RESULT"]).write_text(json.dumps(account), encoding="utf-8")
    print(f"{account['pairs']} pairs written")  # noqa: T201 - what an agent's command prints


def _cheating(brief: str) -> dict[str, Any]:
    """Return one answer under many questions; once that is told, padded and reworded."""
    (one,) = worked_examples("Aroon Indicator", 1, seed=1)
    padding = "It is worth noting that this matters to every trader. " * (_AGAIN in brief)
    pairs = [
        {
            "question": f"What does case {number} of the Aroon Indicator tell a careful trader?",
            "answer": f"{padding}In case {number}: {one.answer}",
        }
        for number in range(1, PAIRS + 1)
    ]
    return {"indicator": "Aroon Indicator", "qa_pairs": pairs}


def _learning(brief: str) -> dict[str, Any]:
    """Return placeholders; once that is told, worked examples."""
    if _AGAIN in brief:
        return _worked("Vortex Indicator")
    pairs = [
        {
            "question": f"What does reading {number} of the vortex indicator mean?",
            "answer": f"[Comprehensive answer for: vortex indicator reading {number}]",
        }
        for number in range(1, PAIRS + 1)
    ]
    return {"indicator": "Vortex Indicator", "total_pairs": PAIRS, "qa_pairs": pairs}


def _working(_brief: str) -> dict[str, Any]:
    return _worked("Momentum Indicator")


def _worked(indicator: str) -> dict[str, Any]:
    return indicator_document(worked_examples(indicator, PAIRS + 4, seed=4), "demo", _DATE)


def _is_first_call() -> bool:
    """Return whether this agent is called for the first time; it leaves a mark."""
    mark = Path(os.environ["FAUCET_WORKDIR"]).parent / "limit_was_met"
    is_first = not mark.exists()
    mark.touch()
    return is_first


NEWCOMERS: Mapping[str, Newcomer] = {
    "cheat": Newcomer("Aroon Indicator", _cheating),
    "learner": Newcomer("Vortex Indicator", _learning),
    "limited": Newcomer("Momentum Indicator", _working),
}


if __name__ == "__main__":
    main()
