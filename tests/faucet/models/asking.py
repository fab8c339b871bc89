"""A workspace whose model is the loopback's, and questions to it."""

import json
from pathlib import Path
from typing import Any

import yaml

from pipeline.core.json_values import Json
from pipeline.faucet.models.budget import Budget
from pipeline.faucet.models.questions import ModelAsker, ModelQuestion
from pipeline.faucet.models.settings import chosen_model
from pipeline.faucet.responses.book import Response
from pipeline.faucet.responses.wanted import fitting, pairs_schema
from pipeline.faucet.settings import Cap
from pipeline.workspace.workspace import Workspace
from tests.providers.loopback import VARIABLE, Loopback
from tests.workspaces import bare

WIDE = Cap(10_000_000, 100.0)
PRICES = {"input_price": 10.0, "output_price": 100.0}


def with_model(root: Path, loopback: Loopback, **entry: Any) -> Workspace:
    """Let the loopback be the model `ours` of a workspace, made where there is none."""
    if not (root / "schemas").exists():
        bare(root)
    settings = {
        "base_url": f"{loopback.url}/v1",
        "key": VARIABLE,
        "model": "writer",
        "wait_s": 0,
        "attempts": 3,
        "max_output_tokens": 1000,
        **PRICES,
        **entry,
    }
    written = {"embeddings": None, "providers": {}, "models": {"ours": settings}}
    (root / "providers.yaml").write_text(yaml.safe_dump(written))
    return Workspace(root)


def asker(root: Workspace, cap: Cap = WIDE, at_once: int = 4) -> ModelAsker:
    """Return who asks the loopback's model, by a cap for the run."""
    return ModelAsker(
        root, chosen_model(root, "ours"), "nora", None, Budget({"run": cap}, {}), at_once
    )


def question(number: int = 0) -> ModelQuestion:
    """Return a question for a pair, another one for each number."""
    messages = ({"role": "user", "content": f"One pair on number {number}."},)
    return ModelQuestion("generate", (f"number {number}",), 0, messages, "pairs", pairs_schema())


def questions(count: int) -> list[ModelQuestion]:
    return [question(number) for number in range(count)]


def pairs(*questions: str) -> str:
    """Return an answer that fits."""
    made = [{"question": q, "answer": f"{q}!", "difficulty_level": "basic"} for q in questions]
    return json.dumps({"qa_pairs": made})


def read(asked: ModelQuestion, answer: Response) -> Json | None:
    """Return an answer of use."""
    return fitting(answer.content, asked.schema) if answer.outcome == "whole" else None


def asked_of(body: Json) -> str:
    """Return what the user's message of a request says."""
    return str(body["messages"][-1]["content"])
