"""The table of rules, and what they say about a pair."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from pipeline.core.errors import UserError
from pipeline.core.faults import GOES_ON, fault_place
from pipeline.core.text import excerpt
from pipeline.quality import (
    absence,
    amounts,
    announcements,
    calculation,
    completeness,
    contamination,
    contradictions,
    declared,
    directions,
    divisions,
    drops,
    enumerations,
    exposure,
    filler,
    followup,
    halves,
    lengths,
    logs,
    markup,
    moved,
    narration,
    relevance,
    repetition,
    residue,
    senses,
    templates,
    tongues,
    unasked,
    unrelated,
    worked,
)
from pipeline.quality.measures import Pairs
from pipeline.quality.reading import Reading
from pipeline.quality.redaction import redacted
from pipeline.quality.suspects import suspects

Severity = Literal["info", "warn", "error"]
Part = Literal["completeness", "answering", "substance", "exactness", "question", "cleanliness"]
Limits = Mapping[str, Mapping[str, float] | bool]
"""The limits of each rule by code; false switches a rule off."""

Check = Callable[[Reading], str | None]


class Rule(NamedTuple):
    """A rule: its code, how grave it is, the part of the score that it concerns, its function.

    `speaks` takes a Reading and, keyword-only, the rule's limits; it returns the text that it
    speaks about, or None. Its limits stand in params.yaml under qa.rules.<code>; false there
    switches the rule off.
    """

    code: str
    severity: Severity
    part: Part
    speaks: Callable[..., Any]


class Flag(NamedTuple):
    """What a rule said about a pair: evidence is at most 200 characters, without credentials."""

    code: str
    severity: Severity
    evidence: str
    part: Part


OFF_TOPIC = Rule("off_topic", "warn", "answering", relevance.off_topic)
"""Where no terms are listed, pairs are read beside each other for it (subject_words.py)."""

TEXT_RULES: tuple[Rule, ...] = (
    Rule("refusal", "error", "completeness", absence.refusal),
    Rule("template_answer", "error", "completeness", templates.template_answer),
    Rule("cut_off", "error", "completeness", completeness.cut_off),
    Rule("preamble_only", "error", "completeness", announcements.preamble_only),
    Rule("echo", "error", "completeness", absence.echo),
    Rule("padding", "error", "substance", repetition.padding),
    Rule("credential", "error", "cleanliness", exposure.credential),
    Rule("prompt_injection", "warn", "cleanliness", exposure.prompt_injection),
    Rule("personal_data", "warn", "cleanliness", exposure.personal_data),
    OFF_TOPIC,
    Rule("patched", "warn", "answering", halves.patched),
    Rule("unrelated", "warn", "answering", unrelated.unrelated),
    Rule("file_subject", "warn", "answering", relevance.file_subject),
    Rule("off_question", "warn", "answering", senses.off_question),
    Rule("wrong_expansion", "warn", "answering", senses.wrong_expansion),
    Rule("no_calculation", "warn", "answering", calculation.no_calculation),
    Rule("wrong_fact", "warn", "exactness", senses.wrong_fact),
    Rule("wrong_number", "warn", "exactness", worked.wrong_number),
    Rule("contradiction", "warn", "exactness", contradictions.contradiction),
    Rule("wrong_count", "warn", "exactness", enumerations.wrong_count),
    Rule("turned_formula", "warn", "exactness", divisions.turned_formula),
    Rule("no_amount", "warn", "answering", amounts.no_amount),
    Rule("other_language", "warn", "answering", tongues.other_language),
    Rule("asks_nothing", "warn", "question", unasked.asks_nothing),
    Rule("repetition", "warn", "substance", repetition.repetition),
    Rule("filler", "warn", "substance", filler.filler),
    Rule("mojibake", "warn", "cleanliness", residue.mojibake),
    Rule("ansi_residue", "warn", "cleanliness", residue.ansi_residue),
    Rule("report_residue", "warn", "cleanliness", residue.report_residue),
    Rule("follow_up", "warn", "completeness", followup.follow_up),
    Rule("run_log", "warn", "cleanliness", logs.run_log),
    Rule("model_residue", "warn", "cleanliness", residue.model_residue),
    Rule("work_notes", "warn", "cleanliness", narration.work_notes),
    Rule("markup_residue", "warn", "cleanliness", markup.markup_residue),
    Rule("direction_residue", "warn", "cleanliness", directions.direction_residue),
    Rule("boilerplate_opening", "info", "cleanliness", residue.boilerplate_opening),
)

DECLARED = Rule("declared_metadata", "info", "cleanliness", declared.wrong_counts)
"""Reads all origins of all pairs at once, since what is declared is no part of a pair's text."""

