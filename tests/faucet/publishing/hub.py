"""A hub on the loopback: the calls that publishing makes, answered as the public one does."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LARGE = (".parquet", ".sqlite")


class Hub:
    """What was committed: files by path, commits by message, tags, and every call in order."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.messages: list[str] = []
        self.tags: list[str] = []
        self.calls: list[str] = []
        self.tokens: set[str | None] = set()
        self.uploaded: dict[str, bytes] = {}
        self.is_made = False
        self.refusal = 0
        self.address = ""

    def tree(self) -> list[dict[str, Any]]:
        return [self._entry(path, content) for path, content in sorted(self.files.items())]

    def _entry(self, path: str, content: bytes) -> dict[str, Any]:
        blob = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
        entry: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": blob}
        if path.endswith(LARGE):
            oid = hashlib.sha256(content).hexdigest()
            entry |= {"oid": "0" * 40}
            entry["lfs"] = {"oid": oid, "size": len(content), "pointerSize": 130}
        return entry

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """Return the status and the JSON that answer a call."""
        if self.refusal:
            return self.refusal, {"error": "You are not allowed to write here"}
        if method == "PUT":
            self.uploaded[path.rsplit("/", 1)[1]] = body
            return 200, {}
        if method == "GET":
            return (200, self.tree()) if self.is_made else (404, {"error": "Repository not found"})
        lines = [json.loads(line) for line in body.splitlines()]
        return 200, self._posted(path.removesuffix("/main").rsplit("/", 1)[1], lines)

    def _posted(self, call: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
        asked = lines[0]
        if call == "create":
            self.is_made = True
        elif call == "tag":
            self.tags.append(asked["tag"])
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "create": lambda: {"url": f"{self.address}/datasets/org/faq"},
            "tag": dict,
            "validate-yaml": lambda: {"errors": [], "warnings": []},
            "preupload": lambda: {"files": [_mode(file["path"]) for file in asked["files"]]},
            "batch": lambda: {"objects": [self._upload(one) for one in asked["objects"]]},
            "commit": lambda: self._commit(lines),
        }
        return answers[call]()

    def _upload(self, asked: dict[str, Any]) -> dict[str, Any]:
        href = f"{self.address}/put/{asked['oid']}"
        return {**asked, "actions": {"upload": {"href": href}}}

    def _commit(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                self.messages.append(value["summary"])
            elif line["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.files[value["path"]] = self.uploaded[value["oid"]]
            elif line["key"] == "deletedFile":
                del self.files[value["path"]]
        oid = f"{len(self.messages):040x}"
        return {"commitUrl": f"{self.address}/datasets/org/faq/commit/{oid}", "commitOid": oid}


def _mode(path: str) -> dict[str, Any]:
    mode = "lfs" if path.endswith(LARGE) else "regular"
    return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": None}


@contextmanager
def serving() -> Iterator[Hub]:
    """Serve a hub on a port of the loopback."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self._body()
            path = self.path.partition("?")[0]
            hub.calls.append(f"{self.command} {path}")
            if self.command != "PUT":
                hub.tokens.add(self.headers.get("Authorization"))
            status, value = hub.answer(self.command, path, body)
            content = json.dumps(value).encode()
            self.send_response(status)
            if status == 404 and path.endswith("/tree/main"):
                self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        do_GET = do_POST = do_PUT = _handle  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
