import daft
import pyarrow as pa

from pipeline.core.memo import NoMemo
from pipeline.dedup.candidates.fingerprints import MinHash
from pipeline.dedup.planted.judging import judge_planted
from pipeline.dedup.planted.plants import duplicates
from pipeline.dedup.rules import Thresholds
from pipeline.embedding.distilled import general
from pipeline.embedding.windows import document_vectors
from tests.domains import LEXICON

SHAPE = MinHash(64, 32, 4, answer_permutations=60, answer_bands=12, answer_shingle_words=2, seed=5)
SENTENCES = [
    "Exchange balances fall while long holders add coins to cold storage.",
    "Analysts compare the reading with volume before they draw conclusions.",
    "A single extreme is weak evidence unless liquidity confirms the signal.",
    "Funding that turns negative suggests crowded positions on one side.",
    "Careful desks rehearse recovery and rotate signers every quarter.",
]


def measured(count: int, plants: int, **thresholds: float) -> dict[str, float]:
    ids = [f"{n:032x}" for n in range(0, count * 7**30, 7**30)][:count]
    questions = [f"How do desk {n} and venue {n * n} read exchange flows?" for n in range(count)]
    answers = [" ".join(SENTENCES[n % 5 :] + SENTENCES[: n % 5]) for n in range(count)]
    pairs = pa.table(
        {
            name: pa.array(values, pa.large_string())
            for name, values in (("pair_id", ids), ("question", questions), ("answer", answers))
        }
    )
    limits = Thresholds(
        **{"fuzzy": 90, "review": 85, "answer": 95, "cosine": 0.95, "wording": 95} | thresholds
    )
    table = daft.from_arrow(pairs)
    return judge_planted(
        table,
        pa.array(ids, pa.large_string()),
        count=plants,
        shape=SHAPE,
        thresholds=limits,
        known_words=LEXICON,
        encode=lambda questions, answers: (
            general().encode(questions, "question"),
            document_vectors(general(), questions, answers, 1),
        ),
        space="distilled",
        memo=NoMemo(),
    )


def test_what_only_looks_different_is_found_and_no_trap_is_merged() -> None:
    """Punctuation and plurals are found in full, traps are left alone, everything is counted."""
    found = measured(60, 40)
    assert found["planted_pairs"] == found["planted_traps"] == 40
    assert found["planted_recall_punctuation"] == 1
    assert found["planted_recall_plural"] == 1
    assert found["planted_false_merges"] == 0
    assert 0 < found["planted_merged_by_rule"] < 1


def test_a_threshold_out_of_reach_shows_in_the_recall() -> None:
    """With thresholds that nothing reaches edited duplicates are no longer found."""
    strict = measured(60, 40, fuzzy=100.0, review=100.0, answer=100.0, wording=100.0)
    assert strict["planted_recall_10pct"] < measured(60, 40)["planted_recall_10pct"]


def test_sense_finds_paraphrases_that_letters_miss() -> None:
    """Questions in other words are found by their vectors, and by nothing else."""
    by_sense = measured(60, 60, cosine=0.8)
    by_letters = measured(60, 60, cosine=1.1)
    for kind in ("synonyms", "question_form"):
        assert by_sense[f"planted_recall_{kind}"] > by_letters[f"planted_recall_{kind}"]
    assert by_sense["planted_false_merges"] == by_letters["planted_false_merges"] == 0


def test_a_small_or_empty_corpus_plants_what_it_can() -> None:
    """No more is planted than there are pairs; without pairs, or plants, all figures are 0."""
    assert measured(3, 40)["planted_pairs"] == 3
    for found in (measured(0, 40), measured(3, 0)):
        assert set(found.values()) == {0}
        assert {f"planted_recall_{kind}" for kind in duplicates(LEXICON)} <= set(found)
