"""Landing: what is safe comes in under a safe name; what is not stays, untouched and named."""

import hashlib
import os
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.core.errors import UserError
from pipeline.deliveries import copies, writers
from pipeline.deliveries.copies import Copy
from pipeline.deliveries.landing import LandingLimits, land
from pipeline.deliveries.stored import ascii_name, landed, original_name, stored_name
from pipeline.reviews.removals import REMOVED, Removal, removed_of
from tests.conftest import ROOT


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox" / "zai"
    folder.mkdir(parents=True)
    return folder


def outcome(inbox: Path, store: Path) -> dict[str, str | None]:
    return {Path(item.source).name: item.reason for item in land(inbox.parent, store)}


def test_bytes_and_name_come_back_as_they_were(inbox: Path, tmp_path: Path) -> None:
    """The stored file holds the same bytes, and its name the original name."""
    (inbox / "wave 2").mkdir()
    (inbox / "wave 2" / "x%y.json").write_bytes(b"{}\r\n")
    store = tmp_path / "deliveries"
    assert [item.is_new for item in land(inbox.parent, store)] == [True]
    (stored,) = landed(store)
    assert stored.path.read_bytes() == b"{}\r\n"
    assert original_name(stored.delivery) == b"wave 2/x%y.json"
    assert (stored.agent, stored.name) == ("zai", "wave 2/x%y.json")


def test_landing_twice_adds_nothing(inbox: Path, tmp_path: Path) -> None:
    """A second landing of the same file is known already and changes nothing."""
    (inbox / "a.json").write_text("[]")
    store = tmp_path / "deliveries"
    list(land(inbox.parent, store))
    before = landed(store)
    assert [item.is_new for item in land(inbox.parent, store)] == [False]
    assert landed(store) == before


def test_what_is_no_regular_file_stays(inbox: Path, tmp_path: Path) -> None:
    """Links are never followed, pipes and sockets never opened, and the good sibling lands."""
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    (inbox / "link.json").symlink_to(secret)
    (inbox / "folder").symlink_to(tmp_path)
    (inbox / "loop").symlink_to(inbox / "loop")
    os.mkfifo(inbox / "pipe.json")
    with socket.socket(socket.AF_UNIX) as listening:
        where = os.getcwd()  # noqa: PTH109 - a socket's path must be short
        os.chdir(inbox)
        listening.bind("s.json")
        os.chdir(where)
    (inbox / ".hidden.json").write_text("{}")
    (inbox / "half.json.part").write_text("{")
    (inbox / "good.json").write_text("{}")
    store = tmp_path / "deliveries"
    assert outcome(inbox, store) == {
        "link.json": "not_regular",
        "folder": "not_regular",
        "loop": "not_regular",
        "pipe.json": "not_regular",
        "s.json": "not_regular",
        ".hidden.json": "hidden",
        "half.json.part": "unfinished",
        "good.json": None,
    }
    assert [stored.name for stored in landed(store)] == ["good.json"]
    assert (inbox / "link.json").is_symlink()


@pytest.mark.parametrize(
    "name",
    [
        b"..json",
        b"new\nline.json",
        b"\xe2\x80\xae.json",
        b"\xff\xfe.json",
        b"-rf.json",
        b"a;b$(c).json",
    ],
)
def test_hostile_names_become_safe_ones(inbox: Path, tmp_path: Path, name: bytes) -> None:
    """Any name of bytes is stored as printable ASCII, and can be read back byte for byte."""
    Path(os.fsdecode(os.fsencode(inbox) + b"/" + b"x" + name)).write_text("{}")
    store = tmp_path / "deliveries"
    assert [item.reason for item in land(inbox.parent, store)] == [None]
    (stored,) = landed(store)
    assert stored.delivery.isascii()
    assert stored.delivery.isprintable()
    assert stored.name.isprintable()
    assert original_name(stored.delivery) == b"x" + name


