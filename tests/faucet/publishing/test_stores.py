"""A store that DVC speaks to: S3's protocol, answered on the loopback."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.core.errors import UserError
from pipeline.faucet.publishing.bundle import CHECKPOINT, CROISSANT, bundle
from pipeline.faucet.publishing.publish import plan, publish
from pipeline.faucet.publishing.target import target_of
from pipeline.faucet.runs.fetching import fetch_inputs
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.programs import loaded
from tests.workspaces import run

SECRET = "s" * 40
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Store(NamedTuple):
    """A bucket on the loopback, and a workspace whose DVC remote `store` lies in it."""

    bucket: Any
    workspace: Workspace

    def paths(self, prefix: str) -> list[str]:
        found = self.bucket.objects.filter(Prefix=prefix)
        return sorted(one.key.removeprefix(prefix) for one in found)

    def content(self, path: str) -> bytes:
        held: bytes = self.bucket.Object(path).get()["Body"].read()
        return held


@pytest.fixture(scope="module")
def store(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give a store whose credentials and address stand in .dvc/config.local alone.

    What it takes is loaded here, by the process that runs these tests, and by none that collects.
    """
    boto3 = pytest.importorskip("boto3", reason="CI has boto3")
    moto = pytest.importorskip("moto.server", reason="CI has moto")
    pytest.importorskip("dvc_s3", reason="CI has dvc-s3")
    root = tmp_path_factory.mktemp("store") / "base"
    shutil.copytree(built_once, root, symlinks=True)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    login = {"aws_access_key_id": "somebody", "aws_secret_access_key": SECRET}
    s3 = boto3.resource(
        "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1", **login
    )
    (root / ".dvc/config.local").write_text(
        f"['remote \"store\"']\n    url = s3://bucket/base\n    endpointurl = http://{host}:{port}\n"
        f"    region = us-east-1\n    access_key_id = somebody\n    secret_access_key = {SECRET}\n"
    )
    yield Store(s3.create_bucket(Bucket="bucket"), Workspace(root))
    server.stop()


def test_a_store_gets_what_changed_by_the_remotes_own_login(store: Store) -> None:
    """An address below a remote uses its endpoint; nothing goes twice, only ours is removed."""
    bundled = bundle(store.workspace)
    target = target_of(store.workspace, "s3://bucket/base/faq", is_private=False)
    assert len(plan(bundled, target).sent) == len(bundled.files)
    publish(bundled, target)
    assert store.paths("base/faq/") == sorted(bundled.files)
    parquet = store.workspace / "data/export/train.parquet"
    assert store.content("base/faq/train.parquet") == parquet.read_bytes()
    again = target_of(store.workspace, "remote://store/faq", is_private=False)
    assert plan(bundled, again).sent == []
    store.bucket.put_object(Key="base/faq/notes.txt", Body=b"of somebody else")
    fewer = bundle(store.workspace, without=("train.csv",))
    done = publish(fewer, again)
    assert [file.path for file in done.sent] == [CROISSANT, CHECKPOINT]
    assert done.removed == ["train.csv"]
    assert store.paths("base/faq/") == sorted([*fewer.files, "notes.txt"])


def test_a_store_that_refuses_is_one_sentence(store: Store) -> None:
    """A bucket that is not there ends with its address and what the store says, no secret in it."""
    (store.workspace / ".dvc/config.local").rename(store.workspace / ".dvc/config.kept")
    try:
        with pytest.raises(UserError, match=r"remote://store/faq cannot be published to: ") as told:
            target_of(store.workspace, "remote://store/faq", is_private=False)
    finally:
        (store.workspace / ".dvc/config.kept").rename(store.workspace / ".dvc/config.local")
    assert SECRET not in str(told.value)
    assert "\n" not in str(told.value)
    assert target_of(store.workspace, "remote://store/faq", is_private=False)


def dvc(root: Path, *lines: str) -> None:
    for line in lines:
        run(root, "-m", "dvc", *line.split(" "))


@pytest.mark.slow
def test_deliveries_live_in_a_store(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deliveries of `dvc add` come into a clone by themselves, before a run or a landing.

    Without a remote one sentence says so, and what was landed before is not lost from the stand-in.
    """
    monkeypatch.setenv("PYTHONPATH", loaded())
    base = shutil.copytree(store.workspace.root, tmp_path / "base", symlinks=True)
    git(base, "rm", "-rq", "--cached", "data/deliveries")
    dvc(base, "add -q data/deliveries", "push -q -r store data/deliveries.dvc")
    git(base, "add", "-A")
    git(base, "commit", "-qm", "deliveries in a store")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(base), str(clone))
    shutil.rmtree(base)
    new = clone / "data/inbox/zai/slippage.json"
    new.parent.mkdir(parents=True)
    new.write_text('{"question": "What is slippage?", "answer": "A gap between two prices."}')
    for call in (fetch_inputs, land_inbox):
        with pytest.raises(UserError, match=r"^data/deliveries is not here, .*dvc pull") as told:
            call(Workspace(clone))
        assert "\n" not in str(told.value)
    assert new.exists()
    shutil.copy(store.workspace / ".dvc/config.local", clone / ".dvc/config.local")
    dvc(clone, "config -q --local core.remote store")
    assert [item.is_new for item in land_inbox(Workspace(clone))] == [True]
    landed = sorted(path.name for path in (clone / "data/deliveries").rglob("*.*"))
    there = sorted(path.name for path in (store.workspace / "data/deliveries").rglob("*.*"))
    assert len(landed) == len(there) + 1
    assert set(there) < set(landed)
    run(clone, "-m", "pipeline.cli", "repro", "integrate")
    books = json.loads((clone / "metrics/integrate.json").read_bytes())["integrate"]
    assert books["found"] == books["accepted"] + books["repeated"] + books["quarantined"]
    before = json.loads((store.workspace / "metrics/integrate.json").read_bytes())["integrate"]
    assert books["found"] == before["found"] + 1


@pytest.mark.slow
def test_another_project_takes_the_data_set(store: Store, tmp_path: Path) -> None:
    """What `dvc push` brought to a store, others get and import, by path and by artifact."""
    base = store.workspace.root
    dvc(base, "push -q -r store data/dedup/kept.parquet data/split/assignments.parquet")
    git(base, "tag", "-a", "data-set@v1.0.0", "-m", "first")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(base), str(clone))
    shutil.copy(base / ".dvc/config.local", clone / ".dvc/config.local")
    project = tmp_path / "project"
    project.mkdir()
    git(project, "init", "-q")
    dvc(
        project,
        "init -q",
        f"get -q {clone} data/dedup/kept.parquet -o kept.parquet --remote store",
        f"import -q {clone} data/split/assignments.parquet -o imported.parquet --remote store",
        f"artifacts get {clone} data-set -o artifact.parquet --remote store",
    )
    for got, made in (
        ("kept.parquet", "dedup/kept.parquet"),
        ("imported.parquet", "split/assignments.parquet"),
        ("artifact.parquet", "dedup/kept.parquet"),
    ):
        assert (project / got).read_bytes() == (base / "data" / made).read_bytes()
    assert "rev_lock" in (project / "imported.parquet.dvc").read_text()
