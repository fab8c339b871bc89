"""Which pairs a rule may speak about: those in which its words and signs stand.

Most rules speak of less than two in a hundred pairs. What they cannot do without is asked of all
pairs at once, and the rules themselves of the others. A rule that is not named here is asked of
every pair, and every rule of pairs beyond ASCII, where a pattern may find what no word shows.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cache

import numpy as np

from pipeline.quality.absence import NOTHING_CHARS
from pipeline.quality.contradictions import CONTRADICTED_CHARS
from pipeline.quality.directions import OPENING, ORDERING
from pipeline.quality.filler import FILLER_WORDS
from pipeline.quality.halves import ASKED_WORDS, LONG_WORDS, is_patched
from pipeline.quality.known_senses import KnownTerms
from pipeline.quality.marks import BIT
from pipeline.quality.markup import MARKUP_SIGNS
from pipeline.quality.measures import Pairs
from pipeline.quality.polarity import OPENS
from pipeline.quality.repetition import REFERENCES
from pipeline.quality.repetition import SHORT_CHARS as REPEATING_CHARS
from pipeline.quality.spoken import Ints, Mask
from pipeline.quality.templates import FORM_SIGNS
from pipeline.quality.templates import SHORT_CHARS as TEMPLATE_CHARS
from pipeline.quality.tongues import ENGLISH, OWN_SHARE
from pipeline.quality.worked import SHORT_CHARS as WORKED_CHARS

_INJECTED = (
    ("ignores", "previous"),
    ("reveals", "prompt"),
    ("you", "unrestricted"),
    ("anything", "now"),
    ("im", "im"),
)
_JOINTS = np.array([chr(byte) in " ()./-+" for byte in range(256)], np.bool_)
_CARD_JOINTS = np.array([chr(byte) in " -" for byte in range(256)], np.bool_)
_FEWEST_DIGITS, _FEWEST_CARD_DIGITS, _FEWEST_NUMBERS, _FEWEST_PHRASE_WORDS = 6, 13, 20, 10
_TELEPHONE_CHARS = 32


def suspects(code: str, pairs: Pairs) -> Mask:
    """Return the pairs that a rule may speak about; it speaks about no other."""
    may_speak = _SUSPECTS.get(code)
    return (
        np.ones(len(pairs), np.bool_) if may_speak is None else may_speak(pairs) | ~pairs.is_plain
    )


def held(texts: Collection[str], *signs: str) -> Mask:
    """Return whether one of signs stands in each text."""
    return np.array([any(sign in text for sign in signs) for text in texts], np.bool_)


def _template(pairs: Pairs) -> Mask:
    is_counted = pairs.answered("counted words") & held(pairs.answers, "(")
    is_invented = pairs.answered("invents") & pairs.answered("links")
    slots = held(pairs.answers, "[", *FORM_SIGNS)
    is_short = _short(pairs, TEMPLATE_CHARS)
    return is_short | slots | pairs.answered("fills") | is_counted | is_invented


def _short(pairs: Pairs, chars: int) -> Mask:
    """Return the pairs whose answer has so many characters at most, spaces at its ends apart."""
    return np.array(
        [len(text) <= chars or len(text.strip()) <= chars for text in pairs.answers], np.bool_
    )


def _injection(pairs: Pairs) -> Mask:
    found = np.zeros(len(pairs), np.bool_)
    for says in (pairs.asked, pairs.answered):
        for first, second in _INJECTED:
            found |= says(first) & says(second)
    return found


def _no_calculation(pairs: Pairs) -> Mask:
    return pairs.asked("calculates", "calculation") & ~pairs.answered("operation", "operates")


def _wrong_number(pairs: Pairs) -> Mask:
    closed, averages = pairs.subject.forms
    found = np.zeros(len(pairs), np.bool_)
    for form in closed:
        found |= pairs.says(sorted(form.words))[len(pairs) :].all(axis=1)
    if averages:
        found |= pairs.says(sorted(averages.words))[len(pairs) :].any(axis=1)
    has_inputs = (found | _short(pairs, WORKED_CHARS)) & pairs.answered("number", "digit")
    return held(pairs.answers, "=") | has_inputs


def _directions(pairs: Pairs) -> Mask:
    """Return the pairs that may hold a direction: in their words, or as they open."""
    opens = [OPENING.match(answer) is not None for answer in pairs.answers]
    ordering = held(list(map(str.lower, pairs.questions)), *ORDERING)
    return pairs.answered("directs") | np.array(opens, np.bool_) | ordering


def _other_language(pairs: Pairs) -> Mask:
    """Return the pairs whose answer says few stop words, which are English."""
    if pairs.subject.language != ENGLISH:
        return np.ones(len(pairs), np.bool_)
    spoken = pairs.spoken
    stops = (spoken.marks[spoken.word] & BIT["stop"]) != 0
    counted = np.bincount(spoken.word_text, weights=stops, minlength=2 * len(pairs))[len(pairs) :]
    rare: Mask = counted < OWN_SHARE * pairs.answer_words
    return rare


def _terms(known: KnownTerms, pairs: Pairs) -> Mask:
    """Return the pairs whose question says all words of one of the terms known."""
    if not all(known.words):
        return np.ones(len(pairs), np.bool_)
    if not known.words:
        return np.zeros(len(pairs), np.bool_)
    spoken, places, starts = _places(known.words)
    asked = pairs.says(spoken)[: len(pairs), places]
    says_term: Mask = np.logical_and.reduceat(asked, starts, axis=1)
    found: Mask = np.any(says_term, axis=1)
    return found


@cache
def _places(terms: tuple[frozenset[str], ...]) -> tuple[list[str], Ints, Ints]:
    """Return all words of terms, the places of each term's own, and where each term's start."""
    spoken = sorted(frozenset[str]().union(*terms))
    places = [np.flatnonzero([word in own for word in spoken]) for own in terms]
    starts = np.cumsum([0, *map(len, places[:-1])])
    return spoken, np.concatenate(places), starts


def _patched(pairs: Pairs) -> Mask:
    """Return the pairs one half of whose long answer takes up hardly anything of the question."""
    found = np.zeros(len(pairs), np.bool_)
    for at in np.flatnonzero(pairs.answer_words >= LONG_WORDS).tolist():
        stems = pairs.asked_stems[at]
        found[at] = len(stems) in ASKED_WORDS and is_patched(stems, pairs.lowered[at])
    return found


def _apart(pairs: Pairs) -> Mask:
    found = np.zeros(len(pairs), np.bool_)
    found[list(pairs.parts_apart)] = True
    return found


def _wrong_count(pairs: Pairs) -> Mask:
    """Return the pairs with a sentence that says a small number and has a colon."""
    spoken = pairs.spoken
    found = np.zeros(len(pairs), np.bool_)
    says = ((spoken.sentence_marks & BIT["small number"]) != 0) & (
        spoken.sentence_text >= len(pairs)
    )
    for at in np.flatnonzero(says).tolist():
        pair = spoken.sentence_text[at] - len(pairs)
        if not found[pair] and ":" in spoken.sentence(at):
            found[pair] = True
    return found


def _acronyms(pairs: Pairs) -> Mask:
    return _asks_any(pairs, {acronym.lower() for acronym in pairs.subject.acronyms})


def _asks_any(pairs: Pairs, known: Collection[str]) -> Mask:
    """Return the pairs whose question says one of the words known."""
    found: Mask = np.any(pairs.says(sorted(known))[: len(pairs)], axis=1)
    return found


def _file_subject(pairs: Pairs) -> Mask:
    is_joined = held(pairs.questions, "_", "-") & pairs.asked("digit")
    return held(pairs.questions, ".") | is_joined


def _credential(pairs: Pairs) -> Mask:
    marked = pairs.asked("key") | pairs.answered("key")
    found = held(pairs.questions, "@") | held(pairs.answers, "@") | marked
    cards = _has_digits(pairs, _CARD_JOINTS, _FEWEST_CARD_DIGITS, 2 * _FEWEST_CARD_DIGITS)
    return found | cards | _in_a_row(pairs, "digit", _FEWEST_NUMBERS) | _phrases(pairs)


def _phrases(pairs: Pairs) -> Mask:
    """Return the pairs with so many words of seed phrases in a row, numbered or not."""
    return _in_a_row(pairs, "phrase", _FEWEST_PHRASE_WORDS, beside="number")


def _in_a_row(pairs: Pairs, mark: str, fewest: int, *, beside: str | None = None) -> Mask:
    """Return the pairs that say fewest words of a mark in a row, those of beside not counted."""
    spoken = pairs.spoken
    marks = spoken.marks[spoken.word]
    counted = slice(None) if beside is None else (marks & BIT[beside]) == 0
    text = spoken.word_text[counted]
    start = _stretches((marks[counted] & BIT[mark]) != 0, fewest)
    return _of_texts(pairs, text[start[text[start] == text[start + fewest - 1]]])


def _has_digits(pairs: Pairs, joints: Mask, fewest: int, chars: int) -> Mask:
    """Return the pairs with fewest digits within chars characters, parted by joints alone.

    Of what stands between two digits the first and the last character are looked at.
    """
    digits = pairs.digits
    is_joined = digits.is_next | (joints[digits.behind] & joints[digits.before])
    start = _stretches(is_joined, fewest - 1)
    is_near = digits.place[start + fewest - 1] - digits.place[start] < chars
    return _of_texts(pairs, digits.text[start[is_near]])


def _stretches(holds: Mask, length: int) -> Ints:
    """Return where stretches of so many places start at all of which something holds."""
    failed = np.concatenate([[0], np.cumsum(~holds)])
    return np.flatnonzero(failed[length:] == failed[:-length])


def _of_texts(pairs: Pairs, texts: Ints) -> Mask:
    """Return the pairs of some of their texts, questions before answers."""
    found = np.zeros(len(pairs), np.bool_)
    found[texts % len(pairs)] = True
    return found


def _personal(pairs: Pairs) -> Mask:
    marked = pairs.asked("account") | pairs.answered("account")
    found = held(pairs.questions, "@") | held(pairs.answers, "@") | marked
    return found | _has_digits(pairs, _JOINTS, _FEWEST_DIGITS, _TELEPHONE_CHARS)


_SUSPECTS: Mapping[str, Callable[[Pairs], Mask]] = {
    "refusal": lambda pairs: pairs.answered("i") | _short(pairs, NOTHING_CHARS),
    "template_answer": _template,
    "padding": lambda pairs: (
        pairs.answered("run")
        | ~pairs.is_varied
        | pairs.repeats
        | held(pairs.answers, "." * 20)
        | np.array([answer.count("[") >= REFERENCES for answer in pairs.answers], np.bool_)
        | _short(pairs, REPEATING_CHARS)
    ),
    "credential": _credential,
    "prompt_injection": _injection,
    "personal_data": _personal,
    "patched": _patched,
    "unrelated": _apart,
    "file_subject": _file_subject,
    "off_question": lambda pairs: _terms(pairs.subject.senses, pairs),
    "wrong_expansion": _acronyms,
    "no_calculation": _no_calculation,
    "wrong_fact": lambda pairs: _terms(pairs.subject.facts, pairs),
    "wrong_number": _wrong_number,
    "contradiction": lambda pairs: (
        _short(pairs, CONTRADICTED_CHARS)
        | np.array([OPENS.match(answer) is not None for answer in pairs.answers], np.bool_)
    ),
    "wrong_count": _wrong_count,
    "turned_formula": lambda pairs: pairs.answered("divided") & held(pairs.answers, "=", "\\frac"),
    "no_amount": lambda pairs: (
        ~pairs.answered("digit", "number") | pairs.says(["year"])[: len(pairs), 0]
    ),
    "other_language": _other_language,
    "filler": lambda pairs: pairs.answer_words <= FILLER_WORDS,
    "direction_residue": _directions,
    "work_notes": lambda pairs: pairs.answered("i", "works") | held(pairs.lowered, "let me "),
    "markup_residue": lambda pairs: held(pairs.answers, *MARKUP_SIGNS),
    "repetition": lambda pairs: ~pairs.is_varied,
    "sources": lambda pairs: (
        pairs.answered("names sources", "et", "year") | held(pairs.answers, "://")
    ),
    "examples": lambda pairs: pairs.answered("example"),
    "formulas": lambda pairs: held(pairs.answers, "=", "\\"),
    "report_residue": lambda pairs: pairs.answered("characters"),
}
