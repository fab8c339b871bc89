"""Laws of the rules for what machines, writers and pages leave in a pair, and what it owes."""

from collections.abc import Callable

import pytest

from pipeline.quality.absence import refusal
from pipeline.quality.amounts import no_amount
from pipeline.quality.announcements import preamble_only
from pipeline.quality.completeness import cut_off
from pipeline.quality.contradictions import contradiction
from pipeline.quality.directions import direction_residue
from pipeline.quality.filler import filler
from pipeline.quality.markup import markup_residue
from pipeline.quality.narration import work_notes
from pipeline.quality.reading import Reading
from pipeline.quality.repetition import padding
from pipeline.quality.residue import mojibake
from pipeline.quality.templates import template_answer
from pipeline.quality.tongues import other_language
from pipeline.quality.unasked import asks_nothing
from pipeline.quality.worked import wrong_number
from tests.quality.made_up import ANSWER, LIMITS, reading

Rule = Callable[[Reading], str | None]

TEXTS = {
    markup_residue: [
        '<div class="note">Water roses at dawn.</div>',
        "Water roses&nbsp;at dawn &amp; at dusk.",
        "Water them.\\n\\nPrune them.\\nFeed them.",
        "Roses are \\u201chardy\\u201d plants.",
        "'''Roses''' are shrubs.",
        "Roses like caf=C3=A9 grounds.",
        '{"answer": "Water them at dawn."}',
    ],
    direction_residue: [
        "You are a gardener. Write three sentences on roses.\n\nRoses like sun.",
        "User: Do roses like sun?\nAssistant: They do.",
        "Roses like sun. Reply only in JSON.",
        "Roses like sun. Make sure the answer is under 80 words.",
        "Roses like sun. Do not mention that you are an AI.",
    ],
    work_notes: [
        "I have saved all answers to roses.json.",
        "The user is asking about roses, so I should explain how they grow.",
        "Let me search the documentation for roses.",
        "[Tool call: read_file(roses.md)]\nRoses like sun.",
        "Traceback (most recent call last):\n  File x",
        "Roses like sun.\n7 of 20 questions answered.",
        "DEBUG: 2025-01-02 10:11:12 asked\nRoses like sun.",
    ],
    template_answer: [
        "- Benefit 1\n- Benefit 2\n- Benefit 3",
        "Fact 1 about roses. Fact 2 about roses. Fact 3 about roses.",
        "Cause: <cause here>\nCure: <one sentence>",
        "Use INSERT_PLANT in spring.",
        "Call us at $PHONE_NUMBER from $OPENING.",
        "To be filled in by the gardener later.",
        "Example text goes here.",
    ],
    contradiction: [
        "Rising stocks are safe for roses. They sell. Rising stocks are unsafe for roses.",
        "Pots are reusable. You wash them. Pots are not reusable.",
        "Yes, cuttings are legal here, so no permit is needed: cuttings are illegal here.",
    ],
    wrong_number: [
        "3 pots at 4 euros each cost 15 euros.",
        "The 20-day moving average is the mean of the last 30 closes.",
    ],
    mojibake: [
        "Roses?like sun, and they don?t like wet feet; water?the roots alone.",
        "Um9zZXMgbGlrZSBzdW4gYW5kIGRyYWluZWQgc29pbCwgc28gZG8gbm90IHdhdGVyIHRoZW0gZGFpbHku",
    ],
    filler: [
        "Roses matter. Roses are good. It is important to know how good. Knowing them helps you.",
    ],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule in TEXTS for text in TEXTS[rule]])
def test_what_does_not_belong_in_an_answer_is_named(rule: Rule, text: str) -> None:
    """Each rule speaks about its kind, in a short answer."""
    assert rule(reading(text, "Do roses like sun?")) is not None


@pytest.mark.parametrize("rule", [*TEXTS, other_language, asks_nothing, no_amount])
@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        "They do: six hours a day and more.",
        "Line one<br>line two; CO<sub>2</sub>, x < y > z, R&D, `<p>` and `\\n` in code.",
        "$\\nu$ and $\\nabla f$ are Greek and nabla; see https://a.example/?x=1&y=2&z=3.",
        "Write a letter, and make sure that it is signed. Let me know if it helps.",
        "1. Dig a hole.\n2. Set the plant.\n3. Water it well.",
        "Roses are hardy if they are mulched. Roses are not hardy in pots.",
        "4 roses at 5 euros are 20 euros. Is that much? Not for us. Why? They last.",
        "La Vie en Rose is a song; Rosa gallica is a rose, and rosa is Latin for it.",
    ],
)
def test_good_short_answers_are_left_alone(rule: Rule, text: str) -> None:
    """Formulas, addresses, code, indices, conditions and orders to the reader are no damage."""
    assert rule(reading(text, "Do roses like sun?")) is None


