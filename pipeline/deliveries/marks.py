"""Marks of "do not use": what a record says of itself, and what it means.

A record that its own maker rejects is no pair: it is quarantined under `marked_unwanted` with the
mark. Only what is unmistakable counts: a bare 0 may be an index, a low score is no rejection.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pipeline.deliveries.keys import canonical

_NO = frozenset(
    (
        "false",
        "no",
        "n",
        "f",
        "nein",
        "falsch",
        "non",
        "faux",
        "falso",
        "não",
        "нет",
        "否",
        "いいえ",
    )
)
_YES = frozenset(
    ("true", "yes", "y", "t", "x", "1", "ja", "oui", "sí", "si", "sim", "да", "是", "はい")
)
_WORDS = frozenset(
    """
    rejected reject discarded discard deleted removed bad wrong incorrect invalid negative false
    thumbs_down thumbsdown thumb_down dislike disliked undesirable unusable unwanted do_not_use
    dont_use don't_use not_usable excluded exclude archived declined disapproved spam cancelled
    canceled ignored unacceptable not_approved not_accepted poor garbage hallucinated
    hallucination abgelehnt verworfen schlecht ungültig rechazado descartado malo refusé rejeté
    mauvais 拒绝 已拒绝 错误 不合格 👎 do_not_train
    skip skipped drop dropped remove blocked disabled
    deprecated obsolete outdated unsafe toxic nicht_verwenden unbrauchbar gesperrt gelöscht falsch
    no_usar eliminado incorrecto ne_pas_utiliser supprimé incorrecte faux inutilisable
    struck_out zurückgezogen nicht_freigegeben 不通过 未通过 驳回
    不要使用 不可用 作废 已删除 删除 废弃 不采用 ❌ ✗
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)


def _is_no(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() in _NO)


def _is_zero(value: Any) -> bool:
    if isinstance(value, str):
        value = value.strip()
        return _is_no(value) or (value.startswith("0") and not value.strip("0."))
    return isinstance(value, (int, float)) and not value


def _is_yes(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in _YES
    return isinstance(value, (bool, int)) and value == 1


def _is_bad_word(value: Any) -> bool:
    return value is False or (isinstance(value, str) and canonical(value) in _WORDS)


def _is_negative(value: Any) -> bool:
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        return value.strip().startswith("-") and digits.replace(".", "", 1).isdigit()
    return isinstance(value, (int, float)) and value < 0


def _is_bad_verdict(value: Any) -> bool:
    return _is_bad_word(value) or _is_negative(value)


_MARKS: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (
        _is_zero,
        (
            "weight sample_weight train train_on_turn trainable keep include use usable"
            " active is_active aktiv activo actif"
        ),
    ),
    (
        _is_no,
        (
            "accepted approved is_correct correct is_valid valid is_good good kto_tag desirable"
            " is_desirable is_usable is_approved acceptable passed human_approved review_result"
            " success is_success published is_published veröffentlicht publié publicado"
            " training loss use_for_training for_training enabled is_enabled is_helpful is_accurate"
            " is_correct_answer is_answer_correct answer_correct"
            " verwendbar nutzbar brauchbar gültig freigegeben utilizable aprobado válido"
            " utilisable approuvé validé valide 可用 有效 是否有效 是否可用 是否采用"
        ),
    ),
    (
        _is_yes,
        (
            "rejected is_rejected discarded is_discarded deleted is_deleted excluded exclude ignore"
            " do_not_use dont_use donotuse is_bad bad spam is_spam is_impossible impossible"
            " unanswerable was_cancelled cancelled unwanted archived is_archived is_wrong"
            " is_incorrect hallucinated is_hallucination do_not_train no_train hallucination"
            " draft is_draft entwurf brouillon borrador"
            " disabled is_disabled flagged is_flagged blocked is_blocked toxic is_toxic deprecated"
            " is_deprecated obsolete outdated is_outdated thumbs_down downvoted dont_train"
            " exclude_from_training nicht_verwenden gesperrt verworfen no_usar rechazado"
            " ne_pas_utiliser rejeté"
            " 不要使用 删除 已删除 废弃 作废"
        ),
    ),
    (
        _is_bad_word,
        (
            "label status state decision verdict review review_status annotation_status quality"
            " outcome judgement judgment moderation approval tag human_label human_verdict"
            " evaluation grade qa_status approval_status qc_status publish_status"
            " publication_status article_status workflow_status freigabestatus prüfstatus"
            " 审核状态 审核结果 发布状态 freigabe bewertung estado statut 状态 审核"
        ),
    ),
    (_is_negative, "upvotes up_votes votes vote net_votes vote_count vote_score karma"),
    (_is_bad_verdict, "rating feedback thumb thumbs reaction user_feedback user_rating"),
)
MARKS: dict[str, Callable[[Any], bool]] = {
    name: says for says, names in _MARKS for name in names.split()
}
"""Canonical key -> what its value must be for the record to be unwanted."""

UNWANTED_SECTIONS = frozenset(
    """
    negative_examples negatives bad_examples incorrect_examples wrong_examples rejected_examples
    rejected_pairs counter_examples counterexamples schlechte_beispiele
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
"""Canonical names of lists whose records show what is wrong."""

_WITHIN = frozenset(("annotation", "feedback", "review", "moderation", "rating", "human_feedback"))
_LISTS_WITHIN = frozenset(("responses", "annotations"))


_OF_TRAINING = frozenset("weight loss train train_on_turn trainable training".split())  # noqa: SIM905


def untrained(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a turn without what says whether to train on it: of who asks nothing is learned."""
    if _OF_TRAINING.isdisjoint(map(canonical, fields)):
        return fields
    return {key: value for key, value in fields.items() if canonical(key) not in _OF_TRAINING}


def unwanted(fields: Mapping[str, Any]) -> str | None:
    """Return the mark by which a record, or a turn, says that it is not to be used.

    Looked at are its own keys, and those of an object with somebody's judgement of it; of several
    judgements in a list all must say so.
    """
    for key, name in _looked_at(tuple(fields)):
        value = fields[key]
        says = MARKS.get(name)
        if says is not None and says(value):
            return f"{key} is {str(value)[:40]!s}"
        if name in _WITHIN and isinstance(value, dict):
            within = unwanted(value)
            if within is not None:
                return f"{key}.{within}"
        if name in _LISTS_WITHIN and (judgements := _judgements(value)):
            judged = [unwanted(item) if isinstance(item, dict) else None for item in judgements]
            if all(judged):
                return f"{key}: {judged[0]}"
    return None


def _judgements(value: Any) -> list[Any]:
    """Return several judgements of a record: a list, or a list for each question (Argilla 2)."""
    if isinstance(value, dict) and all(isinstance(item, list) for item in value.values()):
        return [one for listed in value.values() for one in listed]
    return value if isinstance(value, list) else []


@lru_cache(maxsize=2000)
def _looked_at(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return (key, canonical key) of those that may mark a record."""
    known = ((key, canonical(key)) for key in names)
    return tuple(
        (key, name)
        for key, name in known
        if name in MARKS or name in _WITHIN or name in _LISTS_WITHIN
    )
