import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.text import plain, sorted_key, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"What is RSI?"', "what is RSI?"),
        ("RSI \n in\u00a0  crypto", "rsi in crypto"),
        ("Bitcoin\u2019s price", "Bitcoin's price"),
        ("ＲＳＩ", "RSI"),
        ("cafe\u0301", "caf\u00e9"),
        ("layer\u20112", "layer-2"),
        ("$1,000.50 a day", "$1000.50 a day"),
        ("it isn't safe", "it is not safe"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_writing_alone_makes_no_difference(one: str, other: str) -> None:
    """Case, spaces, quotes and Unicode spelling leave the tokens as they are."""
    assert tokens(plain(one)) == tokens(plain(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10\u00b2", "102"),
        ("1M chart", "1m chart"),
        ("RSI > 70", "RSI < 70"),
        ("a 5% gain", "a 5 gain"),
        ("move of -5%", "move of 5%"),
        ("0.5 ratio", "5 ratio"),
        ("\u0915\u093f", "\u0915\u0940"),
        ("\U0001f402", "\U0001f43b"),
        ("can", "cannot"),
    ],
)
def test_what_means_something_is_told_apart(one: str, other: str) -> None:
    """Signs, powers, periods, vowel marks and negations survive normalisation."""
    assert tokens(plain(one)) != tokens(plain(other))


@given(st.text())
def test_plain_is_idempotent_on_ascii_and_never_empties_a_text(text: str) -> None:
    """A plain ASCII form is its own plain form, and words never vanish."""
    once = plain(text)
    if once.isascii():
        assert plain(once) == once
    assert bool(once) == bool(tokens(once))


@given(st.lists(st.text("abc", min_size=1), min_size=1), st.randoms())
def test_order_of_words_leaves_the_key(words: list[str], random: object) -> None:
    """The sorted key is the same for every order of the words."""
    assert sorted_key(words) == sorted_key(list(reversed(words)))


@given(st.text(st.sampled_from("aB \t\n\x1c."), max_size=20))
def test_spacing_is_one_space_between_words(text: str) -> None:
    """Whatever stands between two words, and wherever it starts or ends, reads as one space."""
    assert plain(text) == " ".join(text.lower().split())
