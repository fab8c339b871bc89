from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.rag.rendering import render_hits
from pipeline.rag.search import Hit

HIT = Hit(
    pair_id="0" * 32,
    question="How is it calculated?",
    answer="By hand.",
    indicator="RSI",
    category=None,
    split="train",
    score=0.0328,
    ranks={"vector": 2, "text": 1},
    snippet="By hand.",
)


def shown(*hits: Hit) -> str:
    """Return what a terminal gets."""
    console = Console(width=120, force_terminal=True, color_system=None, no_color=True)
    with console.capture() as capture:
        console.print(render_hits(hits))
    return capture.get()


def test_a_hit_says_what_and_why() -> None:
    """Question, where it belongs, score, rank by method and snippet are all there."""
    text = shown(HIT, HIT)
    for part in ("1. How is it", "2. How is it", "RSI · train", "score 0.0328", "text rank 1"):
        assert part in text
    assert "vector rank 2" in text
    assert "   By hand." in text


@given(
    text=st.text(alphabet=st.characters(exclude_categories=()) | st.sampled_from("\x1b\x07\x9b"))
)
def test_no_delivered_text_commands_the_terminal(text: str) -> None:
    """Control characters, lone surrogates and direction marks never reach the terminal."""
    output = shown(HIT._replace(question=text, snippet=text, indicator=text))
    assert not set(output) & set("\x1b\x07\x9b\r\0\u202e")
    output.encode("utf-8")


def test_markup_is_text() -> None:
    """Square brackets of an answer are shown and not read as a style."""
    assert "[bold]x[/nope]" in shown(HIT._replace(snippet="[bold]x[/nope]"))


def test_nothing_found_is_said() -> None:
    """No hit gives a sentence, not an empty screen."""
    assert "No document" in shown()
