"""Laws of the table of rules."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.quality.grading import PARTS, SEVERITIES
from pipeline.quality.reading import Reading
from pipeline.quality.rules import RULES, TEXT_RULES, Rule, bound, bound_alone, flags
from tests.quality.made_up import ANSWER, LIMITS, reading

CHECKS = bound(LIMITS)


def test_codes_are_unique_and_rules_belong_to_known_parts() -> None:
    """Every rule has its own code, a known severity and a part of the score."""
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert {rule.severity for rule in RULES} <= set(SEVERITIES)
    assert {rule.part for rule in RULES} <= set(PARTS)


def test_a_good_answer_raises_no_flag() -> None:
    """An answer with formula, list, URL and numbers is left alone by every rule."""
    assert flags(reading(ANSWER), CHECKS) == []


@given(st.text(), st.text())
def test_any_text_is_read_and_evidence_is_short(question: str, answer: str) -> None:
    """No text stops a rule, a rule speaks at most once, evidence has at most 200 characters."""
    raised = flags(reading(answer, question), CHECKS)
    assert len({flag.code for flag in raised}) == len(raised)
    assert all(len(flag.evidence) <= 200 for flag in raised)


@pytest.mark.parametrize("char", ["a", "[", "(", " ", "\n", ".", "-", "=", "{", '"', "é", "\x1b"])
def test_a_long_run_of_one_character_is_read_to_its_end(char: str) -> None:
    """Hostile text costs no more than its length: no rule backtracks without bound."""
    flags(reading("Here is " + char * 20_000, "What " + char * 20_000), CHECKS)


def test_evidence_shows_no_credential() -> None:
    """A rule that quotes the answer quotes it without its credentials."""
    leaked = "sk-" + "a1B2c3D4" * 4
    raised = flags(reading(f"Use {leaked} soon"), CHECKS)
    assert {"credential"} <= {flag.code for flag in raised}
    assert all(leaked not in flag.evidence for flag in raised)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({**LIMITS, "paddin": {}}, "qa.rules.paddin is no rule"),
        ({**LIMITS, "echo": {}}, "qa.rules.echo must hold min_new_words"),
        ({**LIMITS, "mojibake": {"level": 1}}, "qa.rules.mojibake must hold nothing"),
    ],
)
def test_limits_that_fit_no_rule_are_refused(
    limits: dict[str, dict[str, float] | bool], told: str
) -> None:
    """A limit misspelt in params.yaml is told in one sentence instead of being ignored."""
    with pytest.raises(UserError, match=told):
        bound(limits)


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_every_rule_can_be_switched_off(code: str) -> None:
    """`<code>: false` takes a rule out and leaves all others as they are."""
    left = bound({**LIMITS, code: False})
    assert [rule.code for rule, _ in left] == [rule.code for rule, _ in CHECKS if rule.code != code]
    rule = next(rule for rule in RULES if rule.code == code)
    assert bound_alone(rule, {code: False}) is None


def test_a_rule_without_limits_can_be_named_as_on() -> None:
    """`<code>: true` is the same as silence for a rule that takes no limits."""
    assert len(bound({**LIMITS, "mojibake": True})) == len(CHECKS)


def test_a_new_rule_is_one_row() -> None:
    """A rule of one function and one row is bound and speaks like the others."""
    shouting = Rule("shouting", "warn", "cleanliness", _shouting)
    (raised,) = flags(reading("BUY NOW"), bound({"shouting": {"min_chars": 3}}, (shouting,)))
    assert (raised.code, raised.severity, raised.evidence) == ("shouting", "warn", "BUY NOW")


def test_bound_rules_travel() -> None:
    """Limits and rules can be pickled, as a cluster's workers need them."""
    again = pickle.loads(pickle.dumps(CHECKS))
    assert [rule.code for rule, _ in again] == [rule.code for rule in TEXT_RULES]


def _shouting(read: object, *, min_chars: float) -> str | None:
    answer: str = read.answer
    return answer if answer.isupper() and len(answer) >= min_chars else None


def test_a_rule_that_fails_costs_its_word_and_not_the_run() -> None:
    """A fault of ours is a flag that asks for a review; the other rules speak as ever."""

    def failing(_: Reading) -> str | None:
        raise ZeroDivisionError(ANSWER)

    checks = bound(LIMITS)
    broken = (checks[0][0], failing)
    found = flags(reading("[Answer 3 - Keltner Channels]"), (broken, *checks[1:]))
    assert [flag.code for flag in found][:2] == ["internal", "template_answer"]
    assert found[0].evidence.startswith(f"{checks[0][0].code}: ZeroDivisionError at pipeline/")
