"""Questions that go on from another one and say nothing by themselves."""

import re

from pipeline.quality.reading import Reading

_LONGEST_CHARS = 60
_GOES_ON = re.compile(
    r"""
    \W*(?:
        (?:please\ )?(?:continue|go\ on|proceed|keep\ going|carry\ on)(?:\ (?:please|writing))?
        | (?:tell\ me\ )?more(?:\ (?:details|please))?
        | (?:and|but|so|then|or)
            \ (?:if|when|what|why|how|where|who|in|for|is|are|does|do|can|the|on|with)\b.*
        | what\ (?:about|if)
            \ (?:it|that|this|they|them|those|these|the\ (?:other|latter|former|first|second))\b.*
        | (?:why|how|when|where|who)(?:\ (?:so|not|that|then|come))?
        | (?:can\ you\ )?(?:explain|elaborate|expand|summari[sz]e|rephrase|shorten|translate)
            (?:\ (?:it|that|this|more|further|again|on\ (?:it|that|this)))?(?:\ please)?
        | (?:yes|no|ok|okay|thanks|thank\ you|sure|right)
        | (?:weiter|mach\ weiter|und\ (?:wenn|was|wie|warum)\b.*|warum|wieso)
    )\W*
    """,
    re.VERBOSE | re.IGNORECASE,
)


def follow_up(reading: Reading) -> str | None:
    """Return a question that needs the one before it ("continue", "and if it is negative?").

    Its context goes with the pair; who reads the question alone, as a search does, cannot know
    what is asked.
    """
    question = reading.question.strip()
    if len(question) > _LONGEST_CHARS or _GOES_ON.fullmatch(question) is None:
        return None
    return question
