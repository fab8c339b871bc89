"""Real deliveries give the counts that were recorded when they were first integrated.

They lie beside the repository and are no part of it: where they are absent, these tests skip.
"""

from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest

from pipeline.core.json_values import Json
from pipeline.core.validation import Validator
from pipeline.deliveries.landing import land
from pipeline.deliveries.pairs import Pair
from pipeline.plan.indicators import Plan
from pipeline.stages.integrate import integrate
from pipeline.store.inputs import read_input
from pipeline.store.spooled import DiskSpool
from tests.conftest import ROOT, schema
from tests.deliveries.delivered import Delivered, read_delivery
from tests.domains import LOOK_ALIKES, TOPICS

SHARED = ROOT.parent / "shared"
DELIVERIES = SHARED / "deliveries"

pytestmark = pytest.mark.skipif(
    not DELIVERIES.is_dir(), reason="the real deliveries are not here; runs where ../shared lies"
)


def oracle(name: str) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads((SHARED / "oracles" / name).read_bytes())
    return told


def read(path: Path) -> Delivered:
    rules = Validator(schema("delivered_pair"))
    return read_delivery(path.name, path.read_bytes(), plan=Plan([]), rules=rules, max_bytes=10**9)


def pairs(path: Path) -> list[Pair]:
    return [entry for _, entry in read(path).entries if isinstance(entry, Pair)]


def extra(pair: Pair) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(pair.extra)
    return told


def test_sessions_101_to_140_integrate_as_recorded() -> None:
    """In session order, under first word of topic + exact question: all 40 rows, 3,845 / 155."""
    files = [DELIVERIES / f"droid/batch_{number:03}_data.json" for number in range(12, 21)]
    delivered = [pair for path in files for pair in pairs(path)]
    recorded = oracle("session_101_140_integration_results.json")
    seen: set[tuple[str, str]] = set()
    for row in recorded["session_stats"]:
        session = [pair for pair in delivered if pair.session == str(row["session_id"])]
        before = len(seen)
        seen |= {((pair.topic or "").split()[0], pair.question) for pair in session}
        added = len(seen) - before
        assert {row["topic"]} == {pair.topic for pair in session}
        assert (added, len(session) - added) == (row["pairs_added"], row["pairs_skipped"])
    assert len(seen) == recorded["pairs_added"] == 3845
    assert sum(row["pairs_skipped"] for row in recorded["session_stats"]) == 155


def test_waves_integrate_as_recorded() -> None:
    """29 files, 28 non-empty, 2,008 pairs, 1,734 distinct questions per file."""
    files = sorted((DELIVERIES / "droid").glob("wave[23]/*.json"))
    found = [pairs(path) for path in files]
    distinct = sum(len({pair.question for pair in of_file}) for of_file in found)
    recorded = oracle("droid_inbox_integration_report.json")
    assert (len(files), sum(map(len, found))) == (29, 2008)
    assert sum(map(bool, found)) == recorded["files_processed"] == 28
    assert distinct == recorded["statistics"]["pairs_added"] == 1734


def test_reports_hold_the_lengths_that_they_declare() -> None:
    """Each question and answer of the coloured reports has exactly the declared characters."""
    counted = 0
    for path in sorted((DELIVERIES / "droid/reports").glob("*.txt")):
        delivered = read(path)
        if delivered.family != "research_report":
            continue
        assert delivered.declared == len(delivered.entries)
        for _, pair in delivered.entries:
            assert isinstance(pair, Pair)
            told = extra(pair)
            assert told["question_characters"] == len(pair.question)
            assert told["answer_characters"] == len(pair.answer)
            counted += 1
    assert counted == 1489


def test_complete_sessions_hold_the_lengths_that_they_declare() -> None:
    """by_indicator of session-*-qa-complete.json lists each pair's lengths, and they are right."""
    counted = 0
    for path in sorted((DELIVERIES / "claude_code").glob("session-*-qa-complete.json")):
        by_id = {pair.original_id: pair for pair in pairs(path)}
        listed = orjson.loads(path.read_bytes())["by_indicator"].values()
        for told in (entry for group in listed for entry in group):
            pair = by_id[str(told["pair_id"])]
            assert told["question_length"] == len(pair.question)
            assert told["answer_length"] == len(pair.answer)
            counted += 1
    assert counted == 400


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, plan: pd.DataFrame) -> Json:
    """Return the accounting of all real deliveries."""
    root = tmp_path_factory.mktemp("real")
    assert all(item.stored for item in land(DELIVERIES, root / "data/deliveries"))
    deliveries = read_input(root, Path("data/deliveries"))
    rules = schema("delivered_pair")
    spool = DiskSpool(root / ".cache", "v1")
    return integrate(
        deliveries, [], plan, LOOK_ALIKES, TOPICS, rules, max_delivery_mb=512, spool=spool
    ).accounting


@pytest.mark.slow
def test_the_books_of_all_real_deliveries_balance(books: Json) -> None:
    """111 deliveries; found = accepted + repeated + quarantined for each one and in all."""
    assert books["totals"]["deliveries"] == len(books["deliveries"]) == 111
    for row in (*books["deliveries"], books["totals"]):
        assert row["found"] == row["accepted"] + row["repeated"] + row["quarantined"]
    for name in ("found", "accepted", "repeated", "quarantined"):
        assert books["totals"][name] == sum(row[name] for row in books["deliveries"])


@pytest.mark.slow
def test_no_real_delivery_is_of_an_unknown_format(books: Json) -> None:
    """What holds pairs is read; the rest is known to hold none, or questions without answers."""
    refused: dict[str, int] = {}
    for row in books["deliveries"]:
        for reason, count in row["reasons"].items():
            refused[reason] = refused.get(reason, 0) + count
    assert refused == {"no_answer": 330, "no_pairs": 4}
    claimed = {row["name"]: row["declared"] for row in books["deliveries"] if not row["family"]}
    assert claimed == {
        "claims/session26_complete.txt": 500,
        "claims/session27_complete.txt": 500,
        "reports/research_report_test_archival_20251101_025200.txt": None,
        "topics/session-31-dex-metrics-batch.txt": None,
    }
