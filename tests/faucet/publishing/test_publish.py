"""What is published is the checkpoint, whole and nothing else, wherever it goes."""

import hashlib
import itertools
import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import pytest
from click.testing import CliRunner
from huggingface_hub.utils import disable_progress_bars

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.faucet.publishing.bundle import CARD, CHECKPOINT, CROISSANT, Bundle, bundle
from pipeline.faucet.publishing.publish import plan, publish
from pipeline.faucet.publishing.target import target_of
from pipeline.params.editing import with_values
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.faucet.publishing.hub import Hub, serving

TOKEN = "hf_" + "Q" * 34


@pytest.fixture(scope="module")
def base(built_once: Path) -> Workspace:
    return Workspace(built_once)


@pytest.fixture(scope="module")
def bundled(base: Workspace) -> Bundle:
    return bundle(base)


@pytest.fixture(scope="module")
def published(base: Workspace, bundled: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the checkpoint was published to."""
    folder = tmp_path_factory.mktemp("published") / "faq"
    publish(bundled, target_of(base, f"folder:{folder}", is_private=False))
    return folder


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Give a hub on the loopback, which all calls go to; its files travel by plain HTTP."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    disable_progress_bars()
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with serving() as served:
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        yield served


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_folder_holds_the_export_and_says_which_checkpoint(
    base: Workspace, published: Path
) -> None:
    """Every file of data/export is there byte for byte; the mark has the digest of each."""
    files = contents(published)
    exported = contents(base / "data/export")
    exported.pop(".gitignore", None)
    made = {CROISSANT, CHECKPOINT}
    assert files.keys() - made == exported.keys()
    assert all(files[path] == exported[path] for path in exported if path != CARD)
    mark = json.loads(files[CHECKPOINT])
    assert mark["commit"] == git(base, "rev-parse", "HEAD").strip()
    assert {path: one["sha256"] for path, one in mark["files"].items()} == {
        path: hashlib.sha256(content).hexdigest()
        for path, content in files.items()
        if path != CHECKPOINT
    }


def test_only_what_differs_is_sent_and_only_ours_is_removed(
    base: Workspace, bundled: Bundle, published: Path, tmp_path: Path
) -> None:
    """A second time nothing moves; what was changed, lost or outlived there is mended."""
    folder = tmp_path / "faq"
    shutil.copytree(published, folder)
    target = target_of(base, f"folder:{folder}", is_private=False)
    assert plan(bundled, target)[1::2] == ([], [])
    (folder / CARD).write_text("edited by hand")
    (folder / "train.csv").unlink()
    (folder / "training").mkdir()
    (folder / "training/old.jsonl").write_text("{}")
    (folder / "notes.txt").write_text("of somebody else")
    planned = plan(bundled, target)
    assert [file.path for file in planned.sent] == [CARD, "train.csv"]
    assert planned.removed == ["training/old.jsonl"]
    publish(bundled, target)
    assert contents(folder) == {**contents(published), "notes.txt": b"of somebody else"}


def test_what_shall_stay_is_not_published(base: Workspace) -> None:
    """Patterns leave files and folders out, of card and Croissant alike; the card always goes."""
    small = bundle(base, without=("*.json", "rag.sqlite", "test.*", "README.md"))
    assert not {"rag.sqlite", "test.parquet", "train.json"} & small.files.keys()
    assert {CARD, CROISSANT, "train.parquet"} <= small.files.keys()
    described = json.loads(small.files[CROISSANT].source)
    assert [one["@id"] for one in described["recordSet"]] == ["train", "validation"]
    card = huggingface_hub.DatasetCard(small.files[CARD].source.decode())
    splits = [one["split"] for one in card.data.configs[0]["data_files"]]
    assert splits == ["train", "validation"]


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # of the Hub's own library
def test_the_hub_gets_one_commit_with_the_checkpoints_tag(
    base: Workspace, bundled: Bundle, hub: Hub, published: Path
) -> None:
    """A dry run changes nothing; then all files arrive, later only what differs, with a token."""
    target = target_of(base, "hf:org/faq", is_private=True)
    assert len(plan(bundled, target).sent) == len(bundled.files)
    assert (hub.is_made, hub.messages) == (False, [])
    done = publish(bundled, target)
    assert hub.files == contents(published)
    assert hub.messages == [f"Checkpoint {bundled.short}: {bundled.pairs:,} pairs"]
    assert hub.tags == [f"checkpoint-{bundled.short}"]
    assert done.where.startswith(f"{hub.address}/datasets/org/faq/commit/")
    assert publish(bundled, target).where == ""
    hub.files[CARD] = b"edited at the hub"
    hub.files["train.parquet"] = hub.files["test.parquet"]
    hub.files |= {"training/old.jsonl": b"{}", "notes.txt": b"of somebody else"}
    again = publish(bundled, target)
    assert [file.path for file in again.sent] == [CARD, "train.parquet"]
    assert again.removed == ["training/old.jsonl"]
    assert hub.files == {**contents(published), "notes.txt": b"of somebody else"}
    assert hub.tokens == {f"Bearer {TOKEN}"}


def test_a_refusing_hub_is_one_sentence_without_the_token(base: Workspace, hub: Hub) -> None:
    """What the hub says is told on one line; the token is in none of it."""
    hub.refusal = 403
    with pytest.raises(
        UserError, match=r"hf:org/faq cannot be published to: .*not allowed"
    ) as told:
        target_of(base, "hf:org/faq", is_private=False).present()
    assert TOKEN not in str(told.value)
    assert "\n" not in str(told.value)


def test_a_hub_out_of_reach_is_said_at_once(
    base: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing answers, nothing is tried again: one sentence names the address, once why."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", pytest.fail)
        with pytest.raises(UserError) as told:
            target_of(base, "hf:org/faq", is_private=False).present()
    expected = f"hf:org/faq cannot be published to: {address} cannot be reached: "
    assert str(told.value).startswith(expected)
    assert str(told.value).count("refused") == 1


def test_datasets_reads_what_was_published(published: Path, tmp_path: Path) -> None:
    """`datasets` finds as many rows as the card's dataset_info promises, with its types."""
    import datasets  # noqa: PLC0415 - takes a while

    card = huggingface_hub.DatasetCard.load(published / CARD)
    promised = {one["name"]: one["num_examples"] for one in card.data.dataset_info["splits"]}
    loaded = datasets.load_dataset(
        str(published), cache_dir=str(tmp_path), verification_mode="all_checks"
    )
    assert {name: len(rows) for name, rows in loaded.items()} == promised
    names = [one["name"] for one in card.data.dataset_info["features"]]
    assert list(loaded["train"].features) == names
    sizes = sum((published / f"{name}.parquet").stat().st_size for name in promised)
    assert card.data.dataset_info["download_size"] == sizes


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:mlcroissant", "ignore::DeprecationWarning:rdflib"
)
def test_croissant_is_valid_and_streams(published: Path) -> None:
    """Its own reader finds no error, checks the digests, and streams the rows of a split."""
    mlcroissant = pytest.importorskip("mlcroissant", reason="CI has mlcroissant")
    described = mlcroissant.Dataset(published / CROISSANT)
    assert not list(described.metadata.issues.errors)
    assert {file.id for file in described.metadata.distribution} >= {"train.parquet", "rag.sqlite"}
    rows = list(itertools.islice(described.records("train"), 3))
    assert len({row["train/pair_id"] for row in rows}) == 3
    assert all(row["train/question"] for row in rows)


