import hashlib
import itertools
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import daft
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipeline.core.errors import UserError
from pipeline.core.ids import pair_id
from pipeline.core.json_values import pretty
from pipeline.core.memo import NoMemo
from pipeline.core.ranges import Ranges
from pipeline.core.schemas import arrow_schema, faults
from pipeline.core.validation import Validator
from pipeline.dedup.text import plain, tokens
from pipeline.stages.dedup import Deduped, dedup
from pipeline.store.remembered import DiskMemo
from pipeline.store.tables import checked
from tests.conftest import origin, pairs_table, schema
from tests.domains import OPPOSITES, PLAN
from tests.thoroughness import often

Pair = tuple[str, str]

FLAGS = pa.large_list(
    pa.struct([(name, pa.large_string()) for name in ("code", "severity", "evidence")])
)
OUTPUT_TABLES = ("kept", "decisions", "similarity")

SUBJECT = (PLAN, OPPOSITES)
PARAMS: dict[str, Any] = {
    "fuzzy_threshold": 90.0,
    "review_threshold": 85.0,
    "answer_threshold": 95.0,
    "cosine_threshold": 0.95,
    "wording_threshold": 95.0,
    "permutations": 128,
    "bands": 32,
    "shingle_chars": 4,
    "answer_permutations": 60,
    "answer_bands": 12,
    "answer_shingle_words": 2,
    "cosine_bands": 16,
    "max_bucket": 8,
    "anchors": 8,
    "seed": 7,
    "plants": 0,
    "reruns": "keep_all",
    "embed_encoder": "hashing",
    "embed_model": "",
    "embed_windows": 1,
    "embed_hashing": {"dimension": 16, "ngram_chars_min": 3, "ngram_chars_max": 5},
}
PLANTED = {"plants": 2}
"""What laws of bytes and metrics are tried with; each plant costs a quarter of a run."""
SPACE = "hashing@3-5/16"
PROSE = (
    "The oscillator compares recent gains with recent losses over a lookback window and maps the "
    "ratio to a bounded scale. Analysts watch extremes and divergences, confirm them with volume, "
    "and size positions by volatility, because a single reading in a strong trend misleads."
)
OTHER = (
    "Custody splits keys among several devices so that no thief can spend with one of them. Firms "
    "rehearse recovery, rotate signers and insure the remainder against operational mistakes."
)


def unit_vector(text: str) -> list[float]:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).standard_normal(16)
    return (vector / np.linalg.norm(vector)).tolist()


def verdict_table(*rows: tuple[str, str, str]) -> pd.DataFrame:
    columns = ["when", "who", "verdict", "pair_id", "other_id", "note"]
    filled = [("2025-01-01", "eva", verdict, one, other, "seen") for verdict, one, other in rows]
    return pd.DataFrame(filled, columns=columns, dtype=str)


def inputs(
    pairs: list[Pair],
    scores: dict[Pair, float] | None = None,
    rejected: tuple[Pair, ...] = (),
    vectors: dict[Pair, list[float]] | None = None,
    documents: dict[Pair, list[float]] | None = None,
) -> tuple[daft.DataFrame, daft.DataFrame, daft.DataFrame, daft.DataFrame]:
    ids = [pair_id(*pair) for pair in pairs]
    given_scores = [(scores or {}).get(pair, 80.0) for pair in pairs]
    scored = {
        "pair_id": pa.array(ids, pa.large_string()),
        "score": pa.array(given_scores, pa.float32()),
        "verdict": pa.array(
            ["reject" if pair in rejected else "accept" for pair in pairs], pa.large_string()
        ),
        "decided_by": pa.array(["rule"] * len(pairs), pa.large_string()),
        "flags": pa.array([[] for _ in pairs], FLAGS),
    }
    rows = [(vectors or {}).get(pair) or unit_vector("\n".join(pair)) for pair in pairs]
    answered = [(documents or {}).get(pair, row) for pair, row in zip(pairs, rows, strict=True)]
    embedded = {
        "pair_id": scored["pair_id"],
        "question_vector": pa.array(rows, pa.list_(pa.float32(), 16)),
        "document_vector": pa.array(answered, pa.list_(pa.float32(), 16)),
        "space": pa.array([SPACE] * len(pairs), pa.large_string()),
    }
    texts = pairs_table({"question": question, "answer": answer} for question, answer in pairs)
    scored_table, embedded_table = (daft.from_arrow(pa.table(c)) for c in (scored, embedded))
    return texts, scored_table, embedded_table, repairs()


