"""Laws of receipts about what became of pairs after all stages."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.faucet.answers.fates import STATES, counts_of, fates_of, read_fates
from pipeline.faucet.answers.findings import finding_line, findings, flag_mends
from pipeline.faucet.answers.mending import FLAG_MENDS, mend_flag
from pipeline.quality.rules import RULES
from pipeline.workspace.workspace import Workspace
from tests.conftest import origin
from tests.faucet.made_up import put
from tests.workspaces import bare

IDS = [f"{n:032x}" for n in range(6)]
WANTED = ["rejected", "waiting", "merged", "kept", "kept", "unfinished"]
FLAG = {"code": "cut_off", "severity": "error", "evidence": "and then the"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Give a workspace in which six pairs of one delivery came to six ends."""
    root: Path = tmp_path_factory.mktemp("fates")
    made = bare(root)
    pairs = [
        {
            "pair_id": one,
            "question": f"What is {n}?",
            "answer": f"It is {n}.",
            "origins": [{**origin("zai", "0123456789ab-a.json"), "pointer": f"/{n}"}],
        }
        for n, one in enumerate(IDS)
    ]
    pairs[3]["origins"] = [origin("droid"), *pairs[3]["origins"]]
    put(root, "data/integrate/pairs.parquet", pairs)
    verdicts = ["reject", "review", "accept", "accept", "accept"]
    scored: list[dict[str, Any]] = [
        {"pair_id": one, "score": 80.0, "verdict": verdict, "decided_by": "rule"}
        for one, verdict in zip(IDS, verdicts, strict=False)
    ]
    scored[0] |= {"flags": [FLAG]}
    put(root, "data/qa/scores.parquet", scored)
    kept = [{"pair_id": IDS[n], "cluster_id": IDS[1 if n == 1 else 3]} for n in (1, 3, 4)]
    texts = {"question": "q", "answer": "a", "origins": [origin()]}
    put(root, "data/dedup/kept.parquet", [{**texts, **row} for row in kept])
    merge = {"decision_id": IDS[0], "cluster_id": IDS[3], "action": "merge", "winner": IDS[3]}
    put(root, "data/dedup/decisions.parquet", [{**merge, "members": [IDS[2], IDS[3]]}])
    places = [(IDS[1], "waiting"), (IDS[3], "train"), (IDS[4], "test")]
    rows = [{"pair_id": one, "split": name, "cluster_id": "c"} for one, name in places]
    put(root, "data/split/assignments.parquet", rows)
    return made


def test_every_pair_of_a_delivery_has_one_end(workspace: Workspace) -> None:
    """Each pair is told in the order of its place, in one state, and the counts add up."""
    fates = read_fates(workspace)
    assert fates is not None
    pairs = fates_of(fates, "zai", "0123456789ab-a.json")
    assert [pair["pointer"] for pair in pairs] == [f"/{n}" for n in range(6)]
    assert [pair["state"] for pair in pairs] == WANTED
    assert pairs[2]["into"] == IDS[3]
    assert [pair["is_linked"] for pair in pairs] == [False, False, False, True, True, False]
    counts = counts_of(pairs)
    assert sum(counts[state] for state in STATES) == len(pairs)
    assert (counts["rejected"], counts["waiting"], counts["linked"]) == (1, 1, 2)
    assert [one["pair_id"] for one in fates_of(fates, "droid", origin()["delivery"])] == [IDS[3]]
    assert fates_of(fates, "nobody", "none.json") == []


def test_findings_name_flag_span_and_place_and_what_mends_it(workspace: Workspace) -> None:
    """What is rejected or waits can be mended and says how; what was merged says into what."""
    fates = read_fates(workspace)
    assert fates is not None
    found = findings(fates_of(fates, "zai", "0123456789ab-a.json"))
    lines = list(map(finding_line, found))
    assert 'rejected, cut_off (1 pair, as at /0: "and then the")' in lines
    assert any(line.startswith("waiting, low_score (1 pair, as at /1") for line in lines)
    assert any(line.startswith(f"merged (1 pair, as at /2 into {IDS[3]})") for line in lines)
    assert f"cut_off (1 pair): {FLAG_MENDS['cut_off']}" in list(flag_mends(found))


def test_every_rule_that_keeps_a_pair_out_says_what_mends_it() -> None:
    """No flag that rejects or asks for a review leaves its agent without a step to take."""
    grave = {rule.code for rule in RULES if rule.severity != "info"}
    assert grave <= set(FLAG_MENDS)
    assert mend_flag("unheard_of") not in FLAG_MENDS.values()
