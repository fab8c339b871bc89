"""Chats as one program each exports them: Copilot's in VS Code, aider's history, Gemini's."""

import re
from typing import Any

from pipeline.deliveries import exchanges
from pipeline.deliveries.html_blocks import plain_text
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.marks import unwanted
from pipeline.deliveries.plain_pairs import Fields, Object, Records
from pipeline.deliveries.records import Record
from pipeline.deliveries.turns import Turn, text_of

_ASKED = "Prompted "
_AIDER = re.compile(r"^# aider chat started at ", re.MULTILINE)


def is_requests(fields: Fields, roles: Roles) -> bool:
    """Return whether an object lists requests with the parts of their responses."""
    del roles
    listed = fields.get("requests")
    return isinstance(listed, list) and any(map(_is_request, listed))


def _is_request(item: object) -> bool:
    return isinstance(item, dict) and "message" in item and isinstance(item.get("response"), list)


def requests(found: Object) -> Records:
    """Yield the pairs of a chat; what the program did between its words is no text of it."""
    turns: list[Turn] = []
    for number, item in enumerate(found.fields["requests"]):
        if not _is_request(item):
            continue
        place = f"{found.place}/requests/{number}"
        mark = "isCanceled is True" if item.get("isCanceled") is True else unwanted(item)
        answer = "".join(map(_shown, item["response"])).strip()
        turns.append(Turn(f"{place}/message", "user", text_of(item["message"]), mark=mark))
        turns.append(Turn(f"{place}/response", "assistant", answer))
    extra = {k: v for k, v in found.fields.items() if isinstance(v, (str, int)) and v}
    yield from exchanges.pairs_of(turns, extra, found.place, found.above)


def _shown(part: Any) -> str:
    """Return what a reader sees of a part: Markdown, or the name of what it refers to."""
    if not isinstance(part, dict):
        return ""
    if part.get("kind") == "inlineReference":
        return f"`{part['name']}`" if isinstance(part.get("name"), str) else ""
    held = part.get("content") if part.get("kind") == "markdownContent" else part
    is_text = part.get("kind") in (None, "markdownContent") and isinstance(held, dict)
    value = held.get("value") if is_text and isinstance(held, dict) else None
    return value if isinstance(value, str) else ""


def aider_turns(text: str) -> list[Turn]:
    """Return the turns of aider's history: `####` asks, `>` is what the program printed."""
    if not _AIDER.search(text):
        return []
    turns: list[Turn] = []
    for number, line in enumerate(text.split("\n"), 1):
        role, bare = _spoken(line.rstrip())
        if turns and (turns[-1].role == role or (not bare and role == "assistant")):
            turns[-1] = turns[-1]._replace(text=f"{turns[-1].text}\n{bare}")
        else:
            turns.append(Turn(f"line {number}", role, bare, is_seen=role != "tool"))
    return [turn._replace(text=turn.text.strip()) for turn in turns if turn.text.strip()]


def _spoken(line: str) -> tuple[str, str]:
    if line.startswith("#### "):
        return "user", line[5:]
    if line.startswith(("> ", "# aider chat")) or line == ">":
        return "tool", line
    return "assistant", line


# --- Google's record of what people did


def is_activity(fields: Fields, roles: Roles) -> bool:
    """Return whether an entry of Google Takeout says what was asked and what was answered."""
    del roles
    title, shown = fields.get("title"), fields.get("safeHtmlItem")
    return isinstance(title, str) and title.startswith(_ASKED) and isinstance(shown, list)


def activity(found: Object) -> Records:
    """Yield the prompt of an entry with the text of the answer that was shown."""
    fields = dict(found.fields)
    title = fields.pop("title").removeprefix(_ASKED)
    shown = [item.get("html") for item in fields.pop("safeHtmlItem") if isinstance(item, dict)]
    answer = "\n\n".join(plain_text(html).strip() for html in shown if isinstance(html, str))
    yield Record(found.place, {**fields, "question": title, "answer": answer}, found.above)
