"""Vectors from word vectors: exact, of the text alone, near in sense."""

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.embedding import distilled
from pipeline.embedding.distilled import DistilledEncoder, general, unit_of_whole
from pipeline.embedding.distilling import distil, word_shares
from pipeline.embedding.word_table import (
    MOST_WEIGHT,
    WordTable,
    read_word_table,
    word_table_bytes,
)
from pipeline.embedding.words import counted_words, word_counts

texts = st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=6)
COMMON = [f"w{number}" for number in range(20_000)]  # by Zipf's law what follows is rare
VOCABULARY = ["the", "of", *COMMON, "fee", "cost", "gas", "##less", "##s", "price"]


def sentences(words: list[str]) -> np.ndarray:
    """Return made vectors of 8 numbers, drawn from the letters of each word."""
    drawn = np.frombuffer(b"".join(sha256(word.encode()).digest()[:8] for word in words), np.uint8)
    return drawn.reshape(-1, 8).astype(np.float32) - 128


@pytest.fixture(scope="module")
def small() -> DistilledEncoder:
    content = distil(word_shares(VOCABULARY, ["gas fee"] * 3, ["staking"]), sentences)
    return DistilledEncoder(read_word_table(content, content_digest(content), "words.parquet"))


@given(texts)
def test_a_vector_knows_nothing_of_its_neighbours(batch: list[str]) -> None:
    """A text's vector is of unit length, and the same alone and in any batch, bit for bit."""
    together = general().encode(batch, "question")
    assert together.shape == (len(batch), general().dimension)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    for text, vector in zip(batch, together, strict=True):
        assert np.array_equal(general().encode([text], "document")[0], vector)


@given(st.lists(st.text(st.sampled_from("aB9é\u2019ﬁжß _-\n\t\ud800"), max_size=12), max_size=5))
def test_words_counted_together_are_those_of_each_text(batch: list[str]) -> None:
    """Reading many texts as one counts what reading each by itself counts."""
    counted = counted_words(batch)
    for at, text in enumerate(batch):
        own = slice(counted.starts[at], counted.starts[at + 1])
        named = [counted.vocabulary[place] for place in counted.word[own]]
        assert dict(zip(named, counted.times[own].tolist(), strict=True)) == word_counts(text)


@given(st.lists(st.sampled_from(["fee", "the", "gasless", "жар", "zq9"]), min_size=1, max_size=9))
def test_a_vector_is_the_exact_sum_of_its_words(words: list[str]) -> None:
    """However the product adds up, it is the sum of whole numbers that Python makes."""
    encoder = general()
    rows = {word: encoder._rows([word.encode()])[0].tolist() for word in set(words)}
    wanted = [sum(rows[word][axis] for word in words) for axis in range(encoder.dimension)]
    assert encoder._sums([" ".join(words)])[0].tolist() == wanted


def test_long_texts_leave_float32_and_stay_exact() -> None:
    """A text whose sums pass 2^24 has the vector of its tenth: both say the same ten times."""
    once = "gas fee staking yield curve " * 500
    long = once * 10
    assert sum(word_counts(long).values()) * MOST_WEIGHT * 127 > 1 << 24
    one, ten = general().encode([once, long], "document")
    assert np.array_equal(one, ten)


def test_like_is_beside_like_without_a_shared_word() -> None:
    """Synonyms bring two questions together that no letter does."""
    asked, same, other = general().encode(
        [
            "How expensive are transaction fees?",
            "What do transfers cost?",
            "Who invented the first candlestick chart?",
        ],
        "question",
    )
    assert asked @ same > asked @ other + 0.2


def test_unknown_words_go_by_stem_then_by_pieces_then_by_their_letters(
    small: DistilledEncoder,
) -> None:
    """What the table lacks is never silently nothing."""
    rows = small._table.vectors.astype(int)
    place = {word: number for number, word in enumerate(small._table.words)}
    assert "staking" in place
    assert small._rows([b"prices"])[0].tolist() == (rows[place["price"]] * MOST_WEIGHT).tolist()
    pieces = (rows[place["gas"]] + rows[place["##less"]]) * (MOST_WEIGHT // 2)
    assert small._rows([b"gasless"])[0].tolist() == pieces.tolist()
    one, same, other = small.encode(["биткоин", "Биткоин!", "эфир"], "question")
    assert np.array_equal(one, same)
    assert abs(float(one @ other)) < 0.99


def test_frequent_words_weigh_less(small: DistilledEncoder) -> None:
    """The rarer a word, the heavier; of what a base says often, too."""
    weights = dict(zip(small._table.words, small._table.weights.tolist(), strict=True))
    assert weights["the"] < weights["price"] <= MOST_WEIGHT
    assert weights["staking"] == MOST_WEIGHT


def test_the_same_vectors_give_the_same_table() -> None:
    """Making a table draws nothing, and a table is read as it was written."""
    made = [distil(word_shares(VOCABULARY, ["gas fee"] * 3, []), sentences) for _ in range(2)]
    assert made[0] == made[1]
    read = read_word_table(made[0], content_digest(made[0]), "words.parquet")
    assert read.words == sorted([*VOCABULARY])
    assert read.vectors.shape == (len(VOCABULARY), 8)
    assert word_table_bytes(read.words, read.stems, read.weights, read.vectors) == made[0]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"PAR1", "no Parquet file"),
        (word_table_bytes(["a", "a"], ["", ""], np.ones(2, np.uint8), np.ones((2, 2), np.int8)),
         "distinct words"),
        (word_table_bytes(["a"], [""], np.array([99], np.uint8), np.ones((1, 2), np.int8)),
         "weight must be 1 to 63"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(content: bytes, rule: str) -> None:
    """A file that is no table of words says which rule it breaks, and what makes one."""
    with pytest.raises(UserError, match=f"words.parquet: no table of word vectors: .*{rule}"):
        read_word_table(content, content_digest(content), "words.parquet")


def test_a_damaged_table_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes other than those this version was made with are refused, not searched with."""
    monkeypatch.setattr(distilled, "GENERAL_SHA256", "0" * 64)
    with pytest.raises(UserError, match=r"general_english\.parquet: SHA-256 is .*damaged"):
        general.__wrapped__()


def test_large_sums_lose_their_last_bits_not_their_sign() -> None:
    """Rows of any size become unit vectors: squares of what is large do not overflow."""
    rows = np.array([[3 << 40, -4 << 40], [3, -4], [0, 0]], np.int64)
    np.testing.assert_allclose(unit_of_whole(rows), [[0.6, -0.8], [0.6, -0.8], [1, 0]], atol=1e-7)


def test_accents_and_compatibility_forms_go() -> None:
    """Words are those of the model's vocabulary: no accents, no case, no punctuation."""
    counted = word_counts("Café — CAFE, ﬁat_x 5·10")
    assert counted == {b"cafe": 2, b"fiat": 1, b"x": 1, b"5": 1, b"10": 1}


def test_the_table_of_a_stage_is_a_table() -> None:
    """The table that comes along holds what a table must hold."""
    table = general()._table
    assert isinstance(table, WordTable)
    assert len(table.words) > 20_000
    assert table.vectors.shape[1] == general().dimension == 192
