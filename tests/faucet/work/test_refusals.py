"""What providers answer costs no attempt: the agent rests until the time told, or is paused."""

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest

from pipeline.faucet.runs.supervise import NOT_FOUND
from pipeline.faucet.work.refusals import refusal, wait_s

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
BERLIN_S = 2.5 * 3_600 if "Europe/Berlin" in available_timezones() else None
LATER = int((NOW + timedelta(hours=2)).timestamp())


@pytest.mark.parametrize(
    ("tail", "rest_s"),
    [
        ("Error: 429 Too Many Requests, retry-after: 30", 30),
        ("API Error: 529 overloaded_error", None),
        ('{"error":{"code":503,"message":"The model is overloaded"}}', None),
        ("Rate limit reached for gpt-5. Please try again in 1m20s.", 80),
        ("You exceeded your quota: quota exceeded. Please retry in 17.5s", 18),
        (f"Claude AI usage limit reached|{LATER}", 7_200),
        ("usage limit reached, resets at 2026-01-01T13:30:00Z", 5_400),
        ("weekly limit: try again in 2 days 3 hours", 2 * 86_400 + 3 * 3_600),
        ("5-hour limit reached, resets 3pm (UTC)", 3 * 3_600),
        ("status code: 503", None),
        ("You've hit your limit · resets 3:30pm (Europe/Berlin)", BERLIN_S),
        ("You've hit your limit · resets 3:30pm (Nowhere/Atlantis)", None),
        ("You've hit your session limit · resets Jan 3, 1pm (UTC)", 49 * 3_600),
        ("You've hit your usage limit. Try again at Jan 2nd, 2026 9:05 AM (UTC).", 75_900),
        ("Weekly limit reached ∙ resets Jan 1 at 11:30pm (UTC)", 41_400),
        ("usage limit: try again at 2026-01-01T12:10:00Z", 600),
        (f"ratelimit exceeded: x-ratelimit-reset: {LATER}", 7_200),
        ("You have exhausted your daily quota on this model.", None),
        ("Your quota will reset after 18h24m10s.", 66_250),
        ("Credit balance is too low", None),
    ],
)
def test_a_busy_provider_lets_the_agent_rest(tail: str, rest_s: float | None) -> None:
    """Limits and overload are one kind of answer; a time to wait for is read in every form."""
    found = refusal(tail, 1, {}, NOW)
    assert found is not None
    assert (found.kind, found.retry_after_s) == ("quota", rest_s)


@pytest.mark.parametrize(
    ("tail", "code", "words"),
    [
        ("gemini: No such file or directory", NOT_FOUND, "install it"),
        ("FatalUntrustedWorkspaceError", 55, "trust the folder"),
        ("Invalid API key · Please run /login", 1, "not logged in"),
        ("Error: OPENAI_API_KEY must be set", 1, "not logged in"),
        ("Not inside a trusted directory: the folder is not trusted", 1, "does not trust"),
    ],
)
def test_what_is_not_set_up_pauses_with_a_sentence(tail: str, code: int, words: str) -> None:
    """A missing program, a missing login and an untrusted folder say what would mend them."""
    found = refusal(tail, code, {"55": "trust the folder once"}, NOW)
    assert found is not None
    assert found.kind == "setup"
    assert words in str(found)


@pytest.mark.parametrize(
    "tail",
    [
        "Traceback: ValueError: bad answer",
        "wrote 429 pairs and failed",
        "the limit of its use",
        "the fee resets at 3pm",
        "",
    ],
)
def test_other_failures_are_the_tasks(tail: str) -> None:
    """A program that merely fails is told nothing about its provider."""
    assert refusal(tail, 1, {}, NOW) is None


def test_a_moment_far_away_is_no_rest() -> None:
    """Nobody rests for years because a date was misread."""
    assert wait_s("resets at 2099-01-01T00:00:00Z", NOW) is None
