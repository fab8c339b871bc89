"""The kept pair that is nearest to a new one, by the measures and the rules of dedup."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import daft
import numpy as np
import pyarrow as pa
from rapidfuzz import fuzz, process

from pipeline.core.memo import Memo, NoMemo
from pipeline.dedup.candidates.fingerprints import (
    MinHash,
    fingerprints,
    matrix,
    remembered_fingerprints,
)
from pipeline.dedup.entries import one_array
from pipeline.dedup.guards.answer_guards import answer_guards, answer_words
from pipeline.dedup.guards.lexicon import Lexicon, lexicon_of
from pipeline.dedup.guards.question_guards import question_guards, question_words
from pipeline.dedup.likeness.siblings import siblings, word_sets
from pipeline.dedup.likeness.token_sort import ratios
from pipeline.dedup.rules import (
    Evidence,
    Thresholds,
    near_from,
    rule_on,
)
from pipeline.dedup.text import plain, sorted_key, tokens
from pipeline.faucet.checking.sense import near_by_sense
from pipeline.faucet.lookup import KEPT, PAIRS, Row, by_pair_id, table
from pipeline.quality.redaction import redacted
from pipeline.store.inputs import read_input
from pipeline.store.remembered import DiskMemo, code_digest
from pipeline.workspace.layout import CACHE, OPPOSITES, PLAN
from pipeline.workspace.workspace import Workspace

_SHARED_ANSWER_BANDS = 2
"""As in dedup: answers that share two bands of their MinHash may be nearly the same."""

_RANKS = ("merge", "alias", "review", "keep")
_TEXTS = ("question", "answer", "context")
_OTHER_CONTEXT = "context: another one | another one"
_DIGITS = 2


class Neighbour(NamedTuple):
    """The kept pair nearest to a new one; similarities are token-sort ratios, 0-100.

    kind and action are what dedup's rules make of the two by question and answer (rules.py),
    None where they have nothing to say; people's verdicts are not asked. guards say what keeps the
    two apart.
    """

    pair_id: str
    question: str
    question_similarity: float
    answer_similarity: float
    kind: str | None
    action: str | None
    guards: tuple[str, ...]


def neighbours(
    workspace: Workspace, new: daft.DataFrame, params: Mapping[str, Any]
) -> dict[str, Neighbour]:
    """Return the nearest kept pair of each new one, by pair_id; nothing where none is kept.

    new has the columns of pairs, params are those of dedup. Compared are the kept pairs whose
    question is most like the new one, whose answer is the same, whose answer shares the most
    bands of a MinHash, and which lie nearest by sense; of them the one with the gravest ruling is
    returned, then the one with the likest question. Siblings are counted among the kept questions
    and the new ones.
    """
    if not workspace.has(KEPT) or not workspace.has(PAIRS):
        return {}
    shape = MinHash(**{name: params[name] for name in MinHash._fields})
    kept = _kept_fingerprints(workspace, shape)
    if not len(kept):
        return {}
    ours = fingerprints(new.select("pair_id", "question", "answer"), shape).to_arrow()
    rows = new.select("pair_id", *_TEXTS).to_pylist()
    thresholds = Thresholds(*(params[f"{name}_threshold"] for name in Thresholds._fields))
    encoder = workspace.dag.params["embed"]["encoder"]
    thresholds = thresholds._replace(cosine=near_from(thresholds.cosine, encoder))
    known = lexicon_of(*(read_input(workspace, path) for path in (PLAN, OPPOSITES)))
    of_rows = near_by_sense(workspace, rows, thresholds.cosine)
    by_sense = {row["pair_id"]: near for row, near in zip(rows, of_rows, strict=True)}
    ids = kept["pair_id"].to_pylist()
    place_of = {pair_id: place for place, pair_id in enumerate(ids)}
    near = {}
    for row, places in _candidates(ours, kept):
        sense = (place_of[one] for one in by_sense[row["pair_id"]] if one in place_of)
        near[row["pair_id"]] = sorted({*places, *sense})
    counted = _siblings(ours, kept, near, known)
    wanted = {ids[place] for places in near.values() for place in places}
    texts = by_pair_id(workspace, PAIRS, wanted, _TEXTS)
    return {
        row["pair_id"]: min(
            (
                _measured(
                    row,
                    {**texts[ids[place]], "pair_id": ids[place]},
                    thresholds,
                    known,
                    by_sense[row["pair_id"]].get(ids[place]),
                    counted[row["pair_id"], place],
                )
                for place in near[row["pair_id"]]
            ),
            key=_rank,
        )
        for row in rows
    }


def _kept_fingerprints(workspace: Workspace, shape: MinHash) -> pa.Table:
    """Return the fingerprints of kept pairs, those that dedup remembers taken from there."""
    kept = table(workspace, KEPT).select("pair_id")
    pairs = table(workspace, PAIRS).join(kept, on="pair_id", how="semi")
    code = code_digest(workspace.root, workspace.dag.stage("dedup").code)
    with workspace.try_run_lock() as is_free:  # a run that goes on has its memo to itself
        memo: Memo = DiskMemo(workspace / CACHE / "dedup", code) if is_free else NoMemo()
        return remembered_fingerprints(pairs, shape, memo)


def _siblings(
    ours: pa.Table, kept: pa.Table, near: Mapping[str, Sequence[int]], known: Lexicon
) -> dict[tuple[str, int], int]:
    """Return the siblings of each new pair and each kept one that it is compared with."""
    keys = pa.concat_arrays([one_array(side["question_key"]) for side in (kept, ours)])
    distinct = keys.dictionary_encode()
    key_of = np.asarray(distinct.indices, np.int64)
    places = {pair_id: len(kept) + at for at, pair_id in enumerate(ours["pair_id"].to_pylist())}
    two = [(pair_id, place) for pair_id, some in near.items() for place in some]
    ends = np.array([[places[pair_id], place] for pair_id, place in two], np.int64).reshape(-1, 2)
    asked = word_sets(distinct.dictionary, known.generic | known.relations)
    return dict(zip(two, siblings(asked, key_of[ends.T]).tolist(), strict=True))


def _candidates(ours: pa.Table, kept: pa.Table) -> Iterator[tuple[Row, list[int]]]:
    """Yield each new pair's fingerprint with the places of the kept ones to compare it with."""
    keys = kept["question_key"].to_pylist()
    answers = kept["answer_digest"].to_pylist()
    by_answer = {digest: place for place, digest in reversed(list(enumerate(answers)))}
    bands = matrix(one_array(kept["answer_bands"]))
    for row in ours.to_pylist():
        likest = process.extractOne(row["question_key"], keys, scorer=fuzz.ratio)
        places = [] if likest is None else [likest[2]]
        places += [by_answer[row["answer_digest"]]] if row["answer_digest"] in by_answer else []
        shared = (bands == np.asarray(row["answer_bands"], bands.dtype)).sum(axis=1)
        best = int(shared.argmax())
        places += [best] if shared[best] >= _SHARED_ANSWER_BANDS else []
        yield row, sorted(set(places))


