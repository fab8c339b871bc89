"""Laws of the rules for terms that other fields share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.senses import off_question, wrong_expansion, wrong_fact
from tests.domains import LISTS
from tests.quality.made_up import ANSWER, LIMITS, reading

OFF = {"opening_chars": 900, "min_measured_words": 25}
SHARED = {"max_shared_words": 0.5}
SENSES = LISTS[2]["senses"]

LENT = (
    "What suppliers of a pool earn is its supply rate. It follows the share of the pool that is "
    "lent out: borrowers pay the borrow rate, a reserve keeps its part, and the rest reaches the "
    "lenders as interest, block by block. When utilization nears its kink, the curve steepens, "
    "deposits come in and the rate falls back, so that a high figure seldom lasts for a week."
)
MINTED = (
    "The supply rate is the speed at which new coins are introduced into circulation. Miners "
    "bring them about with each block, every halving cuts their number, and at the end no more "
    "are to come. A chain with a steady rate dilutes its holders year by year, whereas burning "
    "fees takes some of the coins away again, so that the net figure may even turn negative."
)
SWITCHED = (
    "A layer 2 bridge joins two segments of a network. It learns which host answers behind which "
    "port, forwards frames accordingly, and floods those that it cannot place. Loops are cut by "
    "a spanning tree; rogue devices are kept out by port security, and storms by rate limits. "
    "Keep the firmware current, log changes, and let nobody plug a hub into a free socket."
)
FRAMED = SWITCHED.replace("spanning tree", "protocol of its own").replace("port security", "locks")


CHARGED = (
    "Net flows of an exchange of power tell which district buys more than it sells at an hour. "
    "The operator reads meters, adds what rooftops feed back, and settles the rest with the "
    "grid beyond. Batteries shift a surplus to the evening, tariffs reward whoever waits, and a "
    "forecast of clouds helps to plan the energy being drawn, so that fewer plants stand by."
)


def spoken(question: str, answer: str) -> str | None:
    return off_question(reading(answer, question), **OFF)


def test_a_term_in_another_sense_is_found_by_what_is_said_of_it() -> None:
    """A phrase of another meaning near the beginning speaks, and is the evidence."""
    assert spoken("How is the supply rate set?", MINTED) == "supply rate: new coins are"
    assert spoken("Are layer 2 bridges safe?", SWITCHED) == "layer 2 bridges: spanning tree"
    asked = "exchange net flows and energy trading"
    assert spoken(asked, CHARGED) == "exchange net flows: energy being"


def test_what_is_said_in_another_sense_needs_no_length() -> None:
    """A phrase of another meaning is proof in one sentence; words left out are not."""
    assert spoken("Are layer 2 bridges safe?", FRAMED[:200]) is None
    assert spoken("How is the supply rate set?", MINTED[:90]) == "supply rate: new coins are"


def test_a_term_without_its_company_is_found() -> None:
    """An answer that says none of the words a term cannot do without is about something else."""
    found = spoken("Are layer 2 bridges safe?", FRAMED)
    assert found is not None
    assert "nothing of arbitrum" in found


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How is the supply rate set?", LENT),
        ("What does a regulatory divergence of stablecoins cost?", LENT),
        ("How does RSI divergence warn?", ANSWER * 2),
        ("How does an Ethereum layer 2 bridge differ?", FRAMED),
        ("How do tides work?", SWITCHED),
        ("How is the oversupply rate set?", MINTED),
        ("What does the supply-rate-oracle do?", MINTED),
        ("Are layer 2 bridges safe?", FRAMED[:200]),
    ],
)
def test_the_right_sense_other_terms_and_short_answers_are_left_alone(
    question: str, answer: str
) -> None:
    """Only whole terms of the list count, and only where the answer is long enough to tell."""
    assert spoken(question, answer) is None


def test_another_meaning_further_down_is_an_aside() -> None:
    """What a term means elsewhere may be said once its own meaning is clear."""
    assert spoken("How is the supply rate set?", LENT + " " + LENT * 3 + MINTED) is None


@given(st.sampled_from([(one, term) for one in SENSES for term in one["terms"]]), st.data())
def test_a_word_of_the_signature_is_enough(
    listed: tuple[dict[str, list[str]], str], data: st.DataObject
) -> None:
    """One word of a term's company clears an answer that says nothing of another meaning."""
    one, term = listed
    word = data.draw(st.sampled_from(one["signature"]))
    filler = "plain words that tell no field from any other stand here " * 8
    assert spoken(f"why {term} ?", f"{filler} {word} .") is None


