"""Fates of many pairs told together: what happened, how often, one example, what would mend it."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.answers.mending import STATE_MENDS, mend_flag

_MENDABLE = ("rejected", "waiting")
_LOW_SCORE = "low_score"


def findings(pairs: list[Json]) -> list[Json]:
    """Return what became of pairs that are in no split, by state and flag, the most frequent first.

    pairs are those of fates.py. A pair stands under each of its flags; what its agent can mend
    comes before what was merely merged or withheld.
    """
    grouped: dict[tuple[str, str | None], list[Json]] = defaultdict(list)
    for pair in pairs:
        for code in _codes(pair):
            grouped[pair["state"], code].append(pair)
    made = [_finding(state, code, members) for (state, code), members in grouped.items()]
    return sorted(
        made,
        key=lambda one: (not one["is_to_mend"], -one["pairs"], one["state"], one["flag"] or ""),
    )


def finding_line(finding: Json) -> str:
    """Return a finding on one line: what, how often, where, what the rule spoke about."""
    flag, example = finding["flag"], finding["example"]
    what = f"{finding['state']}, {flag}" if flag else finding["state"]
    span = f': "{example["evidence"]}"' if example["evidence"] else ""
    into = f" into {example['into']}" if example["into"] else ""
    cost = example["costliest"]
    lost = ""
    if flag == _LOW_SCORE and cost:
        lost = f"; {cost['part']} cost {cost['points']:g} points"
    where = f"as at {example['pointer'] or 'the whole file'}{into}{span}{lost}"
    sentence = f"{what} ({counted(finding['pairs'], 'pair')}, {where})"
    return sentence if finding["is_to_mend"] else f"{sentence}: {finding['mend']}"


def flag_mends(found: list[Json]) -> Iterator[str]:
    """Yield what the agent should do about pairs that a flag keeps out, once per flag."""
    pairs: Counter[str] = Counter()
    for one in found:
        if one["is_to_mend"]:
            pairs[one["flag"]] += one["pairs"]
    for code, count in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        yield f"{code} ({counted(count, 'pair')}): {mend_flag(code)}"


def _codes(pair: Json) -> list[str | None]:
    if pair["state"] in _MENDABLE:
        return [flag["code"] for flag in pair["flags"]] or [_LOW_SCORE]
    return [None] if pair["state"] in STATE_MENDS else []


def _finding(state: str, code: str | None, members: list[Json]) -> Json:
    first = members[0]
    evidence = next((flag["evidence"] for flag in first["flags"] if flag["code"] == code), "")
    return {
        "state": state,
        "flag": code,
        "pairs": len(members),
        "is_to_mend": state in _MENDABLE,
        "mend": STATE_MENDS[state] if code is None else mend_flag(code),
        "example": {
            "pair_id": first["pair_id"],
            "pointer": first["pointer"],
            "evidence": evidence,
            "into": first["into"],
            "costliest": first["costliest"],
        },
    }
