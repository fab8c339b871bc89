"""A provider on the loopback: files, batches, embeddings and chat of two protocols, with faults.

It counts what it bills: every line of a batch that was created, every text that was asked online.
A vector depends on its text and the dimension alone.
"""

import hashlib
import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

Json = dict[str, Any]
KEY = "key-of-the-loopback-0123456789"
VARIABLE = "LOOPBACK_KEY"
FULL = 64
"""Length of the vectors before they are cut to what is asked for."""


def numbers(text: str, dimension: int) -> list[float]:
    """Return the vector that the loopback gives a text: cut off and not of unit length."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    full = np.random.default_rng(seed).standard_normal(max(FULL, dimension))
    full /= np.linalg.norm(full)
    return [float(number) for number in full.astype(np.float32)[:dimension]]


@dataclass
class Fault:
    """What happens to the next `times` requests whose method and path match.

    before and after are called around what is done; status answers instead of what is done, or in
    place of its answer where is_done; cut_bytes breaks the body off behind so many bytes.
    """

    pattern: str
    times: int = 1
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    is_done: bool = False
    cut_bytes: int | None = None
    drop: bool = False
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None


@dataclass
class Batch:
    """A batch as both protocols show it."""

    number: int
    job_id: str
    file_id: str
    lines: list[Json]
    state: str = "succeeded"
    outputs: list[str] = field(default_factory=list)
    message: str = ""
    right: int = 0
    wrong: int = 0


class Loopback:
    """What the server holds; tests read and change it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.files: dict[str, tuple[str, bytes]] = {}
        self.uploads: dict[str, Json] = {}
        self.batches: list[Batch] = []
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.billed: Counter[str] = Counter()
        self.results: Callable[[list[Json]], list[Json]] = lambda lines: lines
        self.state = "succeeded"
        self.message = ""
        self.chat: Callable[[Json], Json | str] = lambda _: "{}"
        self.chats: list[Json] = []
        self.seen: list[str] = []
        self.page = 100
        self.url = ""

    def fault_for(self, request: str) -> Fault | None:
        with self.lock:
            self.requests.append(request)
            for fault in self.faults:
                if fault.times and re.search(fault.pattern, request):
                    fault.times -= 1
                    return fault
        return None

    def create(self, job_id: str, file_id: str) -> Batch:
        """Make a batch, bill its lines, and lay its results down."""
        with self.lock:
            lines = [json.loads(line) for line in self.files[file_id][1].splitlines()]
            self.billed.update(line.get("key") or line["custom_id"] for line in lines)
            batch = Batch(len(self.batches) + 1, job_id, file_id, lines, self.state)
            batch.message = self.message
            self.batches.append(batch)
            return batch

    def stored(self, name: str, content: bytes) -> str:
        file_id = f"file-{len(self.files) + 1:03}"
        self.files[file_id] = (name, content)
        return file_id


def by_gemini(line: Json) -> Json:
    """Return the line of results for a request of Gemini's."""
    request = line["request"]
    text = request["content"]["parts"][0]["text"]
    values = numbers(text, request["output_dimensionality"])
    return {"key": line["key"], "response": {"embedding": {"values": values}}}


def by_openai(line: Json) -> Json:
    """Return the line of results for a request of OpenAI's."""
    body = line["body"]
    return {
        "id": f"req-{line['custom_id']}",
        "custom_id": line["custom_id"],
        "response": {"status_code": 200, "request_id": "r", "body": embeddings(body)},
        "error": None,
    }


def embeddings(body: Json) -> Json:
    """Return the answer of /embeddings."""
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    dimension = body.get("dimensions") or FULL
    data = [
        {"object": "embedding", "index": place, "embedding": numbers(text, dimension)}
        for place, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "data": data, "model": body["model"], "usage": usage}


def completion(content: str | None, end: str = "stop", **message: Any) -> Json:
    """Return an answer of the chat protocol."""
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    said = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "message": said, "finish_reason": end}
    return {"id": "c", "model": "writer-2026-01-01", "choices": [choice], "usage": usage}