def test_the_list_of_senses_is_well_formed() -> None:
    """Terms are unique, in lower case and have a signature; no phrase clears and condemns."""
    terms = [term for one in SENSES for term in one["terms"]]
    assert len(terms) == len(set(terms))
    for one in SENSES:
        assert one["signature"]
        told = [*one["terms"], *one["signature"], *one["mistaken"]]
        assert all(text == text.lower() for text in told)
        assert all(text.strip() for text in told)
        assert set(one["signature"]).isdisjoint(one["mistaken"])


@pytest.mark.parametrize(
    "answer",
    [
        "The Korea Space Telescope (KST) watches the sun.",
        "Kinetic stress tests (KSTs) wear gear out.",
        "A kind-of-steep-talus (KST) slope slides, some think: Kilns Smoke Tar (KST).",
    ],
)
def test_an_acronym_spelt_out_unlike_the_plan_is_found(answer: str) -> None:
    """Words whose initials spell the acronym, but not the plan's words, speak."""
    found = wrong_expansion(reading(answer, "How is KST read?"), **SHARED)
    assert found is not None
    assert found.endswith("not know sure thing")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How is KST read?", "The Know Sure Thing (KST) sums four rates of change."),
        ("How is KST read?", "Pring's Know-Sure Things (KST) sums four rates of change."),
        ("How is KST read?", "Not the Korea Space Telescope (KST): the know sure thing is meant."),
        ("How is KST read?", "Its line (KST) crosses its signal (KST)."),
        ("How is KST read?", "Kelp sways there."),
        ("How is time kept?", "Korea Standard Time (KST) runs nine hours ahead."),
    ],
)
def test_the_plans_words_and_acronyms_that_nobody_asked_for_are_left_alone(
    question: str, answer: str
) -> None:
    """The right words anywhere, words that spell nothing, and other acronyms are no fault."""
    assert wrong_expansion(reading(answer, question), **SHARED) is None


def test_a_neighbour_that_shares_most_words_is_no_other_thing() -> None:
    """One word of three may differ; the limit says how many."""
    near = reading("The Know Sure Trend (KST) is smooth.", "How is KST read?")
    assert wrong_expansion(near, max_shared_words=0.5) is None
    assert wrong_expansion(near, max_shared_words=0.7) is not None


def test_limits_of_the_tests_are_those_of_the_rules() -> None:
    """The values here are those that the other tests of quality are written for."""
    assert LIMITS["off_question"] == OFF
    assert LIMITS["wrong_expansion"] == SHARED


@pytest.mark.parametrize(
    ("question", "said", "flagged"),
    [
        ("How is the RSI read?", "30 and 70 are used as overbought and oversold thresholds", True),
        ("How is the RSI read?", "70 and 30 are used as overbought and oversold thresholds", False),
        ("What is the vortex indicator?", "It is the difference between VI+ and VI-.", True),
        ("What is the vortex indicator?", "It is two lines, VI+ and VI-.", False),
        ("What is a wallet?", "It is the difference between VI+ and VI-.", False),
        ("What is delta volume?", "Delta volume = current volume - average volume.", True),
        ("What is delta volume?", "Delta volume = buy volume - sell volume.", False),
        ("Are optimistic rollups fast?", "They submit a succinct proof of the batch.", True),
        ("Are ZK rollups fast?", "They submit a succinct proof of the batch.", False),
        ("What is SOPR?", "SOPR is a ratio. It was first developed by the firm Glassnode.", True),
        ("What is SOPR?", "SOPR was developed by Glassnode after Renato Shirakashi.", False),
        ("What is SOPR?", "SOPR is a ratio. The RSI was developed by Glassnode.", False),
        ("What is SOPR?", "SOPR was developed by traders in 2019.", False),
        ("Do hash ribbons lag?", "Hash ribbons compare 20-day and 200-day averages.", True),
        ("Do hash ribbons lag?", "Hash ribbons cross their 30-day and 60-day averages.", False),
        ("Do hash ribbons lag?", "Hash ribbons follow miners. A price fell for 14 days.", False),
    ],
)
def test_what_is_often_told_wrongly_is_found(question: str, said: str, flagged: bool) -> None:
    """A known wrong statement about the question's term speaks, its right form does not."""
    found = wrong_fact(reading(f"{said} {ANSWER}", question), opening_chars=1500)
    assert (found is not None) == flagged


@pytest.mark.parametrize(
    ("said", "flagged"),
    [
        ("The Pi Cycle says that tops come every 3.14 years.", True),
        ("The Pi Cycle is 2 x the 350DMA beside the 111DMA; 350 / 111 is about 3.14.", False),
    ],
)
def test_who_says_the_right_meaning_may_mention_another(said: str, flagged: bool) -> None:
    """A phrase of another meaning speaks unless a word of the right one stands beside it."""
    found = off_question(reading(f"{said} {ANSWER}", "What is the Pi Cycle?"), **OFF)
    assert (found is not None) == flagged
