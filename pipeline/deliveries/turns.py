"""Messages in every spelling: who speaks, and what of it both sides see.

Messages to tools, hidden ones and thinking are no text of either side. Lists of messages are
read by turn_lists.py, and paired by exchanges.py.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.deliveries.marks import untrained, unwanted

_NAMES = {
    "user": "user human prompter customer client student asker questioner q question you me"
    " interviewer caller visitor requester end_user enduser patient seeker anrufer"
    " user_message humanmessage mensch nutzer benutzer usuario utilisateur 用户 人类",
    "assistant": "assistant gpt chatgpt bot chatbot model ai llm answer a aimessage ai_message"
    " answerer expert teacher tutor support agent ki asistente 助手 机器人 assistant_message"
    " interviewee operator representative advisor doctor counselor therapist berater",
    "system": "system developer systemmessage 系统",
    "tool": "tool function observation ipython function_call function_response environment"
    " tool_response tool_call toolmessage",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
_MODELS = (
    "gpt",
    "chatgpt",
    "claude",
    "gemini",
    "llama",
    "assistant",
    "deepseek",
    "mistral",
    "qwen",
    "grok",
    "copilot",
    "cursor",
    "bard",
    "o1",
    "o3",
)
SPEAKERS = ("role", "_role", "from", "sender", "author", "speaker", "from_role", "sender_type")
_BY_USER = ("isCreatedByUser", "is_created_by_user", "is_user", "isUser", "from_user")
TEXTS = (
    *("content", "_content", "value", "text", "message", "body", "parts", "blocks", "utterance"),
    *("msg", "mes"),
)
_WRAPS = ("message", "payload", "data", "msg", "item", "response", "kwargs")
_FRAGMENTS = {"REQUEST": "user", "RESPONSE": "assistant"}
_SEEN_PARTS = frozenset(
    (
        *("text", "input_text", "output_text", "markdown", "paragraph", "multimodal_text"),
        "audio_transcription",
    )
)
_UNSEEN_CONTENT = frozenset(
    """
    thoughts reasoning_recap user_editable_context model_editable_context execution_output
    system_error tether_browsing_display tether_quote sonic_webpage code app_pairing_content
    thinking redacted_thinking reasoning
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
_UNSEEN_FLAGS = (
    "is_visually_hidden_from_conversation",
    "isMeta",
    "isSidechain",
    "hidden",
    "is_hidden",
    "isCompactSummary",
    "isApiErrorMessage",
    "thought",
    "isThought",
    "is_thought",
)
_UNSEEN_CHANNELS = ("analysis", "commentary")
_MACHINE = re.compile(
    r"\s*(?:(?:\# AGENTS\.md instructions[^\n]{0,300}\s*)?<(environment_context|user_instructions"
    r"|INSTRUCTIONS|permissions instructions|collaboration_mode|turn_aborted|system-reminder"
    r"|local-command-stdout|local-command-stderr|local-command-caveat|command-name|command-message"
    r"|command-args|bash-input|bash-stdout|bash-stderr)>.*?</\1>\s*)+",
    re.DOTALL,
)
"""What programs of the command line write in the user's name, with nothing of the user's own."""

_FOLDED = re.compile(
    r"\s*<details\b[^>]{0,300}\btype=\"(?:reasoning|code_interpreter|tool_calls)\"[^>]{0,2000}>"
    r".*?</details>\s*",
    re.DOTALL,
)
"""Thinking and calls of tools as Open WebUI folds them into the text of an answer."""

_EVENTS = ("event_msg", "session_meta", "turn_context", "file-history-snapshot")
"""Lines of session logs that are no message, or say one again that has its own line."""

_ATTACHED = ("attachments", "files", "documents")
_EXTRACTED = ("extracted_content", "extractedContent", "extracted_text", "text", "content")
"""Where an export keeps the text of a file that goes with a message: Claude, Open WebUI."""

