"""Deliveries that a model wrote, and of which one part is beside or around another one."""

import json
from typing import Any

from tests.deliveries.forms import add
from tests.deliveries.tools_forms import A2, BOTH, ONE, Q2, A, Q

_PAIRS = {"topic": "Fees", "pairs": [{"question": Q, "answer": A}, {"question": Q2, "answer": A2}]}
_MARKED = f"Here are two pairs.\n\nQ: {Q}\nA: {A}\n\nQ: {Q2}\nA: {A2}"


def _result(message: Any) -> dict[str, Any]:
    body = {"object": "chat.completion", "choices": [{"index": 0, "message": message}]}
    return {"custom_id": "t1", "response": {"status_code": 200, "body": body}, "error": None}


add("an envelope in a result", "a.jsonl", _result({"content": json.dumps(_PAIRS)}), BOTH)
add(
    "an envelope in a fence of a result",
    "a.jsonl",
    {
        "key": "t1",
        "response": {
            "candidates": [
                {"content": {"parts": [{"text": f"Sure:\n```json\n{json.dumps(_PAIRS)}\n```\n"}]}}
            ]
        },
    },
    BOTH,
)
add("marked pairs in a result", "a.jsonl", _result({"content": _MARKED}), BOTH)
add(
    "pairs given to a tool",
    "a.json",
    {
        "choices": [
            {
                "message": {
                    "content": None,
                    "tool_calls": [{"function": {"name": "f", "arguments": json.dumps(_PAIRS)}}],
                }
            }
        ]
    },
    BOTH,
)
add(
    "pairs given to a tool in a batch",
    "a.jsonl",
    {
        "custom_id": "t1",
        "result": {
            "type": "succeeded",
            "message": {"content": [{"type": "tool_use", "name": "f", "input": _PAIRS}]},
        },
    },
    BOTH,
)
add(
    "what is given to a tool is no answer",
    "a.jsonl",
    {
        "request": {"messages": [{"role": "user", "content": Q}]},
        "response": {
            "choices": [{"message": {"tool_calls": [{"function": {"arguments": '{"x": 1}'}}]}}]
        },
    },
    [],
)
add(
    "toml in lines",
    "a.toml",
    f'[[faq]]\nquestion = "{Q}"\nanswer = """\n{A}\n"""\n',
)
add(
    "an answer that was voted down",
    "Posts.xml",
    f'<posts><row Id="1" PostTypeId="1" Title="{Q}" />'
    f'<row Id="2" PostTypeId="2" ParentId="1" Score="-3" Body="{A2}" />'
    f'<row Id="3" PostTypeId="2" ParentId="1" Score="0" Body="{A}" /></posts>',
    ONE,
)
_TABLE = f"| Question | Answer |\n|---|---|\n| {Q} | {A} |\n"
add("a table above marked pairs", "a.md", f"# Notes\n\n{_TABLE}\nQ: {Q2}\nA: {A2}\n", BOTH)
add("a table below marked pairs", "a.md", f"Q: {Q2}\nA: {A2}\n\n{_TABLE}", BOTH[::-1])
add(
    "a table that an answer leads on to",
    "a.md",
    f"Q: {Q2}\nA: As follows:\n\n{_TABLE}",
    [(Q2, f"As follows:\n\n{_TABLE.strip()}")],
)
add(
    "terms above marked pairs",
    "a.html",
    f"<html><body><dl><dt>{Q}</dt><dd>{A}</dd></dl><p>Q: {Q2}</p><p>A: {A2}</p></body></html>",
    BOTH,
)
_TREE = {
    "q": {"parentId": None, "role": "user", "content": Q},
    "old": {"parentId": "q", "role": "assistant", "content": "Made again."},
    "new": {"parentId": "q", "role": "assistant", "content": A},
    "edited": {"parentId": "new", "role": "user", "content": Q2},
    "answer": {"parentId": "edited", "role": "assistant", "content": A2},
    "other": {"parentId": "new", "role": "user", "content": "What is X?"},
    "last": {"parentId": "other", "role": "assistant", "content": "It is Y."},
}
add(
    "an answer made again and a question edited",
    "a.json",
    {"history": {"messages": _TREE, "currentId": "answer"}},
    [*BOTH, ("What is X?", "It is Y.")],
)
add(
    "a table in a fence",
    "a.md",
    f"Here:\n\n```csv\nquestion,answer\n{Q},{A}\n{Q2},{A2}\n```\n",
    BOTH,
)
add(
    "a log of requests and responses",
    "a.jsonl",
    {
        "request_body": {"messages": [{"role": "user", "content": Q}]},
        "response_body": {"choices": [{"message": {"role": "assistant", "content": A}}]},
    },
)
add("cards of remnote", "a.md", f"- {Q} >> {A}\n- {Q2} :: {A2}\n", BOTH)
add(
    "claude shows a leaf",
    "a.json",
    {
        "current_leaf_message_uuid": "new",
        "chat_messages": [
            {"uuid": "q", "sender": "human", "text": Q, "parent_message_uuid": "0"},
            {"uuid": "old", "sender": "assistant", "text": A2, "parent_message_uuid": "q"},
            {"uuid": "new", "sender": "assistant", "text": A, "parent_message_uuid": "q"},
        ],
    },
)
add(
    "nothing is learned of who asks",
    "a.json",
    {
        "conversations": [
            {"from": "human", "value": Q, "weight": 0},
            {"from": "gpt", "value": A, "weight": 1},
        ]
    },
)
add(
    "what was spoken",
    "a.json",
    {
        "messages": [
            {"role": "user", "content": [{"content_type": "audio_transcription", "text": Q}]},
            {"role": "assistant", "content": [{"content_type": "audio_transcription", "text": A}]},
        ]
    },
)
_EXAMPLE = (
    "Write a list:\n\n```yaml\n- question: Where is it?\n  answer: Here.\n```\n\nThen lint it."
)
add(
    "an example of pairs within an answer",
    "a.md",
    f"### Question 1\n\n{Q}\n\n### Answer\n\n{_EXAMPLE}\n\n### Question 2\n\n{Q2}\n\n"
    f"### Answer\n\n{A2}\n",
    [(Q, _EXAMPLE), (Q2, A2)],
)
add(
    "a conversation in which a model writes pairs twice",
    "a.md",
    f"User: Write two pairs.\nAssistant: Here:\n```json\n{json.dumps(_PAIRS)}\n```\n"
    "User: Thanks!\nAssistant: You are welcome.\n",
    BOTH,
)