def test_names_that_differ_in_case_alone_do_not_collide(inbox: Path, tmp_path: Path) -> None:
    """Two files of other content are two deliveries on every file system."""
    (inbox / "A.json").write_text("[1]")
    (inbox / "a.json").write_text("[2]")
    list(land(inbox.parent, tmp_path / "deliveries"))
    stored = [item.delivery.lower() for item in landed(tmp_path / "deliveries")]
    assert len(set(stored)) == 2


@pytest.mark.parametrize(
    "name",
    [
        "индикатор-относительной-силы-и-его-дивергенции-за-четыре-часа-2024.json",
        "相对强弱指数与移动平均线的背离以及成交量确认方法问答集合.jsonl",
        "مؤشر القوة النسبية.json",
        "आरएसआई-प्रश्न.json",
        "x" * 245 + ".json",
        "ш" * 120 + ".jsonl.gz",
    ],
)
def test_names_in_any_script_land_and_stay_readable(inbox: Path, tmp_path: Path, name: str) -> None:
    """Letters of every script are kept; a name beyond the disk's limit is cut, its ending kept."""
    (inbox / name).write_text("[]")
    list(land(inbox.parent, tmp_path / "deliveries"))
    (stored,) = landed(tmp_path / "deliveries")
    assert len(stored.delivery.encode()) <= 255
    assert stored.delivery[13:33] == name[:20]
    assert stored.name.endswith("".join(Path(name).suffixes[-2:]))
    assert stored.name == name or "~" in stored.name


def test_two_long_names_that_begin_alike_are_two_deliveries(inbox: Path, tmp_path: Path) -> None:
    """What is cut off is told apart by its digest."""
    for ending in ("one", "two"):
        (inbox / f"{'ш' * 110}-{ending}.json").write_text("[]")
    assert [item.is_new for item in land(inbox.parent, tmp_path / "deliveries")] == [True, True]


def test_stored_names_of_earlier_landings_stay_what_they_are() -> None:
    """The starter's deliveries would land under the very names that they have."""
    for stored in landed(ROOT / "data/deliveries"):
        digest = hashlib.sha256(stored.path.read_bytes()).hexdigest()
        assert stored_name(digest, original_name(stored.delivery)) == stored.delivery


def test_a_name_that_was_encoded_by_an_older_landing_is_known(inbox: Path, tmp_path: Path) -> None:
    """The same file under the same name is no second delivery, however its name was stored."""
    (inbox / "größe.json").write_text("[]")
    folder = tmp_path / "deliveries/zai"
    folder.mkdir(parents=True)
    digest = hashlib.sha256(b"[]").hexdigest()
    (folder / ascii_name(digest, "größe.json".encode())).write_text("[]")
    assert [item.is_new for item in land(inbox.parent, tmp_path / "deliveries")] == [False]
    assert len(landed(tmp_path / "deliveries")) == 1


def test_what_is_beyond_the_bounds_stays(inbox: Path, tmp_path: Path) -> None:
    """A large file is not even opened for copying; the rest of a large drop waits its turn."""
    for number in range(4):
        (inbox / f"{number}.json").write_text("[1]")
    (inbox / "large.json").write_text("[1234567]")
    store = tmp_path / "deliveries"

    def reasons(**bounds: int) -> list[str | None]:
        return [item.reason for item in land(inbox.parent, store, bounds=LandingLimits(**bounds))]

    assert reasons(max_files=2) == [None, None, "drop_full", "drop_full", "drop_full"]
    assert reasons(max_total_bytes=7) == [None, None, "drop_full", "drop_full", "drop_full"]
    assert reasons(max_bytes=8) == [None, None, None, None, "too_large"]
    assert len(landed(store)) == 4