def repairs(*rows: dict[str, Any]) -> daft.DataFrame:
    return daft.from_arrow(pa.Table.from_pylist(rows, arrow_schema(schema("repairs"))))


def copy_of(delivered: Pair, better: Pair, *, is_applied: bool = True) -> dict[str, Any]:
    return {
        "pair_id": pair_id(*delivered),
        "question": better[0],
        "answer": better[1],
        "kinds": ["report_residue"],
        "is_applied": is_applied,
        "text_id": pair_id(*better),
    }


def run(pairs: list[Pair], *verdicts: tuple[str, str, str], **options: Any) -> Deduped:
    changed = {name: options.pop(name) for name in list(options) if name in PARAMS}
    memo = options.pop("memo", NoMemo())
    copies = options.pop("copies", ())
    tables = inputs(pairs, **options)
    people = verdict_table(*verdicts)
    limits = {**PARAMS, **changed}
    return dedup(*tables[:3], repairs(*copies), *SUBJECT, people, [], **limits, memo=memo)


def whole(table: daft.DataFrame | Ranges) -> daft.DataFrame:
    return table.whole if isinstance(table, Ranges) else table


def kept_ids(result: Deduped) -> set[str]:
    return set(result.kept.whole.to_pydict()["pair_id"])


def decisions(result: Deduped) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = result.decisions.to_pylist()
    return rows


def clusters(result: Deduped) -> dict[str, str]:
    rows = result.kept.whole.to_pydict()
    return dict(zip(rows["pair_id"], rows["cluster_id"], strict=True))


def written(result: Deduped) -> list[bytes]:
    """Return what would stand on disk."""
    tables = [
        str(checked(whole(getattr(result, name)), schema(name)).to_pylist()).encode()
        for name in OUTPUT_TABLES
    ]
    return [*tables, pretty(result.duplicate_analysis_detailed), pretty(result.metrics)]


def test_case_and_spacing_make_no_second_pair() -> None:
    """Pairs that read the same are one pair, with the others' questions as aliases."""
    best, twin = ("What is RSI?", PROSE), ("what is  RSI ?", PROSE.upper())
    result = run([twin, best], scores={best: 90.0})
    (row,) = decisions(result)
    assert kept_ids(result) == {pair_id(*best)}
    assert (row["kind"], row["action"]) == ("identical_text", "merge")
    assert row["winner"] == pair_id(*best)
    alias = {"pair_id": pair_id(*twin), "question": twin[0]}
    assert result.kept.whole.to_pydict()["aliases"] == [[alias]]


def test_a_verified_and_unguarded_twin_is_merged() -> None:
    """A near question with a near answer and silent guards goes into the better pair."""
    one = ("How are exchange net flows read by miners?", PROSE)
    other = ("How is exchange net flow read by miners?", PROSE.replace("watch", "watched"))
    result = run([one, other], scores={other: 95.0}, fuzzy_threshold=85.0)
    (row,) = decisions(result)
    assert (row["kind"], row["action"], row["guards"]) == ("near_duplicate", "merge", [])
    assert row["winner"] == pair_id(*other)
    assert kept_ids(result) == {pair_id(*other)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "portfolio optimization under constraints",
            "portfolio tax optimization under constraints",
        ),
        (
            "throughput of layer-1 networks and rollups",
            "throughput of layer-2 networks and rollups",
        ),
        ("best RSI settings for swing traders", "best ADX settings for swing traders"),
        ("what exchange inflow says about miners", "what exchange outflow says about miners"),
        ("risk in the retail sector of tokens", "risk in the technology sector of tokens"),
        ("swapping stablecoins from BTC to ETH", "swapping stablecoins from ETH to BTC"),
    ],
)
def test_look_alikes_never_merge(one: str, other: str) -> None:
    """A filled template is kept twice even when the answers are nearly equal and cosine is 1."""
    pairs = [(one, PROSE), (other, PROSE + " Always.")]
    same = {pair: unit_vector("same") for pair in pairs}
    result = run(pairs, fuzzy_threshold=60.0, review_threshold=50.0, vectors=same)
    assert len(kept_ids(result)) == 2
    assert {row["action"] for row in decisions(result)} <= {"keep", "review"}


