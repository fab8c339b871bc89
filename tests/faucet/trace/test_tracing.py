import io
import json

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from rich.console import Console, RenderableType

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.faucet.lookup import find_pair_id
from pipeline.faucet.trace.duplicates import duplicates
from pipeline.faucet.trace.tracing import as_json, trace
from pipeline.faucet.trace.view import render_duplicates, render_trace
from pipeline.faucet.verdicts.book import append
from pipeline.reviews.records import Verdict
from pipeline.workspace.workspace import Workspace
from tests.conftest import origin
from tests.faucet.made_up import (
    DOUBTED,
    HOSTILE,
    KEPT,
    PROPOSED,
    REJECTED,
    TWIN_OF_KEPT,
    UNFINISHED,
    put,
)

MOMENT = "2025-11-05T09:30:00.000Z"


def shown(rendered: RenderableType) -> str:
    console = Console(width=80, file=io.StringIO(), force_terminal=False)
    console.print(rendered)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_start_of_an_id_finds_its_pair_or_says_why_not(finished: Workspace) -> None:
    """From six digits on a unique start is enough; anything else is one clear sentence."""
    assert find_pair_id(finished, KEPT[:6].upper()) == KEPT
    assert find_pair_id(finished, KEPT) == KEPT
    for wrong in ("abc", "xyzxyz", KEPT + "0", "", "' or 1=1"):
        with pytest.raises(UserError, match="is no pair id"):
            find_pair_id(finished, wrong)
    with pytest.raises(UserError, match="no pair has an id that starts with 000000"):
        find_pair_id(finished, "000000")


def test_a_start_that_several_ids_share_names_them(finished: Workspace) -> None:
    """Who gives too few digits is told which pairs they fit."""
    ids = [f"abcdef{n:026x}" for n in range(7)]
    rows = [{"pair_id": key, "question": "q", "answer": "a", "origins": []} for key in ids]
    put(finished, "data/integrate/pairs.parquet", rows)
    with pytest.raises(UserError, match=f"start of 7 pair ids: {ids[0]}, .*{ids[4]}, …"):
        find_pair_id(finished, "abcdef")


@pytest.mark.parametrize(
    ("pair_id", "ended"),
    [
        (KEPT, {"state": "kept", "into": None, "split": "train"}),
        (TWIN_OF_KEPT, {"state": "merged", "into": KEPT, "split": None}),
        (REJECTED, {"state": "rejected", "why": "by the rules: refusal"}),
        (UNFINISHED, {"state": "unfinished", "why": "qa has not run on this pair yet"}),
    ],
)
def test_a_pair_ends_where_the_outputs_have_it(
    finished: Workspace, pair_id: str, ended: dict[str, str | None]
) -> None:
    """Kept, merged, rejected and unfinished pairs are told apart, with the reason."""
    assert ended.items() <= trace(finished, pair_id).ended.items()


def test_every_origin_is_told(finished: Workspace) -> None:
    """A pair that came twice shows both deliveries, under their original names."""
    first, again = trace(finished, KEPT).origins
    assert (first["agent"], first["name"], first["books"]) == ("droid", "a.json", "accepted")
    assert (again["agent"], again["books"], again["original_id"]) == ("zai", "repeated", "q-7")
    assert again["name"] == "batches/\x1b[31mtwo.json"
    assert again["path"] == "data/deliveries/zai/fedcba987654-batches%2F%1b[31mtwo.json"


def test_decisions_and_verdicts_are_part_of_the_way(finished: Workspace) -> None:
    """Both pairs of a decision show it, each with the other one; so do verdicts of people."""
    append(finished, [Verdict(MOMENT, "eva", "keep_apart", KEPT, TWIN_OF_KEPT, "two things")])
    for mine, other in ((KEPT, TWIN_OF_KEPT), (TWIN_OF_KEPT, KEPT)):
        told = trace(finished, mine)
        assert [decision["other_id"] for decision in told.decisions] == [other]
        assert [(r.other_id, r.state, r.note) for r in told.reviews] == [
            (other, "waits", "two things")
        ]
    assert [alias["pair_id"] for alias in trace(finished, KEPT).aliases] == [TWIN_OF_KEPT]


