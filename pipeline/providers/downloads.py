"""Files of results, fetched whole or not at all."""

from typing import TYPE_CHECKING, BinaryIO

from pipeline.core.errors import UserError
from pipeline.providers.connection import Connection

if TYPE_CHECKING:
    import httpx2

_PIECE_BYTES = 1 << 20
_OK = 200
_ENDS = (b"", b"\n", b"}")


def download(connection: Connection, path: str, file: BinaryIO, most_bytes: int) -> None:
    """Write what the server has at path into an open file, from its start where it breaks off.

    A body is whole when it has the length that was announced and ends with a line end. Raises
    UserError where it never is, and where it is larger than most_bytes, before the disk is full.
    """
    import httpx2  # noqa: PLC0415 - few commands talk to a provider

    for failed in connection.attempts(path):
        file.seek(0)
        file.truncate()
        try:
            with connection.stream(path) as response:
                if response.status_code != _OK:
                    failed(f"{response.status_code}", response.headers.get("retry-after"))
                    continue
                last = _copied(response, path, file, most_bytes)
        except httpx2.TransportError as fault:
            failed(f"the download broke off ({type(fault).__name__})", None)
            continue
        if last in _ENDS:
            return
        failed("the download ends in the middle of a line", None)


def _copied(response: "httpx2.Response", path: str, file: BinaryIO, most_bytes: int) -> bytes:
    """Copy a body into a file and return its last byte, b"" where it is empty."""
    written, last = 0, b""
    for piece in response.iter_bytes(_PIECE_BYTES):
        written += len(piece)
        if written > most_bytes:
            raise UserError(f"{path}: is larger than {most_bytes:,} bytes: no results are")
        file.write(piece)
        last = piece[-1:] or last
    return last