def test_what_no_commit_records_is_not_published(base: Workspace, tmp_path: Path) -> None:
    """A changed file, or results that were not committed, stop it with what mends them."""
    root = tmp_path / "base"
    shutil.copytree(base, root, symlinks=True)
    copy = Workspace(root)
    path = copy / "data/export/train.csv"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b"x")
    with pytest.raises(UserError, match=r"train.csv is not what dvc.lock records: `faucet repro`"):
        bundle(copy)
    path.write_bytes(content)
    (copy / "dvc.lock").write_bytes((copy / "dvc.lock").read_bytes() + b"# x\n")
    with pytest.raises(UserError, match=r"in no commit, .*`faucet checkpoint`"):
        bundle(copy)
    git(copy, "checkout", "-q", "dvc.lock")
    old = (copy / "params.yaml").read_bytes()
    kept = with_values(old, {"export.secrets": "keep"}, "params.yaml")
    (copy / "params.yaml").write_bytes(kept)
    figures = json.loads((copy / "metrics/export.json").read_text())
    figures["export"]["pairs_with_secrets"] = 3
    (copy / "metrics/export.json").write_text(json.dumps(figures))
    with pytest.raises(UserError, match="3 pairs hold credentials: set it to mask"):
        bundle(copy)
    assert bundle(copy, keep_secrets=True).files


@pytest.mark.parametrize(
    "address", ["hf:", "hf:only", "folder:", "folder:data/export", "folder:.", "nowhere", "x://y"]
)
def test_an_address_that_is_none_is_said_so(base: Workspace, address: str) -> None:
    """One sentence for each place that nothing can or must be published to."""
    with pytest.raises(UserError) as told:
        target_of(base, address, is_private=False).present()
    assert "\n" not in str(told.value)


def test_the_command_says_what_went(
    base: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run names the files and sends none; --json has the same by name."""
    monkeypatch.chdir(base.root)
    place = f"folder:{tmp_path / 'faq'}"
    dry = CliRunner().invoke(faucet, ["publish", place, "--dry-run"])
    assert (dry.exit_code, list(tmp_path.iterdir())) == (0, [])
    assert dry.output.endswith("nothing was sent: a dry run\n")
    done = CliRunner().invoke(faucet, ["publish", place, "--without", "rag*", "--json"])
    told = json.loads(done.output)
    assert told["sent"].keys() == contents(tmp_path / "faq").keys()
    assert "rag.sqlite" not in told["sent"]
