"""A workspace whose every text is an attack on the page that shows it, and a desk on it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from pipeline.core.ids import pair_id
from pipeline.desk.application import application
from pipeline.desk.guard import TOKEN, Keys
from pipeline.desk.keeper import Keeper
from pipeline.desk.site import Site
from pipeline.domain.nouns import nouns_of
from pipeline.workspace.workspace import Workspace
from tests.conftest import origin
from tests.faucet import made_up

HOST = "127.0.0.1:8765"
ORIGIN = f"http://{HOST}"

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "'><details open ontoggle=alert(4)>",
    "</textarea></title></style><script>alert(5)</script>",
    "javascript:alert(6)",
    "{{ 7 * 7 }}{% raw %}${alert(7)}",
    '" hx-get="/pairs" hx-trigger="load" x="',
    '<a href="javascript:alert(8)">x</a>',
    '<iframe srcdoc="<script>alert(9)</script>">',
    '<base href="http://evil.example/">',
    "\u202e\u2066gnp.exe\x1b]0;owned\x07",
    '<form action="http://evil.example"><button>a</button></form>',
    '<meta http-equiv=refresh content="0;url=http://evil.example">',
)
ALL = " ".join(ATTACKS)
QUESTION = f"What is slippage? {ALL}"
ANSWER = f"The gap between the expected and the executed price. {ALL}"
TWIN_ANSWER = f"The gap between the expected and the paid price. {ALL}"
DELIVERY = "0123456789ab-%3Cimg src=x onerror=alert(10)%3E.json"
ONE, OTHER = pair_id(QUESTION, ANSWER), pair_id(QUESTION, TWIN_ANSWER)
OF_TWO = tuple(sorted((ONE, OTHER)))
EDITED = f"What a person wrote instead. {ALL}"
_TOTALS = ("deliveries", "found", "accepted", "repeated", "quarantined", "removed")


def attacked(root: Path) -> Workspace:
    """Return a workspace like made_up's with two more pairs, attacks in all of their fields."""
    workspace = made_up.workspace(root)
    _commit(root)
    put, evil = made_up.put, {**origin("zai", DELIVERY), "pointer": ALL, "original_id": ALL}
    texts = {ONE: ANSWER, OTHER: TWIN_ANSWER}
    pairs = [
        {
            "pair_id": key,
            "question": QUESTION,
            "answer": answer,
            "indicator": ATTACKS[0],
            "category": ATTACKS[1],
            "subcategory": ATTACKS[2],
            "group": ATTACKS[1],
            "topic": ALL,
            "session": ALL,
            "difficulty": ATTACKS[3],
            "created": ALL,
            "tags": [ALL],
            "citations": [ALL],
            "context": [{"role": "user", "text": ALL}],
            "origins": [{**evil, "extra": json.dumps({"x": ALL})}],
        }
        for key, answer in texts.items()
    ]
    flag = {"code": "off_topic", "severity": "warn", "evidence": ATTACKS[0]}
    scores = [
        {"pair_id": key, "score": 30.0, "verdict": "review", "decided_by": "rule", **made_up.PARTS}
        | {"flags": [flag, {**flag, "code": "padding", "evidence": ALL}]}
        for key in texts
    ]
    decision = {
        "decision_id": "2" * 32,
        "cluster_id": min(texts),
        "kind": "near_duplicate",
        "action": "review",
        "members": list(OF_TWO),
        "question_similarity": 100.0,
        "answer_similarity": 90.0,
        "cosine": 0.99,
        "guards": [f"detail: {ALL}"],
        "difference": ALL,
        "why": ALL,
        "decided_by": "rule",
    }
    put(root, "data/integrate/pairs.parquet", [*made_up._pairs(), *pairs])
    put(root, "data/qa/scores.parquet", [*made_up._scores(), *scores])
    put(root, "data/dedup/decisions.parquet", [*made_up._decisions(), decision])
    kept = [{**row, "cluster_id": min(texts), "score": 30.0} for row in pairs]
    put(root, "data/dedup/kept.parquet", [*made_up._kept(), *kept])
    edit = {"pair_id": ONE, "question": QUESTION, "answer": EDITED, "text_id": ONE}
    put(root, "data/qa/repairs.parquet", [{**edit, "kinds": ["edit"], "is_applied": True}])
    _books(root)
    return workspace


def _commit(root: Path) -> None:
    """Make root a repository with one commit and a name for whoever reviews."""
    git = ["git", "-C", str(root)]
    subprocess.run([*git, "init", "-q"], check=True)
    for name, value in (("user.name", "nora"), ("user.email", "nora@example.org")):
        subprocess.run([*git, "config", name, value], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "start"], check=True)


def _books(root: Path) -> None:
    """Write the books of integrate, and the table of coverage, with attacks in them."""
    entry: dict[str, Any] = {
        "accepted": 2,
        "agent": "zai",
        "bytes": 10,
        "declared": None,
        "delivery": DELIVERY,
        "family": "pair_list",
        "first_created": None,
        "found": 3,
        "mapping": [],
        "name": ALL,
        "quarantined": 1,
        "reasons": {"no_answer": 1},
        "removed": None,
        "repeated": 0,
    }
    (root / "data/integrate/accounting.json").write_text(
        json.dumps({"deliveries": [entry], "totals": dict.fromkeys(_TOTALS, 0)}), encoding="utf-8"
    )
    refused = {
        "agent": "zai",
        "delivery": DELIVERY,
        "message": ALL,
        "pointer": ATTACKS[0],
        "reason": "no_answer",
        "record": ALL,
    }
    (root / "data/integrate/quarantine.jsonl").write_text(
        json.dumps(refused) + "\n", encoding="utf-8"
    )
    (root / "data/visualize").mkdir(exist_ok=True)
    (root / "data/visualize/coverage.csv").write_text(
        "category,indicator,kept_pairs,target_pairs,coverage_pct\n"
        '"<img src=x onerror=alert(1)>","<script>alert(1)</script>",2,100,2.0\n',
        encoding="utf-8",
    )


@contextmanager
def desk_on(
    workspace: Workspace, *, is_read_only: bool = False, who: str = "nora"
) -> Iterator[tuple[Site, TestClient]]:
    """Yield a desk on a workspace, and a client that entered it by its address with the token."""
    keeper = Keeper(workspace)
    if keeper.catalog is not None:
        keeper.catalog.complete()
    site = Site(
        workspace, keeper, Keys((HOST, "localhost:8765")), who, "a base", nouns_of({}), is_read_only
    )
    with TestClient(application(site), base_url=ORIGIN, follow_redirects=False) as client:
        assert client.get(f"/?{TOKEN}={site.keys.token}").status_code == 303
        yield site, client
    keeper.close()


def post(site: Site, client: TestClient, path: str, **fields: str) -> Any:
    """Return the answer to a form of the desk's own."""
    data = {"csrf": site.keys.csrf, **fields}
    return client.post(path, data=data, headers={"origin": ORIGIN})
