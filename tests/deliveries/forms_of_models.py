"""Deliveries that a model wrote: pairs as JSON, as marked text or as a tool's arguments."""

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
