"""Laws of the rules for answers that contradict themselves, or leave their question."""

import pytest

from pipeline.quality.contradictions import contradiction
from pipeline.quality.divisions import turned_formula
from pipeline.quality.enumerations import wrong_count
from pipeline.quality.lexicon import subject
from pipeline.quality.reading import read
from pipeline.quality.unrelated import unrelated
from tests.quality.made_up import reading


@pytest.mark.parametrize(
    ("question", "answer", "is_found"),
    [
        (
            "Is it bred?",
            "When rain rises, root growth falls. When rain rises, root growth rises.",
            True,
        ),
        (
            "Is it bred?",
            "When rain rises, root growth falls. When sun rises, root growth rises.",
            False,
        ),
        ("Is it bred?", "Root growth rises in summer. Root growth falls in winter.", False),
        ("Is a rose a shrub?", "No. A rose is a shrub, and many climb.", True),
        ("Is a rose a shrub?", "No. A rose is a shrub only where it is cut.", False),
        ("Should I water a rose at noon?", "Yes. Do not water a rose at noon, it burns.", True),
        ("Should I water a rose at noon?", "Yes. Do not water a rose in the evening.", False),
        (
            "What is the pruning period?",
            "The pruning period is 14 days. The pruning period is 30 days.",
            True,
        ),
        (
            "What is the pruning period?",
            "The pruning period is 14 days. Its length is 30 days.",
            False,
        ),
        ("What is the fee?", "The fee is 5 euros. The fee is 8 euros for groups.", False),
        ("Which port?", "It listens on port 80 by default. Its default port is 90.", True),
        ("Which port?", "The default is 80. Some set the default of 90.", False),
        ("Can roses climb?", "A rose can be trained. Roses cannot be trained.", True),
    ],
)
def test_what_cannot_both_hold_contradicts(question: str, answer: str, is_found: bool) -> None:
    """Opposites behind the same words, two numbers for what is asked, a denied yes; no cases."""
    assert (contradiction(reading(answer, question)) is not None) == is_found


def test_phrases_of_the_subject_are_opposites_where_its_readings_say_so() -> None:
    """What a value means, and what it never means, cannot both be said of it."""
    lists = {"good": ["healthy growth"], "bad": ["dying roots"]}
    facts = [
        {"terms": ["dew"], "readings": [{"value": ["x"], "means": ["<good>"], "never": ["<bad>"]}]}
    ]
    known = subject([], senses={"lists": lists, "facts": facts})
    text = "Morning dew shows healthy growth. Morning dew shows dying roots, as water stands."
    assert contradiction(read("What does dew show?", text, known)) is not None
    assert contradiction(read("What does dew show?", text, subject([]))) is None


@pytest.mark.parametrize(
    ("answer", "is_found"),
    [
        ("A rose has three parts:\n\n1. Root\n2. Stem\n3. Leaf\n4. Bloom", True),
        ("A rose has three parts:\n\n- Root\n- Stem\n  - Bark\n  - Pith\n- Leaf", False),
        ("A rose has four parts: root, stem, leaf, bloom, hip and thorn.", True),
        ("A rose has three parts: root, stem and leaf.", False),
        ("It has at least two parts:\n- Root\n- Stem\n- Leaf", False),
        ("Two of the three parts:\n- Root\n- Stem", False),
        ("It has three parts:\n- Root\n\nThen:\n- Stem\n- Leaf", False),
    ],
)
def test_lists_have_as_many_items_as_they_announce(answer: str, is_found: bool) -> None:
    """Items of the outermost list are counted, where it is sure which they are."""
    assert (wrong_count(reading(answer)) is not None) == is_found


@pytest.mark.parametrize(
    ("answer", "is_found"),
    [
        ("Divide the daily light by the leaf area.\n\nIndex = leaf area / daily light", True),
        ("Leaf area divided by daily light: index = daily light / leaf area", True),
        ("Divide the daily light by the leaf area.\n\nIndex = daily light / leaf area", False),
        ("Divide light by shade. Other = leaf area / daily water", False),
    ],
)
def test_words_and_formula_divide_alike(answer: str, is_found: bool) -> None:
    """What is divided in words stands above in the formula."""
    assert (turned_formula(reading(answer)) is not None) == is_found


FOREIGN = (
    "Install the package with npm, create a file called server and listen on port 3000. Middleware"
    " runs in the order in which it was registered, and routes are added to the app."
)
PRUNING = (
    "Cut side shoots of roses back to three buds, remove dead wood and tie long canes to a trellis,"
    " so that they bloom along the stem."
)


@pytest.mark.parametrize(
    ("question", "answer", "is_found"),
    [
        ("How do I prune climbing roses in spring?", FOREIGN, True),
        ("How do I install a package with npm?", FOREIGN, False),
        (
            "How do I prune climbing roses in spring?",
            f"{PRUNING}\n\n{FOREIGN}",
            True,
        ),
        ("How do I prune climbing roses in spring?", "Install the package.", False),
    ],
)
def test_what_shares_neither_word_nor_sense_is_unrelated(
    question: str, answer: str, is_found: bool
) -> None:
    """All of an answer or a part of it, where it is long enough to tell, and words are listed."""
    found = unrelated(read(question, answer, subject([], terms=["mulch"])))
    assert (found is not None) == is_found
    assert unrelated(read(question, answer, subject([]))) is None


def test_texts_that_are_read_apart_are_compared() -> None:
    """A question beyond ASCII is read behind its answer, and stands before it all the same."""
    answer = "Ein Testament ist von Hand zu schreiben. Es nennt Erben, Datum, Ort, Haus und Konto."
    assert (
        unrelated(read("Was geh\u00f6rt in ein Testament?", answer, subject([], terms=["Mulch"])))
        is None
    )
    assert read("Gr\u00f6\u00dfe?", answer, subject([])).parts_apart


def test_who_says_a_listed_word_is_related() -> None:
    """Where words of the subject are listed, an answer that says one is on it."""
    question = "How do I prune climbing roses in spring?"
    known = subject([], terms=["npm"])
    assert unrelated(read(question, FOREIGN, known)) is None
