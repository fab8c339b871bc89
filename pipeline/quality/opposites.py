"""Statements that begin alike and go on with opposites."""

from collections.abc import Iterable, Mapping

from pipeline.quality.words import STOP_WORDS, words

_OPPOSED = (
    "rises falls",
    "rise fall",
    "increases decreases",
    "increases reduces",
    "increase decrease",
    "raises lowers",
    "raises reduces",
    "grows shrinks",
    "higher lower",
    "high low",
    "more less",
    "more fewer",
    "up down",
    "positive negative",
    "first last",
    "always never",
    "faster slower",
    "keeps drops",
    "keeps removes",
    "adds removes",
    "allows forbids",
    "widens narrows",
    "expands contracts",
    "strengthens weakens",
    "gains loses",
    "improves worsens",
    "mutable immutable",
    "valid void",
    "valid invalid",
    "legal illegal",
    "bounded unbounded",
    "possible impossible",
    "required optional",
    "required forbidden",
    "mandatory optional",
    "synchronous asynchronous",
    "safe unsafe",
    "safe dangerous",
    "allowed forbidden",
    "allowed prohibited",
    "leading lagging",
    "free chargeable",
    "included excluded",
    "enabled disabled",
)
_REASONS = frozenset(("because", "since", "as", "so", "which", "and", "thus", "hence", "therefore"))
_FEWEST_WORDS, _FURTHEST_WORD = 2, 24


def _opposites() -> Mapping[str, frozenset[str]]:
    pairs = [tuple(pair.split()) for pair in _OPPOSED]
    return {
        one: frozenset(other for pair in pairs if one in pair for other in pair if other != one)
        for pair in pairs
        for one in pair
    }


OPPOSITES = _opposites()


def opposed(sentences: Iterable[str], meanings: Mapping[str, str]) -> str | None:
    """Return two sentences that begin with the same words and go on with opposites.

    "When x rises, y falls" and "when x rises, y rises". What follows must be the same as well, up
    to a reason, since "y rises in summer" and "y falls in winter" can both hold. The beginning
    holds two words at least that can name a subject. meanings are phrases of the subject with
    the general word that each stands for.
    """
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[str, str]]] = {}
    for sentence in sentences:
        spoken = words(_plainly(sentence, meanings))
        for at, word in enumerate(spoken[:_FURTHEST_WORD]):
            if word not in OPPOSITES:
                continue
            before = tuple(spoken[:at])
            if sum(one not in STOP_WORDS for one in before) < _FEWEST_WORDS:
                continue
            others = known.setdefault((before, _up_to_reason(spoken[at + 1 :])), [])
            for other, text in others:
                if other in OPPOSITES[word]:
                    return f"{text} / {sentence}"
            others.append((word, sentence))
    return None


def _plainly(sentence: str, meanings: Mapping[str, str]) -> str:
    """Return a sentence with general words for the subject's phrases."""
    lowered = sentence.lower()
    for phrase, word in meanings.items():
        if phrase in lowered:
            lowered = lowered.replace(phrase, word)
    return lowered


def _up_to_reason(spoken: list[str]) -> tuple[str, ...]:
    end = next((at for at, word in enumerate(spoken) if word in _REASONS), len(spoken))
    return tuple(spoken[:end])