def test_one_question_with_two_answers_keeps_both_together() -> None:
    """Real answers to one question stay, linked by their cluster."""
    one, other = ("What is custody?", PROSE), ("what is custody", OTHER)
    result = run([one, other])
    (row,) = decisions(result)
    assert (row["kind"], row["action"], row["winner"]) == (
        "same_question_other_answer",
        "keep",
        None,
    )
    assert len(set(clusters(result).values())) == 1
    assert result.metrics["kept"] == 2


def test_one_answer_to_two_questions_is_kept_once_only_if_they_ask_the_same() -> None:
    """The same answer makes an alias of the same question in other words, and of no other."""
    named = ("What is the RSI?", PROSE)
    spelled = ("Explain the Relative Strength Index", PROSE)
    other = ("What is the ADX?", PROSE)
    result = run([named, spelled, other], scores={named: 90.0})
    assert kept_ids(result) == {pair_id(*named), pair_id(*other)}
    rows = {tuple(row["members"]): row["action"] for row in decisions(result)}
    assert rows[tuple(sorted((pair_id(*named), pair_id(*spelled))))] == "alias"
    assert len(set(clusters(result).values())) == 1


def test_answers_that_differ_in_a_number_are_left_to_a_reviewer() -> None:
    """Nearly equal answers with another number are proposed, not merged."""
    one, other = ("How long is it?", PROSE + " Use 14."), ("how long is it", PROSE + " Use 21.")
    (row,) = decisions(run([one, other]))
    assert row["action"] == "review"
    assert any(phrase.startswith("answer number: ") for phrase in row["guards"])


def test_near_vectors_alone_are_a_proposal() -> None:
    """Near questions with near answers ask a reviewer and share a split; with far ones do not."""
    one, other = (
        ("keys of signers", OTHER),
        ("keys of signers in threshold wallets explained", PROSE),
    )
    same = {pair: unit_vector("same") for pair in (one, other)}
    result = run([one, other], vectors=same)
    (row,) = decisions(result)
    assert (row["kind"], row["action"]) == ("near_duplicate", "review")
    assert row["cosine"] == pytest.approx(1)
    assert len(set(clusters(result).values())) == 1
    answered = {pair: unit_vector(pair[1]) for pair in (one, other)}
    assert decisions(run([one, other], vectors=same, documents=answered)) == []


def test_a_cluster_is_held_by_its_anchor() -> None:
    """A chain A-B-C merges B into A and leaves C, though B alone would take C."""
    base = "alpha bravo delta gamma kappa lambda omega sigma theta zeta"
    near = f"{base} overview introduction"
    far = f"{near} definition meaning summary"
    chain = [(base, PROSE), (near, PROSE + " Sure."), (far, PROSE + " Sure, certainly.")]
    scores = dict(zip(chain, (90.0, 80.0, 70.0), strict=True))
    looser = {"fuzzy_threshold": 80.0, "review_threshold": 60.0, "scores": scores}
    first, second, third = (pair_id(*pair) for pair in chain)
    assert kept_ids(run(chain[1:], **looser)) == {second}
    assert kept_ids(run(chain, **looser)) == {first, third}


def test_reviewers_decide() -> None:
    """Merge merges what no rule would, keep_apart keeps what a rule merges, with their word."""
    twin, copy = ("What is RSI?", PROSE), ("what is RSI", PROSE + " ")
    odd, even = ("Who signs first?", OTHER), ("keys of a vault", OTHER[:90])
    ids = [pair_id(*pair) for pair in (twin, copy, odd, even)]
    result = run(
        [twin, copy, odd, even],
        ("keep_apart", ids[1], ids[0]),
        ("merge", ids[2], ids[3]),
        scores={odd: 90.0},
    )
    assert kept_ids(result) == {ids[0], ids[1], ids[2]}
    rows = {tuple(row["members"]): row for row in decisions(result)}
    apart, joined = (rows[tuple(sorted(two))] for two in (ids[:2], ids[2:]))
    assert (apart["action"], apart["decided_by"]) == ("keep", "reviewer")
    assert (joined["action"], joined["decided_by"]) == ("merge", "reviewer")
    assert joined["winner"] == ids[2]
    assert "seen" in apart["why"]


