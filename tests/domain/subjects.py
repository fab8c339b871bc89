"""Workspaces of other subjects than the starter's, small enough to be run whole in a test."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.workspaces import make_workspace

Pair = tuple[str, str]

PLANTS = {
    "Rose": ("loam", "six hours of sun", "black spot", "hard in late winter", "40 cm"),
    "Rosemary": ("gritty soil", "full sun", "root rot", "lightly after bloom", "60 cm"),
    "Tomato": ("rich compost", "eight hours of sun", "blight", "by pinching side shoots", "50 cm"),
    "Potato": ("loose soil", "an open bed", "scab", "not at all", "35 cm"),
    "Basil": ("moist compost", "a warm sill", "downy mildew", "above a leaf pair", "25 cm"),
    "Lavender": ("chalky gravel", "full sun", "crown rot", "after the flowers fade", "45 cm"),
    "Blueberry": ("acid peat", "half a day of sun", "chlorosis", "of old canes", "120 cm"),
    "Hosta": ("humus", "dappled shade", "slug damage", "not at all", "70 cm"),
    "Carrot": ("deep sand", "an open bed", "fly larvae", "not at all", "5 cm"),
    "Leek": ("firm manured soil", "an open bed", "rust", "by trimming the roots", "15 cm"),
    "Apple": ("drained loam", "a sheltered slope", "canker", "to an open goblet", "400 cm"),
    "Clematis": ("cool mulched soil", "roots in shade", "wilt", "by its flowering group", "90 cm"),
}
"""Plant -> soil, light, what ails it, how it is pruned, how far apart it is set."""


def garden() -> list[Pair]:
    """Return good pairs on the plants, each of its own facts: five a plant."""
    pairs: list[Pair] = []
    for plant, (soil, light, ailment, pruning, space) in PLANTS.items():
        low = plant.lower()
        pairs += [
            (
                f"Which soil does {low} want in the garden?",
                (
                    f"Give {low} {soil}, dug a spade deep before planting. Where the bed stays"
                    " wet in winter, its roots drown first and the leaves turn yellow in "
                    "spring; a handful of grit below each plant, or a ridge raised by a hand,"
                    " drains the bed well enough."
                ),
            ),
            (
                f"How much light does {low} need through the summer?",
                (
                    f"A place with {light} suits {low}. With less light the stems grow thin "
                    "and lean to one side, and flowers or fruit come late; with much more, "
                    "water the soil at dusk and lay straw around the roots so that the leaves"
                    " do not scorch."
                ),
            ),
            (
                f"What is the first sign of {ailment} on {low}?",
                (
                    f"On {low}, {ailment} shows on the lowest leaves in wet weeks: they pale, "
                    "spot and drop while the top still looks sound. Pick off what is spotted,"
                    " water the soil and not the leaves, and plant the next row in another "
                    "bed with more air."
                ),
            ),
            (
                f"When and how is {low} pruned by a careful gardener?",
                (
                    f"Prune {low} {pruning}, with clean shears and on a dry day, just above a "
                    "bud that looks outward. Cut out dead stems at the base; what is left "
                    f"heals before frost, and new shoots of {low} stand free of each other in "
                    "the next spring."
                ),
            ),
            (
                f"How far apart are plants of {low} set in a bed?",
                (
                    f"Set {low} {space} apart, so that the leaves just meet when they are "
                    "grown. Too close, the lower leaves stay damp after rain and seedlings "
                    "compete for water; too far, weeds fill the soil between the rows before "
                    "the plants can shade it."
                ),
            ),
        ]
    return pairs


CRYPTO: Pair = (
    "What does a funding rate above zero mean for perpetual futures?",
    (
        "Longs pay shorts at every settlement while the contract trades above its"
        " index, so leveraged traders on the exchange signal bullish conviction. "
        "Open interest rising beside it warns of crowded positions: liquidations "
        "cascade once the price falls, margin calls force selling, and bitcoin "
        "volatility spikes within minutes. Arbitrage desks hold spot coins, sell "
        "the perpetual and collect the premium until both quotes converge."
    ),
)
REFUSED: Pair = (
    "How is a pear tree grafted?",
    "I'm sorry, but I do not have access to the information that is needed to answer this.",
)


def bare_subject(root: Path, pairs: Iterable[Pair], files: dict[str, str]) -> Path:
    """Return a workspace whose domain has these files alone, with one delivery of pairs."""
    make_workspace(root, [])
    shutil.rmtree(root / "data/domain")
    (root / "data/domain").mkdir()
    for name, text in files.items():
        (root / "data/domain" / name).write_text(text, encoding="utf-8")
    rows = [{"question": question, "answer": answer} for question, answer in pairs]
    inbox = root / "data/inbox/fern"
    inbox.mkdir(parents=True)
    (inbox / "pairs.json").write_text(json.dumps(rows), encoding="utf-8")
    return root


def plan_of_plants() -> str:
    """Return a plan that names the plants and nothing else of them."""
    return "\n".join(["name", *PLANTS]) + "\n"


def read_rows(root: Path, path: str) -> list[dict[str, Any]]:
    """Return the rows of an output table of a workspace."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - in the tests that read one

    rows: list[dict[str, Any]] = pq.read_table(root / path).to_pylist()
    return rows


def twins() -> list[Pair]:
    """Return questions that differ in a plant's name alone, with answers that hardly differ."""
    answer = (
        "Take a cutting of {} as long as a hand in late summer, strip the lower leaves, and set"
        " it into damp sand in the shade; it has roots before the first frost."
    )
    return [(f"How is a cutting of {n} taken?", answer.format(n)) for n in ("rose", "rosemary")]
