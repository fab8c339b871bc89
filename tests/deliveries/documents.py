"""One made-up delivery per family, in the form that agents and tools give it."""

from contextlib import closing
from datetime import date
from sqlite3 import connect
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

REPORT = """
\x1b[33mTopic:\x1b[0m Vaults and yields
\x1b[33mResearch Completed:\x1b[0m 2025-11-02 03:38:22
\x1b[33mTotal Question-Answer Pairs:\x1b[0m 4

\x1b[32mPair 1:\x1b[0m
\x1b[33mquestion:\x1b[0m "What is a vault?"
\x1b[36mquestion characters:\x1b[0m 18
\x1b[33manswer:\x1b[0m A contract.

It holds funds.
\x1b[36manswer characters:\x1b[0m 28


\x1b[32mPair 2:\x1b[0m
\x1b[33mquestion:\x1b[0m How long is an answer?
\x1b[36mquestion characters:\x1b[0m 22
\x1b[33manswer:\x1b[0m Reports say:
answer characters: 7
in plain text.
\x1b[36manswer characters:\x1b[0m 48

Pair 3:
question: No colours?
question characters: 11
answer: None.
answer characters: 99

Pair 4:
question: Cut off?
question characters: 8
answer: It ends he"""

ARRAY = """[
  {"pair_id": "1_0", "question": "What is a pool?", "answer": "Funds [in common].", "topic": "dex"},
  {"pair_id": "1_1", "question": "And a tick?"}
]"""

CUT = f"TOTAL Q&A PAIRS: 2\n{ARRAY}"

QUIZ = """A quiz on oscillators

1. What is RSI?
A. A price
B) An oscillator
ANSWER: B

2. What does ATR measure?
a) A range
b) A trend
Correct answer: **a) A range**
Explanation: true ranges
are averaged.

3. Which one is right?
(A) Neither
(B) Both

Questions end here.
"""

MARKED = """# Knowledge base

An opening that is no answer.

## Oscillators

1.  **Q:** What is RSI?
    **A:** An oscillator.

    It has two bounds.

[More to come]

2.  **Q: What is CCI?**
    **A: A channel index.**

---

Question 3: What is MFI?
It is asked often.
Answer: Money flow.
A: second marks are text.

## Q: What is OBV?

**Answer:** A running total.

### Formula

Add, or subtract.

---

## Q: Who asks?
"""

HEADINGS = """# Volatility

## What is ATR?

The average true range.

### How is it made?

By smoothing.

#### Smoothing

Wilder's.

## 2. **What is a squeeze?**

## Notes

None.
"""


PROMPTS = """{"prompt": "What is RSI?", "completion": " An oscillator.", "weight": 1}
{"prompt": "ATR?", "response": null}
{"prompt": "a", "prompt": "b"}
"""

FAQ = """FAQ Question;Answer;Topic;Note\r
"What is ""RSI""?";"An\r
oscillator; it swings.";x;\r
\r
ATR?;A range; cut;here;more\r
CCI?\r
MFI?;"never closed"""


def request(text: str, key: str = "request-1") -> bytes:
    """Return one line of a batch file."""
    return orjson.dumps({"key": key, "request": {"contents": [{"parts": [{"text": text}]}]}})


