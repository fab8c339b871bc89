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
    group="none",
    difficulty=None,
    split="train",
    agents='["zai"]',
    score=0.9328,
    closeness=0.71,
    words={"calculated": 0.4, "hand": 0.6},
    vectors={"question": 0.52, "document": 0.31},
    spans={"question": [], "answer": [], "snippet": [[0, 8]]},
    snippet="By hand.",
)


def shown(*hits: Hit, is_explained: bool = False) -> str:
    """Return what a terminal gets."""
    console = Console(width=120, force_terminal=True, color_system=None, no_color=True)
    with console.capture() as capture:
        console.print(render_hits(hits, is_explained=is_explained))
    return capture.get()


def test_a_hit_says_what_and_how_close() -> None:
    """Question, where it belongs, score, closeness and snippet are all there."""
    text = shown(HIT, HIT)
    for part in ("1. How is it", "2. How is it", "RSI · train", "score 0.933", "close 0.71"):
        assert part in text
    assert "   By hand." in text
    assert "words:" not in text


def test_an_explained_hit_says_what_brought_it() -> None:
    """Each word's share, the heaviest first, and each vector's cosine are named."""
    text = shown(HIT, is_explained=True)
    assert "words: hand 0.60, calculated 0.40" in text
    assert "vectors: question 0.52, document 0.31" in text
    assert "none asked" in shown(HIT._replace(vectors={}), is_explained=True)


@given(
    text=st.text(alphabet=st.characters(exclude_categories=()) | st.sampled_from("\x1b\x07\x9b"))
)
def test_no_delivered_text_commands_the_terminal(text: str) -> None:
    """Control characters, lone surrogates and direction marks never reach the terminal."""
    output = shown(
        HIT._replace(question=text, snippet=text, indicator=text, words={text: 1.0}),
        is_explained=True,
    )
    assert not set(output) & set("\x1b\x07\x9b\r\0\u202e")
    output.encode("utf-8")


def test_markup_is_text() -> None:
    """Square brackets of an answer are shown and not read as a style."""
    assert "[bold]x[/nope]" in shown(HIT._replace(snippet="[bold]x[/nope]"))


def test_nothing_found_is_said() -> None:
    """No hit gives a sentence, not an empty screen."""
    assert "Nothing close" in shown()