def test_what_is_rejected_is_left_out_unless_a_reviewer_accepts_it() -> None:
    """A rejected pair takes no part; accept brings it back, reject takes another one out."""
    bad, rescued, good = ("bad?", PROSE), ("rescued?", OTHER), ("good?", PROSE + OTHER)
    result = run(
        [bad, rescued, good],
        ("accept", pair_id(*rescued), ""),
        ("reject", pair_id(*good), ""),
        rejected=(bad, rescued),
    )
    assert kept_ids(result) == {pair_id(*rescued)}
    assert result.metrics["rejected"] == 2
    assert result.similarity.count_rows() == 0


SUBJECTS = ("RSI", "ADX", "exchange inflow", "exchange outflow", "layer-1", "layer-2")
QUESTIONS = st.sampled_from(
    [
        template.format(subject)
        for subject, template in itertools.product(
            SUBJECTS,
            ("What is {}?", "what is {}", "Explain {} in crypto", '"{} in crypto markets"'),
        )
    ]
)
ANSWERS = st.sampled_from(
    [PROSE, PROSE.lower(), PROSE + " Use 14.", PROSE + " Use 21.", OTHER, "No"]
)
TABLES = st.lists(st.tuples(QUESTIONS, ANSWERS), unique=True, max_size=14)


@often(7)
@given(TABLES, st.randoms(use_true_random=False))
def test_order_of_the_rows_changes_no_byte(pairs: list[Pair], random: Any) -> None:
    """Shuffled tables give the same outputs, byte for byte."""
    shuffled = random.sample(pairs, len(pairs))
    assert written(run(pairs, **PLANTED)) == written(run(shuffled, **PLANTED))


@often(7)
@given(TABLES)
def test_every_pair_is_accounted_for(pairs: list[Pair]) -> None:
    """A pair is kept, or exactly one decision merges it into a pair that is kept."""
    result = run(pairs)
    kept = kept_ids(result)
    gone = [
        (member, row["winner"])
        for row in decisions(result)
        if row["action"] in ("merge", "alias")
        for member in row["members"]
        if member != row["winner"]
    ]
    assert {winner for _, winner in gone} <= kept
    assert sorted([*kept, *(member for member, _ in gone)]) == sorted(pair_id(*p) for p in pairs)
    aliases = [a["pair_id"] for row in result.kept.whole.to_pylist() for a in row["aliases"]]
    assert sorted(aliases) == sorted(member for member, _ in gone)


@often(5)
@given(TABLES)
def test_a_second_run_on_what_was_kept_merges_nothing(pairs: list[Pair]) -> None:
    """Deduplication of its own result leaves the result as it is."""
    first = kept_ids(run(pairs))
    rest = [pair for pair in pairs if pair_id(*pair) in first]
    assert kept_ids(run(rest)) == first


@often(5)
@given(TABLES)
def test_outputs_keep_to_their_schemas(pairs: list[Pair]) -> None:
    """Tables and report are what schemas/ and the docs promise."""
    result = run(pairs, **PLANTED)
    for name in OUTPUT_TABLES:
        assert faults(checked(whole(getattr(result, name)), schema(name)), schema(name)) == []
    validator = Validator(schema("duplicate_analysis_detailed"))
    assert validator.first_fault(result.duplicate_analysis_detailed) is None


@often(5)
@given(TABLES)
def test_similarities_are_the_upper_half_of_what_was_compared(pairs: list[Pair]) -> None:
    """Each two pairs stand once, the smaller id first, as alike as their questions are."""
    rows = run(pairs).similarity.to_pylist()
    keys = [(row["pair_id"], row["other_id"]) for row in rows]
    assert keys == sorted(set(keys))
    assert all(one < other for one, other in keys)
    texts = {pair_id(*pair): pair for pair in pairs}
    for row in rows:
        two = [texts[row[name]] for name in ("pair_id", "other_id")]
        words = (sorted(tokens(plain(question))) for question, _ in two)
        expected = fuzz.ratio(*map(" ".join, words)) / 100
        assert row["similarity"] == pytest.approx(expected, abs=1e-6)


