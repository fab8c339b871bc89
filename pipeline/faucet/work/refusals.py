"""What the end of an agent's command says: out of quota, overloaded, or not set up on this machine.

Command lines tell it in words and exit codes of their own. None of it is the task's fault: the
agent rests until the time that is told, or until somebody mends its set-up.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.faucet.runs.supervise import NOT_FOUND
from pipeline.faucet.work.endings import FailedAttempt, OutOfQuota, SetupFault

_BUSY = re.compile(
    r"\brate[ _-]?limit|\bquota\b.{0,40}\b(?:exceeded|exhausted|reached)|\btoo many requests\b"
    r"|\b(?:exceeded|exhausted|used up)\b.{0,40}\bquota\b|\bquota (?:will )?resets?\b"
    r"|\b(?:hit|reached|exceeded) your\b.{0,40}\blimits?\b|\bcredit balance is too low\b"
    r"|\b(?:usage|spending|session|weekly|5-hour) limit\b|\blimit reached\b|\bRESOURCE_EXHAUSTED\b"
    r"|\b(?:status(?: code)?|error(?: code)?|http(?:/[\d.]+)?|code)\W{0,4}(?:429|503|529)\b"
    r"|\b(?:429|503|529)\s*(?:\W\s*)?(?:too many|service unavailable|overloaded|site is overloaded)"
    r"|\boverloaded(?:_error)?\b|\bservice (?:is )?(?:temporarily )?unavailable\b"
    r"|\bmodel is (?:currently )?(?:overloaded|at capacity)\b|\bout of credits?\b"
    r"|\binsufficient[_ ](?:quota|credit|balance|funds)"
    r"|\bbudget\b.{0,30}\b(?:exceeded|reached|exhausted)",
    re.IGNORECASE,
)
_SETUP: Mapping[str, re.Pattern[str]] = {
    sentence: re.compile(pattern, re.IGNORECASE)
    for sentence, pattern in {
        "it is not logged in: log in once by hand, or name its key in `environment`": (
            r"\bnot (?:logged in|authenticated|signed in)\b|\bplease (?:run )?/?log ?in\b"
            r"|\binvalid (?:api[ _-]?key|x-api-key|authentication|credentials?|bearer token)"
            r"|\bauthentication[ _](?:error|failed|required)"
            r"|\b(?:no|missing) (?:api[ _-]?key|credentials)"
            r"|api[ _-]?key\b.{0,40}\b(?:not (?:set|found|valid)|missing|required|must be set)"
            r"|\bset an auth method\b|\btoken (?:has )?expired\b|\b401 unauthorized\b"
            r"|\bstatus(?: code)?:? 401\b"
        ),
        "it does not trust this folder: trust it once by hand, or call it with a flag that does": (
            r"\b(?:un|not )trusted (?:folder|directory|workspace)|\bfolder is not trusted\b"
            r"|\bnot running in a trusted directory\b|\btrust this folder\b"
        ),
    }.items()
}
_SHOWN_CHARS = 300

_UNITS_S = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "ms": 0.001}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|d|h|m|s)(?:[a-z]*)", re.IGNORECASE)
_WAIT = re.compile(
    r"(?:retry|try again|reset\w*|available|wait)\b[^\n\d]{0,40}?((?:\d+(?:\.\d+)?\s*"
    r"(?:ms\b|days?|d\b|hours?|hrs?|h|minutes?|mins?|m\b|m(?=\d)|seconds?|secs?|s\b)[\s,and]*)+)",
    re.IGNORECASE,
)
_SECONDS = re.compile(r"\bretry[-_ ]?after\W{1,4}(\d{1,6})(?!\d|\s*[a-z])", re.IGNORECASE)
_WHEN = r"\b(?:reset\w*|(?:re)?try(?: again)?|available(?: again)?)\b"
_MOMENT = re.compile(
    rf"{_WHEN}[^\n]{{0,20}}?"
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(?:\||\breset\w*\W{1,3})\s*(1[6-9]\d{8}|[2-3]\d{9})\b", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(
    rf"{_WHEN}:?\s+(?:at\s+|on\s+)?"
    rf"(?:(?P<month>{'|'.join(_MONTHS)})[a-z]*\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?"
    r"(?: (?P<year>20\d\d),?)?\s*(?:at\s+)?)?"
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>am|pm)?\b"
    r"(?:\s*\(?(?P<zone>utc|gmt|[a-z]+(?:/[a-z_]+)+)\)?)?",
    re.IGNORECASE,
)
_NOON = 12
_LONGEST_S = 8 * 86_400


def refusal(
    tail: str, exit_code: int | None, setup_codes: Mapping[str, str], now: datetime
) -> FailedAttempt | None:
    """Return what the end of a command that failed says of its agent; None where it says nothing.

    tail is the last of what it printed. setup_codes are exit codes that say that the agent is not
    set up, with what to do about each.
    """
    if exit_code == NOT_FOUND:
        return SetupFault(f"{_last(tail)}: install it, or put it on the PATH")
    if str(exit_code) in setup_codes:
        return SetupFault(f"exit code {exit_code}: {setup_codes[str(exit_code)]}")
    if _BUSY.search(tail):
        return OutOfQuota(_last(tail), wait_s(tail, now))
    sentence = next((one for one, words in _SETUP.items() if words.search(tail)), None)
    return SetupFault(f"{sentence} ({_last(tail)})") if sentence else None


def wait_s(text: str, now: datetime) -> int | None:
    """Return the seconds until the moment that text names for a new try, None where it names none.

    Read are "retry-after: 30", "try again in 1h 20m", "resets at 2026-01-01T12:00:00Z", an epoch,
    and "resets at 3pm" or "resets Nov 30, 3pm": the next one of this clock, or of the zone that
    stands there.
    """
    found = _SECONDS.search(text)
    if found:
        return _bounded(float(found[1]))
    found = _EPOCH.search(text)
    if found:
        return _bounded(int(found[1]) - now.timestamp())
    found = _MOMENT.search(text)
    if found:
        moment = datetime.fromisoformat(found[1].replace(" ", "T"))
        return _bounded((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now)
    found = _WAIT.search(text)
    if found:
        spans = _SPAN.findall(found[1])
        return _bounded(sum(float(n) * _UNITS_S[unit.lower()] for n, unit in spans))
    found = _CLOCK.search(text)
    return _until_clock(found, now) if found else None


def _until_clock(found: re.Match[str], now: datetime) -> int | None:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if not half and not found["minute"]:
        return None  # a bare number is no time of day
    hour = hour % _NOON + _NOON * (half == "pm") if half else hour
    try:
        here = now.astimezone(_zone(found["zone"]))
        at = here.replace(hour=hour, minute=int(found["minute"] or 0), second=0, microsecond=0)
        if not found["month"]:
            return _bounded((at if at > here else at + timedelta(days=1)) - here)
        month = _MONTHS.index(found["month"].lower()) + 1
        at = at.replace(int(found["year"] or at.year), month, int(found["day"]))
        is_over = at < here and not found["year"]
        return _bounded((at.replace(at.year + 1) if is_over else at) - here)
    except ValueError:
        return None


def _zone(name: str | None) -> tzinfo | None:
    """Return the zone of a name such as UTC or Europe/Berlin, None for this machine's own.

    Raises ValueError where this machine does not know it.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name) if "/" in name else UTC
    except (ZoneInfoNotFoundError, OSError) as fault:
        raise ValueError(str(fault)) from fault


def _bounded(wait: float | timedelta) -> int | None:
    seconds = wait.total_seconds() if isinstance(wait, timedelta) else wait
    return max(1, round(seconds)) if seconds <= _LONGEST_S else None


def _last(tail: str) -> str:
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    return lines[-1][:_SHOWN_CHARS] if lines else "it said nothing"
