"""How often models that judge and people agree, by the verdicts in force."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from pipeline.faucet.responses.book import responses
from pipeline.faucet.responses.proposals import Proposal, judgements
from pipeline.faucet.responses.wanted import CHOICES, UNSURE
from pipeline.faucet.verdicts.book import read_book
from pipeline.reviews.force import in_force
from pipeline.workspace.workspace import Workspace

_DIGITS = 4
_NOUNS = {1: "pairs", 2: "twos"}

Label = tuple[str, str]
"""What people said, and what the model."""


def judge_agreement(workspace: Workspace) -> dict[str, Any]:
    """Return by model how what it says of pairs, and of two pairs, agrees with people's verdicts.

    `table` has people's verdict, then the model's, with how many; `agreed` is the share of those
    that the model is sure of, `kappa` the same beyond chance, `sure` the share that it is sure
    of, `consistent` the share in which both orders gave the same. Shares are None without any.

    Raises UserError where a book or an answer cannot be read whole.
    """
    labels = {ids: line.verdict for ids, line in in_force(read_book(workspace)).lines.items()}
    by_model: dict[str, list[Proposal]] = defaultdict(list)
    for one in judgements(responses(workspace, "judge")):
        if labels.get(one.subject) in CHOICES[len(one.subject)]:
            by_model[one.model].append(one)
    return {
        model: {
            noun: _figures([one for one in found if len(one.subject) == size], labels)
            for size, noun in _NOUNS.items()
        }
        for model, found in sorted(by_model.items())
    }


def _figures(found: list[Proposal], labels: dict[tuple[str, ...], str]) -> dict[str, Any]:
    both = [(labels[one.subject], str(one.verdict)) for one in found]
    sure = [label for label in both if label[1] != UNSURE]
    table: dict[str, dict[str, int]] = defaultdict(dict)
    for (person, model), count in sorted(Counter(both).items()):
        table[person][model] = count
    return {
        "labelled": len(both),
        "table": dict(table),
        "agreed": _share(_same(sure), len(sure)),
        "kappa": _kappa(sure),
        "sure": _share(len(sure), len(both)),
        "consistent": _share(sum(one.is_consistent for one in found), len(found)),
    }


def _kappa(labels: list[Label]) -> float | None:
    """Return Cohen's kappa, None where chance alone explains all or nothing is there."""
    if not labels:
        return None
    persons, models = (Counter(side) for side in zip(*labels, strict=True))
    count = len(labels)
    chance = sum(persons[word] * models[word] for word in persons) / count**2
    return None if chance == 1 else round((_same(labels) / count - chance) / (1 - chance), _DIGITS)


def _same(labels: Iterable[Label]) -> int:
    return sum(person == model for person, model in labels)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, _DIGITS) if whole else None
