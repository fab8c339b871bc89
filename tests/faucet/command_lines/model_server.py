"""A model on the loopback that speaks four protocols, streamed: it calls a tool, then it is done.

Anthropic's Messages, Gemini's generateContent, OpenAI's Responses and chat completions. Asked
for the first time it has the command line write files below the working folder that the brief
names; when the results of its calls are all there it says so and ends. What it was asked, and with
which tools, is kept.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
_WORKDIR = re.compile(r"`([^`\"]+?)/deliver/`")


@dataclass
class LoopbackModel:
    """files are written by the command line below deliver/, one a call; status 200 or a fault."""

    files: Mapping[str, str]
    status: int = 200
    url: str = ""
    requests: list[tuple[str, Json]] = field(default_factory=list)

    def next_file(self, text: str, done: int) -> tuple[str, str] | None:
        """Return path and content of the file after so many that are done, None at the end."""
        found = _WORKDIR.search(text)
        if found is None or done >= len(self.files):
            return None
        name = sorted(self.files)[done]
        return f"{found[1]}/deliver/{name}", self.files[name]


@contextmanager
def served(model: LoopbackModel) -> Iterator[LoopbackModel]:
    """Serve a model on a free port of 127.0.0.1 while the block runs."""

    class Handler(_Handler):
        answering = model

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answering: LoopbackModel

    def log_message(self, *_: object) -> None:
        """Say nothing: the test reads what was asked."""

    def do_HEAD(self) -> None:
        self._send(b"")

    def do_GET(self) -> None:
        self._send(b'{"data": [], "models": []}')

    def do_POST(self) -> None:
        body = json.loads(self._body() or b"{}")
        if "ount_tokens" in self.path or "countTokens" in self.path:
            self._send(b'{"input_tokens": 10, "totalTokens": 10}')
            return
        protocol = next((p for mark, p in _PROTOCOLS.items() if mark in self.path), None)
        if protocol is None:
            self._send(b"{}")
            return
        self.answering.requests.append((self.path, body))
        if self.answering.status != 200:
            kind = {429: "rate_limit_error", 529: "overloaded_error"}[self.answering.status]
            fault = {"type": kind, "message": kind, "code": self.answering.status}
            self._send(_json({"type": "error", "error": fault}), code=self.answering.status)
            return
        text = json.dumps(body, ensure_ascii=False)
        wanted = self.answering.next_file(text.replace("\\\\", "\\"), protocol.done(body))
        kind, content = protocol.answer(body, wanted, is_streamed="streamGenerate" in self.path)
        self._send(content, kind)

    def _body(self) -> bytes:
        if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().strip() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, body: bytes, kind: str = "application/json", code: int = 200) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _events(*rows: tuple[str, Json]) -> tuple[str, bytes]:
    lines = (
        (f"event: {name}\n" if name else "") + f"data: {json.dumps(data)}\n\n"
        for name, data in rows
    )
    return "text/event-stream", "".join(lines).encode()


class _Anthropic:
    """Messages: a tool_use block of Write, then text."""

    @staticmethod
    def done(body: Json) -> int:
        return json.dumps(body.get("messages", [])).count('"type": "tool_result"')

    @staticmethod
    def answer(
        body: Json, wanted: tuple[str, str] | None, *, is_streamed: bool
    ) -> tuple[str, bytes]:
        del is_streamed
        has_tool = any(tool.get("name") == "Write" for tool in body.get("tools") or [])
        if wanted and has_tool:
            block: Json = {"type": "tool_use", "id": f"t{_Anthropic.done(body)}", "name": "Write"}
            block["input"] = {}
            call = {"file_path": wanted[0], "content": wanted[1]}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(call)}
        else:
            block = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": "Delivered."}
        message = {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": body.get("model"),
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
        reason = "tool_use" if block["type"] == "tool_use" else "end_turn"
        end = {"stop_reason": reason, "stop_sequence": None}
        rows: list[Json] = [
            {"type": "message_start", "message": message},
            {"type": "content_block_start", "index": 0, "content_block": block},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": end, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ]
        return _events(*((row["type"], row) for row in rows))


class _Gemini:
    """generateContent: a functionCall of write_file, then text."""

    @staticmethod
    def done(body: Json) -> int:
        return json.dumps(body.get("contents", [])).count('"functionResponse"')

    @staticmethod
    def answer(
        body: Json, wanted: tuple[str, str] | None, *, is_streamed: bool
    ) -> tuple[str, bytes]:
        names = [
            one["name"]
            for tool in body.get("tools") or []
            for one in tool.get("functionDeclarations", [])
        ]
        part: Json = {"text": "Delivered."}
        if wanted and "write_file" in names:
            call = {"file_path": wanted[0], "content": wanted[1]}
            part = {"functionCall": {"name": "write_file", "args": call}}
        content = {"role": "model", "parts": [part]}
        answer = {
            "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
            "modelVersion": "none",
            "usageMetadata": {"promptTokenCount": 1, "totalTokenCount": 2},
        }
        return _events(("", answer)) if is_streamed else ("application/json", _json(answer))


class _Responses:
    """Responses: a function_call of the shell, then a message."""

    @staticmethod
    def done(body: Json) -> int:
        items = [one for one in body.get("input") or [] if isinstance(one, dict)]
        return sum(str(one.get("type", "")).endswith("call_output") for one in items)

    @staticmethod
    def answer(
        body: Json, wanted: tuple[str, str] | None, *, is_streamed: bool
    ) -> tuple[str, bytes]:
        del is_streamed
        names = [tool.get("name") or tool.get("type") for tool in body.get("tools") or []]
        item: Json = {"type": "message", "role": "assistant", "id": "m1"}
        item["content"] = [{"type": "output_text", "text": "Delivered."}]
        shells = {"shell_command": "command", "exec_command": "cmd", "shell": None}
        shell = next((name for name in shells if name in names), None)
        if wanted and shell:
            key, folder = shells[shell], wanted[0].rsplit("/", 1)[0]
            text = f"mkdir -p '{folder}'; cat > '{wanted[0]}' <<'EOF'\n{wanted[1]}\nEOF"
            given = {key: text} if key else {"command": ["bash", "-lc", text]}
            number = _Responses.done(body)
            item = {"type": "function_call", "id": f"f{number}", "call_id": f"c{number}"}
            item |= {"name": shell, "arguments": json.dumps(given)}
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        usage_details = {"input_tokens_details": None, "output_tokens_details": None}
        end = {"id": "r1", "usage": {**usage, **usage_details}}
        rows: list[Json] = [
            {"type": "response.created", "response": {"id": "r1"}},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": end},
        ]
        return _events(*((row["type"], row) for row in rows))


class _Chat:
    """Chat completions: a tool call of write, or the file itself where there is no tool."""

    @staticmethod
    def done(body: Json) -> int:
        return sum(one.get("role") == "tool" for one in body.get("messages", []))

    @staticmethod
    def answer(
        body: Json, wanted: tuple[str, str] | None, *, is_streamed: bool
    ) -> tuple[str, bytes]:
        del is_streamed
        tools = [tool["function"]["name"] for tool in body.get("tools") or []]
        number, reason = _Chat.done(body), "stop"
        message: Json = {"role": "assistant", "content": "Delivered."}
        if wanted and "write" in tools:
            call = {"filePath": wanted[0], "content": wanted[1]}
            function = {"name": "write", "arguments": json.dumps(call)}
            calls = [{"index": 0, "id": f"c{number}", "type": "function", "function": function}]
            message, reason = {"role": "assistant", "tool_calls": calls}, "tool_calls"
        elif wanted and not tools:
            name = f"deliver/{wanted[0].rsplit('/', 1)[1]}"
            is_edit = "file listing" in json.dumps(body)
            fence = f"```json\n{wanted[1]}\n```\n"
            message["content"] = f"{name}\n{fence}" if is_edit else fence
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        base = {"id": "x", "created": 0, "model": body.get("model")}
        if not body.get("stream"):
            choice: Json = {"index": 0, "message": message, "finish_reason": reason}
            whole = {**base, "object": "chat.completion", "choices": [choice], "usage": usage}
            return "application/json", _json(whole)
        chunks: list[Json] = [
            {"index": 0, "delta": message, "finish_reason": None},
            {"index": 0, "delta": {}, "finish_reason": reason},
        ]
        kind = {**base, "object": "chat.completion.chunk"}
        rows = [("", {**kind, "choices": [one]}) for one in chunks]
        content = _events(*rows, ("", {**kind, "choices": [], "usage": usage}))[1]
        return "text/event-stream", content + b"data: [DONE]\n\n"


_PROTOCOLS: Mapping[str, Any] = {
    "/v1/messages": _Anthropic,
    "enerateContent": _Gemini,
    "/responses": _Responses,
    "/chat/completions": _Chat,
}