def test_an_unplaced_pair_shows_what_it_may_be_about(finished: Workspace) -> None:
    """An ambiguous topic is no indicator; the candidates are told."""
    told = trace(finished, TWIN_OF_KEPT)
    assert told.placed["indicator"] is None
    assert told.candidates == tuple(
        f"Stochastic Oscillator ({k})" for k in ("Fast", "Full", "Slow")
    )
    assert "its delivery may mean" in " ".join(shown(render_trace(told)).split())
    assert trace(finished, KEPT).candidates == ()


def test_stages_that_have_not_run_have_nothing_to_say(finished: Workspace) -> None:
    """After integrate alone a trace tells the origin; without it, what to run."""
    for path in ("qa/scores", "dedup/kept", "dedup/decisions", "split/assignments"):
        (finished / f"data/{path}.parquet").unlink()
    told = trace(finished, KEPT)
    assert (told.quality, told.decisions, told.ended["state"]) == (None, [], "unfinished")
    (finished / "data/integrate/pairs.parquet").unlink()
    with pytest.raises(UserError, match="faucet repro"):
        trace(finished, KEPT)


@pytest.mark.parametrize("pair_id", [KEPT, TWIN_OF_KEPT, REJECTED, DOUBTED, UNFINISHED])
def test_delivered_text_neither_steers_the_terminal_nor_breaks_the_view(
    finished: Workspace, pair_id: str
) -> None:
    """Markup is shown as text, control characters as escapes, in lines of 80 columns."""
    text = shown(render_trace(trace(finished, pair_id)))
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) <= 80
    if pair_id == REJECTED:
        assert "[bold red]now[/]" in text
        assert r"\x1b[2J" in text


def test_a_trace_is_json(finished: Workspace) -> None:
    """The JSON holds the texts as delivered, so that a program can use it."""
    told = json.loads(json.dumps(as_json(trace(finished, REJECTED))))
    assert told["answer"] == f"I cannot. {HOSTILE}"
    assert told["quality"]["flags"][0]["code"] == "refusal"


def test_credentials_are_never_shown(finished: Workspace) -> None:
    """A key that an agent left in a text is in no trace, neither for people nor as JSON."""
    key = "sk-" + "a1b2c3d4" * 4
    row = {"pair_id": KEPT, "question": f"Is {key} mine?", "answer": key, "origins": []}
    extra = {"agent": "a", "delivery": "b", "pointer": "", "extra": json.dumps({"key": key})}
    put(finished, "data/integrate/pairs.parquet", [{**row, "origins": [extra]}])
    told = trace(finished, KEPT)
    assert key not in json.dumps(as_json(told)) + shown(render_trace(told))


def test_dup_shows_the_evidence(finished: Workspace) -> None:
    """Members, kind, similarities, guards, difference, action, winner and why are all there."""
    told = duplicates(finished, PROPOSED)
    (decision,) = told["decisions"]
    assert decision["members"] == sorted((DOUBTED, PROPOSED))
    text = " ".join(shown(render_duplicates(told)).split())
    for part in ("near_duplicate: review, by rule", DOUBTED, "question similarity 88", "0.97"):
        assert part in text
    for part in ("leftover: one | other", "[a wallet -> wallets]", "close, but not verified"):
        assert part in text
    winner = " ".join(shown(render_duplicates(duplicates(finished, TWIN_OF_KEPT))).split())
    assert f"winner {KEPT}" in winner
    assert "no decision names" in shown(render_duplicates(duplicates(finished, REJECTED)))


def test_dup_names_the_pairs_of_its_own_cluster(finished: Workspace) -> None:
    """A look-alike in another cluster is none of them; a merged pair is where its winner is."""
    clusters = {KEPT: KEPT, PROPOSED: KEPT, DOUBTED: DOUBTED}
    rows = [{"pair_id": pair_id, "cluster_id": cluster} for pair_id, cluster in clusters.items()]
    put(finished, "data/dedup/kept.parquet", rows)
    expected = {KEPT: [PROPOSED], TWIN_OF_KEPT: sorted([KEPT, PROPOSED]), DOUBTED: [], REJECTED: []}
    for pair_id, beside in expected.items():
        assert duplicates(finished, pair_id)["kept_in_cluster"] == beside


