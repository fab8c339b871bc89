"""Made-up answers and the values that the tests of quality are written for."""

from typing import Any

from pipeline.quality.lexicon import subject
from pipeline.quality.reading import Reading, read
from tests.domains import LISTS

LIMITS: dict[str, dict[str, float] | bool] = {
    "refusal": {"opening_chars": 400},
    "cut_off": {"max_stub_chars": 400, "min_prose_words": 4},
    "preamble_only": {"max_words": 150},
    "echo": {"min_new_words": 8},
    "padding": {
        "max_run_share": 0.1,
        "min_compression": 0.2,
        "min_compressed_chars": 500,
        "max_repeated_line_share": 0.3,
    },
    "off_topic": {
        "min_specificity": 0.02,
        "min_specificity_named": 0.008,
        "min_measured_words": 20,
    },
    "off_question": {"opening_chars": 900, "min_measured_words": 25},
    "wrong_fact": {"opening_chars": 1500},
    "wrong_expansion": {"max_shared_words": 0.5},
    "declared_metadata": {"max_error_share": 0.01},
    "repetition": {"max_repeated_ngram_share": 0.3, "min_ngram_words": 60},
    "too_short": {"max_chars": 200, "low_share": 0.01, "median_share": 0.2, "min_pairs": 20},
    "repeated_question": {"max_times": 20},
    "cut_question": {"min_pairs": 10, "min_share": 0.5},
}

PARAMS: dict[str, Any] = {
    "rules": LIMITS,
    "benchmarks": [],
    "repair": "report",
    "attached_words": {
        "min_topics": 20,
        "min_share": 0.25,
        "cost": 0.035,
        "imposed_share": 0.1,
        "imposed_ratio": 0.135,
        "imposed_cost": 0.035,
    },
    "derived_terms": {
        "most_words": 300,
        "min_pairs": 50,
        "median_share": 0.4,
        "min_measured_words": 12,
    },
    "penalties": {"info": 0.02, "warn": 0.5, "error": 1.0},
    "weights": {
        "completeness": 5,
        "answering": 15,
        "substance": 5,
        "exactness": 20,
        "question": 38,
        "cleanliness": 10,
    },
    "review_below": 50,
    "reject_below": 20,
    "histogram_bin_chars": 500,
    "worst_pairs": 20,
}

SUBJECT = subject(
    ["Know Sure Thing (KST)", "Relative Strength Index (RSI)", "Exchange Net Position Change"],
    *LISTS,
)

QUESTION = "How is the relative strength index read in a strong uptrend?"

ANSWER = """In an uptrend the relative strength index rarely falls below 40.

Traders shift its bands for that reason:
- Overbought moves from 70 to 80, because strong momentum keeps the oscillator high.
- Oversold moves from 30 to 40, where pullbacks of bitcoin tend to end.

RSI = 100 - 100 / (1 + average gain / average loss)

For example, a reading of 45 after a pullback of 12 % was bought on most exchanges, and the rally
went on within a week. Divergence matters more than the level: a lower high of the oscillator
against a higher high of the price says that buyers tire.

Sources:
- Wilder, New Concepts in Technical Trading Systems
- https://example.org/rsi?period=14&smoothing=wilder"""


def reading(answer: str, question: str = QUESTION) -> Reading:
    """Return a made-up pair as the rules see it."""
    return read(question, answer, SUBJECT)