def test_twins_are_alike_in_full_and_strangers_stand_nowhere() -> None:
    """Two spellings of one pair have the similarity 1; a pair that meets none is in no row."""
    twin, copy, stranger = ("What is RSI?", PROSE), ("what is rsi", PROSE), ("Who signs?", OTHER)
    (row,) = run([twin, copy, stranger]).similarity.to_pylist()
    first, second = sorted((pair_id(*twin), pair_id(*copy)))
    assert row == {"pair_id": first, "other_id": second, "similarity": 1.0}


@often(5)
@given(TABLES, st.data())
def test_what_is_remembered_changes_no_byte(pairs: list[Pair], data: Any) -> None:
    """Deliveries one after another, with scores and verdicts in between, end as one cold run."""
    cuts = data.draw(st.lists(st.integers(0, len(pairs)), max_size=3).map(sorted))
    ids = [pair_id(*pair) for pair in pairs]
    said = [("keep_apart", ids[0], ids[-1])] if len(ids) > 1 and data.draw(st.booleans()) else []
    scores = {pair: data.draw(st.sampled_from([50.0, 80.0, 90.0])) for pair in pairs}
    shared = {pair: unit_vector(pair[1].lower()) for pair in pairs}
    with TemporaryDirectory() as folder:
        memo = DiskMemo(Path(folder), "code")
        for cut in cuts:
            run(pairs[:cut], vectors=shared, memo=memo, **PLANTED)
        warm = written(run(pairs, *said, scores=scores, vectors=shared, memo=memo, **PLANTED))
    assert warm == written(run(pairs, *said, scores=scores, vectors=shared, **PLANTED))


@often(7)
@given(TABLES, st.data())
def test_what_need_not_be_measured_changes_no_byte(pairs: list[Pair], data: Any) -> None:
    """Leaving out encounters inside a merged family gives what measuring every one gives."""
    ids = [pair_id(*pair) for pair in pairs]
    two = st.tuples(st.sampled_from(["keep_apart", "merge"]), *[st.sampled_from(ids or [""])] * 2)
    said = data.draw(st.lists(two, max_size=2)) if ids else []
    scores = {pair: data.draw(st.sampled_from([50.0, 80.0, 90.0])) for pair in pairs}
    sparing = written(run(pairs, *said, scores=scores))
    with patch(
        "pipeline.dedup.comparison.evidence._certain_anchors", lambda *_: np.full(len(pairs), -1)
    ):
        assert written(run(pairs, *said, scores=scores)) == sparing


def test_nearly_one_answer_to_two_questions_is_linked_and_kept() -> None:
    """An answer retold with a word changed stays, in the cluster of the other one."""
    one = ("how do such gauges behave", f"{PROSE} {OTHER}")
    other = ("explain oscillators and their limits", f"{PROSE} {OTHER} Certainly.")
    result = run([one, other], vectors={one: unit_vector("a"), other: unit_vector("b")})
    assert len(set(clusters(result).values())) == 1
    assert [(row["kind"], row["action"]) for row in decisions(result)] == [
        ("other_question_same_answer", "keep")
    ]


@pytest.mark.parametrize(
    "other",
    [
        ("explain oscillators and their limits", f"{PROSE} {OTHER} Wait 14 days."),
        ("explain oscillators and their limits", f"{OTHER} Firms insure what they hold."),
        ("explain RSI and its limits", f"{PROSE} {OTHER} Certainly."),
    ],
)
def test_answers_that_share_sentences_are_no_twins(other: Pair) -> None:
    """A number in the answer, half of another answer, or another name keep two pairs strangers."""
    one = ("how do such gauges behave", f"{PROSE} {OTHER}")
    result = run([one, other], vectors={one: unit_vector("a"), other: unit_vector("b")})
    assert len(set(clusters(result).values())) == 2
    assert decisions(result) == []


