"""What a terminal shows of models: what a round would cost, what came of it, agreement."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.models.budget import RequestCost
from pipeline.faucet.terminal import one_line


def plan_line(purpose: str, subjects: int, asked: RequestCost) -> str:
    """Return what a round would ask, and cost at most."""
    what = f"{purpose}: {subjects:,} to look at, {counted(asked.requests, 'request')} to send"
    tokens = f"{asked.tokens_in:,} tokens of input and {asked.tokens_out:,} of output"
    return f"{what}: at most {tokens}, ${asked.usd:,.4f}"


def round_lines(figures: Json) -> Iterator[str]:
    """Yield what came of a round, from the figures of it and of what it cost."""
    proposed = figures["proposed"]
    counts = proposed.items() if isinstance(proposed, dict) else [("repaired", proposed)]
    listed = ", ".join(f"{name} {count:,}" for name, count in counts) or "nothing"
    yield f"proposed: {listed}"
    if figures.get("inconsistent"):
        yield f"{figures['inconsistent']:,} times the other order gave another word: unsure"
    if figures.get("to_the_judge"):
        unsent = counted(figures["to_the_judge"], "text")
        yield f"{unsent} not sent: gone, or speaking to whoever judges"
    for why, count in figures["unusable"].items():
        yield f"{counted(count, 'answer')} of no use: {why}"
    asked = f"{counted(figures['requests'], 'answer')} of {one_line(figures['model'])}"
    if pending := figures.get("pending"):
        yield one_line(pending)
    yield f"{asked}: {figures['tokens']:,} tokens, ${figures['usd']:,.4f}; look at `faucet review`"


def agreement_lines(by_model: Mapping[str, Any]) -> Iterator[str]:
    """Yield how often each model and people agree."""
    if not by_model:
        yield "no model judged anything that a person decided on: `faucet model judge --labelled`"
    for model, nouns in by_model.items():
        for noun, found in nouns.items():
            if found["labelled"]:
                yield f"{one_line(model)}, {found['labelled']:,} {noun}: {_shares(found)}"
                for person, answers in found["table"].items():
                    counts = ", ".join(f"{word} {count:,}" for word, count in answers.items())
                    yield f"  people {person}: the model {counts}"


def _shares(found: Json) -> str:
    names = ("agreed", "kappa", "sure", "consistent")
    shown = ("unknown" if found[name] is None else f"{found[name]:.2f}" for name in names)
    return ", ".join(f"{name} {share}" for name, share in zip(names, shown, strict=True))