def _measured(
    new: Row,
    kept: Row,
    thresholds: Thresholds,
    known: Lexicon,
    cosine: float | None,
    others: int,
) -> Neighbour:
    asked = [" ".join(tokens(plain(row["question"]))) for row in (new, kept)]
    answered = [plain(row["answer"]) for row in (new, kept)]
    by_question, by_answer = _likeness(asked), _likeness(answered)
    is_same_frame = new["context"] == kept["context"]
    words = [question_words(text, known) for text in asked]
    guards = question_guards(*words) if asked[0] != asked[1] else []
    evidence = Evidence(
        left=0,
        right=1,
        is_same_question=asked[0] == asked[1] and is_same_frame,
        is_same_answer=answered[0] == answered[1],
        question_similarity=by_question,
        answer_similarity=by_answer,
        cosine=cosine,
        siblings=others,
        guards=(*guards, *(() if is_same_frame else (_OTHER_CONTEXT,))),
        answer_guards=_answer_guards(answered, by_answer, thresholds.answer, known),
    )
    ruling = rule_on(evidence, thresholds)
    return Neighbour(
        pair_id=kept["pair_id"],
        question=redacted(kept["question"]),
        question_similarity=round(by_question, _DIGITS),
        answer_similarity=round(by_answer, _DIGITS),
        kind=ruling and ruling.kind,
        action=ruling and ruling.action,
        guards=tuple(map(redacted, (*evidence.guards, *evidence.answer_guards))),
    )


def _likeness(texts: list[str]) -> float:
    """Return the token-sort ratio (0-100) of two plain texts."""
    left, right = (sorted_key(text.split(" ")) for text in texts)
    return float(ratios([left], [right], 0)[0])


def _answer_guards(
    answered: list[str], similarity: float, threshold: float, known: Lexicon
) -> tuple[str, ...]:
    """Return what would be lost without the new answer, of two that are nearly the same."""
    if similarity < threshold or answered[0] == answered[1]:
        return ()
    new, kept = map(answer_words, answered)
    return tuple(answer_guards(kept, new, 1 - threshold / 100, known))


def _rank(neighbour: Neighbour) -> tuple[int, float, float, str]:
    known = neighbour.action in _RANKS
    grave = _RANKS.index(str(neighbour.action)) if known else len(_RANKS)
    alike = -neighbour.question_similarity, -neighbour.answer_similarity
    return grave, *alike, neighbour.pair_id