def test_two_orders_of_the_same_words_each_keep_their_own_together() -> None:
    """Better answers to a question about one name do not hide that two others are of no name."""
    answers = [f"{letter * 6} " * 20 for letter in "abcdefghijkl"]
    there = [("signals of the simple moving average also", answer) for answer in answers]
    back = [("signals of the simple also moving average", answer) for answer in (PROSE, OTHER)]
    scores = {**dict.fromkeys(there, 90.0), **dict.fromkeys(back, 50.0)}
    found = clusters(run([*there, *back], scores=scores, anchors=2))
    ours, theirs = ({found[pair_id(*pair)] for pair in pairs} for pairs in (there, back))
    assert len(ours) == len(theirs) == 1
    assert ours != theirs


def test_a_third_twin_joins_no_two_that_a_reviewer_keeps_apart() -> None:
    """When a twin of both arrives it goes to one of them, and the two stay apart."""
    one, other = ("What is RSI?", PROSE), ("what is RSI", PROSE + " ")
    third = ("WHAT IS RSI", PROSE + "  ")
    ids = [pair_id(*pair) for pair in (one, other, third)]
    for best in (one, other, third):
        result = run([one, other, third], ("keep_apart", ids[1], ids[0]), scores={best: 90.0})
        kept = kept_ids(result)
        assert len(kept) == 2
        together = [
            {alias["pair_id"] for alias in row["aliases"]} | {row["pair_id"]}
            for row in result.kept.whole.to_pylist()
        ]
        assert not any({ids[0], ids[1]} <= group for group in together)


def test_plants_leave_no_trace_in_the_data() -> None:
    """Measuring with plants changes metrics alone."""
    pairs = [(f"{subject} question", PROSE + subject) for subject in SUBJECTS]
    plain, planted = run(pairs, plants=0), run(pairs, plants=5)
    assert planted.metrics["planted_traps"] == 5
    outputs = [written(result) for result in (plain, planted)]
    assert outputs[0][:-1] == outputs[1][:-1]  # all but the metrics


class Counting(NoMemo):
    """Counts the rows that each computation was asked for."""

    def __init__(self, memo: DiskMemo) -> None:
        self.memo = memo
        self.computed: Counter[str] = Counter()

    def rows(self, name: str, table: daft.DataFrame, compute: Any, **options: Any) -> Any:
        def counted(unseen: daft.DataFrame) -> daft.DataFrame:
            self.computed[name] += unseen.count_rows()
            return compute(unseen)

        return self.memo.rows(name, table, counted, **options)


def test_only_what_is_new_is_computed(tmp_path: Path) -> None:
    """A second run computes nothing, and one more pair nothing but its own part."""
    pairs = [(f"{subject} question", PROSE + subject) for subject in SUBJECTS]
    twins = [(f"{subject} questions", PROSE + subject.upper()) for subject in SUBJECTS]
    run([*pairs, *twins], memo=Counting(DiskMemo(tmp_path, "code")), **PLANTED)
    again = Counting(DiskMemo(tmp_path, "code"))
    run([*pairs, *twins], memo=again, **PLANTED)
    assert again.computed.total() == 0
    run([*pairs, *twins, ("custody of keys", OTHER)], memo=again, **PLANTED)
    assert again.computed["fingerprints"] == 1
    assert again.computed["likeness"] == 0


def test_partitions_change_no_byte() -> None:
    """A table in many partitions gives what it gives in one."""
    pairs = [(f"{subject} question", PROSE + subject) for subject in SUBJECTS]
    pairs += [(f"{subject}  QUESTION", PROSE + subject.upper()) for subject in SUBJECTS]
    whole = inputs(pairs)
    pieces = [inputs([pair]) for pair in pairs]
    split_up = [daft.from_arrow([part[n].to_arrow() for part in pieces]) for n in range(4)]
    results = [
        dedup(*tables, *SUBJECT, verdict_table(), [], **{**PARAMS, **PLANTED}, memo=NoMemo())
        for tables in (whole, split_up)
    ]
    assert written(results[0]) == written(results[1])


@pytest.mark.parametrize("count", [0, 1])
def test_tables_of_none_and_one(count: int) -> None:
    """An empty table and a single pair pass through unchanged."""
    result = run([("What is RSI?", PROSE)][:count])
    assert result.kept.whole.count_rows() == count
    assert decisions(result) == []
    assert result.similarity.count_rows() == 0
    assert written(result)


