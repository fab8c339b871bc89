import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.stems import stem
from pipeline.dedup.guards.answer_guards import answer_guards, answer_words
from pipeline.dedup.guards.phrases import is_detail, speaks_of_substance
from pipeline.dedup.guards.question_guards import question_guards, question_words
from pipeline.dedup.text import plain
from tests.domains import LEXICON


def spoken(one: str, other: str) -> list[str]:
    return question_guards(*(question_words(plain(text), LEXICON) for text in (one, other)))


@pytest.mark.parametrize(
    ("one", "other", "phrase"),
    [
        ("portfolio optimization", "portfolio tax optimization", "leftover: none | tax"),
        ("layer-1 scaling", "layer-2 scaling", "number: 1 | 2"),
        ("RSI settings", "ADX settings", "entity: rsi | adx"),
        ("exchange inflow", "exchange outflow", "direction: inflow | outflow"),
        ("DEX volume (24h)", "DEX volume (7d)", "number: 24 hour | 7 day"),
        ("the 1M candle", "the 1m candle", "number: 1 capital_m | 1 minute"),
        ("is staking safe", "is staking not safe", "direction: none | not"),
        ("RSI 14 with EMA 50", "RSI 50 with EMA 14", "number: 14, 50 | 50, 14"),
        ("swapping BTC to ETH", "swapping ETH to BTC", "order after to: eth | btc"),
        ("developing countries", "developed countries", "direction: developing | developed"),
        ("on-chain volume", "off-chain volume", "direction: none | off"),
        ("RSI > 70", "RSI < 70", "direction: > | <"),
    ],
)
def test_the_slot_of_a_template_speaks(one: str, other: str, phrase: str) -> None:
    """A swap of number, name, direction, content word or order is named with both sides."""
    assert phrase in spoken(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("retail sector risk", "technology sector risk"),
        ("daily active addresses", "monthly active addresses"),
        ("long liquidations", "short liquidations"),
        ("Stochastic Oscillator (Fast)", "Stochastic Oscillator (Slow)"),
        ("mean transaction value", "median transaction value"),
        ("put option volume", "call option volume"),
        ("impact of inflation on bitcoin", "impact of bitcoin on inflation"),
    ],
)
def test_look_alikes_never_pass(one: str, other: str) -> None:
    """Questions that differ in one decisive word make a guard speak."""
    assert spoken(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is the RSI?", "Explain the Relative Strength Index (RSI)"),
        ("24h volume", "24-hour volume"),
        ("a two-year average", "a 2-year average"),
        ("role of governance in crypto", "governance role in cryptocurrencies"),
        ("exchange net flows", "exchange net flow"),
        ("Volume on decentralized exchanges", "volume on DEXs"),
        ("MACD vs RSI", "RSI vs MACD"),
    ],
)
def test_the_same_in_other_words_passes(one: str, other: str) -> None:
    """Abbreviations, inflections, units and generic words make no guard speak."""
    assert spoken(one, other) == []


VOCABULARY = ("rsi", "ema", "14", "24", "hour", "inflow", "sell", "risk", "of", "to", "bitcoin")
WORDS = st.lists(st.sampled_from(VOCABULARY))


@given(WORDS, WORDS)
def test_a_guard_speaks_in_both_directions(one: list[str], other: list[str]) -> None:
    """Whether a guard speaks does not depend on which question comes first."""
    left, right = " ".join(one), " ".join(other)
    assert bool(spoken(left, right)) == bool(spoken(right, left))
    assert spoken(left, left) == []


def lost(winner: str, loser: str, lost_share: float) -> list[str]:
    words = [answer_words(plain(text)) for text in (winner, loser)]
    return answer_guards(*words, lost_share, LEXICON)


def test_an_answer_may_say_more_but_not_otherwise() -> None:
    """The winner may hold words the loser lacks, but no other number, name or direction."""
    full = "the rsi runs from 0 to 100 and signals momentum"
    assert lost(full, "the rsi runs from 0 to 100", 0.0) == []
    assert lost(full, "the rsi runs from 0 to 200", 1.0) == ["answer number: 100 | 200"]
    assert lost(full, "the rsi runs from 100 to 0", 1.0) == ["answer number: 0, 100 | 100, 0"]
    assert lost(full, "the rsi runs not from 0 to 100", 1.0) == ["answer direction: none | not"]
    assert lost("a move of 5%", "a move of -5%", 1.0) == ["answer number: 5 | -5"]
    assert lost(full, "the adx runs from 0 to 100", 1.0) == ["answer entity: none | adx"]


def test_a_lost_word_counts_by_the_length_of_the_answer() -> None:
    """One lost content word is too much of a short answer and little of a long one."""
    common = " ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(99))
    assert lost("gauge", "gauge histogram", 0.05) == ["answer leftover: none | histogram"]
    assert lost(common, f"{common} histogram", 0.05) == []


def test_substance_is_numbers_names_and_directions() -> None:
    """Leftover words and order are wording; the rest is substance."""
    assert speaks_of_substance("number: 1 | 2")
    assert not speaks_of_substance("leftover: none | tax")


LONG = " ".join(f"{a}{b}ex" for a in "bdfgk" for b in ("alo", "ero", "imu", "ota"))


@pytest.mark.parametrize(
    ("one", "other", "is_small"),
    [
        ("alo bela cora dima elo fura gano hito", "alo bela cora dima elo fura gano", True),
        ("alo bela cora dima elo fura gano", "alo bela cora dima elo fura", False),
        (f"{LONG} retail", LONG, True),
        ("alo bela cora dima elo fura gano retail", "alo bela cora dima elo fura gano", False),
        (f"{LONG} upa vera wono", LONG, False),
    ],
)
def test_a_detail_is_one_word_in_eight(one: str, other: str, *, is_small: bool) -> None:
    """Few words among many are a detail; a direction is one in a long question alone."""
    assert is_detail(spoken(one, other)) is is_small
    assert is_detail(spoken(other, one)) is is_small


def test_threads_read_as_one_does() -> None:
    """Batches are read in threads, and every reading is what it is alone."""
    endings = ("ational", "fulness", "ousli", "izations", "ingly", "ements")
    texts = [
        f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}rad{endings[n % 6]}" for n in range(26 * 26)
    ]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            together = list(threads.map(lambda text: question_words(text, LEXICON), texts))
    finally:
        sys.setswitchinterval(before)
    stem.cache_clear()
    LEXICON.alone.clear()
    assert together == [question_words(text, LEXICON) for text in texts]
