"""Deliveries as tools and public data sets write them: (name, content, (question, answer) ...)."""

import json
from typing import Any

Q, A = "What is a funding rate?", "A fee between longs and shorts."
Q2, A2 = "And when is it negative?", "When shorts pay longs."
CHOICES = ["A fee", "A tax", "A loan", "A swap"]

Expected = list[tuple[str, str]]
ONE: Expected = [(Q, A)]
BOTH: Expected = [(Q, A), (Q2, A2)]


def _lines(*values: Any) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _user(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "user", "content": text, **more}


def _assistant(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text, **more}


def _node(name: str, parent: str | None, role: str, text: str, *below: str) -> dict[str, Any]:
    return {
        "id": name,
        "parentId": parent,
        "childrenIds": list(below),
        "role": role,
        "content": text,
    }


_OPENWEBUI = {
    "id": "c1",
    "title": "Funding",
    "chat": {
        "title": "Funding",
        "models": ["llama3"],
        "history": {
            "currentId": "d",
            "messages": {
                "a": _node("a", None, "user", Q, "b"),
                "b": _node("b", "a", "assistant", A, "c"),
                "c": _node("c", "b", "user", Q2, "d"),
                "d": _node("d", "c", "assistant", A2),
            },
        },
        "messages": [_node("a", None, "user", Q, "b"), _node("b", "a", "assistant", A)],
    },
}
_LIBRECHAT = {
    "conversationId": "c1",
    "endpoint": "openAI",
    "title": "Funding",
    "messages": [
        {
            "messageId": "a",
            "parentMessageId": "00000000-0000-0000-0000-000000000000",
            "sender": "User",
            "isCreatedByUser": True,
            "text": Q,
        },
        {
            "messageId": "b",
            "parentMessageId": "a",
            "sender": "GPT-4",
            "isCreatedByUser": False,
            "text": "",
            "content": [
                {"type": "think", "think": "Let me recall."},
                {"type": "text", "text": A},
            ],
        },
    ],
}
_CLAUDE_CODE = _lines(
    {"type": "summary", "summary": "Funding", "leafUuid": "3"},
    {"type": "file-history-snapshot", "messageId": "0", "snapshot": {}},
    {"type": "user", "uuid": "1", "parentUuid": None, "sessionId": "s", "message": _user(Q)},
    {
        "type": "assistant",
        "uuid": "2",
        "parentUuid": "1",
        "sessionId": "s",
        "message": {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "x"},
                {"type": "tool_use", "id": "t", "name": "Grep", "input": {"pattern": "x"}},
            ],
        },
    },
    {
        "type": "user",
        "uuid": "3",
        "parentUuid": "2",
        "sessionId": "s",
        "message": {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "t", "content": "found"}],
        },
    },
    {
        "type": "assistant",
        "uuid": "4",
        "parentUuid": "3",
        "sessionId": "s",
        "message": {"role": "assistant", "content": [{"type": "text", "text": A}]},
    },
)


def _codex(kind: str, role: str, text: str) -> dict[str, Any]:
    return {
        "timestamp": "2025-10-01T10:00:00Z",
        "type": "response_item",
        "payload": {"type": "message", "role": role, "content": [{"type": kind, "text": text}]},
    }