def test_a_bucket_of_one_text_stays_linear() -> None:
    """Three hundred spellings of one pair are one pair, after one decision each."""
    spellings = [("what is rsi" + " " * n, PROSE) for n in range(300)]
    result = run(spellings)
    assert result.metrics["kept"] == 1
    assert result.decisions.count_rows() == 299
    assert result.metrics["verified"] == 0
    assert result.metrics["largest_cluster"] == 300


def test_a_question_with_very_many_answers_stays_linear_and_says_so() -> None:
    """A question answered 100 times is compared with its best max_bucket answers, and counted."""
    answers = [
        f"{OTHER} Variant {chr(97 + n % 26)}{chr(97 + n // 26)} {PROSE[: n * 2]}"
        for n in range(100)
    ]
    result = run([("what is custody", answer) for answer in answers])
    assert result.metrics["verified"] <= 2 * 8 * 100  # by its question and by its answer
    assert result.metrics["uncompared"] >= 100 - 8
    assert result.metrics["largest_cluster"] == 100


def test_inputs_that_do_not_fit_are_refused() -> None:
    """A pair without a score and bands that divide nothing are told in one sentence."""
    texts, scores, vectors, none = inputs([("a?", PROSE), ("b?", OTHER)])
    with pytest.raises(UserError, match="1 pair without a score"):
        dedup(
            texts,
            scores.limit(1),
            vectors,
            none,
            PLAN,
            OPPOSITES,
            verdict_table(),
            [],
            **PARAMS,
            memo=NoMemo(),
        )
    with pytest.raises(UserError, match="no multiple of bands"):
        run([("a?", PROSE)], bands=33)


@pytest.mark.parametrize("is_applied", [True, False])
def test_a_repaired_text_is_kept_where_it_is_applied(*, is_applied: bool) -> None:
    """The id stays that of the text as delivered; the copy takes its place only when applied."""
    delivered = ("what is rsi", "the oscillatorâ€™s range")
    better = {"question": delivered[0], "answer": "the oscillator's range"}
    row = copy_of(delivered, tuple(better.values()), is_applied=is_applied)
    tables = inputs([delivered])
    tables = (*tables[:3], repairs(row), *SUBJECT, verdict_table(), [])
    result = dedup(*tables, **PARAMS, memo=NoMemo())
    assert result.kept.whole.to_pydict()["pair_id"] == [pair_id(*delivered)]
    assert result.kept.whole.to_pydict()["answer"] == [
        better["answer"] if is_applied else delivered[1]
    ]


def test_texts_that_are_equal_once_cleaned_are_one_pair() -> None:
    """A tail that a parser left makes no second pair: the clean one stays, with all origins."""
    clean, dirty = ("What is RSI?", PROSE), ("What is RSI?", f"{PROSE}\n\nanswer characters: 290")
    result = run([dirty, clean], copies=[copy_of(dirty, clean)])
    (row,) = decisions(result)
    assert (row["kind"], row["action"], row["winner"]) == (
        "identical_text",
        "merge",
        pair_id(*clean),
    )
    (kept,) = result.kept.whole.to_pylist()
    assert (kept["answer"], kept["repairs"], len(kept["origins"])) == (PROSE, [], 1)
    assert result.metrics["proposals"] == 0


@pytest.mark.parametrize("longer", ["whole", "half"])
def test_whole_quotes_go_before_half_ones(longer: str) -> None:
    """Of two that say the same the question with both halves of its quotes stays."""
    whole, half = (
        ('"fallback system" for failures', PROSE),
        ('"fallback system for failures', PROSE),
    )
    scores = {whole: 81.0 if longer == "whole" else 80.0, half: 80.5}
    assert kept_ids(run([half, whole], scores=scores)) == {pair_id(*whole)}


