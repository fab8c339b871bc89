"""Made paraphrases of real questions: what likeness of letters misses and sense should find.

The question says the same in other words or in another form; the answer is another one, so that
the question alone decides. Synonyms are a table of our own (synonyms.json) of general English.
"""

import json
import re
from functools import cache
from importlib.resources import files
from random import Random

Pair = tuple[str, str]  # question, answer

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FORMS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (
        re.compile(r"what (?:is|are) (.+)", re.IGNORECASE),
        ("Explain {0}", "How would one define {0}"),
    ),
    (
        re.compile(r"how (do|does|can) (.+?) (?:affect|influence|impact) (.+)", re.IGNORECASE),
        ("What effect {0} {1} have on {2}", "In which way is {2} influenced by {1}"),
    ),
    (re.compile(r"how (?:is|are) (.+)", re.IGNORECASE), ("What is the way in which {0}",)),
    (
        re.compile(r"how (?:do|does|can) (.+)", re.IGNORECASE),
        ("Explain how {0}", "In which way {0}"),
    ),
    (re.compile(r"why (.+)", re.IGNORECASE), ("What is the reason why {0}", "Explain why {0}")),
    (re.compile(r"(.+)", re.DOTALL), ("What is known about {0}", "Give an overview of {0}")),
)


@cache
def _synonyms() -> dict[str, list[str]]:
    """Return each word of the table with those that may stand for it."""
    text = files(__package__).joinpath("synonyms.json").read_text(encoding="utf-8")
    groups = json.loads(text)["synonyms"]
    return {word: [other for other in group if other != word] for group in groups for word in group}


def in_synonyms(pair: Pair, random: Random) -> Pair:
    """Return the pair with every word of the question that has a synonym replaced by one.

    A question that has none is put in another form.
    """
    question, answer = pair
    known = _synonyms()

    def other(match: re.Match[str]) -> str:
        found = known.get(match[0].lower())
        return random.choice(found) if found else match[0]

    changed = _WORD.sub(other, question)
    return (changed, _another(answer)) if changed != question else in_another_form(pair, random)


def in_another_form(pair: Pair, random: Random) -> Pair:
    """Return the pair with the question asked in another form."""
    question, answer = pair
    asked = question.strip().strip('"').rstrip("?. ")
    for pattern, forms in _FORMS:
        if found := pattern.fullmatch(asked):
            return f"{random.choice(forms).format(*found.groups())}?", _another(answer)
    return question, _another(answer)


def _another(answer: str) -> str:
    """Return every second sentence of an answer, from the end: another answer to the question."""
    return f"In short: {' '.join(_SENTENCE.split(answer)[::-2])}"
