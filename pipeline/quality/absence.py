"""Answers that are none: refusals and echoes."""

import re

from pipeline.quality.reading import Reading

_REFUSAL = re.compile(
    r"""
    \bi(?<!while\ i)(?<!although\ i)(?<!though\ i)  # "while I do not have the file, ..." guesses on
    \ (?:currently\ )?(?:
        (?:do\ not|don['\u2019]t|did\ not|didn['\u2019]t)\ (?:actually\ |currently\ )?
            (?:have|possess|find|feel\ comfortable|see|retain)\b
            (?=[^.!?\n]{0,60}\b(?:access|informat|context|knowledge|details?|data|stud|file|document
                |record|results?|providing|content|abilit))
        | (?:cannot|can['\u2019]t|can\ not|could\ not|couldn['\u2019]t
            |(?:am|was)\ (?:not\ able|unable)\ to)\ (?:\w+\ ){0,2}?
            (?:access|answer|provide|assist|help(?!\ but)|find|locate|open|fulfil|complete|browse
                |retrieve)
    )
    | \bi\ (?:will|would|['\u2019]d)\ need\ (?:to\ (?:access|review|see|examine)|access\ to)\b
    | \bwithout\ (?:access|(?:any\ )?(?:more|further|additional)\b
            |(?:the|that|this)\ (?:actual|specific))
        [^.!?\n]{0,160}\bi\ (?:can\ only|could\ only|cannot|can['\u2019]t|am\ unable)\b
    | \bi(?:\ am|['\u2019]m)\ (?:just\ |only\ |simply\ )?(?:
        (?:not\ |un)(?:familiar|permitted|allowed|authori[sz]ed|able|comfortable|equipped
            |in\ a\ position)\b[^.!?\n]{0,60}\b(?:help|with|to|discuss\w*|answer\w*|shar\w+
            |provid\w+|speak\w*|giv\w+|explain\w*)
        | an?\ (?:ai|(?:large\ )?language\ model|chatbot)\b
    )
    | \bi(?:\ will\ not|\ won['\u2019]t)\ be\ able\ to\ (?:help|assist|answer|provide|do|give|share
        |discuss|complete|fulfil)
    | \bi\ (?:must|have\ to|need\ to|will\ have\ to)\ (?:respectfully\ |politely\ )?
        (?:decline|refuse)\b
    | \bi\ (?:respectfully|politely)\ decline\b | \bi(?:\ would|['\u2019]d)\ rather\ not\b
    | \bi\ (?:cannot|can['\u2019]t)\ (?:comment|speak\ to)\b
    | \bi\ have\ no\ (?:\w+\ ){0,2}(?:access|information|knowledge|capability|ability|records?
        |memory|data)\b
    | \bas\ an?\ (?:large\ )?language\ model\b[^.!?\n]{0,40},?\ i\b
    | \bas\ an\ (?:ai|artificial\ intelligence)\b[^.!?\n]{0,40},?\ i\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
NOTHING_CHARS = 400
_NOTHING_GIVEN = re.compile(
    r"""
    \bmy\ (?:knowledge|training(?:\ data)?|guidelines|programming|polic(?:y|ies)|instructions)
        \ (?:do(?:es)?\ not|do(?:es)?n['\u2019]t|cannot|can['\u2019]t|prevents?|prohibits?
        |forbids?)\b
    | \b(?:request|question|prompt|query|message)\ (?:was|has\ been|is|violates|goes\ against
        |conflicts\ with)\b[^.!?\n]{0,40}
        \b(?:polic(?:y|ies)|guidelines|filters?|safety|moderation)\b
    | \b(?:cannot|could\ not|can['\u2019]t|unable\ to)\ (?:process|complete|fulfill?|answer)
        \ (?:this|your|the)\ (?:request|query|prompt|question)\b
    | \b(?:unable|unavailable|overloaded|timed\ out|error|failed)\b[^!?]{0,80}
        \bplease\ (?:try\ again|retry|resubmit)\b
    | \bno\ (?:\w+\ ){0,2}(?:information|results?|data|answers?|sources?)\ (?:\w+\ ){0,3}
        (?:on|about|for|regarding)\ (?:this|that|the)
        \ (?:topic|question|subject|query|request|matter|indicator|metric|entry|term)\b
    | \bsearch(?:es)?\ (?:returned|found|yielded|produced)\ no\b
    | \b(?:not\ enough|insufficient)\ (?:information|data|context|detail)\b[^.!?\n]{0,60}
        \bto\ (?:explain|answer|provide|say|give|describe|summari[sz]e|respond)\b
    | \bbeyond\ (?:what\ (?:i|we)\ can|what\ can\ be|my)\ (?:speak|say|help|answer|cover|provide
        |discuss(?:ed)?|said|answered|covered|knowledge|training|capabilities|abilities|expertise)\b
    | \bagainst\ my\ (?:guidelines|programming|polic(?:y|ies)|principles|instructions|training)\b
    | \bnot\ something\ (?:that\ )?(?:i|we)(?:['\u2019]m|['\u2019]re|\ am|\ are|\ can|\ could)\b
        [^.!?\n]{0,40}\b(?:comfortable|able|help|assist|answer|discuss|share|provide)
    | \b(?:knowledge\ base|documentation|documents?|data\ ?set|database|context|provided\ \w+
        |sources?)
        \ (?:do(?:es)?\ not|do(?:es)?n['\u2019]t|did\ not|didn['\u2019]t)
        \ (?:contain|include|mention|have|cover|provide|offer)\b[^.!?\n]{0,60}
        \b(?:information|answers?|details?|data|anything|mention|reference)\b
    | \bexceeded\ your\ (?:\w+\ )?quota\b | \brate\ limit\ (?:reached|exceeded)\ for\b
    | \b(?:internal\ server\ error|service\ unavailable|bad\ gateway|(?:read|request|connection)
        (?:\ operation)?\ timed\ out)\W*$
    | \b(?:attachment|file|document|image|scan|pdf|link)\b[^.!?\n]{0,30}
        \b(?:(?:did\ not|didn['\u2019]t)\ (?:come\ through|load|open|arrive|attach|upload)
        |(?:is|was|seems)\ (?:missing|not\ attached|unreadable))\b
    | \b(?:could|can|would)\ you\ (?:please\ )?(?:paste|upload|re-?upload|re-?send|attach|clarify
        |specify|rephrase|provide\ (?:more|the|some)|share\ (?:more|the|some))\b
    | \b(?:not\ (?:be\ )?|in)appropriate\ for\ me\ to\ (?:provide|offer|give|answer|discuss|share
        |say|comment)\b
    | ^\W*(?:i\ (?:do\ not|don['\u2019]t)\ know|no\ idea|no\ answer|no\ comment)\W*$
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Whoever says it, an answer that is little more than this gives nothing."""


def refusal(reading: Reading, *, opening_chars: float) -> str | None:
    """Return where the answer says, near its beginning, that it has nothing to answer from.

    Only the first opening_chars characters (a count, unit characters) are read, and only the
    first person counts: "many gardeners do not have access to ..." is an answer, and so is prose
    about errors further down. In an answer of at most NOTHING_CHARS characters, what others
    decided ("your request was flagged by our policy"), that nothing was found on this topic, and a
    failed call count too. Who
    says it in passing ("while I do not have the file, ...") answers all the same, by a guess.
    Refusals run to a page, so no length rule finds them.
    """
    match = _REFUSAL.search(reading.answer, 0, int(opening_chars))
    if match is None and len(reading.answer) <= NOTHING_CHARS:
        match = _NOTHING_GIVEN.search(reading.answer)
    return reading.answer[match.start() :] if match else None


def echo(reading: Reading, *, min_new_words: float) -> str | None:
    """Return the answer where it repeats the question and adds fewer than min_new_words words.

    An answer may open by restating its question, and a short answer to a long question may use
    none but the question's words in another order; only the question's own run of words counts.
    """
    surplus = reading.answer_word_count - reading.question_word_count
    if not reading.question_word_count or surplus < 0 or surplus >= min_new_words:
        return None
    asked, answered = reading.question_words, reading.answer_words
    runs = (answered[at : at + len(asked)] == asked for at in range(surplus + 1))
    return reading.answer if any(runs) else None
