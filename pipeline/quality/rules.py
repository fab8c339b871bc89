"""The table of rules, and what they say about a pair."""

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.text import excerpt
from pipeline.quality import absence, completeness, relevance, repetition, residue
from pipeline.quality.reading import Reading
from pipeline.quality.redaction import redacted

Severity = Literal["info", "warn", "error"]
Part = Literal["length", "completeness", "specificity", "evidence", "cleanliness"]
Limits = Mapping[str, Mapping[str, float]]
Check = Callable[[Reading], str | None]


class Rule(NamedTuple):
    """A rule: its code, how grave it is, the part of the score that it concerns, its function.

    `speaks` takes a Reading and, keyword-only, the rule's limits; it returns the text that it
    speaks about, or None. Its limits stand in params.yaml under qa.rules.<code>.
    """

    code: str
    severity: Severity
    part: Part
    speaks: Callable[..., str | None]


class Flag(NamedTuple):
    """What a rule said about a pair: evidence is at most 200 characters, without credentials."""

    code: str
    severity: Severity
    evidence: str
    part: Part


RULES: tuple[Rule, ...] = (
    Rule("refusal", "error", "completeness", absence.refusal),
    Rule("template_answer", "error", "completeness", absence.template_answer),
    Rule("cut_off", "error", "completeness", completeness.cut_off),
    Rule("echo", "error", "completeness", absence.echo),
    Rule("padding", "error", "length", repetition.padding),
    Rule("credential", "error", "cleanliness", residue.credential),
    Rule("off_topic", "warn", "specificity", relevance.off_topic),
    Rule("file_subject", "warn", "specificity", relevance.file_subject),
    Rule("repetition", "warn", "length", repetition.repetition),
    Rule("too_short", "warn", "length", absence.too_short),
    Rule("mojibake", "warn", "cleanliness", residue.mojibake),
    Rule("ansi_residue", "warn", "cleanliness", residue.ansi_residue),
    Rule("report_residue", "warn", "cleanliness", residue.report_residue),
    Rule("boilerplate_opening", "info", "cleanliness", residue.boilerplate_opening),
)


def bound(limits: Limits, rules: tuple[Rule, ...] = RULES) -> tuple[tuple[Rule, Check], ...]:
    """Return every rule with its function bound to its limits.

    Raises UserError for a rule without its limits, and for limits that no rule takes.
    """
    unknown = sorted(set(limits) - {rule.code for rule in rules})
    if unknown:
        raise UserError(f"params.yaml: qa.rules.{unknown[0]} is no rule")
    return tuple((rule, _bound(rule, limits.get(rule.code, {}))) for rule in rules)


def flags(reading: Reading, checks: tuple[tuple[Rule, Check], ...]) -> list[Flag]:
    """Return what the rules say about a pair, in the order of the table."""
    return [
        Flag(rule.code, rule.severity, excerpt(redacted(evidence)), rule.part)
        for rule, check in checks
        if (evidence := check(reading)) is not None
    ]


def _bound(rule: Rule, limits: Mapping[str, float]) -> Check:
    parameters = inspect.signature(rule.speaks).parameters.values()
    takes = sorted(one.name for one in parameters if one.kind is one.KEYWORD_ONLY)
    if takes != sorted(limits):
        raise UserError(
            f"params.yaml: qa.rules.{rule.code} must hold {', '.join(takes) or 'nothing'};"
            f" it holds {', '.join(sorted(limits)) or 'nothing'}"
        )
    return partial(rule.speaks, **limits)
