"""Laws of the rules for terms that other fields share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.quality.lexicon import subject
from pipeline.quality.senses import off_question, wrong_expansion, wrong_fact
from tests.domains import LISTS
from tests.quality.made_up import ANSWER, LIMITS, reading

OFF = {"opening_chars": 900, "min_measured_words": 25}
SHARED = {"max_shared_words": 0.5}
SENSES, FACTS = LISTS[2]["senses"], LISTS[2]["facts"]
PLAIN = "Nobody knows tomorrow, so keep positions small and write down why each was opened."

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
        ("What is the vortex indicator?", "It helps. Vortex was developed in 2013.", True),
        ("What is the vortex indicator?", "Vortex was developed in the 1990s.", True),
        ("What is the vortex indicator?", "Vortex was developed in the late 2000s.", False),
        ("What is the vortex indicator?", "Vortex was developed in 2011, says one; 2010!", False),
        ("What is the vortex indicator?", "Vortex: studies published in 2021 use it.", False),
        ("What is the UO?", "The oscillator was introduced in 2011.", False),
        ("Is the ultimate oscillator late?", "The ultimate oscillator was made in 2011.", False),
        ("What is HODL waves' age?", "HODL waves are created by analyzing Unspent Outputs.", False),
    ],
)
def test_what_is_often_told_wrongly_is_found(question: str, said: str, flagged: bool) -> None:
    """A known wrong statement about the question's term speaks, its right form does not."""
    found = wrong_fact(reading(f"{said} {ANSWER}", question), opening_chars=1500)
    assert (found is not None) == flagged


@pytest.mark.parametrize(
    ("asked", "said", "flagged"),
    [
        ("RSI", "It matters. The RSI ranges from -100 to +100.", True),
        ("RSI", "The RSI oscillates between 0 and 100, most often between 30 and 70.", False),
        ("RSI", "The RSI typically ranges from 40 to 90 in an uptrend.", False),
        ("RSI", "The CCI ranges from -250 to 250.", False),
        ("chaikin money flow", "Chaikin money flow ranges from -100 to 100.", False),
        ("chaikin money flow", "Chaikin money flow ranges from 0 to 1.", True),
        ("vortex", "The vortex lines oscillate between 0 and 1.", True),
        ("sopr", "SOPR ranges from 0 to 100, some say.", False),
    ],
)
def test_bounds_are_those_that_are_known(asked: str, said: str, flagged: bool) -> None:
    """Other bounds of the term speak, in units or percent; where values mostly lie does not."""
    found = wrong_fact(reading(f"{said} {PLAIN}", f"How is the {asked} read?"), opening_chars=1500)
    assert (found is not None) == flagged


FLOWS = {"in": "positive net flows (more deposits than withdrawals)", "out": "net outflows"}


@pytest.mark.parametrize(
    ("said", "flagged"),
    [
        ("{in} may indicate increased buying pressure.", True),
        ("{in} can mean selling pressure, while {out} can mean accumulation.", False),
        ("{out} can mean selling pressure.", True),
        ("{in} may indicate reduced buying pressure.", False),
        ("{in} may indicate buying or selling pressure.", False),
        ("low {in} are bullish.", False),
        ("{in} of stablecoins are bullish.", False),
        ("{in} rose during price increases.", False),
        ("{in} and {out} can mean buying pressure.", False),
        ("{in} are bullish, says one. yet {in} mean selling pressure.", False),
        ("{in} may, for days. buying pressure is something else.", False),
    ],
)
def test_a_value_never_means_its_opposite(said: str, flagged: bool) -> None:
    """A clause that turns a value's meaning round speaks; doubt, or the right meaning, does not."""
    answer = f"{said.format(**FLOWS).capitalize()} {PLAIN}"
    found = wrong_fact(reading(answer, "What do exchange net flows say?"), opening_chars=1500)
    assert (found is not None) == flagged


def test_a_reading_names_lists_that_are_there() -> None:
    """The name of no list is one sentence that says which."""
    flows = {"value": ["inflows"], "means": ["<fall>"], "never": ["rise"]}
    facts = {"facts": [{"terms": ["flows"], "readings": [flows]}]}
    with pytest.raises(UserError, match="<fall> names no list"):
        subject([], senses=facts)
    assert subject([], senses={**facts, "lists": {"fall": ["sales"]}}).facts.senses


def test_the_list_of_facts_is_well_formed() -> None:
    """No term has two facts, all is in lower case, and no phrase means a value and its opposite."""
    terms = [term for one in FACTS for term in one["terms"]]
    assert len(terms) == len(set(terms))
    for one in FACTS:
        listed = [*one["terms"], *one.get("mistaken", ()), *one.get("makers", ())]
        for reading_ in one.get("readings", ()):
            listed += [text for texts in reading_.values() for text in texts]
            assert set(reading_["means"]).isdisjoint(reading_["never"])
        assert all(text == text.lower() for text in listed)
        assert one.get("bounds", []) == sorted(one.get("bounds", []))
    rise, fall = (set(LISTS[2]["lists"][name]) for name in ("rise", "fall"))
    assert rise.isdisjoint(fall)


@pytest.mark.parametrize(
    ("answer", "flagged"),
    [
        ("KST, or Kelvin Step Time, is read daily.", True),
        ('KST stands for "Kelvin of Step Time" in charts.', True),
        ("KST, or Know Sure Thing, sums four rates.", False),
        ("KST, or what sellers think, is read daily.", False),
        ("KST or King Sun Tides?", True),
    ],
)
def test_what_an_acronym_stands_for_is_read_behind_it_too(answer: str, flagged: bool) -> None:
    """Capitalised words behind the acronym spell it out as words before it in brackets do."""
    found = wrong_expansion(reading(answer, "How is KST read?"), **SHARED)
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