@pytest.mark.parametrize(
    "answer",
    [
        "The provided documents do not contain any information about roses.",
        "It goes against my guidelines to tell.",
        "That is not something I can help with.",
        "You exceeded your current quota, check your plan.",
        "The attachment did not come through. Could you paste the text?",
        "That is beyond what can be discussed here.",
    ],
)
def test_who_gives_nothing_refuses(answer: str) -> None:
    """What others decided, what is missing and a question in return are no answer."""
    assert refusal(reading(answer), opening_chars=400) is not None


@pytest.mark.parametrize(
    "answer",
    [
        "Great question! Let me walk you through pruning, so that you can do it too.",
        "In this guide we will look at soil, at light, at water. We will also look at pots.",
        "Several factors have to be considered: light, soil, water. Each of them deserves a page.",
        "| Plant | Soil |\n|---|---|\n| | |",
        "- Important aspects\n- Practical implications\n- Best practices",
    ],
)
def test_frames_without_content_are_preambles(answer: str) -> None:
    """An answer all of whose sentences announce gives nothing, and so does an empty table."""
    assert preamble_only(reading(answer, "How do I prune?"), max_words=150) is not None


@pytest.mark.parametrize(
    "end", ["growth = light(hours, ", "| rose | sun |\n|---|---|\n| fern | shade |\n| moss |"]
)
def test_formulas_and_rows_break_off_too(end: str) -> None:
    """An open bracket or comma ends no formula, and a row has the cells of those above."""
    limits = {"max_stub_chars": 400, "min_prose_words": 4}
    assert cut_off(reading(f"{ANSWER}\n\n{end}"), **limits) is not None


def test_runs_of_references_are_padding() -> None:
    """Numbers in brackets one after the other fill space; a label changes no repeated line."""
    limits = LIMITS["padding"]
    assert isinstance(limits, dict)
    numbers = " ".join(f"[{number}]" for number in range(40))
    line = "Prune them to three buds."
    assert padding(reading(f"Roses like sun. {numbers}"), **limits) is not None
    assert padding(reading(f"{line}\n\n{line}\n\nAnswer: {line}"), **limits) is not None


@pytest.mark.parametrize(
    ("question", "answer", "is_found"),
    [
        ("How long do seeds keep?", "Seeds keep in a jar in the cellar.", True),
        ("How long do seeds keep?", "Seeds keep for years in a jar.", False),
        ("Who bred it, and in which year?", "A gardener bred it from wild roses.", True),
        ("How much light does it need, and how does it influence growth?", "Much.", False),
        ("How often does shade affect growth?", "It slows the plant.", False),
    ],
)
def test_an_amount_that_is_asked_for_is_owed(question: str, answer: str, is_found: bool) -> None:
    """A digit or any word of quantity, time or degree is an amount; effects are none."""
    assert (no_amount(reading(answer, question)) is not None) == is_found


@pytest.mark.parametrize(
    ("question", "answer", "is_found"),
    [
        ("When do you open?", "Montag bis Freitag von 9 bis 18 Uhr, am Samstag bis 12.", True),
        ("What is mulch?", "Mulch deckt die Erde; das ist gut für die Wurzeln im Winter.", True),
        ("What is mulch?", "Mulch covers soil. 覆盖物可以保持土壤湿润并抑制杂草。", True),
        ("What is mulch in German?", "Das ist der Mulch, und die Erde ist die Erde.", False),
        ("Was ist Mulch?", "Mulch deckt die Erde; das ist gut für die Wurzeln im Winter.", False),
        (
            "What is mulch?",
            "It covers the soil and keeps it moist, as the forest floor does.",
            False,
        ),
    ],
)
def test_answers_keep_to_the_language_of_their_question(
    question: str,
    answer: str,
    is_found: bool,
) -> None:
    """An answer in other small words or letters is another language's, unless it was asked for."""
    assert (other_language(reading(answer, question)) is not None) == is_found


@pytest.mark.parametrize(
    ("question", "is_found"),
    [
        ("???", True),
        ("Question 12", True),
        ("https://example.org/roses", True),
        ("Thanks a lot!", True),
        ("Here is the third batch, as you wanted.", True),
        ("The rose is watered in the morning, and the fern has shade.", True),
        ("Rose care", False),
        ("Awesome oscillator", False),
        ("Great gardens of the north", False),
        ("Explain why the rose is watered in the morning.", False),
        ("The relation between roses and other plants like ferns, mosses, etc.", False),
        ("What is a rose?", False),
    ],
)
def test_a_question_asks_or_names_something(question: str, is_found: bool) -> None:
    """Marks, numbers, thanks, addresses and statements ask nothing; phrases name a subject."""
    assert (asks_nothing(reading("Water it.", question)) is not None) == is_found
