"""Laws of the rules for traces of machinery."""

import ftfy.badness
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.residue import (
    ansi_residue,
    boilerplate_opening,
    mojibake,
    report_residue,
)
from tests.quality.made_up import ANSWER, reading


@pytest.mark.parametrize("text", ["It isnâ€™t over", "Price Ã— Volume", "cafÃ©", "a \ufffd b"])
def test_mojibake_is_found_in_question_and_answer(text: str) -> None:
    """Text decoded with the wrong character set is found wherever it stands."""
    assert mojibake(reading(text)) is not None
    assert mojibake(reading(ANSWER, text)) is not None


@pytest.mark.parametrize(
    "text",
    [ANSWER, "μ ± 2σ, √n, Σ xᵢ ≤ 3", "“Quoted” – it’s naïve…", "Сколько стоит биткоин?", "比特币"],
)
def test_other_scripts_and_signs_are_no_mojibake(text: str) -> None:
    """Formulas, typography, accents and other languages are text."""
    assert mojibake(reading(text, "q")) is None


@given(st.text(alphabet="aé “”’–—…×÷·•Ã©âÂ€™œ\u0080ß日"))
def test_the_quick_look_misses_no_mojibake(text: str) -> None:
    """What ftfy calls bad is flagged, although most text never reaches ftfy."""
    assert (mojibake(reading(text, "q")) is not None) == ftfy.badness.is_bad(text)


@pytest.mark.parametrize("text", ["\x1b[0;32mPair 1\x1b[0m", "[0;32mPair 1[0m", "\x1b", "high[0m"])
def test_terminal_codes_are_found(text: str) -> None:
    """Escape codes are found whole and with their escape character lost."""
    assert ansi_residue(reading(f"The ratio {text} is high.")) is not None


@pytest.mark.parametrize(
    "text", ["candles of [15m]", "[1m, 5m, 30m] frames", "see [1]", "x[0] = m", "range [1, 5m]"]
)
def test_brackets_are_no_terminal_codes(text: str) -> None:
    """Citations, indices and intervals are text."""
    assert ansi_residue(reading(text)) is None


@pytest.mark.parametrize("line", ["answer characters: 2,104", "Question characters: 81"])
def test_report_lines_are_found_at_both_ends(line: str) -> None:
    """A report's count of characters is found where a parser cut too late or too early."""
    assert report_residue(reading(f"{ANSWER} {line}")) is not None
    assert report_residue(reading(f"{line}\n{ANSWER}")) is not None


def test_prose_about_characters_is_no_report_line() -> None:
    """An answer may speak of characters."""
    text = "Keep the question short: 200 characters are enough. Main characters: 3 whales."
    assert report_residue(reading(text)) is None


@pytest.mark.parametrize(
    ("answer", "is_boilerplate"),
    [
        ("Certainly! Here is an overview of staking: ...", True),
        ("Here's a detailed explanation of gas.", True),
        ("Sure, that works.", True),
        ("Surely the price matters.", False),
        ("Here the trend ends.", False),
        (ANSWER, False),
    ],
)
def test_courtesies_are_found_at_the_beginning_alone(answer: str, is_boilerplate: bool) -> None:
    """What an assistant says before it answers is boilerplate; words like it are not."""
    assert (boilerplate_opening(reading(answer)) is not None) == is_boilerplate
    assert boilerplate_opening(reading(f"Funding is paid hourly. {answer}")) is None