def events(answer: Json, size: int = 7) -> bytes:
    """Return an answer as a stream of events, its content in pieces of size characters."""
    choice, shared = answer["choices"][0], {"id": answer["id"], "model": answer["model"]}
    text = choice["message"].get("content") or ""
    deltas = [{"content": text[at : at + size]} for at in range(0, len(text), size)]
    deltas += [{"refusal": choice["message"]["refusal"]}] if "refusal" in choice["message"] else []
    pieces: list[Json] = [
        {**shared, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    end = {"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}
    pieces += [{**shared, "choices": [end]}, {**shared, "choices": [], "usage": answer["usage"]}]
    lines = [f"data: {json.dumps(piece)}\n\n" for piece in pieces]
    return ": a comment\n\n".join(["", *lines, "data: [DONE]\n\n"]).encode()


class Handler(BaseHTTPRequestHandler):
    """Speaks both protocols."""

    protocol_version = "HTTP/1.1"
    held: Loopback

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.held.seen.append(f"{self.path} {self.headers} {body[:200]!r}")
        fault = self.held.fault_for(f"{method} {self.path}")
        if fault is None:
            self._answer(*self._done(method, body))
            return
        fault.before()
        answer: tuple[int, Any, dict[str, str]] | None = None
        if not fault.status or fault.is_done:
            answer = self._done(method, body)
        fault.after()
        if fault.drop:
            self.close_connection = True
            return
        if fault.status:
            message = f"busy, {KEY} heard" if fault.status != 400 else f"bad request of {KEY}"
            answer = (fault.status, {"error": {"message": message}}, fault.headers)
        assert answer is not None
        self._answer(*answer, cut=fault.cut_bytes)

    def _answer(
        self, status: int, value: Any, headers: dict[str, str], cut: int | None = None
    ) -> None:
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        is_named = "content-type" in headers
        self.send_header("content-type", "application/json") if not is_named else None
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if cut is None else content[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True

    def _done(self, method: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        split = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        is_gemini = "x-goog-api-key" in self.headers
        path = split.path.replace("/v1/", "/v1beta/") if is_gemini else split.path
        bearer = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        is_upload = split.path == "/upload-to"  # its address is what lets it in
        key = self.headers.get("x-goog-api-key") if is_gemini else bearer
        if key != KEY and not is_upload:
            return 401, {"error": {"message": "no such key"}}, {}
        for verb, pattern, answer in _ROUTES:
            match = re.fullmatch(pattern, path)
            if verb == method and match:
                return answer(self, match, query, body)
        return 404, {"error": {"message": f"no {split.path}"}}, {}

    # Gemini

    def g_begin(self, _: Any, __: Json, body: bytes) -> tuple[int, Any, dict[str, str]]:
        file = json.loads(body or b"{}").get("file", {})
        name = file.get("name") or f"files/made-{len(self.held.files)}"
        if name in self.held.files:
            return 409, {"error": {"message": "exists", "status": "ALREADY_EXISTS"}}, {}
        self.held.uploads[name] = file
        return 200, {}, {"X-Goog-Upload-URL": f"{self.held.url}/upload-to?name={name}"}

    def g_finish(self, _: Any, query: Json, body: bytes) -> tuple[int, Any, dict[str, str]]:
        name = query["name"]
        self.held.files[name] = (self.held.uploads[name].get("displayName") or "", body)
        file = {"name": name, "state": "ACTIVE", "sizeBytes": str(len(body))}
        return 200, {"file": file}, {"X-Goog-Upload-Status": "final"}

    def g_files(self, _: Any, query: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        names = [{"name": name} for name in sorted(self.held.files) if name.startswith("files/")]
        return 200, self._page(names, query, "files"), {}

    def g_batches(self, _: Any, query: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        listed = [self._operation(batch) for batch in reversed(self.held.batches)]
        return 200, self._page(listed, query, "operations"), {}

    def g_create(self, _: Any, __: Json, body: bytes) -> tuple[int, Any, dict[str, str]]:
        asked = json.loads(body)["batch"]
        source = asked["inputConfig"]
        file_id = source.get("fileName") or source["file_name"]
        batch = self.held.create(asked["displayName"], file_id)
        lines = self.held.results([by_gemini(line) for line in batch.lines])
        batch.outputs = [self._laid("files/results-", lines)] if lines else []
        batch.right, batch.wrong = _counts(lines)
        return 200, self._operation(batch, is_new=True), {}

    def g_state(self, match: Any, _: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        return 200, self._operation(self.held.batches[int(match[1]) - 1]), {}

    def g_cancel(self, match: Any, _: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        self.held.batches[int(match[1]) - 1].state = "cancelled"
        return 200, {}, {}

    def g_content(self, match: Any, _: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        return 200, self.held.files[match[1]][1], {}

    def _operation(self, batch: Batch, *, is_new: bool = False) -> Json:
        state = "pending" if is_new else batch.state
        stats = {
            "requestCount": str(len(batch.lines)),
            "successfulRequestCount": str(batch.right),
            "failedRequestCount": str(batch.wrong),
        }
        metadata: Json = {
            "displayName": batch.job_id,
            "state": f"BATCH_STATE_{state.upper()}",
            "batchStats": stats,
            "createTime": "2026-01-01T00:00:00Z",
        }
        operation: Json = {"name": f"batches/b{batch.number}", "metadata": metadata}
        if not is_new and batch.outputs:
            metadata["output"] = {"responsesFile": batch.outputs[0]}
            operation["done"] = True
            operation["response"] = {"responsesFile": batch.outputs[0]}
        if batch.message:
            operation["error"] = {"code": 3, "message": batch.message}
        return operation

    def _page(self, entries: list[Json], query: Json, field_name: str) -> Json:
        start = int(query.get("pageToken") or 0)
        end = start + self.held.page
        token = {"nextPageToken": str(end)} if end < len(entries) else {}
        return {field_name: entries[start:end], **token}

    # OpenAI

    def o_upload(self, _: Any, __: Json, body: bytes) -> tuple[int, Any, dict[str, str]]:
        for part in _parts(self.headers["content-type"], body):
            name = part.get_filename()
            if name:
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                return 200, self._file(self.held.stored(name, content)), {}
        return 400, {"error": {"message": "no file"}}, {}

    def o_files(self, _: Any, query: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        return 200, self._after([self._file(f) for f in sorted(self.held.files)], query), {}

    def o_batches(self, _: Any, query: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        listed = [self._batch(batch) for batch in reversed(self.held.batches)]
        return 200, self._after(listed, query), {}

    def o_create(self, _: Any, __: Json, body: bytes) -> tuple[int, Any, dict[str, str]]:
        asked = json.loads(body)
        job_id = (asked.get("metadata") or {}).get("faucet_job", "")
        batch = self.held.create(job_id, asked["input_file_id"])
        if {line["url"] for line in batch.lines} != {asked["endpoint"]}:
            return 400, {"error": {"message": "lines ask another endpoint"}}, {}
        lines = self.held.results([self._line(line) for line in batch.lines])
        wrong = [line for line in lines if isinstance(line, dict) and line.get("error")]
        right = [line for line in lines if line not in wrong]
        batch.outputs = [self._laid("file-out-", some) for some in (right, wrong)]
        batch.right, batch.wrong = _counts(lines)
        return 200, {**self._batch(batch), "status": "validating"}, {}

    def _line(self, line: Json) -> Json:
        """Return the line of results for a request of a batch."""
        if line["url"] != "/v1/chat/completions":
            return by_openai(line)
        self.held.chats.append(line["body"])
        answered = self.held.chat(line["body"])
        body = completion(answered) if isinstance(answered, str) else answered
        response = {"status_code": 200, "request_id": "r", "body": body}
        return {"custom_id": line["custom_id"], "response": response, "error": None}

    def o_state(self, match: Any, _: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        return 200, self._batch(self.held.batches[int(match[1]) - 1]), {}

    def o_cancel(self, match: Any, _: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        batch = self.held.batches[int(match[1]) - 1]
        batch.state = "cancelled"
        return 200, self._batch(batch), {}

    def o_content(self, match: Any, _: Json, __: bytes) -> tuple[int, Any, dict[str, str]]:
        return 200, self.held.files[match[1]][1], {}

    def o_embeddings(self, _: Any, __: Json, body: bytes) -> tuple[int, Any, dict[str, str]]:
        asked = json.loads(body)
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        if any("REFUSE THIS" in text for text in texts):
            return 400, {"error": {"message": "a text is refused"}}, {}
        self.held.billed.update(texts)
        answer = embeddings(asked)
        random.Random(0).shuffle(answer["data"])
        return 200, answer, {}

    def o_chat(self, _: Any, __: Json, body: bytes) -> tuple[int, Any, dict[str, str]]:
        asked = json.loads(body)
        with self.held.lock:
            self.held.chats.append(asked)
        answered = self.held.chat(asked)
        answer = completion(answered) if isinstance(answered, str) else answered
        if asked.get("stream"):
            return 200, events(answer), {"content-type": "text/event-stream"}
        return 200, answer, {}

    def _file(self, file_id: str) -> Json:
        name, content = self.held.files[file_id]
        return {
            "id": file_id,
            "object": "file",
            "bytes": len(content),
            "created_at": 1,
            "filename": name,
            "purpose": "batch",
            "status": "processed",
        }

    def _batch(self, batch: Batch) -> Json:
        words = {"succeeded": "completed", "running": "in_progress"}
        shown: Json = {
            "id": f"batch_{batch.number}",
            "object": "batch",
            "endpoint": "/v1/embeddings",
            "completion_window": "24h",
            "created_at": 1,
            "input_file_id": batch.file_id,
            "status": words.get(batch.state, batch.state),
            "metadata": {"faucet_job": batch.job_id},
            "output_file_id": batch.outputs[0] if batch.outputs else None,
            "error_file_id": batch.outputs[1] if batch.outputs[1:] else None,
            "request_counts": {
                "total": len(batch.lines),
                "completed": batch.right,
                "failed": batch.wrong,
            },
        }
        if batch.message:
            shown["errors"] = {"object": "list", "data": [{"message": batch.message}]}
        return shown

    def _after(self, entries: list[Json], query: Json) -> Json:
        ids = [entry["id"] for entry in entries]
        start = ids.index(query["after"]) + 1 if "after" in query else 0
        end = start + min(self.held.page, int(query.get("limit", 20)))
        return {"object": "list", "data": entries[start:end], "has_more": end < len(entries)}

    # both

    def _laid(self, prefix: str, lines: list[Any]) -> str:
        """Lay lines of results down as a file; a text among them stands for itself."""
        name = f"{prefix}{len(self.held.files) + 1}"
        texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
        self.held.files[name] = ("", "".join(f"{text}\n" for text in texts).encode())
        return name


def _counts(lines: list[Any]) -> tuple[int, int]:
    """Return how many keys have an answer and how many an error, as a provider counts them."""
    by_key = {
        line.get("key") or line.get("custom_id"): line for line in lines if isinstance(line, dict)
    }
    wrong = sum(bool(line.get("error")) for line in by_key.values())
    return len(by_key) - wrong, wrong


_ROUTES: list[tuple[str, str, Any]] = [
    ("POST", "/upload/v1beta/files", Handler.g_begin),
    ("POST", "/upload-to", Handler.g_finish),
    ("GET", "/v1beta/files", Handler.g_files),
    ("GET", "/v1beta/batches", Handler.g_batches),
    ("POST", "/v1beta/models/[^/:]+:asyncBatchEmbedContent", Handler.g_create),
    ("GET", r"/v1beta/batches/b(\d+)", Handler.g_state),
    ("POST", r"/v1beta/batches/b(\d+):cancel", Handler.g_cancel),
    ("GET", "/(?:download/)?v1beta/(files/[^/:]+):download", Handler.g_content),
    ("POST", "/v1/files", Handler.o_upload),
    ("GET", "/v1/files", Handler.o_files),
    ("GET", "/v1/batches", Handler.o_batches),
    ("POST", "/v1/batches", Handler.o_create),
    ("GET", r"/v1/batches/batch_(\d+)", Handler.o_state),
    ("POST", r"/v1/batches/batch_(\d+)/cancel", Handler.o_cancel),
    ("GET", "/v1/files/([^/]+)/content", Handler.o_content),
    ("POST", "/v1/embeddings", Handler.o_embeddings),
    ("POST", "/v1/chat/completions", Handler.o_chat),
]


def _parts(content_type: str, body: bytes) -> Iterator[Message]:
    message = BytesParser(policy=HTTP).parsebytes(
        b"content-type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    yield from message.iter_parts()  # type: ignore[attr-defined]


@contextmanager
def serving() -> Iterator[Loopback]:
    """Give a provider that listens on a port of 127.0.0.1 until the end."""
    held = Loopback()
    handler = type("Bound", (Handler,), {"held": held})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    held.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