_POINTERS = frozenset(
    (
        *("parent", "parentId", "parent_id", "parentUuid", "parentMessageId", "children"),
        *("childrenIds", "parent_message_uuid"),
    )
)
_READ = frozenset((*SPEAKERS, *_BY_USER, *TEXTS, "type"))
_MOST_DEPTH = 8


class Turn(NamedTuple):
    """What one side says: its place in the delivery, its role in our words, its text.

    is_seen is False for what the two sides do not say to each other, mark what says that the turn
    is not to be used, rest the keys of the turn that were not read. attached are the texts of files
    that go with it: who answers has read them.
    """

    place: str
    role: str
    text: str
    is_seen: bool = True
    mark: str | None = None
    rest: Mapping[str, Any] = {}
    attached: tuple[str, ...] = ()


def role_of(name: Any) -> str:
    """Return user, assistant, system, tool, or the name of who else speaks."""
    if isinstance(name, dict):
        name = name.get("role") or name.get("type") or name.get("name")
    spelled = name.strip().lower() if isinstance(name, str) else "unknown"
    found = _ROLES.get(spelled)
    return found or ("assistant" if spelled.startswith(_MODELS) else spelled)


def text_of(content: Any, depth: int = 0) -> str:
    """Return the text of a message: a string, or the parts that are text for both sides."""
    if isinstance(content, str):
        return content
    if depth > _MOST_DEPTH:
        return ""
    if isinstance(content, dict):
        kind = content.get("type", content.get("content_type", content.get("block_type")))
        if isinstance(kind, str) and kind not in _SEEN_PARTS and kind != "message":
            return ""
        if any(content.get(flag) is True for flag in _UNSEEN_FLAGS):
            return ""
        held = (content.get(name) for name in ("text", "value", "content", "parts"))
        return next((text for item in held if (text := text_of(item, depth + 1))), "")
    parts = [text_of(part, depth + 1) for part in content] if isinstance(content, list) else []
    parts = [part for part in parts if part]
    return "\n\n".join([part for part in parts if not is_machine(part)] or parts)


def is_machine(text: str) -> bool:
    """Return whether a program of the command line wrote all of a text in the user's name."""
    return text.lstrip()[:1] in ("<", "#") and _MACHINE.fullmatch(text) is not None


def as_turn(item: Any, place: str) -> Turn | None:
    """Return the turn that an object is, None where nothing in it says who speaks."""
    if not isinstance(item, dict):
        return None
    item = _shown_version(item)
    outer = item
    if item.get("type") in _EVENTS:
        return None
    inner = next((item[name] for name in _WRAPS if _is_message(item.get(name))), None)
    if inner is not None:
        item = _shown_version(inner)
    role = _speaker(item) or (_speaker(outer) if inner is not None else None)
    if role is None or not any(name in item for name in TEXTS):
        return None
    text = next((text for name in TEXTS if (text := text_of(item.get(name)))), "")
    rest = {k: left for k, v in item.items() if (left := _unread(k, v, text)) not in (None, [], {})}
    if outer is not item:
        above = {k: v for k, v in outer.items() if k not in (*_WRAPS, "type")}
        rest |= {k: v for k, v in above.items() if k not in _POINTERS}
    is_seen = not _is_unseen(item) and not _is_unseen(outer) and not is_machine(text)
    if role == "assistant" and "<details" in text and (folded := _FOLDED.findall(text)):
        text, rest = _FOLDED.sub("\n\n", text).strip(), {**rest, "folded": folded}
    judged = (item,) if outer is item else (item, outer)
    marks = (unwanted(one if role == "assistant" else untrained(one)) for one in judged)
    mark = next((mark for mark in marks if mark), None)
    return Turn(place, role, text, is_seen, mark, rest, tuple(_attached(item)))