def test_a_full_disk_is_told_before_anything_is_copied(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room for a file and some more it stays, and no half copy is left."""
    (inbox / "a.json").write_text("[]")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000))
    assert outcome(inbox, tmp_path / "deliveries") == {"a.json": "no_space"}
    assert landed(tmp_path / "deliveries") == []


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="no writers named: CI has them")
def test_a_file_that_somebody_writes_to_lands_once_it_is_whole(inbox: Path, tmp_path: Path) -> None:
    """While it is open for writing it stays; a reader is no writer."""
    store = tmp_path / "deliveries"
    with (inbox / "a.json").open("w") as writer:
        writer.write("[1")
        writer.flush()
        assert outcome(inbox, store) == {"a.json": "in_use"}
        writer.write("]")
    with (inbox / "a.json").open() as reader:
        assert outcome(inbox, store) == {"a.json": None}
        assert reader.read() == "[1]"


def test_where_nobody_names_writers_a_file_must_have_been_quiet(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that just changed stays; one that did not change for the quiet time lands."""
    monkeypatch.setattr(writers, "_open_for_writing", lambda: None)
    (inbox / "new.json").write_text("[1]")
    (inbox / "old.json").write_text("[2]")
    os.utime(inbox / "old.json", (1_000_000_000, 1_000_000_000))
    found = land(inbox.parent, tmp_path / "deliveries", bounds=LandingLimits(quiet_s=1e9 / 2))
    assert [item.reason for item in found] == ["in_use", None]


@pytest.mark.parametrize("is_open", [True, False])
def test_what_is_written_after_the_copy_is_a_delivery_of_its_own(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_open: bool
) -> None:
    """A source that is open, or changed, when it should go stays, and lands again."""
    path = inbox / "a.json"
    path.write_text("[1]")
    opened = []
    sync = copies._make_safe

    def writing(made: list[Copy]) -> None:
        sync(made)
        writer = path.open("a")
        opened.append(writer)
        if not is_open:
            writer.write("\n[2]")
            writer.close()

    monkeypatch.setattr(copies, "_make_safe", writing)
    store = tmp_path / "deliveries"
    assert [item.is_new for item in land(inbox.parent, store, move=True)] == [True]
    monkeypatch.undo()
    assert [entry.name for entry in inbox.iterdir()] == ["a.json"]
    if is_open:
        opened[0].write("\n[2]")
        opened[0].close()
    assert [item.is_new for item in land(inbox.parent, store, move=True)] == [True]
    assert sorted(stored.path.read_text() for stored in landed(store)) == ["[1]", "[1]\n[2]"]
    assert list(inbox.iterdir()) == []


def test_a_killed_landing_leaves_nothing_behind(inbox: Path, tmp_path: Path) -> None:
    """Half copies are swept, and sources that were put aside come back and land."""
    folder = tmp_path / "deliveries/zai"
    folder.mkdir(parents=True)
    (folder / ".landing-999999999-7").write_text("[")
    (inbox / ".landing-a.json").write_text("[]")
    found = list(land(inbox.parent, tmp_path / "deliveries", move=True))
    assert [item.is_new for item in found] == [True]
    assert [path.name for path in folder.iterdir()] == [landed(tmp_path / "deliveries")[0].delivery]
    assert list(inbox.iterdir()) == []


def test_many_files_land_in_batches_and_in_order(inbox: Path, tmp_path: Path) -> None:
    """Each of more files than a batch holds is told once, in the order of its name."""
    names = [f"{number:04}.json" for number in range(1_100)]
    for name in names:
        (inbox / name).write_text(f'["{name}"]')
    found = list(land(inbox.parent, tmp_path / "deliveries", move=True))
    assert [Path(item.source).name for item in found] == names
    assert all(item.is_new for item in found)
    assert len(landed(tmp_path / "deliveries")) == len(names)
    assert list(inbox.iterdir()) == []


def test_a_stored_delivery_is_never_overwritten(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should two contents share a stored name, the first one stays and the second one waits."""
    (inbox / "a.json").write_text("[1]")
    store = tmp_path / "deliveries"
    list(land(inbox.parent, store))
    (stored,) = landed(store)
    stored.path.write_text("[2]")
    colliding = f"{stored.delivery.partition('-')[0]}ff"
    monkeypatch.setattr(copies, "_digest", lambda _: colliding)
    assert outcome(inbox, store) == {"a.json": "name_taken"}
    assert stored.path.read_text() == "[2]"
    assert landed(store) == [stored]


def test_moving_removes_what_landed_alone(inbox: Path, tmp_path: Path) -> None:
    """From the inbox, a landed file goes and a refused one stays."""
    (inbox / "a.json").write_text("{}")
    (inbox / ".b.json").write_text("{}")
    list(land(inbox.parent, tmp_path / "deliveries", move=True))
    assert [path.name for path in inbox.iterdir()] == [".b.json"]


def test_removed_bytes_are_removed_ones_wherever_they_lie(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes of a removed delivery do not land again, also where their folder keeps the file."""
    (inbox / "a.json").write_text("[1]")
    store = tmp_path / "deliveries"
    (first,) = land(inbox.parent, store)
    assert first.stored is not None
    agent, delivery = first.stored.split("/")
    digest = hashlib.sha256(b"[1]").hexdigest()
    moment = "2026-01-01T00:00:00Z"
    removed = removed_of([Removal(moment, "eva", REMOVED, agent, delivery, digest, "wrong")])
    monkeypatch.setattr(copies, "_remove_sources", list)
    (again,) = land(inbox.parent, store, move=True, removed=removed)
    assert (again.reason, again.stored, again.is_new) == ("removed", None, False)
    assert "eva" in str(again.removal)


@pytest.mark.parametrize("how", ["grows", "is replaced", "goes"])
def test_a_file_that_changes_while_it_is_read_stays(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Nothing lands of it, nothing is removed, no copy is left, and its sibling lands."""
    path = inbox / "a.json"
    path.write_text("[1]")
    (inbox / "b.json").write_text("[2]")
    read = os.read

    def reading(descriptor: int, size: int) -> bytes:
        chunk = read(descriptor, size)
        if chunk == b"[1]" and how == "grows":
            with path.open("a") as more:
                more.write(" ")
        elif chunk == b"[1]":
            path.rename(tmp_path / "old")
            if how == "is replaced":
                path.write_text("[3]")
        return chunk

    monkeypatch.setattr(os, "read", reading)
    store = tmp_path / "deliveries"
    landings = list(land(inbox.parent, store, move=True))
    assert [item.reason for item in landings] == ["changed", None]
    assert [stored.name for stored in landed(store)] == ["b.json"]
    assert path.exists() == (how != "goes")
    assert [entry.name for entry in (store / "zai").iterdir()] == [landed(store)[0].delivery]


def test_a_file_that_cannot_be_read_stays(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the disk is told of that file, and no half copy is left."""
    (inbox / "a.json").write_text("[1]")

    def failing(descriptor: int, size: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", failing)
    assert outcome(inbox, tmp_path / "deliveries") == {"a.json": "unreadable"}
    assert list((tmp_path / "deliveries/zai").iterdir()) == []


def test_folders_without_end_are_not_followed(inbox: Path, tmp_path: Path) -> None:
    """Two hundred folders in each other end at a depth that no agent needs."""
    (inbox / "a.json").write_text("[]")
    where = os.open(inbox, os.O_RDONLY)
    for _ in range(200):
        os.mkdir("d", dir_fd=where)
        inner = os.open("d", os.O_RDONLY, dir_fd=where)
        os.close(where)
        where = inner
    os.close(where)
    reasons = [item.reason for item in land(inbox.parent, tmp_path / "deliveries")]
    assert reasons == [None, "too_deep"]


def test_agents_are_named(tmp_path: Path) -> None:
    """A file without an agent, a missing path and a bad agent's name are told in one sentence."""
    stray = tmp_path / "a.json"
    stray.write_text("{}")
    for source, agent, word in (
        (stray, None, "--agent"),
        (tmp_path / "nowhere", "zai", "does not exist"),
        (stray, "../up", "no agent name"),
    ):
        with pytest.raises(UserError, match=word):
            list(land(source, tmp_path / "deliveries", agent=agent))
    (item,) = land(tmp_path, tmp_path / "store")
    assert (item.reason, item.stored) == ("no_agent", None)