_CODEX = _lines(
    {"timestamp": "2025-10-01T10:00:00Z", "type": "session_meta", "payload": {"id": "s"}},
    _codex("input_text", "user", Q),
    {"type": "response_item", "payload": {"type": "reasoning", "summary": [], "content": None}},
    {"type": "event_msg", "payload": {"type": "agent_message", "message": A}},
    {"type": "response_item", "payload": {"type": "function_call", "name": "shell"}},
    {"type": "response_item", "payload": {"type": "function_call_output", "output": "ok"}},
    _codex("output_text", "assistant", A),
)
_OASST_ROWS = _lines(
    {"message_id": "a", "parent_id": None, "text": Q, "role": "prompter", "message_tree_id": "a"},
    {"message_id": "b", "parent_id": "a", "text": A, "role": "assistant", "message_tree_id": "a"},
)
_HH = {
    "chosen": f"\n\nHuman: {Q}\n\nAssistant: {A}\n\nHuman: {Q2}\n\nAssistant: {A2}",
    "rejected": f"\n\nHuman: {Q}\n\nAssistant: {A}\n\nHuman: {Q2}\n\nAssistant: No idea.",
}
_LABEL_STUDIO = [
    {
        "id": 1,
        "data": {"question": Q, "context": "Perpetuals."},
        "annotations": [
            {
                "id": 7,
                "was_cancelled": False,
                "result": [
                    {
                        "from_name": "answer",
                        "to_name": "question",
                        "type": "textarea",
                        "value": {"text": [A]},
                    }
                ],
            }
        ],
        "predictions": [],
    }
]
_JSON_LD = {
    "@context": "https://schema.org",
    "@type": "FAQPage",
    "mainEntity": [
        {"@type": "Question", "name": q, "acceptedAnswer": {"@type": "Answer", "text": a}}
        for q, a in ((Q, f"<p>{A}</p>"), (Q2, A2))
    ],
}
_STACK = f"""<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="1" PostTypeId="1" AcceptedAnswerId="3" Title="{Q}" Body="&lt;p&gt;Asked.&lt;/p&gt;" />
  <row Id="2" PostTypeId="2" ParentId="1" Score="9" Body="&lt;p&gt;Nobody knows.&lt;/p&gt;" />
  <row Id="3" PostTypeId="2" ParentId="1" Score="2" Body="&lt;p&gt;{A}&lt;/p&gt;" />
</posts>
"""
_QNA_YAML = f"""version: 3
domain: trading
created_by: nora
seed_examples:
  - context: |
      Perpetuals have no expiry.
    questions_and_answers:
      - question: {Q}
        answer: {A}
      - question: |
          {Q2}
        answer: >
          When shorts
          pay longs.
document:
  repo: https://example.org/x.git
"""
_PROMPTFOO = f"""prompts:
  - 'Answer: {{{{question}}}}'
providers: [openai:gpt-4]
tests:
  - vars:
      question: {Q}
    assert:
      - type: equals
        value: {A}
"""
_BOX = f"""┌──────────────────────────┬─────────────────────────────────┐
│ Question                 │ Answer                          │
├──────────────────────────┼─────────────────────────────────┤
│ {Q}  │ {A} │
└──────────────────────────┴─────────────────────────────────┘
"""
_BOX_RULES = f"""══════════════════
Q: {Q}
A: {A}
──────────────────
Q: {Q2}
A: {A2}
══════════════════
"""
_CHOICE = {"question": Q, "choices": CHOICES, "answer": 2}

