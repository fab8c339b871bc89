"""Conversations as chat programs and model providers export them."""

# ruff: noqa: E501 - a form is seen best on the lines that it has

from tests.deliveries.forms import add
from tests.deliveries.tools_forms import A2, BOTH, Q2, A, Q, _assistant, _lines, _user

M = [_user(Q), _assistant(A)]
add(
    "assistants thread newest first",
    "a.json",
    {
        "object": "list",
        "data": [
            {
                "id": "m2",
                "object": "thread.message",
                "created_at": 2,
                "role": "assistant",
                "content": [{"type": "text", "text": {"value": A, "annotations": []}}],
            },
            {
                "id": "m1",
                "object": "thread.message",
                "created_at": 1,
                "role": "user",
                "content": [{"type": "text", "text": {"value": Q, "annotations": []}}],
            },
        ],
        "has_more": False,
    },
)
add(
    "slack",
    "2024-11-01.json",
    [
        {
            "type": "message",
            "user": "U012AB",
            "text": Q,
            "ts": "1730000000.000100",
            "thread_ts": "1730000000.000100",
            "reply_count": 1,
        },
        {
            "type": "message",
            "user": "U034CD",
            "text": A,
            "ts": "1730000010.000100",
            "thread_ts": "1730000000.000100",
            "parent_user_id": "U012AB",
        },
    ],
    [],
)
add(
    "discord",
    "a.json",
    {
        "guild": {"id": "1", "name": "g"},
        "channel": {"id": "2", "name": "faq"},
        "messages": [
            {
                "id": "3",
                "type": "Default",
                "timestamp": "2024-01-01",
                "content": Q,
                "author": {"id": "4", "name": "anna", "isBot": False},
            },
            {
                "id": "5",
                "type": "Reply",
                "content": A,
                "author": {"id": "6", "name": "bob", "isBot": False},
            },
        ],
    },
    [],
)
add(
    "telegram",
    "result.json",
    {
        "name": "Chat",
        "type": "personal_chat",
        "id": 1,
        "messages": [
            {
                "id": 1,
                "type": "message",
                "date": "2024-01-01T00:00:00",
                "from": "Anna",
                "from_id": "user1",
                "text": Q,
                "text_entities": [{"type": "plain", "text": Q}],
            },
            {
                "id": 2,
                "type": "message",
                "from": "Bob",
                "from_id": "user2",
                "text": ["A fee between ", {"type": "bold", "text": "longs"}, " and shorts."],
                "text_entities": [],
            },
        ],
    },
    [],
)
add("whatsapp", "chat.txt", f"[27.11.24, 10:00:01] Anna: {Q}\n[27.11.24, 10:00:30] Bob: {A}\n", [])
add(
    "srt",
    "a.srt",
    f"1\n00:00:01,000 --> 00:00:03,000\n{Q}\n\n2\n00:00:03,500 --> 00:00:06,000\n{A}\n",
    [],
)
add(
    "vtt",
    "a.vtt",
    f"WEBVTT\n\n00:01.000 --> 00:03.000\n<v Anna>{Q}\n\n00:03.500 --> 00:06.000\n<v Bob>{A}\n",
    [],
)
add(
    "grok",
    "a.json",
    {
        "conversations": [
            {
                "conversation": {"id": "c", "title": "Funding"},
                "responses": [
                    {"response": {"_id": "1", "message": Q, "sender": "human"}},
                    {"response": {"_id": "2", "message": A, "sender": "assistant"}},
                ],
            }
        ]
    },
)
add(
    "deepseek export",
    "a.json",
    [
        {
            "id": "c",
            "title": "Funding",
            "mapping": {
                "root": {"id": "root", "parent": None, "children": ["1"], "message": None},
                "1": {
                    "id": "1",
                    "parent": "root",
                    "children": ["2"],
                    "message": {
                        "model": "deepseek-chat",
                        "fragments": [{"type": "REQUEST", "content": Q}],
                    },
                },
                "2": {
                    "id": "2",
                    "parent": "1",
                    "children": [],
                    "message": {
                        "fragments": [
                            {"type": "THINK", "content": "hm"},
                            {"type": "RESPONSE", "content": A},
                        ]
                    },
                },
            },
        }
    ],
)
add(
    "lm studio",
    "a.conversation.json",
    {
        "name": "Funding",
        "systemPrompt": "",
        "messages": [
            {
                "versions": [
                    {"type": "singleStep", "role": "user", "content": [{"type": "text", "text": Q}]}
                ],
                "currentlySelected": 0,
            },
            {
                "versions": [
                    {
                        "type": "multiStep",
                        "role": "assistant",
                        "steps": [
                            {"type": "contentBlock", "content": [{"type": "text", "text": A}]},
                            {"type": "debugInfoBlock", "debugInfo": "x"},
                        ],
                    }
                ],
                "currentlySelected": 0,
            },
        ],
    },
)
add(
    "sillytavern",
    "a.jsonl",
    _lines(
        {"user_name": "You", "character_name": "Bot", "chat_metadata": {}},
        {"name": "You", "is_user": True, "is_system": False, "mes": Q},
        {"name": "Bot", "is_user": False, "mes": A},
    ),
)
add(
    "gemini takeout",
    "MyActivity.json",
    [
        {
            "header": "Gemini Apps",
            "title": f"Prompted {Q}",
            "time": "2024-11-01T00:00:00Z",
            "products": ["Gemini Apps"],
            "safeHtmlItem": [{"html": f"<p>{A}</p>"}],
        }
    ],
)
add(
    "tool calls",
    "a.jsonl",
    _lines(
        {
            "messages": [
                _user(Q),
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "1",
                            "type": "function",
                            "function": {"name": "f", "arguments": "{}"},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": "1", "content": "0.01"},
                _assistant(A, reasoning_content="hm"),
            ]
        }
    ),
)
add(
    "claude export",
    "conversations.json",
    [
        {
            "uuid": "c",
            "name": "Funding",
            "chat_messages": [
                {
                    "uuid": "1",
                    "text": Q,
                    "sender": "human",
                    "content": [{"type": "text", "text": Q}],
                    "attachments": [],
                },
                {
                    "uuid": "2",
                    "text": "thinking... " + A,
                    "sender": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "hm"},
                        {"type": "text", "text": A, "citations": []},
                        {"type": "token_budget"},
                    ],
                },
            ],
        }
    ],
)
add(
    "langchain dicts",
    "a.json",
    [
        {"type": "human", "data": {"content": Q, "additional_kwargs": {}, "type": "human"}},
        {"type": "ai", "data": {"content": A, "type": "ai"}},
    ],
)
add(
    "langchain dumpd",
    "a.json",
    {
        "messages": [
            {
                "lc": 1,
                "type": "constructor",
                "id": ["langchain", "schema", "messages", "HumanMessage"],
                "kwargs": {"content": Q, "type": "human"},
            },
            {
                "lc": 1,
                "type": "constructor",
                "id": ["langchain", "schema", "messages", "AIMessage"],
                "kwargs": {"content": A, "type": "ai"},
            },
        ]
    },
)
add(
    "llamaindex store",
    "a.json",
    {
        "store": {
            "user1": [
                {
                    "role": "user",
                    "additional_kwargs": {},
                    "blocks": [{"block_type": "text", "text": Q}],
                },
                {"role": "assistant", "blocks": [{"block_type": "text", "text": A}]},
            ]
        }
    },
)
add(
    "haystack",
    "a.json",
    {
        "messages": [
            {"_role": "user", "_content": [{"text": Q}], "_name": None, "_meta": {}},
            {"_role": "assistant", "_content": [{"text": A}]},
        ]
    },
)
add(
    "vercel",
    "a.json",
    {
        "id": "c",
        "messages": [
            {"id": "1", "role": "user", "parts": [{"type": "text", "text": Q}]},
            {
                "id": "2",
                "role": "assistant",
                "parts": [
                    {"type": "step-start"},
                    {"type": "reasoning", "text": "hm", "details": []},
                    {"type": "text", "text": A},
                ],
            },
        ],
    },
)
add(
    "responses log",
    "a.json",
    {
        "id": "resp_1",
        "object": "response",
        "input": [{"role": "user", "content": [{"type": "input_text", "text": Q}]}],
        "output": [
            {"type": "reasoning", "summary": []},
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": A, "annotations": []}],
            },
        ],
    },
)
add(
    "bedrock batch",
    "a.jsonl",
    _lines(
        {
            "recordId": "1",
            "modelInput": {
                "anthropic_version": "x",
                "max_tokens": 9,
                "messages": [{"role": "user", "content": [{"type": "text", "text": Q}]}],
            },
            "modelOutput": {
                "id": "m",
                "role": "assistant",
                "content": [{"type": "text", "text": A}],
                "stop_reason": "end_turn",
            },
        }
    ),
)
add(
    "bedrock llama",
    "a.jsonl",
    _lines(
        {
            "recordId": "1",
            "modelInput": {"prompt": Q},
            "modelOutput": {"generation": A, "stop_reason": "stop"},
        }
    ),
)
add(
    "bedrock titan",
    "a.jsonl",
    _lines(
        {
            "recordId": "1",
            "modelInput": {"inputText": Q},
            "modelOutput": {
                "inputTextTokenCount": 3,
                "results": [{"tokenCount": 3, "outputText": A, "completionReason": "FINISH"}],
            },
        }
    ),
)
add(
    "converse tuning",
    "a.jsonl",
    _lines(
        {
            "schemaVersion": "bedrock-conversation-2024",
            "system": [{"text": "Be brief."}],
            "messages": [
                {"role": "user", "content": [{"text": Q}]},
                {"role": "assistant", "content": [{"text": A}]},
            ],
        }
    ),
)
add("palm tuning", "a.jsonl", _lines({"input_text": Q, "output_text": A}))
add(
    "xtuner",
    "a.jsonl",
    _lines(
        {"conversation": [{"system": "s", "input": Q, "output": A}, {"input": Q2, "output": A2}]}
    ),
    BOTH,
)
add("oig", "a.jsonl", _lines({"text": f"<human>: {Q}\n<bot>: {A}", "metadata": {}}))
add(
    "baize",
    "a.json",
    [
        {
            "topic": "Funding",
            "input": f"The conversation between human and AI assistant.\n[|Human|] {Q}\n[|AI|] {A}\n[|Human|] ",
        }
    ],
)
add(
    "moss",
    "a.jsonl",
    _lines(
        {
            "conversation_id": 1,
            "meta_instruction": "You are MOSS.",
            "num_turns": 1,
            "chat": {
                "turn_1": {
                    "Human": f"<|Human|>: {Q}<eoh>\n",
                    "Inner Thoughts": "<|Inner Thoughts|>: None<eot>\n",
                    "Commands": "<|Commands|>: None<eoc>\n",
                    "Tool Responses": "<|Results|>: None<eor>\n",
                    "MOSS": f"<|MOSS|>: {A}<eom>\n",
                }
            },
        }
    ),
    [],
)
add(
    "wildchat",
    "a.jsonl",
    _lines(
        {
            "conversation_hash": "x",
            "model": "gpt-4",
            "conversation": [
                {
                    "content": Q,
                    "role": "user",
                    "language": "English",
                    "toxic": False,
                    "redacted": False,
                    "turn_identifier": 1,
                },
                {"content": A, "role": "assistant", "turn_identifier": 1},
            ],
            "turn": 1,
            "toxic": False,
        }
    ),
)
add(
    "oasst2 deleted",
    "a.jsonl",
    _lines(
        {
            "message_id": "1",
            "parent_id": None,
            "text": Q,
            "role": "prompter",
            "deleted": False,
            "rank": None,
        },
        {
            "message_id": "2",
            "parent_id": "1",
            "text": "Bad answer.",
            "role": "assistant",
            "deleted": True,
            "rank": 1,
        },
        {
            "message_id": "3",
            "parent_id": "1",
            "text": A,
            "role": "assistant",
            "deleted": False,
            "rank": 0,
        },
    ),
)
_CONTENTS = [
    {"role": "user", "parts": [{"text": Q}]},
    {"role": "model", "parts": [{"text": "Pondering.", "thought": True}, {"text": A}]},
]
add("gemini contents with a thought", "a.json", {"contents": _CONTENTS})
_CHUNKS = [
    {"text": Q, "role": "user"},
    {"text": "Pondering.", "role": "model", "isThought": True},
    {"text": A, "role": "model"},
]
add("ai studio with a thought", "a.json", {"chunkedPrompt": {"chunks": _CHUNKS}})
add(
    "thinking folded into the text",
    "a.json",
    [
        _user(Q),
        _assistant(
            f'<details type="reasoning" done="true">\n<summary>Thought</summary>\n</details>\n{A}'
        ),
    ],
)
add(
    "what a program writes in the user's name",
    "a.jsonl",
    _lines(
        _user("<environment_context>\n<cwd>/home</cwd>\n</environment_context>"),
        _user(
            [
                {"type": "text", "text": "<system-reminder>x</system-reminder>"},
                {"type": "text", "text": Q},
            ]
        ),
        _assistant(A),
    ),
)
add(
    "langsmith messages",
    "a.json",
    [
        {
            "inputs": {"messages": [{"type": "human", "data": {"content": Q}}]},
            "outputs": {"output": {"type": "ai", "data": {"content": A}}},
        }
    ],
)
