from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.terminal import one_line, paragraphs


@given(st.text())
def test_nothing_that_steers_a_terminal_gets_through(text: str) -> None:
    """Whatever was delivered, what is shown is printable; on one line there is no line end."""
    assert paragraphs(text).replace("\n", "").isprintable()
    assert one_line(text).isprintable()


def test_what_is_not_printable_is_shown_as_its_escape() -> None:
    """A reader sees that a control character stands there, and which."""
    assert one_line("a\x1b[31m\u202eb\u00a0c\td\r\ne") == r"a\x1b[31m\u202eb c d e"
    assert paragraphs("a\r\nb\rc") == "a\nb\\rc"
    assert paragraphs("prix : 5 € – naïve 中文 🐂") == "prix : 5 € – naïve 中文 🐂"
