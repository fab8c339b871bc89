"""Labels are harmless, fit their place, and lose nothing that fits."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.label import percent, plain, wrapped


@given(st.text())
def test_plain_text_has_no_controls_and_stays_plain(text: str) -> None:
    """Law: what plain returns holds no control or direction character, and plain keeps it."""
    shown = plain(text)
    assert plain(shown) == shown
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f")


def test_ordinary_names_are_not_touched() -> None:
    """Law: plain changes nothing about a name in any script."""
    for name in ("MVRV Ratio (Market Value)", "Índice de força", "相対力指数", "RSI 📈"):
        assert plain(name) == name


@given(st.text(min_size=1), st.integers(20, 400), st.integers(1, 4))
def test_wrapped_text_keeps_its_start_and_its_lines(text: str, width: int, lines: int) -> None:
    """Law: at most that many lines come out, and without an ellipsis they hold every letter."""
    result = wrapped(text, width, lines, 12)
    assert 1 <= len(result) <= lines
    whole, shown = plain(text).replace(" ", ""), "".join(result).replace(" ", "")
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


def test_names_wrap_between_words_and_are_cut_at_the_end() -> None:
    """Law: lines break at spaces; a name too long for all lines ends in an ellipsis."""
    name = "Network Value to Transactions (NVT) Ratio"
    assert wrapped(name, 184, 2, 12) == ["Network Value to Transactions", "(NVT) Ratio"]
    assert wrapped(name, 184, 1, 12) == ["Network Value to Transaction…"]
    assert wrapped("W" * 40, 60, 2, 12) == ["WWWWW", "WWWW…"]
    assert wrapped("相対力指数 相対力指数", 60, 1, 12) == ["相対力指…"]
    assert wrapped("", 60, 2, 12) == [""]


def test_shares_never_claim_nothing_or_everything_too_early() -> None:
    """Law: 0 % means none, 100 % means all."""
    assert [percent(share) for share in (0, 0.01, 1, 37.9, 99.99, 100, 131)] == [
        "0 %",
        "<1 %",
        "1 %",
        "37 %",
        "99 %",
        "100 %",
        "131 %",
    ]
