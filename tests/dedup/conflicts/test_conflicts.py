"""Conflicts: answers that cannot both hold, with the words that say so."""

import re
from typing import Any

import daft
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.memo import Memo, NoMemo
from pipeline.core.validation import Validator
from pipeline.dedup.conflicts.finding import conflicts_between
from pipeline.dedup.conflicts.report import find_conflicts
from pipeline.dedup.conflicts.statements import (
    _HEDGES,
    _HEDGING,
    _SENTENCE,
    _firm,
    statements,
    turning_words,
)
from pipeline.store.remembered import DiskMemo
from tests.conftest import schema
from tests.domains import LEXICON
from tests.forking import forking
from tests.thoroughness import often

WATERED = "Tomato seedlings in the greenhouse need water every 2 days."
CONTRADICTING = [
    ("number", WATERED, "Tomato seedlings in a greenhouse need water every 7 days."),
    (
        "direction",
        "A rising kettle pressure opens the safety valve of the boiler.",
        "A falling kettle pressure opens the safety valve of the boiler.",
    ),
    (
        "formula",
        "It is computed so:\nRange Index = 100 * (high - low) / close",
        "Formula:\n`Range Index = 10 * (high - low) / close`",
    ),
    ("definition", "The Garden Water Meter (GWM) counts.", "A Green Waste Mill (GWM) cuts."),
]
AGREEING = [
    (WATERED, "Greenhouse seedlings of tomato need water every 2 days, all year."),
    (WATERED, "For example, tomato seedlings in the greenhouse need water every 7 days."),
    (WATERED, "Rose cuttings under glass in winter want light for 7 hours."),
    (WATERED, f"Tomato seedlings in the greenhouse need water every 7 days. {WATERED}"),
    ("Miller, T. Journal of greenhouse tomato seedlings, 16(4), 646-679.",
     "Miller, T. Journal of greenhouse tomato seedlings, 12(2), 261-284."),
    ("In 2019 the greenhouse sold tomato seedlings for 40 coins.",
     "In 2021 the greenhouse sold tomato seedlings for 55 coins."),
    ("Range Index = 100 \u00d7 (high \u2212 low) \u00f7 close",
     "Range Index = 100 * (high - low) / close"),
    ("Range Index = 100 * (high - low)", "Range Index = sum of ranges / count"),
    ("The Garden Water Meter (GWM) counts.", "Garden Water Meters (GWM) count."),
    ("The Water Meter (GWM) counts.", "A Green Waste Mill (GWM) cuts."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "one", "other"), CONTRADICTING)
def test_contradictions_are_found_with_both_spans(kind: str, one: str, other: str) -> None:
    """Other numbers, directions, formulas and definitions of the same are a conflict each."""
    (found,) = conflicts_between(*statements([one, other], LEXICON), LEXICON)
    assert found.kind == kind
    assert one[found.left.start : found.left.end].strip() in one
    assert other[found.right.start : found.right.end].strip()


@pytest.mark.parametrize(("one", "other"), AGREEING)
def test_what_can_both_hold_is_no_conflict(one: str, other: str) -> None:
    """Agreement, examples, other subjects, other years, citations and notation are left alone."""
    assert conflicts_between(*statements([one, other], LEXICON), LEXICON) == []


@given(st.text(max_size=300))
def test_no_answer_contradicts_itself(answer: str) -> None:
    """Whatever the text, its statements lie in it and agree with themselves."""
    (found,) = statements([answer], LEXICON)
    assert all(0 <= one.start < one.end <= len(answer) for one in found)
    assert conflicts_between(found, found, LEXICON) == []


def report(answers: list[tuple[str, str]], memo: Memo | None = None) -> dict[str, Any]:
    """Return the report on answers, each with the name of its cluster."""
    ids = [f"{number:032x}" for number in range(len(answers))]
    texts = {
        "pair_id": ids,
        "text_key": ids,
        "question": [f"question {number}?" for number in range(len(answers))],
        "answer": [answer for _, answer in answers],
    }
    kept = {
        "pair_id": ids,
        "cluster_id": [f"{int(cluster):032x}" for cluster, _ in answers],
        "score": [80.0] * len(ids),
    }
    tables = (daft.from_arrow(pa.table(columns)) for columns in (texts, kept))
    return find_conflicts(*tables, LEXICON, memo or NoMemo())


SIGNS = dict.fromkeys(map(ord, "\"'`*_,.:;!?()[]{}<>|/\\"), " ")
PIECES = [
    *("suppose ", "rises ", "may", "maybe ", "falls", "e.g", "vol.", "(2021)", "1.2.3"),
    *" \t\xa0\u2003\x1c\x85,/'-_7\u0663",
]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=5), max_size=4))
def test_sentences_are_firm_by_their_words(drawn: list[list[str]]) -> None:
    """A number or a direction makes a statement; a hedge as a whole word, or a source, makes none.

    Words are what spaces of any kind and signs part; answers are read together as each alone.
    """
    answers = [f"tulips {''.join(parts)} grow" for parts in drawn]
    wanted = []
    for owner, answer in enumerate(answers):
        for match in _SENTENCE.finditer(answer):
            words = set(match[0].translate(SIGNS).split())
            has_number = re.search(r"\d", match[0]) is not None
            is_source = has_number and re.search(r"\d\(\d|\(\d{4}\)|\d+\.\d+\.\d+", match[0])
            is_hedged = words & _HEDGES or any(phrase in match[0] for phrase in _HEDGING)
            if (has_number or words & turning_words(LEXICON)) and not (is_hedged or is_source):
                wanted.append((owner, *match.span()))
    assert [(one.owner, one.start, one.end) for one in _firm(answers, LEXICON)] == wanted


def test_forks_read_the_statements_that_this_process_reads() -> None:
    """Many answers are read by forks of the stage, to the same conflicts."""
    answers = [(str(number % 2), f"The fee of the venue is {number} %.") for number in range(6)]
    here = report(answers)
    with forking():
        assert report(answers) == here
    assert here["summary"]["clusters_compared"] == 2


def test_only_answers_of_one_cluster_are_compared_and_each_conflict_is_told_once() -> None:
    """The report fits its schema; reruns of a conflict in one cluster add nothing."""
    _, one, other = CONTRADICTING[0]
    found = report([("1", one), ("1", other), ("1", f"{other} Indeed."), ("2", other), ("3", one)])
    assert Validator(schema("conflicts")).first_fault(found) is None
    assert found["summary"] == {
        "conflicts": 1,
        "by_kind": {"number": 1},
        "clusters_compared": 1,
        "clusters_in_conflict": 1,
    }
    (row,) = found["conflicts"]
    assert (row["left"]["span"], row["right"]["span"]) == (one, other)
    assert report([]) == report([("1", one)])


@often(8)
@given(st.lists(st.sampled_from([text for _, *two in CONTRADICTING for text in two]), max_size=6))
def test_conflicts_of_a_growing_cluster_are_those_of_a_run_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, answers: list[str]
) -> None:
    """Whatever was compared and remembered before, the report is the same."""
    memo = DiskMemo(tmp_path_factory.mktemp("memo"), "v1")
    cluster = [("1", answer) for answer in answers]
    for count in (len(answers) // 2, len(answers), len(answers)):
        assert report(cluster[:count], memo) == report(cluster[:count])