def test_a_winner_takes_over_what_it_lacks_and_conflicts_are_listed() -> None:
    """Origins are joined, unknown metadata filled, and what disagrees is named, not lost."""
    best, twin = ("What is RSI?", PROSE), ("what is rsi", PROSE)
    rows = [
        {"question": best[0], "answer": best[1], "session": "7", "tags": ["a"], "category": None},
        {
            "question": twin[0],
            "answer": twin[1],
            "session": "8",
            "tags": ["b", "a"],
            "indicator": "RSI",
            "category": "Momentum",
            "created": "2025-01-01",
            "origins": [origin("zai", "cdefabcdefab-b.json")],
        },
    ]
    tables = inputs([best, twin], scores={best: 95.0})
    result = dedup(
        pairs_table(rows), *tables[1:], *SUBJECT, verdict_table(), [], **PARAMS, memo=NoMemo()
    )
    (kept,) = result.kept.whole.to_pylist()
    assert [one["agent"] for one in kept["origins"]] == ["droid", "zai"]
    assert (kept["indicator"], kept["category"], kept["created"]) == (
        "RSI",
        "Momentum",
        "2025-01-01",
    )
    assert (kept["session"], kept["tags"], kept["group"]) == ("7", ["a", "b"], "Momentum")
    assert kept["conflicts"] == [{"pair_id": pair_id(*twin), "field": "session", "value": "8"}]
    assert result.metrics["metadata_conflicts"] == 1


@pytest.mark.parametrize(
    ("own", "other", "group"),
    [("none", "Scaling", "Scaling"), ("Tax", "Scaling", "Tax"), ("none", "none", "none")],
)
def test_a_winner_without_a_category_has_the_first_group(own: str, other: str, group: str) -> None:
    """A group is its winner's own, else that of a pair merged into it, and no conflict."""
    best, twin = ("What is RSI?", PROSE), ("what is rsi", PROSE)
    rows = [
        {"question": best[0], "answer": best[1], "group": own},
        {"question": twin[0], "answer": twin[1], "group": other},
    ]
    tables = inputs([best, twin], scores={best: 95.0})
    result = dedup(
        pairs_table(rows), *tables[1:], *SUBJECT, verdict_table(), [], **PARAMS, memo=NoMemo()
    )
    (kept,) = result.kept.whole.to_pylist()
    assert (kept["group"], kept["conflicts"]) == (group, [])


def test_reruns_of_a_question_are_kept_beside_the_best_where_asked_for() -> None:
    """keep_best names the better answer of one that stays; keep_all names none; nothing merges."""
    good, other = ("What is custody?", PROSE), ("what is custody", OTHER)
    for reruns, better in (("keep_all", None), ("keep_best", pair_id(*good))):
        result = run([good, other], scores={good: 95.0}, reruns=reruns)
        beside = {row["pair_id"]: row["alternative_of"] for row in result.kept.whole.to_pylist()}
        assert beside == {pair_id(*good): None, pair_id(*other): better}
    with pytest.raises(UserError, match=r"dedup.reruns is 'best'"):
        run([good], reruns="best")


@pytest.mark.parametrize("verdict", ["keep_both", "better_of_rerun"])
def test_two_answers_that_a_reviewer_keeps_are_linked(verdict: str) -> None:
    """Neither merges whatever rules say; of a rerun the lower ranked stands beside the better."""
    good, other = ("What is custody?", PROSE), ("what is custody", PROSE)
    two = (pair_id(*good), pair_id(*other))
    result = run([good, other], (verdict, *two), scores={good: 95.0})
    assert kept_ids(result) == set(two)
    assert len(set(clusters(result).values())) == 1
    (row,) = decisions(result)
    assert (row["action"], row["decided_by"]) == ("keep", "reviewer")
    beside = {row["pair_id"]: row["alternative_of"] for row in result.kept.whole.to_pylist()}
    assert beside[two[1]] == (two[0] if verdict == "better_of_rerun" else None)


def test_pairs_without_vectors_are_compared_by_their_words() -> None:
    """Recorded vectors come later than pairs: duplicates are found without them all the same."""
    pairs = [("What is slippage?", "A gap between two prices."), ("What is gas?", "It is a fee.")]
    pairs.append(("what is slippage", "A gap between two prices."))
    texts, scored, embedded = inputs(pairs)[:3]
    limits = {**PARAMS, "embed_encoder": "recorded"}
    tables = (repairs(), *SUBJECT, verdict_table(), [])
    with_all = dedup(texts, scored, embedded, *tables, **limits, memo=NoMemo())
    with_one = dedup(texts, scored, embedded.limit(1), *tables, **limits, memo=NoMemo())
    assert kept_ids(with_one) == kept_ids(with_all)
    assert len(kept_ids(with_all)) == 2
