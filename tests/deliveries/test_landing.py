"""Landing: what is safe comes in under a safe name; what is not stays, untouched and named."""

import os
import socket
from pathlib import Path

import pytest

from pipeline.core.errors import UserError
from pipeline.deliveries.landing import land, landed, original_name


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


def test_a_name_too_long_to_store_stays(inbox: Path, tmp_path: Path) -> None:
    """A name of 250 characters is reported, not cut."""
    (inbox / f"{'x' * 245}.json").write_text("{}")
    assert set(outcome(inbox, tmp_path / "deliveries").values()) == {"name_too_long"}


def test_a_stored_delivery_is_never_overwritten(inbox: Path, tmp_path: Path) -> None:
    """Should two contents share a stored name, the first one stays and the second one waits."""
    (inbox / "a.json").write_text("[1]")
    store = tmp_path / "deliveries"
    list(land(inbox.parent, store))
    (stored,) = landed(store)
    stored.path.write_text("[2]")
    assert outcome(inbox, store) == {"a.json": "name_taken"}
    assert stored.path.read_text() == "[2]"
    assert landed(store) == [stored]


def test_moving_removes_what_landed_alone(inbox: Path, tmp_path: Path) -> None:
    """From the inbox, a landed file goes and a refused one stays."""
    (inbox / "a.json").write_text("{}")
    (inbox / ".b.json").write_text("{}")
    list(land(inbox.parent, tmp_path / "deliveries", move=True))
    assert [path.name for path in inbox.iterdir()] == [".b.json"]


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
    """Two hundred folders in each other end where no name could be stored any more."""
    (inbox / "a.json").write_text("[]")
    where = os.open(inbox, os.O_RDONLY)
    for _ in range(200):
        os.mkdir("d", dir_fd=where)
        inner = os.open("d", os.O_RDONLY, dir_fd=where)
        os.close(where)
        where = inner
    os.close(where)
    reasons = [item.reason for item in land(inbox.parent, tmp_path / "deliveries")]
    assert reasons == [None, "name_too_long"]


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
