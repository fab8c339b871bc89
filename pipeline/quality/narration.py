"""What a program says of its own work, in place of an answer or around it."""

import re

from pipeline.quality.reading import Reading

_END_CHARS = 400
"""How much of each end of an answer is read."""

_WORKS = (
    "search(?:ing)?|look(?:ing)? (?:at|up|into|for)|analy[sz](?:e|ing)|check(?:ing)?|read(?:ing)?"
    "|research(?:ing)?|gather(?:ing)?|think (?:about|through)|craft|formulate|structure"
)
_ITS_WORK = (
    "your|the (?:question|user|query|request|topic|web|documentation|docs|files?|code|available"
    "|existing|current|repo\\w*)|this (?:question|query|request)|what matters"
)
_DELIVERS = (
    "written|saved|created|updated|added|completed|finished|generated|validated|processed|compiled"
    "|delivered|stored|appended"
)
_TELLS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (
        ("the user ",),
        re.compile(
            r"\A\W*(?:okay|ok|alright|hmm|so)?[,. ]*(?:so )?the user "
            r"(?:is asking|asks?|wants?|would like|needs?|has asked)\b"
        ),
    ),
    (
        ("i've ", "i\u2019ve ", "i have "),
        re.compile(
            r"i(?:['\u2019]ve| have) (?:now |successfully |just |already )?"
            rf"(?:{_DELIVERS})\b[^.\n]{{0,80}}"
            r"(?:\.(?:jsonl?|md|csv|txt|py|ya?ml|parquet)\b|`[^`\n]+`"
            r"|\b(?:questions?|answers?|files?|pairs?)\b)"
        ),
    ),
    (
        ("next", "now"),
        re.compile(
            r"(?:next|now),? (?:i(?:['\u2019]ll| will)|let me) "
            r"(?:continue|proceed|move on|go on|start|work on|process|write|answer|research)\b"
        ),
    ),
    (
        ("let me ", "i'll ", "i\u2019ll ", "i will ", "i need ", "i should "),
        re.compile(
            r"\b(?:let me|i(?:['\u2019]ll| will| need to| should)) "
            r"(?:now |first |start by |begin by )*"
            rf"(?:{_WORKS})\b[^.\n]{{0,60}}\b(?:{_ITS_WORK})\b"
        ),
    ),
    (
        ("done", "answered", "complete", "finished", "processed", "written"),
        re.compile(
            r"\b\d+ ?(?:of|out of|/) ?\d+ (?:questions?|answers?|pairs|queries|items|topics) "
            r"(?:are |is |have been |were )?"
            r"(?:done|answered|completed?|finished|processed|written)\b"
        ),
    ),
    (
        ("traceback", "info", "debug", "warn", "error", "tool", "function", "exit code"),
        re.compile(
            r"^\W*traceback \(most recent call last\)"
            r"|^\W{0,2}\[?(?:info|debug|warn(?:ing)?|error)\]?:? +\d{4}-\d\d-\d\d[ t]\d\d:\d\d"
            r"|^\W{0,2}\[(?:tool|function)[ _-](?:call|use|result|output)\b[^\]\n]{0,200}\]"
            r"|^\W{0,4}(?:tool|function)[ _](?:call|result|output)\s?:"
            r"|^\W{0,4}process finished with exit code \d",
            re.MULTILINE,
        ),
    ),
    (
        (
            "batch",
            "chunk",
            "task",
            "processing",
            "generating",
            "writing",
            "loaded",
            "loading",
            "saved",
        ),
        re.compile(
            r"^\W{0,4}(?:batch|chunk|task|processing|generating|writing|loading|loaded|saving"
            r"|saved) "
            r"(?:question |answer |pair )?\d+(?: ?/ ?\d+|\s?:| questions| pairs| answers)",
            re.MULTILINE,
        ),
    ),
    (
        ("$ ", "> ", "status", "cost"),
        re.compile(
            r"^[$>] (?:python3?|pip|node|npm|bash|sh|curl|git|cat|ls|cd) \S"
            r"|^\W{0,4}status\s?[:=]\s?(?:success|ok|done|completed?|failed|error)\b,"
            r"|^\W{0,4}(?:total )?cost\s?:\s?\$\d[\d.]*\s?\|",
            re.MULTILINE,
        ),
    ),
)
"""What programs say, each behind the signs of which one stands in it, in lower case."""

_ABOUT_WORK = re.compile(
    r"\b(?:log\w*|traceback\w*|exceptions?|errors?|python|shell|bash|terminal|commands?|scripts?"
    r"|status|exit|install\w*|run\w*|debug\w*|docker|git|cli|deploy\w*|prompt\w*|agents?|llms?"
    r"|code)\b",
    re.IGNORECASE,
)


def work_notes(reading: Reading) -> str | None:
    """Return what a program said of its own work, at an end of an answer.

    "I've saved the answer to `x.json`", a call of a tool, lines of a logger, a traceback, what
    "the user is asking". An answer to a question about programs may show such lines.
    """
    lowered = reading.lowered
    ends = (
        [lowered]
        if len(lowered) <= 2 * _END_CHARS
        else [lowered[:_END_CHARS], lowered[-_END_CHARS:]]
    )
    for end in ends:
        for signs, pattern in _TELLS:
            found = pattern.search(end) if any(sign in end for sign in signs) else None
            if found and not _ABOUT_WORK.search(reading.question):
                return end[found.start() :].strip()
    return None
