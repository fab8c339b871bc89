"""Laws of the words that a base attaches to its questions, or imposes on its subjects."""

import daft
import pytest

from pipeline.quality.attached import with_attached
from tests.quality.made_up import PARAMS

PLANTS = [f"{letter}wort" for letter in "abcdefghijklmnopqrstuvwxy"]
SOIL = "Its watering follows the soil, which says when roots are dry."


def part_of(question: str) -> float:
    """Return what is left of the question's part beside a series about plants, and plain ones."""
    series = [f"{plant} watering and insurance" for plant in PLANTS]
    plain = [f"What is {plant}?" for plant in PLANTS]
    asked = [*series, *plain, question]
    ids = [f"{at:032x}" for at in range(len(asked))]
    texts = daft.from_pydict(
        {
            "pair_id": ids,
            "question": asked,
            "answer": [SOIL] * len(asked),
            "topic": [*PLANTS, *PLANTS, PLANTS[0]],
            "origins": [[{"delivery": "one"}]] * len(asked),
        }
    )
    grades = daft.from_pydict({"pair_id": ids, "part_question": [1.0] * len(asked)})
    grades = grades.with_column("part_question", daft.col("part_question").cast("float32"))
    rows = with_attached(grades, texts, **PARAMS["attached_words"]).to_pydict()
    return float(dict(zip(rows["pair_id"], rows["part_question"], strict=True))[ids[-1]])


def test_a_word_of_every_topic_costs_a_phrase_and_no_sentence_that_asks() -> None:
    """Each attached word takes its cost from a phrase; the same words in a question take none."""
    cost = PARAMS["attached_words"]["cost"]
    assert part_of("awort soil") == 1.0
    assert part_of("awort watering") == pytest.approx(1 - cost)
    assert part_of("How does watering change awort?") == 1.0


def test_what_no_answer_speaks_of_unasked_is_imposed() -> None:
    """A word of all questions and of no answer costs more than one that answers come to."""
    imposed, known = part_of("awort insurance"), part_of("awort watering")
    assert imposed < known < 1.0
    assert part_of("Which insurance has awort?") < 1.0
