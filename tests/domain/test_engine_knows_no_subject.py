"""Nothing of the starter's subject stands in the engine: it is data, or a plug-in."""

import re

import pytest

from pipeline.quality.lexicon import lexicon
from tests.domains import LISTS, PLAN
from tests.workspaces import ROOT

PLUG_IN = "pipeline/generate/"
WORDS_OF_AN_ENCODER = "pipeline/embedding/wordpiece_vocabulary.txt"
"""All of English that a tokenizer knows."""

KEYS_OF_SERVICES = "pipeline/secrets/"
"""Whose keys a credential opens is no matter of the subject: they are known by their form."""

GENERAL = frozenset(
    """
    basis block blocks bridge bridges book books buy call candle chart charts close column cut
    deposit dollar exchange fork gas hash hashing immutable index layer ledger lists low margin
    market markets mean note open oracle oracles order orders pool pools pos position premium price
    prices proof range rank roc score sec securities sell signal spread store strike swap
    swaps swing tax token tokens trade trader trading validator validators vault volume wallet yield
    asset assets bank banks bear bid borrow borrowing bull coin coins commodity compound crossover
    currencies currency custody divergence equity expiry fund funding hedge inflation investor
    investors lend lending liquidity liquidation mining oscillator perpetual portfolio rally
    resistance slippage staking stop support technical tokenization trend trust volatility whale
    24h 100k adopt alt apr tokenized backtest backtested backtesting hedged hedging
    borrower chain chains futures deviation deviations eom exchanges gemini gold heatmap
    lender leveraged maker makers nonce opcodes option options pow protocol protocols tether
    uni usd yields
    holder holders flow flows rate rates
    """.split()  # noqa: SIM905 - a page of quotes reads worse
)
"""Words of general English, of programs and of pages, that a subject uses in its own sense."""


STATISTICS = frozenset(("standard deviation",))


def sources() -> list[tuple[str, str]]:
    files = sorted((ROOT / "pipeline").rglob("*"))
    kinds = {".py", ".json", ".txt", ".csv", ".j2", ".html", ".js", ".css"}
    found = [path for path in files if path.suffix in kinds and path.is_file()]
    named = [(path.relative_to(ROOT).as_posix(), path) for path in found]
    skipped = (PLUG_IN, KEYS_OF_SERVICES, WORDS_OF_AN_ENCODER, "pipeline/demo/")
    return [(name, path.read_text("utf-8")) for name, path in named if not name.startswith(skipped)]


def test_no_name_of_the_plan_stands_in_the_engine() -> None:
    """No file of the engine names an entry of the starter's plan by its full name."""
    names = [re.sub(r"\s*\([^)]*\)", "", name).lower() for name in PLAN["name"]]
    long_enough = [name for name in names if " " in name and name not in STATISTICS]
    found = [
        (path, name) for path, text in sources() for name in long_enough if name in text.lower()
    ]
    assert found == []


def test_no_term_of_the_subject_stands_in_the_engine() -> None:
    """No word that marks the starter's subject is a word of the engine's."""
    terms = lexicon(PLAN["name"], *LISTS[:2]) - GENERAL
    found = {
        (path, word)
        for path, text in sources()
        for word in set(re.findall(r"[^\W_]{3,}", text.lower())) & terms
    }
    assert sorted(found) == []


@pytest.mark.parametrize("word", ["bitcoin", "macd", "ichimoku", "sopr"])
def test_the_search_knows_the_words_that_it_looks_for(word: str) -> None:
    """The lists are the starter's own, and not empty."""
    assert word in lexicon(PLAN["name"], *LISTS[:2]) - GENERAL