def _attached(item: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of the files that go with a message, where the export holds them."""
    for listed in (item[name] for name in _ATTACHED if isinstance(item.get(name), list)):
        for file in (one for one in listed if isinstance(one, dict)):
            held = [
                file,
                *(file[name] for name in ("file", "data") if isinstance(file.get(name), dict)),
            ]
            held += [inner["data"] for inner in held if isinstance(inner.get("data"), dict)]
            texts = (
                one[name] for one in held for name in _EXTRACTED if isinstance(one.get(name), str)
            )
            text = next((text for text in texts if text.strip()), None)
            if text is not None:
                yield text


def _shown_version(item: dict[str, Any]) -> dict[str, Any]:
    """Return a message of several versions, steps or fragments (LM Studio, DeepSeek) as one.

    LangChain writes a message as the class to be made and its arguments; nothing is made.
    """
    made, given = item.get("id"), item.get("kwargs")
    if "lc" in item and isinstance(made, list) and made and isinstance(given, dict):
        item = {"role": made[-1], **given}
    versions, chosen = item.get("versions"), item.get("currentlySelected")
    if isinstance(versions, list) and isinstance(chosen, int) and 0 <= chosen < len(versions):
        item = versions[chosen] if isinstance(versions[chosen], dict) else item
    steps = item.get("steps")
    if isinstance(steps, list) and "content" not in item:
        shown = [s for s in steps if isinstance(s, dict) and s.get("type") == "contentBlock"]
        parts = [part for step in shown for part in step.get("content") or []]
        return {**{k: v for k, v in item.items() if k != "steps"}, "content": parts}
    fragments = item.get("fragments")
    return _of_fragments(item, fragments) if isinstance(fragments, list) else item


def _of_fragments(item: dict[str, Any], fragments: list[Any]) -> dict[str, Any]:
    parts = [part for part in fragments if isinstance(part, dict)]
    spoken = [part for part in parts if part.get("type") in tuple(_FRAGMENTS)]
    role = _FRAGMENTS[spoken[0]["type"]] if spoken else "unknown"
    texts = [part["content"] for part in spoken if isinstance(part.get("content"), str)]
    unread = [part for part in parts if part.get("type") not in tuple(_FRAGMENTS)]
    return {**item, "role": role, "content": "\n\n".join(texts), "fragments": unread}


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and bool(
        _speaker(value) or any(key in value for key in ("content", "text", "fragments", "lc"))
    )


def _unread(key: str, value: Any, text: str) -> Any:
    """Return what of a message's entry was not read: all of it, or the parts that are no text.

    A second text under another key is kept where it is another one than the text that was read.
    """
    if key not in _READ:
        return None if key in _POINTERS else value
    if isinstance(value, str):
        is_second = key in TEXTS and value.strip() and value.strip() != text.strip()
        return value if is_second else None
    parts = value.get("parts") if isinstance(value, dict) else value
    if not isinstance(parts, list):
        return None
    return [
        part
        for part in parts
        if not isinstance(part, str) and (not (text := text_of(part)) or is_machine(text))
    ]


def _speaker(item: Mapping[str, Any]) -> str | None:
    for name in _BY_USER:
        if isinstance(item.get(name), bool):
            return "user" if item[name] else "assistant"
    for name in SPEAKERS:
        if isinstance(item.get(name), (str, dict)) and item[name]:
            return role_of(item[name])
    kind = role_of(item.get("type"))
    return kind if kind in ("user", "assistant", "system") else None


def _is_unseen(item: Mapping[str, Any]) -> bool:
    if item.get("recipient") not in (None, "all", "user", "assistant"):
        return True
    content = item.get("content")
    kind = content.get("content_type") if isinstance(content, dict) else None
    kinds = (kind, item.get("content_type"), item.get("type"))
    if any(isinstance(one, str) and one in _UNSEEN_CONTENT for one in kinds):
        return True
    metadata = item.get("metadata")
    flags = (item, metadata if isinstance(metadata, dict) else {})
    return item.get("channel") in _UNSEEN_CHANNELS or any(
        held.get(flag) is True for held in flags for flag in _UNSEEN_FLAGS
    )
