"""An experiment changes the values that it is asked for alone, and there is a way back."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.making import checkpoint, settle
from pipeline.faucet.experiments.asked import asked
from pipeline.faucet.experiments.back import go_back
from pipeline.faucet.experiments.running import experiment
from pipeline.faucet.gates.facts import metric_facts
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.faucet.runs.repro import repro
from pipeline.workspace.git import git
from pipeline.workspace.layout import PARAMS_BEFORE as KEPT
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.lazy_modules import LazyModule

dvc_api = LazyModule("dvc.api")
PARAMS = "params.yaml"
pytestmark = pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")  # in DVC


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return a workspace whose last commit holds a settled data set; nobody may change it."""
    with pytest.MonkeyPatch.context() as patch:
        root = toy_dag.workspace(tmp_path_factory.mktemp("settled") / "here", patch)
        stages = yaml.safe_load((root / "dvc.yaml").read_text())
        stages["stages"]["dedup"]["params"] = ["dedup.fuzzy_threshold"]
        (root / "dvc.yaml").write_text(yaml.safe_dump(stages, sort_keys=False))
        git(root, "commit", "--quiet", "--all", "-m", "params")
        settle(root)
        assert checkpoint(root)
        yield root


@pytest.fixture
def workspace(settled: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a copy of the settled workspace."""
    monkeypatch.chdir(tmp_path)  # experiments change the folder
    shutil.copytree(settled, tmp_path / "here", symlinks=True)
    return Workspace(tmp_path / "here")


def state(workspace: Workspace) -> dict[str, str]:
    """Return digests of all files but those of DVC, git and logs."""
    return {
        path.relative_to(workspace.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(workspace.root.rglob("*"))
        if path.is_file() and not {".git", ".dvc", ".cache"}.intersection(path.parts)
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-S", "dedup.fuzzy_threshold=abc"], "is 'abc', must be a number from 0 to 100"),
        (["--set-param=dedup.fuzzy_threshold=9000"], "is 9000, must be a number"),
        (["-S", "dedup.fuzy_threshold=90"], r"did you mean dedup\.fuzzy_threshold\?"),
        (["-S", "split.train_pct=70"], "must sum to 100"),
        (["-S", "~dedup.seed"], "never taken away"),
        (["-S", "dvc.yaml:stages=1"], r"values stand in params\.yaml alone"),
        (["-S", "dedup.seed"], "is not KEY=VALUE"),
        (["-S", "dedup.seed=1,2"], "a sweep: add --queue"),
        (["--no-such-option"], "does not take --no-such-option"),
        (["-fS", "dedup.seed=2"], "-S stands apart"),
        (["--run-all", "--jobs", "2"], "hang"),
        (["--queue", "-S", "dedup.seed=1,x"], "dedup.seed is 'x', must be a whole number"),
    ],
)
def test_what_is_refused_touches_nothing(
    workspace: Workspace, arguments: list[str], sentence: str
) -> None:
    """Byte for byte params, outputs, lock and metrics stay, and the sentence says what to do."""
    before = state(workspace)
    with pytest.raises(UserError, match=sentence):
        experiment(workspace, arguments)
    assert state(workspace) == before


def test_a_refused_run_keeps_the_outputs_of_the_last_good_one(workspace: Workspace) -> None:
    """`faucet repro` looks at the whole file before DVC removes an output."""
    broken = (
        (workspace / PARAMS).read_text().replace("fuzzy_threshold: 90", "fuzzy_threshold: high")
    )
    (workspace / PARAMS).write_text(broken)
    before = state(workspace)
    with pytest.raises(UserError, match=r"dedup\.fuzzy_threshold is 'high'"):
        repro(workspace, [])
    assert state(workspace) == before


def test_a_refused_run_mends_nothing(workspace: Workspace) -> None:
    """What a killed run left waits for a run that is allowed: a refusal touches no byte of it."""
    whole = (workspace / PARAMS).read_text()
    (workspace / PARAMS).write_text(whole.replace("fuzzy_threshold: 90", "fuzzy_threshold: high"))
    (workspace / "dvc.lock").write_bytes(b"")
    (workspace / "metrics/dedup.json").write_bytes(b'{"half')
    rwlock = workspace / ".dvc/tmp/rwlock"
    rwlock.write_bytes(b"")
    before = state(workspace)
    for refused in (repro, experiment, lambda root, _: settle(root, besides=(Path(PARAMS),))):
        with pytest.raises(UserError, match=r"dedup\.fuzzy_threshold is 'high'"):
            refused(workspace, [])
        assert state(workspace) == before
        assert rwlock.read_bytes() == b""
    (workspace / PARAMS).write_text(whole)
    assert len(repro(workspace, []).mended) == 3


def test_an_experiment_and_the_way_back(workspace: Workspace) -> None:
    """One line of params.yaml changes; back again all is as committed, nothing brought is lost."""
    before = (workspace / PARAMS).read_text().splitlines()
    committed = state(workspace)
    ended = experiment(workspace, ["-S", "dedup.fuzzy_threshold=92", "--name", "higher"])
    assert ended.exit_code == 0
    after = (workspace / PARAMS).read_text().splitlines()
    assert [(a, b) for a, b in zip(before, after, strict=True) if a != b] == [
        (line, line.replace("90 ", "92 ", 1)) for line in before if "fuzzy_threshold: 90" in line
    ]
    assert "higher" in git(workspace, "for-each-ref", "refs/exps")
    assert "fuzzy_threshold: 92" in (workspace / "dvc.lock").read_text()

    brought = {
        "data/reviews/verdicts.csv": "when,who\nnow,me\n",
        "data/reviews/edits.jsonl": "{}\n",
        "data/task_queues/zai_queue.json": "{}",
    }
    for name, text in brought.items():
        (workspace / name).write_text(text)
    toy_dag.deliver(workspace, "zai", "second")
    (landed,) = land_inbox(workspace)
    toy_dag.deliver(workspace, "zai", "third")
    told = "\n".join(go_back(workspace))

    assert "params.yaml: as the last commit has it" in told
    assert "`faucet repro` brings the data set up to date" in told
    assert (workspace / KEPT).read_text().splitlines() == after
    now = state(workspace)
    new = {name for name in now if now[name] != committed.get(name)}
    assert new == {
        *brought,
        f"data/deliveries/{landed.stored}",
        "data/inbox/zai/third.json",
    }
    assert committed.keys() <= now.keys()


def test_outputs_that_no_cache_has_are_told(workspace: Workspace) -> None:
    """Where DVC cannot bring an output back, the next run makes it."""
    shutil.rmtree(workspace / ".dvc/cache")
    shutil.rmtree(workspace / "data/dedup")
    assert any("`faucet repro` makes them again" in line for line in go_back(workspace))


@pytest.mark.parametrize("option", ["--queue", "--temp", "--que"])
def test_a_copy_that_would_lack_inputs_is_refused(workspace: Workspace, option: str) -> None:
    """Files in an inbox, and landed ones that git does not hold, are named."""
    toy_dag.deliver(workspace, "zai", "second")
    with pytest.raises(UserError, match=r"data/inbox/zai/second\.json has not landed"):
        experiment(workspace, [option])
    (landed,) = land_inbox(workspace)
    with pytest.raises(UserError, match=rf"data/deliveries/{landed.stored} is not in git"):
        experiment(workspace, [option])


def test_a_sweep_is_queued_and_params_stay(workspace: Workspace) -> None:
    """Every value of a sweep becomes an experiment; the workspace is as it was."""
    before = state(workspace)
    ended = experiment(workspace, ["--queue", "-S", "dedup.fuzzy_threshold=91,92"])
    assert ended.exit_code == 0
    assert state(workspace) == before
    stashed = git(workspace, "reflog", "show", "--format=%H", "refs/exps/celery/stash").split()
    texts = [git(workspace, "show", f"{commit}:{PARAMS}") for commit in stashed]
    plain = (workspace / PARAMS).read_text()
    assert sorted(texts) == [
        plain.replace("fuzzy_threshold: 90", f"fuzzy_threshold: {value}") for value in (91, 92)
    ]


def test_values_are_read_as_dvc_reads_them() -> None:
    """Texts, numbers, switches and mappings come out as such; a sweep gives one run a value."""
    texts = ["qa.rules.refusal=false", "engine.address=null", "export.title='a b'", "x.y={a: 1}"]
    (one,) = asked([part for text in texts for part in ("-S", text)]).changes
    assert one == {
        "qa.rules.refusal": False,
        "engine.address": None,
        "export.title": "a b",
        "x.y": {"a": 1},
    }
    many = asked(["--queue", "-S", "split.seed=1,2", "-S", "params.yaml:dedup.seed=3"]).changes
    assert many == (
        {"split.seed": 1, "dedup.seed": 3},
        {"split.seed": 2, "dedup.seed": 3},
    )


def test_a_figure_has_one_name_in_dvc_and_in_gates(workspace: Workspace) -> None:
    """What `dvc.api.metrics_show` calls a figure is what a gate calls it; no name is a file's."""
    shown = dvc_api.metrics_show(repo=str(workspace))
    names = {f"{stage}.{name}" for stage, figures in shown.items() for name in figures}
    assert names == {"integrate.accepted", "dedup.kept", "dedup.pairs"}
    facts = metric_facts(workspace, [{"metric": name, "min": 0} for name in sorted(names)])
    assert set(facts.metrics) == names
    assert not facts.unknown