def said(role: str, text: str) -> dict[str, Any]:
    """Return one message of a ChatGPT export."""
    return {"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}}


def parquet() -> bytes:
    """Return a Parquet file of two pairs with typed columns beside them."""
    columns = {
        "prompt": ["What is RSI?", None],
        "Answer": ["An oscillator.", "Nobody asked."],
        "created": [date(2025, 10, 2), None],
        "weight": [0.5, float("nan")],
        "raw": [b"\xff", b"text"],
        "tags": [["momentum"], []],
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


def database(script: str) -> bytes:
    """Return the file that a script of SQL makes."""
    with closing(connect(":memory:")) as made:
        made.executescript(script)
        return made.serialize()


def sqlite() -> bytes:
    """Return a database in WAL mode with two tables of pairs, one other, a view and a trigger."""
    made = database(
        """CREATE TABLE [faq "1] (id INTEGER PRIMARY KEY, question TEXT, answer TEXT, n REAL);
        INSERT INTO [faq "1] VALUES (1, 'What is RSI?', 'An oscillator.', 0.5);
        INSERT INTO [faq "1] VALUES (2, 'ATR?', NULL, 1);
        CREATE TABLE cards (front, back);
        INSERT INTO cards VALUES (x'43434920', 'A channel.'), (x'ff', 7);
        CREATE TABLE settings (name, value);
        CREATE VIEW v AS WITH RECURSIVE c(question) AS (SELECT 1 UNION ALL SELECT 1 FROM c)
            SELECT question, question AS answer FROM c;
        CREATE TRIGGER t AFTER INSERT ON cards BEGIN DELETE FROM cards; END;"""
    )
    image = bytearray(made)
    image[18:20] = b"\x02\x02"
    return bytes(image)


DOCUMENTS: dict[str, tuple[str, Any]] = {
    "pair_list": (
        "rsi.json",
        {
            "indicator_name": "RSI",
            "total_pairs": 3,
            "qa_pairs": [
                {"question": "What is RSI?", "answer": "An oscillator."},
                "stray",
                {"Q": "?"},
            ],
        },
    ),
    "nested_lists": (
        "groups.json",
        {
            "session_number": 7,
            "qa_pairs": [
                {"indicator": "ATR", "questions_answers": [{"question": "a?", "answer": "b"}]},
                {"question": "stray?", "answer": "pair"},
                None,
            ],
        },
    ),
    "sessions": (
        "sessions.json",
        {
            "metadata": {"total_pairs": 2},
            "sessions": [
                {"session": 101, "topic": "bridges", "pairs": [{"question": "a?", "answer": "b"}]},
                {"session": 102, "topic": "vaults", "qa_pairs": []},
            ],
        },
    ),
    "bare_list": ("list.json", [{"question": "a?", "answer": "b"}, 5]),
    "single_pair": ("one.json", {"question": "a?", "answer": "b", "topic": "x"}),
    "json_lines": (
        "lines.jsonl",
        b'{"question": "a?", "answer": "b"}\n[1]\n{"broken"\n',
    ),
    "question_set": (
        "questions.json",
        {
            "indicator_name": "RSI",
            "total_questions": 3,
            "questions": ["a?", {"question": "b?", "answer": "c"}, 7],
        },
    ),
    "research_report": ("report.txt", REPORT.encode()),
    "batch_requests": (
        "requests.jsonl",
        request(f"Refine these.\nTOTAL Q&A PAIRS: 3\n\n{ARRAY}\nReturn [all].")
        + b'\n{"custom_id": "1", "body": {"messages": [{"role": "user", "content": '
        + orjson.dumps(ARRAY)
        + b"}]}}\n{broken",
    ),
    "cut_requests": (
        "cut.jsonl",
        b"\n".join(
            request(line + "\r", f"request-{number}")
            for number, line in reversed(
                list(enumerate(f"TOTAL Q&A PAIRS: 2\n{ARRAY}".split("\n")))
            )
        ),
    ),
    "gift": (
        "quiz.txt",
        b"$CATEGORY: a/b\n\n::1::ADX? {\n=A #x\n~\\{B\\}.}\n\nC.{T}\n\nIs {=D ~%50%E ~%-9%F}.\n\nI",
    ),
    "marked_text": ("marked.md", MARKED.encode()),
    "quiz_text": ("quiz.txt", QUIZ.encode()),
    "question_headings": ("faq.md", HEADINGS.encode()),
    "alpaca": (
        "alpaca.json",
        [
            {"instruction": "What is RSI?", "input": "", "output": "An oscillator.", "id": 4},
            {"instruction": "Explain.", "input": "ATR of 14", "output": "A range."},
            {"instruction": "Explain more.", "context": "CCI", "response": "A channel."},
            {"output": "No instruction."},
            [],
        ],
    ),
    "prompt_completion": (
        "prompts.jsonl",
        PROMPTS.encode(),
    ),
    "sharegpt": (
        "sharegpt.json",
        [
            {
                "id": "c1",
                "conversations": [
                    {"from": "system", "value": "Be brief."},
                    {"from": "human", "value": "RSI?"},
                    {"from": "gpt", "value": "An oscillator."},
                    {"from": "human", "value": "And"},
                    {"from": "human", "value": "ATR?"},
                    {"from": "gpt", "value": "A range."},
                    {"from": "human", "value": "Thanks."},
                ],
            },
            {"id": "c2", "conversations": [{"from": "gpt", "value": "Hello?"}]},
        ],
    ),
    "chat_messages": (
        "chat.jsonl",
        orjson.dumps(
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": "RSI?"}, {"type": "x"}]},
                    {"role": "assistant", "content": None, "tool_calls": []},
                    {"role": "tool", "content": "14 days"},
                    {"role": "assistant", "content": "An oscillator."},
                ]
            }
        )
        + b"\n5\n",
    ),
    "claude_export": (
        "conversations.json",
        [
            {
                "uuid": "u1",
                "name": "Volatility",
                "chat_messages": [
                    {"sender": "human", "text": "ATR?"},
                    {"sender": "assistant", "text": "", "content": [{"text": "A range."}]},
                ],
            }
        ],
    ),
    "chatgpt_export": (
        "conversations.json",
        [
            {
                "title": "Oscillators",
                "conversation_id": "c1",
                "current_node": "4",
                "mapping": {
                    "0": {"message": None, "parent": None, "children": ["1"]},
                    "1": {"message": said("user", "RSI?"), "parent": "0"},
                    "2": {"message": said("assistant", "First."), "parent": "1"},
                    "3": {"message": said("assistant", "Second."), "parent": "1"},
                    "a/b": {"message": said("user", "More?"), "parent": "3"},
                    "4": {"message": said("assistant", "No."), "parent": "a/b"},
                },
            }
        ],
    ),
    "squad": (
        "squad.json",
        {
            "data": [
                {
                    "title": "Oscillators",
                    "paragraphs": [
                        {
                            "context": "RSI lies between 0 and 100.",
                            "qas": [
                                {
                                    "id": "1",
                                    "question": "Where does RSI lie?",
                                    "answers": [
                                        {"text": "between 0 and 100", "answer_start": 9},
                                        {"text": "0 and 100", "answer_start": 17},
                                    ],
                                },
                                {
                                    "id": "2",
                                    "question": "Who made it?",
                                    "answers": [],
                                    "is_impossible": True,
                                },
                            ],
                        },
                        7,
                    ],
                }
            ]
        },
    ),
    "delimited": (
        "faq.csv",
        FAQ.encode(),
    ),
    "parquet": ("pairs.parquet", parquet()),
    "sqlite": ("kb.sqlite", sqlite()),
    "character_lines": ("spilled.txt", "\n".join("Q: What is ATR?\nA: A range.\n").encode()),
    "embedded_values": (
        "answer.md",
        (
            b"Here are the pairs:\n\n```json\n"
            b'[{"question": "RSI?", "answer": "An oscillator."}]\n```\n\nAnything else?\n'
        ),
    ),
    "text_tables": (
        "faq.md",
        b"# FAQ\n\n| Question | Answer |\n|---|---|\n| RSI? | An oscillator. |\n| a \\| b? | c |\n",
    ),
    "cards": (
        "notes.md",
        b"#flashcards\n\nRSI\n?\nAn oscillator.\nOf closes.\n\nATR::A range.\n<!--SR:!2024-->\n",
    ),
    "talk_text": ("talk.txt", b"### Human: RSI?\n### Assistant: An oscillator.\n"),
    "html": (
        "faq.html",
        (
            b"<html><body><table><tr><th>Question</th><th>Answer</th></tr>"
            b"<tr><td>RSI?</td><td>An <b>oscillator</b>.</td></tr></table></body></html>"
        ),
    ),
}