FORMS: dict[str, tuple[str, str | bytes, Expected]] = {
    "openwebui list": ("chats.json", json.dumps([_OPENWEBUI]), BOTH),
    "openwebui one": ("chat.json", json.dumps(_OPENWEBUI), BOTH),
    "librechat": ("chat.json", json.dumps(_LIBRECHAT), ONE),
    "claude code log": ("session.jsonl", _CLAUDE_CODE, ONE),
    "codex log": ("rollout.jsonl", _CODEX, ONE),
    "oasst rows": ("oasst.jsonl", _OASST_ROWS, ONE),
    "hh strings": ("hh.jsonl", _lines(_HH), BOTH),
    "capybara": (
        "capybara.jsonl",
        _lines(
            {
                "source": "x",
                "conversation": [{"input": Q, "output": A}, {"input": Q2, "output": A2}],
            }
        ),
        BOTH,
    ),
    "ultrachat strings": ("ultra.jsonl", _lines({"id": "0", "data": [Q, A, Q2, A2]}), BOTH),
    "ultrachat messages": (
        "ultra.jsonl",
        _lines({"prompt": Q, "prompt_id": "1", "messages": [_user(Q), _assistant(A)]}),
        ONE,
    ),
    "distilabel instruction": (
        "distilabel.jsonl",
        _lines(
            {
                "instruction": Q,
                "generation": A,
                "model_name": "m",
                "distilabel_metadata": {"raw_input_text_generation_0": [_user("raw")]},
            }
        ),
        ONE,
    ),
    "distilabel preferences": (
        "distilabel.jsonl",
        _lines({"instruction": Q, "generations": [A2, A], "ratings": [2, 5]}),
        ONE,
    ),
    "argilla 2 records": (
        "argilla.json",
        json.dumps(
            [
                {
                    "id": "1",
                    "fields": {"question": Q},
                    "responses": {"answer": [{"value": A, "user_id": "u"}]},
                    "suggestions": {},
                    "metadata": {},
                }
            ]
        ),
        ONE,
    ),
    "argilla 1 feedback": (
        "argilla.jsonl",
        _lines(
            {
                "fields": {"instruction": Q, "response": "Draft."},
                "responses": [
                    {"status": "submitted", "values": {"corrected-response": {"value": A}}}
                ],
            }
        ),
        ONE,
    ),
    "deepeval goldens": (
        "goldens.json",
        json.dumps(
            [
                {
                    "input": Q,
                    "actual_output": None,
                    "expected_output": A,
                    "context": ["Perpetuals."],
                    "source_file": "x.md",
                }
            ]
        ),
        ONE,
    ),
    "ragas testset": (
        "ragas.jsonl",
        _lines(
            {
                "user_input": Q,
                "reference_contexts": ["Perpetuals."],
                "reference": A,
                "synthesizer_name": "single_hop",
            }
        ),
        ONE,
    ),
    "ragas old": (
        "ragas.jsonl",
        _lines({"question": Q, "contexts": ["P."], "ground_truth": A, "evolution_type": "simple"}),
        ONE,
    ),
    "langsmith examples": (
        "langsmith.jsonl",
        _lines({"inputs": {"question": Q}, "outputs": {"answer": A}, "metadata": {}}),
        ONE,
    ),
    "langsmith chat": (
        "langsmith.jsonl",
        _lines(
            {
                "inputs": {"messages": [_user(Q)]},
                "outputs": {"message": _assistant(A)},
            }
        ),
        ONE,
    ),
    "langfuse items": (
        "langfuse.jsonl",
        _lines(
            {
                "id": "1",
                "datasetId": "d",
                "input": {"question": Q},
                "expectedOutput": {"answer": A},
                "status": "ACTIVE",
            }
        ),
        ONE,
    ),
    "langfuse traces": (
        "langfuse.jsonl",
        _lines({"id": "1", "input": [_user(Q)], "output": _assistant(A), "latency": 1.5}),
        ONE,
    ),
    "label studio": ("export.json", json.dumps(_LABEL_STUDIO), ONE),
    "label studio csv min": (
        "export.csv",
        f"question,id,answer,annotator\n{Q},1,{A},1\n",
        ONE,
    ),
    "promptfoo yaml": ("promptfooconfig.yaml", _PROMPTFOO, ONE),
    "instructlab": ("qna.yaml", _QNA_YAML, BOTH),
    "llamaindex": (
        "rag_dataset.json",
        json.dumps(
            {
                "examples": [
                    {
                        "query": Q,
                        "query_by": {"model_name": "gpt-4", "type": "ai"},
                        "reference_contexts": ["P."],
                        "reference_answer": A,
                        "reference_answer_by": {"model_name": "gpt-4", "type": "ai"},
                    }
                ]
            }
        ),
        ONE,
    ),
    "mt-bench": (
        "question.jsonl",
        _lines({"question_id": 81, "category": "x", "turns": [Q, Q2], "reference": [A, A2]}),
        BOTH,
    ),
    "mmlu": ("mmlu.jsonl", _lines({**_CHOICE, "subject": "economics"}), [(Q, "A loan")]),
    "mmlu test.csv": ("test.csv", f"{Q},A fee,A tax,A loan,A swap,C\n", [(Q, "A loan")]),
    "arc": (
        "arc.jsonl",
        _lines(
            {
                "id": "1",
                "question": Q,
                "choices": {"text": CHOICES, "label": ["A", "B", "C", "D"]},
                "answerKey": "B",
            }
        ),
        [(Q, "A tax")],
    ),
    "arc numbers": (
        "arc.jsonl",
        _lines(
            {
                "question": {
                    "stem": Q,
                    "choices": [{"text": t, "label": str(n)} for n, t in enumerate(CHOICES, 1)],
                },
                "answerKey": "4",
            }
        ),
        [(Q, "A swap")],
    ),
    "openorca": (
        "orca.jsonl",
        _lines({"id": "niv.1", "system_prompt": "Be brief.", "question": Q, "response": A}),
        ONE,
    ),
    "dolly": (
        "dolly.jsonl",
        _lines(
            {"instruction": Q, "context": "Perpetuals.", "response": A, "category": "closed_qa"}
        ),
        ONE,
    ),
    "self-instruct": (
        "seed_tasks.jsonl",
        _lines(
            {
                "id": "seed_task_0",
                "instruction": Q,
                "instances": [{"input": "", "output": A}],
                "is_classification": False,
            }
        ),
        ONE,
    ),
    "faqpage": (
        "faq.html",
        (
            f"<!doctype html><html><head><script type='application/ld+json'>{json.dumps(_JSON_LD)}"
            "</script></head><body><h1>FAQ</h1></body></html>"
        ),
        BOTH,
    ),
    "faqpage graph": (
        "faq.html",
        "<html><head><script type='application/ld+json'>"
        + json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, _JSON_LD]})
        + "</script></head><body></body></html>",
        BOTH,
    ),
    "dl": (
        "faq.html",
        f"<html><body><dl><dt>{Q}<dd>{A}<dt>{Q2}<dd>{A2}</dl></body></html>",
        BOTH,
    ),
    "dl in div": (
        "faq.html",
        (
            f"<html><body><dl><div><dt>{Q}</dt><dd>{A}</dd></div>"
            f"<div><dt>{Q2}</dt><dd>{A2}</dd></div></dl></body></html>"
        ),
        BOTH,
    ),
    "details": (
        "faq.html",
        (
            f"<html><body><details><summary><b>{Q}</b></summary><p>{A}</p></details>"
            f"<details open><summary>{Q2}</summary>{A2}</details></body></html>"
        ),
        BOTH,
    ),
    "anki text": (
        "deck.txt",
        (
            f"#separator:tab\n#html:true\n#tags column:3\n{Q}\t<b>A fee</b> between longs and"
            f" shorts.\ttrading\n{Q2}\t{A2}\t\n"
        ),
        BOTH,
    ),
    "anki plain": ("deck.txt", f"{Q}\t{A}\n{Q2}\t{A2}\n", BOTH),
    "anki semicolon": (
        "deck.txt",
        f"#separator:Semicolon\n#html:false\n{Q};{A}\n{Q2};{A2}\n",
        BOTH,
    ),
    "anki guid": (
        "deck.txt",
        (
            "#separator:tab\n#html:false\n#guid column:1\n#notetype column:2\n#deck column:3\n"
            f"abc\tBasic\tTrading\t{Q}\t{A}\n"
        ),
        ONE,
    ),
    "stack exchange": ("Posts.xml", _STACK, ONE),
    "sep=;": ("faq.csv", f"sep=;\r\nFrage;Antwort\r\n{Q};{A}\r\n", ONE),
    "excel unicode text": (
        "faq.txt",
        f"Question\tAnswer\r\n{Q}\t{A}\r\n".encode("utf-16"),
        ONE,
    ),
    "pandas default": (
        "frame.json",
        json.dumps({"question": {"0": Q, "1": Q2}, "answer": {"0": A, "1": A2}}),
        BOTH,
    ),
    "pandas index": (
        "frame.json",
        json.dumps({"0": {"question": Q, "answer": A}, "1": {"question": Q2, "answer": A2}}),
        BOTH,
    ),
    "pandas split": (
        "frame.json",
        json.dumps(
            {"columns": ["question", "answer"], "index": [0, 1], "data": [[Q, A], [Q2, A2]]}
        ),
        BOTH,
    ),
    "pandas table": (
        "frame.json",
        json.dumps(
            {
                "schema": {
                    "fields": [
                        {"name": "index", "type": "integer"},
                        {"name": "question", "type": "string"},
                        {"name": "answer", "type": "string"},
                    ],
                    "primaryKey": ["index"],
                    "pandas_version": "1.4.0",
                },
                "data": [{"index": 0, "question": Q, "answer": A}],
            }
        ),
        ONE,
    ),
    "datasets-server": (
        "rows.json",
        json.dumps(
            {
                "features": [{"feature_idx": 0, "name": "question", "type": {"dtype": "string"}}],
                "rows": [
                    {
                        "row_idx": 0,
                        "row": {"question": Q, "answer": A},
                        "truncated_cells": [],
                    }
                ],
                "num_rows_total": 1,
                "partial": False,
            }
        ),
        ONE,
    ),
    "columns of lists": (
        "columns.json",
        json.dumps({"question": [Q, Q2], "answer": [A, A2], "source": ["x", "y"]}),
        BOTH,
    ),
    "single quotes": (
        "pairs.json",
        f"[{{'question': '{Q}', 'answer': '{A}', 'n': 1}}]",
        ONE,
    ),
    "json5": (
        "pairs.json5",
        f"// ours\n[{{question: '{Q}', answer: \"{A}\",}},]",
        ONE,
    ),
    "cut off": (
        "pairs.json",
        f'{{"qa_pairs": [{{"question": "{Q}", "answer": "{A}"}}, {{"question": "{Q2}", "ans',
        ONE,
    ),
    "fenced json": (
        "answer.md",
        f'Sure! Here you go:\n\n```json\n[{{"question": "{Q}", "answer": "{A}"}}]\n```\n\nBye.',
        ONE,
    ),
    "fenced json twice": (
        "answer.md",
        (
            f'One:\n```\n{{"question": "{Q}", "answer": "{A}"}}\n```\nTwo:\n'
            f'```\n{{"question": "{Q2}", "answer": "{A2}"}}\n```\n'
        ),
        BOTH,
    ),
    "fenced yaml": (
        "answer.md",
        f"Here:\n\n```yaml\n- question: {Q}\n  answer: {A}\n```\n",
        ONE,
    ),
    "box table": ("faq.txt", _BOX, ONE),
    "box rules": ("faq.txt", _BOX_RULES, BOTH),
    "rst grid": (
        "faq.txt",
        (
            "+-------------------------+---------------------------------+\n"
            "| Question                | Answer                          |\n"
            "+=========================+=================================+\n"
            f"| {Q} | {A} |\n"
            "+-------------------------+---------------------------------+\n"
        ),
        ONE,
    ),
    "toml": (
        "faq.toml",
        f'[[pairs]]\nquestion = "{Q}"\nanswer = "{A}"\n',
        ONE,
    ),
    "gemini contents": (
        "tuning.jsonl",
        _lines(
            {
                "systemInstruction": {"role": "system", "parts": [{"text": "Be brief."}]},
                "contents": [
                    {"role": "user", "parts": [{"text": Q}]},
                    {"role": "model", "parts": [{"text": A}]},
                ],
            }
        ),
        ONE,
    ),
    "gemini batch": (
        "results.jsonl",
        _lines(
            {
                "key": "1",
                "request": {"contents": [{"parts": [{"text": Q}]}]},
                "response": {"candidates": [{"content": {"parts": [{"text": A}]}}]},
            }
        ),
        ONE,
    ),
    "arena": (
        "arena.jsonl",
        _lines(
            {
                "question_id": "1",
                "model_a": "m",
                "model_b": "n",
                "winner": "model_b",
                "conversation_a": [_user(Q), _assistant("No.")],
                "conversation_b": [_user(Q), _assistant(A)],
            }
        ),
        ONE,
    ),
    "squad": (
        "squad.json",
        json.dumps(
            {
                "version": "2.0",
                "data": [
                    {
                        "title": "Funding",
                        "paragraphs": [
                            {
                                "context": A,
                                "qas": [
                                    {
                                        "question": Q,
                                        "id": "1",
                                        "answers": [{"text": A, "answer_start": 0}],
                                        "is_impossible": False,
                                    }
                                ],
                            }
                        ],
                    }
                ],
            }
        ),
        ONE,
    ),
    "truthfulqa": (
        "truthful.jsonl",
        _lines(
            {
                "question": Q,
                "best_answer": A,
                "correct_answers": [A, "x"],
                "incorrect_answers": [A2],
            }
        ),
        ONE,
    ),
    "openhermes": (
        "hermes.json",
        json.dumps(
            [
                {
                    "conversations": [{"from": "human", "value": Q}, {"from": "gpt", "value": A}],
                    "source": "x",
                }
            ]
        ),
        ONE,
    ),
    "kto": (
        "kto.jsonl",
        _lines({"prompt": [_user(Q)], "completion": [_assistant(A)], "label": True}),
        ONE,
    ),
    "dpo messages": (
        "dpo.jsonl",
        _lines({"prompt": [_user(Q)], "chosen": [_assistant(A)], "rejected": [_assistant(A2)]}),
        ONE,
    ),
    "dpo strings": ("dpo.jsonl", _lines({"prompt": Q, "chosen": A, "rejected": A2}), ONE),
    "dpo whole talks": (
        "dpo.jsonl",
        _lines(
            {
                "chosen": [_user(Q), _assistant(A)],
                "rejected": [_user(Q), _assistant(A2)],
                "score_chosen": 5.0,
                "score_rejected": 2.0,
            }
        ),
        ONE,
    ),
    "ultrafeedback": (
        "ultra.jsonl",
        _lines(
            {
                "instruction": Q,
                "completions": [
                    {"model": "x", "response": A2, "overall_score": 3.0},
                    {"model": "y", "response": A, "overall_score": 8.5},
                ],
            }
        ),
        ONE,
    ),
    "md bold": ("faq.md", f"**{Q}**\n\n{A}\n\n**{Q2}**\n\n{A2}\n", BOTH),
    "md details": (
        "faq.md",
        (
            f"# FAQ\n\n<details>\n<summary>{Q}</summary>\n\n{A}\n\n</details>\n\n"
            f"<details>\n<summary>{Q2}</summary>\n\n{A2}\n\n</details>\n"
        ),
        BOTH,
    ),
    "md table": ("faq.md", f"| # | Question | Answer |\n|--|:--|--:|\n| 1 | {Q} | {A} |\n", ONE),
    "french headers": ("faq.csv", f"Réponse;Question\n{A};{Q}\n", ONE),
    "spanish headers": ("faq.csv", f"Pregunta,Respuesta\n{Q},{A}\n", ONE),
    "chinese headers": ("faq.csv", f"问题,答案\n{Q},{A}\n", ONE),
    "react faq": ("faq.json", json.dumps({"faqs": [{"title": Q, "content": A}]}), ONE),
    "flashcards": ("cards.json", json.dumps({"cards": [{"front": Q, "back": A}]}), ONE),
    "quizlet": ("quizlet.tsv", f"Term\tDefinition\n{Q}\t{A}\n", ONE),
    "trivia api": (
        "trivia.json",
        json.dumps(
            {
                "response_code": 0,
                "results": [
                    {
                        "type": "multiple",
                        "category": "x",
                        "question": Q,
                        "correct_answer": A,
                        "incorrect_answers": [A2, "x", "y"],
                    }
                ],
            }
        ),
        ONE,
    ),
}
"""By the tool or data set whose public documentation shows the form."""