CONTAMINATED = Rule("contaminated", "warn", "cleanliness", contamination.overlaps)
"""Reads all pairs at once beside the test sets that qa.benchmarks names."""

INTERNAL = Rule("internal", "warn", "cleanliness", lambda: None)
"""Stands where a rule failed through a fault of this program: a reviewer looks at the pair."""

TOO_SHORT = Rule("too_short", "warn", "completeness", lengths.too_short)
OTHER_QUESTION = Rule("other_question", "warn", "answering", moved.other_question)
REPEATED_QUESTION = Rule("repeated_question", "info", "question", drops.repeated_questions)
CUT_QUESTION = Rule("cut_question", "info", "question", drops.cut_questions)

TABLE_RULES: tuple[Rule, ...] = (
    TOO_SHORT,
    OTHER_QUESTION,
    DECLARED,
    REPEATED_QUESTION,
    CUT_QUESTION,
)
"""Rules that read all pairs beside each other: a table of pairs in, pair_id and evidence out."""

RULES: tuple[Rule, ...] = (*TEXT_RULES, *TABLE_RULES, CONTAMINATED)


def bound(limits: Limits, rules: tuple[Rule, ...] = TEXT_RULES) -> tuple[tuple[Rule, Check], ...]:
    """Return every rule that is on with its function bound to its limits.

    Raises UserError for a rule without its limits, and for limits that no rule takes.
    """
    unknown = sorted(set(limits) - {rule.code for rule in (*RULES, *rules)})
    if unknown:
        raise UserError(f"params.yaml: qa.rules.{unknown[0]} is no rule")
    checks = ((rule, bound_alone(rule, limits)) for rule in rules)
    return tuple((rule, check) for rule, check in checks if check)


def bound_alone(rule: Rule, limits: Limits) -> Callable[..., Any] | None:
    """Return a rule's function bound to its limits, None where the rule is switched off."""
    given = limits.get(rule.code, {})
    if given is False:
        return None
    held = {} if given is True else given
    parameters = inspect.signature(rule.speaks).parameters.values()
    takes = sorted(one.name for one in parameters if one.kind is one.KEYWORD_ONLY)
    if takes != sorted(held):
        raise UserError(
            f"params.yaml: qa.rules.{rule.code} must hold {', '.join(takes) or 'nothing'};"
            f" it holds {', '.join(sorted(held)) or 'nothing'}"
        )
    return partial(rule.speaks, **held)


def flags(reading: Reading, checks: tuple[tuple[Rule, Check], ...]) -> list[Flag]:
    """Return what the rules say about a pair, in the order of the table; each one is asked."""
    found = (_flag(rule, check, reading) for rule, check in checks)
    return [flag for flag in found if flag is not None]


def raised(pairs: Pairs, checks: tuple[tuple[Rule, Check], ...]) -> list[list[Flag]]:
    """Return the flags of each pair, at the cost of asking the rules of suspects alone."""
    read = [Reading(pairs, at) for at in range(len(pairs))]
    found: list[list[Flag]] = [[] for _ in read]
    for rule, check in checks:
        for at in np.flatnonzero(suspects(rule.code, pairs)).tolist():
            flag = _flag(rule, check, read[at])
            if flag is not None:
                found[at].append(flag)
    return found


def _flag(rule: Rule, check: Check, reading: Reading) -> Flag | None:
    """Return what one rule says; a fault of ours in it costs its word on this pair, not the run."""
    try:
        evidence = check(reading)
        if evidence is None:
            return None
        return Flag(rule.code, rule.severity, excerpt(redacted(evidence)), rule.part)
    except GOES_ON:
        raise
    except Exception as fault:  # noqa: BLE001 - that is what a last net is for
        evidence = f"{rule.code}: {fault_place(fault)}"
        return Flag(INTERNAL.code, INTERNAL.severity, evidence, INTERNAL.part)
