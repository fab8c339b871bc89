"""Deliveries that landed beside the others are brought in as if they had landed there."""

from pathlib import Path

import pytest

from pipeline.deliveries.landing import land
from pipeline.deliveries.stored import landed
from pipeline.faucet.runs import waiting
from pipeline.faucet.runs.waiting import bring_in

NAMES = ("a.json", "mit Ü und Leer.json", "x" * 240 + ".json", "100%~$.json", "sub/mapped.csv")


def dropped(folder: Path) -> Path:
    """Return a folder of files with odd names, one of them with a mapping beside it."""
    for at, name in enumerate(NAMES):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"content {at}")
    (folder / "sub/mapping.yaml").write_text("question: Frage\n")
    return folder


def content(store: Path) -> dict[str, bytes]:
    files = sorted(store.rglob("*"))
    return {str(one.relative_to(store)): one.read_bytes() for one in files if one.is_file()}


def test_who_waited_lies_where_it_would_have_landed(tmp_path: Path) -> None:
    """Names, bytes and mappings are those of a landing among the others; nothing is left behind."""
    drop = dropped(tmp_path / "drop")
    direct, room, store = (tmp_path / name for name in ("direct", "room", "store"))
    for place in (direct, room):
        assert all(one.is_new for one in land(drop, place, agent="zai"))
    assert len(bring_in(room, store)) == len(NAMES)
    assert content(store) == content(direct)
    assert content(room) == {}
    assert bring_in(room, store) == []


def test_killed_between_copy_and_removal_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before its sources go, it is done again with the same end; repeated bytes are one."""
    room, store = tmp_path / "room", tmp_path / "store"
    list(land(dropped(tmp_path / "drop"), room, agent="zai"))
    whole = content(room)
    with monkeypatch.context() as patch:
        patch.setattr(waiting, "settle", lambda copies, **_: [one.temporary for one in copies])
        bring_in(room, store)
    assert content(room) == whole
    assert landed(store) == []
    bring_in(room, store)
    assert content(store) == whole
    assert content(room) == {}


def test_a_damaged_delivery_is_replaced_by_one_that_waited(tmp_path: Path) -> None:
    """What lies under its name and is not what the name says is damaged, as for any landing."""
    room, store = tmp_path / "room", tmp_path / "store"
    (tmp_path / "a.json").write_text("[]")
    list(land(tmp_path / "a.json", room, agent="zai"))
    (waits,) = landed(room)
    held = store / "zai" / waits.delivery
    held.parent.mkdir(parents=True)
    held.write_text("damaged")
    bring_in(room, store)
    assert held.read_text() == "[]"