def test_the_commands_print_and_end_with_a_sentence(
    finished: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`faucet trace` and `faucet dup` print text or JSON, and refuse a wrong id with exit 1."""
    monkeypatch.chdir(finished)
    ran = CliRunner().invoke(faucet, ["trace", KEPT[:8], "--json"])
    assert json.loads(ran.stdout)["pair_id"] == KEPT
    assert "kept" in CliRunner().invoke(faucet, ["trace", KEPT]).stdout
    ran = CliRunner().invoke(faucet, ["dup", KEPT, "--json"])
    assert json.loads(ran.stdout)["decisions"][0]["winner"] == KEPT
    assert "winner this pair" in CliRunner().invoke(faucet, ["dup", KEPT]).stdout
    wrong = CliRunner().invoke(faucet, ["trace", "nonsense"])
    assert (wrong.exit_code, "is no pair id" in wrong.stderr) == (1, True)


def test_tables_in_parts_are_read_alike(finished: Workspace) -> None:
    """A workspace whose tables are several files tells the same about a pair."""
    before = as_json(trace(finished, KEPT)), duplicates(finished, KEPT)
    for name in ("integrate/pairs", "qa/scores", "dedup/kept", "dedup/decisions"):
        path = f"data/{name}.parquet"
        rows = pq.read_table(finished / path).to_pylist()
        (finished / path).unlink()
        put(finished, path, rows, shards=3)
        assert (finished / path).is_dir()
    assert (as_json(trace(finished, KEPT)), duplicates(finished, KEPT)) == before


def test_what_a_reader_must_have_seen_is_shown(finished: Workspace) -> None:
    """Passages, earlier turns and choices stand in a trace with their role, credentials hidden."""
    rows = pq.read_table(finished.root / "data/integrate/pairs.parquet").to_pylist()
    seen = [
        {"role": "system", "text": "Be \x1b[31mbrief."},
        {"role": "passage", "text": "api_secret = 9f8e7d6c5b4a39281706f5e4d3c2b1a0"},
    ]
    put(
        finished,
        "data/integrate/pairs.parquet",
        [{**row, "context": seen} if row["pair_id"] == KEPT else row for row in rows],
    )
    found = trace(finished, KEPT)
    assert [part["role"] for part in as_json(found)["context"]] == ["system", "passage"]
    assert "9f8e7d6c" not in json.dumps(as_json(found))
    text = shown(render_trace(found))
    assert "system: Be " in text
    assert "passage: " in text
    assert "\x1b" not in text


def test_the_cleaned_copy_names_the_rule_and_what_it_took(finished: Workspace) -> None:
    """What a rule took off, and what a person wrote instead, stand under its name."""
    escaped = "\x1b[1mAn oscillator.\x1b[0m"
    pairs = "data/integrate/pairs.parquet"
    row = {"pair_id": KEPT, "question": "What?", "answer": escaped, "origins": [origin()]}
    put(finished, pairs, [row])
    copy = {"pair_id": KEPT, "question": "What?", "answer": "An oscillator.", "text_id": "0" * 32}
    assert trace(finished, KEPT).cleaned is None
    repairs = "data/qa/repairs.parquet"
    put(finished, repairs, [{**copy, "kinds": ["ansi_residue"], "is_applied": True}])
    found = trace(finished, KEPT)
    assert found.cleaned is not None
    (step,) = found.cleaned.steps
    assert (step.rule, step.field, step.put) == ("ansi_residue", "answer", [])
    assert "".join(step.off) == "\x1b[1m\x1b[0m"
    assert found.cleaned.is_used
    assert json.loads(json.dumps(as_json(found)))["cleaned"]["answer"] == "An oscillator."
    assert "ansi residue, in the answer" in shown(render_trace(found))
    edit = {**copy, "answer": "An index.", "kinds": ["edit"], "is_applied": False}
    put(finished, repairs, [edit])
    written = trace(finished, KEPT)
    assert written.cleaned is not None
    assert [(one.rule, "index" in one.put) for one in written.cleaned.steps] == [("edit", True)]
    assert "offered, not used" in shown(render_trace(written))
