"""ZIP and TAR: each member a delivery of its own, bounded in number, size, ratio and depth.

Members are read in memory and never written. Links, devices, encrypted ones, names that lead out
of the archive and what operating systems leave behind are not read; each is told.
"""

import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator

from pipeline.core.text import excerpt
from pipeline.deliveries import office
from pipeline.deliveries.records import Document, Members, Refusal, refused
from pipeline.deliveries.unpacking import UNREADABLE

_MOST_MEMBERS = 10_000
_MOST_RATIO = 100
_FREE_BYTES = 1 << 20
_MOST_DEPTH = 2
_LEFT_BEHIND = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")

_NOT_ARCHIVES = {
    "ppt/presentation.xml": "a presentation (PowerPoint): save its text as .docx or .txt",
    "META-INF/container.xml": "an e-book (EPUB): save its text as HTML or .txt",
    "META-INF/MANIFEST.MF": "a Java archive: deliver text",
    "collection.anki21b": "a package of a newer Anki: export it with `Support older Anki versions`",
    "Index/Document.iwa": "a file of Pages, Numbers or Keynote: save it as .docx, .xlsx or .txt",
}
"""A member's name -> what a ZIP is that is known and not read, and what would be read."""

_ANKI = ("collection.anki21", "collection.anki2")
"""The database of a package of Anki's, the newest that is there."""

Parse = Callable[[str, bytes, int], Document | Refusal]
"""Reads (name, content, depth) as a delivery."""


def zipped(  # noqa: PLR0911 - one return for each thing that a ZIP may be
    content: bytes, parse: Parse, *, max_bytes: int, depth: int
) -> Document | Refusal:
    """Return what a ZIP is: a workbook, a document, or an archive of deliveries."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        listed = archive.infolist()
    except UNREADABLE as fault:
        return refused("", "bad_archive", f"no ZIP that can be read: {excerpt(str(fault), 120)}")
    fault_found = _too_much(sum(i.file_size for i in listed), len(listed), len(content), max_bytes)
    if fault_found is not None:
        return fault_found
    names = {info.filename for info in listed}
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return office.workbook(content, "xlsx")
    if "word/document.xml" in names:
        return office.word(archive)
    if "mimetype" in names and "content.xml" in names:
        kind = _content(archive, "mimetype")
        if isinstance(kind, Refusal):
            return kind
        is_sheet = b"spreadsheet" in kind[:100]
        return office.workbook(content, "ods") if is_sheet else office.open_text(archive)
    known = next((words for member, words in _NOT_ARCHIVES.items() if member in names), None)
    if known is not None:
        return refused("", "unknown_format", f"the file is {known}")
    if depth >= _MOST_DEPTH:
        return refused("", "too_deep", f"archives are read {_MOST_DEPTH} levels deep")
    collection = next((name for name in _ANKI if name in names), None)
    if collection is not None:  # its other members are pictures, sounds, and an older one's notice
        held = _content(archive, collection)
        inner = held if isinstance(held, Refusal) else parse(collection, held, depth + 1)
        return Members("anki", lambda: iter([(collection, inner)]))
    return Members("zip", lambda: _each_zipped(archive, parse, depth))


def _each_zipped(
    archive: zipfile.ZipFile, parse: Parse, depth: int
) -> Iterator[tuple[str, Document | Refusal]]:
    for info in sorted(archive.infolist(), key=lambda info: info.filename):
        name = info.filename
        if info.is_dir() or _is_left_behind(name):
            continue
        is_link = stat.S_ISLNK(info.external_attr >> 16)
        if is_link or info.flag_bits & 1 or _leads_out(name):
            why = (
                "a link"
                if is_link
                else "encrypted"
                if info.flag_bits & 1
                else "a name that leads out of it"
            )
            yield name, refused("", "not_read", f"the member is {why}")
            continue
        held = _content(archive, info)
        yield name, held if isinstance(held, Refusal) else parse(name, held, depth + 1)


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> bytes | Refusal:
    """Return what a member holds: as much as the archive says, and no more."""
    try:
        return archive.read(member)
    except UNREADABLE as fault:
        return refused("", "bad_archive", f"cannot be unpacked: {excerpt(str(fault), 100)}")


def tarred(content: bytes, parse: Parse, *, max_bytes: int, depth: int) -> Document | Refusal:
    """Return a TAR as an archive of deliveries; gzip around it is unpacked before."""
    try:
        archive = tarfile.TarFile(fileobj=io.BytesIO(content), mode="r")
        listed = []
        for info in archive:
            listed.append(info)
            if len(listed) > _MOST_MEMBERS:
                break
    except (tarfile.TarError, *UNREADABLE) as fault:
        return refused("", "bad_archive", f"no TAR that can be read: {excerpt(str(fault), 120)}")
    fault_found = _too_much(sum(i.size for i in listed), len(listed), len(content), max_bytes)
    if fault_found is not None:
        return fault_found
    if depth >= _MOST_DEPTH:
        return refused("", "too_deep", f"archives are read {_MOST_DEPTH} levels deep")
    return Members("tar", lambda: _each_tarred(archive, listed, parse, depth))


def _each_tarred(
    archive: tarfile.TarFile, listed: list[tarfile.TarInfo], parse: Parse, depth: int
) -> Iterator[tuple[str, Document | Refusal]]:
    for info in sorted(listed, key=lambda info: info.name):
        if info.isdir() or _is_left_behind(info.name):
            continue
        if not info.isreg() or _leads_out(info.name):
            why = "a name that leads out of it" if info.isreg() else "a link or a device"
            yield info.name, refused("", "not_read", f"the member is {why}")
            continue
        member = archive.extractfile(info)
        if member is None:
            continue
        try:
            content = member.read()
        except (tarfile.TarError, *UNREADABLE) as fault:
            yield (
                info.name,
                refused("", "bad_archive", f"cannot be unpacked: {excerpt(str(fault), 100)}"),
            )
            continue
        yield info.name, parse(info.name, content, depth + 1)


def is_tar(content: bytes) -> bool:
    """Return whether content begins as a TAR does."""
    return content[257:262] == b"ustar"


def _too_much(total: int, members: int, packed: int, max_bytes: int) -> Refusal | None:
    if members > _MOST_MEMBERS:
        return refused("", "too_large", f"{members:,} members, read are {_MOST_MEMBERS:,}")
    limit = min(max_bytes, _MOST_RATIO * packed + _FREE_BYTES)
    if total > limit:
        return refused("", "packed_bomb", f"expands to {total:,} bytes, allowed are {limit:,}")
    return None


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return (
        name.startswith(("/", "\\")) or ".." in parts or (len(parts[0]) > 1 and parts[0][1] == ":")
    )


def _is_left_behind(name: str) -> bool:
    return name.startswith(_LEFT_BEHIND[0]) or name.rpartition("/")[2].startswith(
        ("._", *_LEFT_BEHIND[1:])
    )
