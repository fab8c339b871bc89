"""A review as a person does it, without a terminal."""

from collections.abc import Iterator

from pipeline.faucet.review.items import Item
from pipeline.faucet.review.session import Desk, review
from pipeline.workspace.workspace import Workspace

PAIR = "a" * 32
MENDED = "An answer that a reviewer wrote."


def edit_a_pair(workspace: Workspace, answer: str = MENDED) -> None:
    """Open a flagged pair, edit its answer, accept it."""
    texts = {"question": "What is an RSI?", "answer": "Broken.", "indicator": None}
    other = {"other_id": "", "other_question": "", "other_answer": "", "decision": None}
    item = Item(kind="pair", pair_id=PAIR, score=40.0, verdict="review", flags=[], **texts, **other)
    keys: Iterator[str] = iter("ea")
    desk = Desk(
        show=lambda _: None,
        key=lambda: next(keys),
        write=lambda note: note,
        edit=lambda page: page.replace("Broken.", answer),
    )
    assert review(workspace, [item], "eva", desk) == {"accept": 1}
