"""Laws of the rules for answers that fill space."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.repetition import padding, repeated_share, repetition
from tests.quality.made_up import ANSWER, LIMITS, reading

SENTENCE = "The market moves when large holders send their coins to an exchange. "
ZERO_ADDRESS = "0x" + "0" * 40


@pytest.mark.parametrize(
    "answer",
    [
        "A" * 3000,
        "Here is an overview. " + "B" * 400,
        "哈" * 200,
        SENTENCE * 40,
        "\n".join([SENTENCE] * 6),
        SENTENCE * 6,
        "spam and eggs " * 200,
        "ab" * 800,
        f"{ANSWER}\n\n{ANSWER}",
        ANSWER + "\n\nIn conclusion, the index helps whoever reads it beside others." * 12,
        f"{ANSWER}{'.' * 200}",
    ],
)
def test_padding_is_found_at_any_length(answer: str) -> None:
    """Runs of one letter, lines or sentences said again and texts that compress away."""
    assert padding(reading(answer), **LIMITS["padding"]) is not None


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        f"Burnt coins go to {ZERO_ADDRESS}, which nobody holds a key for.",
        "| a | b |\n" + "|" + "-" * 40 + "|" + "-" * 40 + "|\n| 1 | 2 |",
        "Hmmmmmm, that depends on the period and on the coin.",
        "def sma(prices, n):\n    return [sum(prices[i - n : i]) / n for i in range(n, 9)]",
        "\n".join(f"- {coin}: buy at 30, sell at 70" for coin in ("BTC", "ETH", "SOL", "ADA")),
        "",
    ],
)
def test_texts_with_a_pattern_are_no_padding(answer: str) -> None:
    """Addresses, tables, code and lists of one form are answers."""
    assert padding(reading(answer), **LIMITS["padding"]) is None


@given(st.lists(st.sampled_from("abc"), max_size=60))
def test_the_repeated_share_is_a_share(spoken: list[str]) -> None:
    """Of whatever words, between none and all stand in a 5-gram said before."""
    assert 0 <= repeated_share(spoken) <= 1


@given(st.integers(1, 20))
def test_the_repeated_share_of_a_text_said_n_times(times: int) -> None:
    """All but the first saying is repeated."""
    spoken = [f"w{at}" for at in range(10)]
    assert repeated_share(spoken * times) == pytest.approx(1 - 1 / times)


def test_repetition_names_what_is_said_again() -> None:
    """The evidence is the 5-gram said most often, with its count."""
    states = "".join(
        f"{state} has no specific rules on digital assets, but general laws apply there. "
        for state in ("Ohio", "Utah", "Iowa", "Texas", "Maine", "Idaho", "Nevada", "Oregon")
    )
    found = repetition(reading(states), **LIMITS["repetition"])
    assert found is not None
    assert found.startswith("8 times: ")


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        ANSWER + "".join(f"\n- https://example.org/en/news/markets/{at}" for at in range(30)),
        "to the moon " * 3,
    ],
)
def test_prose_lists_of_sources_and_short_answers_repeat_nothing(answer: str) -> None:
    """One site named again and again in sources is no repetition, nor are a few words."""
    assert repetition(reading(answer), **LIMITS["repetition"]) is None
