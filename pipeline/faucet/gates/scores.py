"""What would lift a score: flags first, then the part of the score that costs most, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.core.text import counted
from pipeline.faucet.answers.mending import mend_flag
from pipeline.faucet.gates.counting import DeliveredPair

_LISTED = 3

LEVERS: Mapping[str, str] = {
    "completeness": "end every answer, and give what it announces",
    "answering": "take up the words of the question in the answer",
    "substance": "say more in fewer words: no filler, nothing twice",
    "exactness": "define, give the formula, a worked number, a limit, a case",
    "question": "ask what somebody would ask, about one thing, by its name",
    "cleanliness": "leave out what is no part of the answer",
}
"""What raises which part of the score."""


def score_lift(
    pairs: Sequence[DeliveredPair],
    parts: Mapping[str, Mapping[str, float]],
    weights: Mapping[str, float],
) -> str:
    """Return in one line what costs delivered pairs most points, and what would lift that.

    Every pair is costs once: by its flags, else by the part (0-1, weighted) that it loses most by.
    """
    flags = Counter(flag for pair in pairs for flag in pair.flags)
    bare = [pair for pair in pairs if not pair.flags]
    costly = Counter(part for pair in bare if (part := _costliest(parts[pair.pair_id], weights)))
    costs = [f"{counted(n, 'pair')} {code}: {mend_flag(code)}" for code, n in _first(flags)]
    costs += [
        f"{counted(n, 'pair')} lose most by {part}: {LEVERS.get(part, part)}"
        for part, n in _first(costly)
    ]
    return "; ".join(costs)


def _first(times: Counter[str]) -> list[tuple[str, int]]:
    return sorted(times.items(), key=lambda item: (-item[1], item[0]))[:_LISTED]


def _costliest(parts: Mapping[str, float], weights: Mapping[str, float]) -> str | None:
    costs = {name: weights.get(name, 0) * (1 - value) for name, value in parts.items()}
    worst = max(sorted(costs), key=lambda name: costs[name], default=None)
    return worst if worst is not None and costs[worst] > 0 else None
