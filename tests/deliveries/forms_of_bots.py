"""Deliveries of chatbots' builders, of cards, of Amazon Bedrock, and of two people who talk."""

from typing import Any

from tests.deliveries.forms import add
from tests.deliveries.tools_forms import A2, BOTH, CHOICES, Q2, A, Q


def _langchain(kind: str, text: str) -> dict[str, Any]:
    made = ["langchain", "schema", "messages", kind]
    return {"lc": 1, "type": "constructor", "id": made, "kwargs": {"content": text}}


def _blocks(text: str) -> dict[str, Any]:
    return {"content": [{"text": text}]}


def _qna(ways: list[str], answer: str) -> dict[str, Any]:
    return {
        "id": "x",
        "data": {"enabled": True, "questions": {"en": ways}, "answers": {"en": [answer]}},
    }


_SAID = {"prompt": _blocks(Q), "referenceResponses": [_blocks(A)], "output": {"text": "No."}}

add("bedrock conversation turns", "a.jsonl", {"conversationTurns": [_SAID]})
add(
    "bedrock invocation log",
    "a.jsonl",
    {
        "schemaType": "ModelInvocationLog",
        "input": {"inputBodyJson": {"messages": [{"role": "user", **_blocks(Q)}]}},
        "output": {"outputBodyJson": {"output": {"message": {"role": "assistant", **_blocks(A)}}}},
    },
)
add(
    "langsmith runs",
    "a.jsonl",
    {
        "id": "r",
        "run_type": "llm",
        "inputs": {"messages": [[_langchain("HumanMessage", Q)]]},
        "outputs": {
            "generations": [[{"text": A, "message": _langchain("AIMessage", A)}]],
            "llm_output": {},
        },
    },
)
add("botpress", "a.json", {"qnas": [_qna([Q, "Rate?"], A), _qna([Q2], A2)]}, BOTH)
add(
    "qna in two languages",
    "a.json",
    [{"questions": {"en": [Q], "de": ["Was?"]}, "answers": {"en": [A], "de": ["Das."]}}],
    [(Q, A), ("Was?", "Das.")],
)
add(
    "intents json",
    "intents.json",
    {"intents": [{"tag": "fee", "patterns": [Q, "fee"], "responses": [A, "A fee."]}]},
)
add(
    "rasa",
    "rasa.yml",
    f"nlu:\n- intent: faq/fee\n  examples: |\n    - {Q}\n    - fee\n"
    f"responses:\n  utter_faq/fee:\n  - text: {A}\n",
)
add(
    "watson",
    "a.json",
    {
        "intents": [{"intent": "fee", "examples": [{"text": Q}, {"text": "fee"}]}],
        "dialog_nodes": [
            {"conditions": "#fee", "output": {"generic": [{"values": [{"text": A}]}]}},
            {"conditions": "#fee && @coin", "output": {"generic": [{"values": [{"text": "No"}]}]}},
        ],
    },
)
add("columns in the plural", "a.json", {"prompts": [Q, Q2], "responses": [A, A2], "n": 2}, BOTH)
add(
    "crowdanki",
    "deck.json",
    {"__type__": "Deck", "notes": [{"fields": [Q, f"<b>{A}</b>"], "guid": "g", "tags": []}]},
)
add(
    "ankiconnect",
    "a.json",
    {
        "result": [
            {
                "noteId": 1,
                "modelName": "Basic",
                "fields": {"Back": {"value": A, "order": 1}, "Front": {"value": Q, "order": 0}},
            }
        ]
    },
)
add(
    "obsidian cards of several lines",
    "a.md",
    f"# Notes\n\n{Q}\n?\n{A}\n\nWhen\n{Q2}\n??\n{A2}\n<!--SR:!2024-05-01,3,250-->\n\nBye.\n",
    [(Q, A), (f"When\n{Q2}", A2)],
)
add(
    "obsidian tagged terms",
    "a.md",
    f"#flashcards\n\nFunding::{A}\nRate:::{A2} <!--SR:!2024,3,250-->\n\n```\nstd::cout\n```\n",
    [("Funding", A), ("Rate", A2)],
)
add(
    "tagged headings",
    "a.md",
    f"### Funding #card\n{A}\n\n- Rate #card-reverse\n\t- {A2}\n",
    [("Funding", A), ("Rate", A2)],
)
add("a namespace is no card", "a.md", "Use std::vector and std::map.\n\nSee key:: value.\n", [])
add("names", "a.txt", f"Radio, 3 May\n\nAnna: {Q}\nBen: {A}\n\nAnna Lee: hm\n", [])
add(
    "an interview by names",
    "a.txt",
    f"Radio, 3 May\n\nAnna: {Q}\nBen: {A}\n\nAnna: {Q2}\nBen: {A2}\n",
    BOTH,
)
add(
    "an interview in bold",
    "a.md",
    f"**Anna Lee:** {Q}\n\n**Dr. Ben Ode (Bonn):** {A}\n\nAnd more.\n",
    [(Q, f"{A}\n\nAnd more.")],
)
add("an interview with times", "a.txt", f"[00:01] Host: {Q}\n[00:09] Guest: {A}\n")
add("who asks when both do", "a.txt", f"Anna: {Q}\nBen: {Q2}\nAnna: {A}\n", [])
add(
    "choices on one line",
    "a.csv",
    f'id,question,answerKey\n1,"{Q} (A) {CHOICES[1]} (B) {CHOICES[0]} (C) A loan",B\n',
    [(f"{Q} (A) {CHOICES[1]} (B) {CHOICES[0]} (C) A loan", CHOICES[0])],
)
add(
    "choices that are numbers",
    "a.json",
    [{"question": Q, "choices": ["1", "2", "3"], "answer": 1}],
    [],
)
add("headers with points", "a.csv", f"Nr.,Frage (Pflicht),Antwort:\n1,{Q},{A}\n")
add("headers turkish", "a.csv", f"Soru,Cevap\n{Q},{A}\n")
add(
    "a rule below the last of two",
    "a.txt",
    f"Q: {Q}\nA: {A}\n─────\nQ: {Q2}\nA: {A2}\n─────\nThe end\n",
    BOTH,
)
add(
    "axolotl training",
    "a.json",
    {
        "messages": [
            {"role": "user", "content": Q},
            {"role": "assistant", "content": A, "training": False},
        ]
    },
    [],
)
add(
    "argilla 2 discarded",
    "a.json",
    [{"fields": {"prompt": Q}, "responses": {"answer": [{"value": A, "status": "discarded"}]}}],
    [],
)
add("a rule of tildes", "a.txt", f"Q: {Q}\nA: {A}\n~~~~~~~~\nQ: {Q2}\nA: {A2}\n", BOTH)
add(
    "yaml map of questions, some with more",
    "a.yaml",
    f"'{Q}': {A}\n'{Q2}':\n  answer: {A2}\n",
    BOTH,
)
add(
    "several right choices",
    "a.json",
    [{"question": Q, "choices": CHOICES, "answers": ["A", "C"]}],
    [(Q, f"{CHOICES[0]}\n{CHOICES[2]}")],
)
add(
    "the system answers",
    "a.json",
    {"dialog": [{"speaker": "USER", "utterance": Q}, {"speaker": "SYSTEM", "utterance": A}]},
)
add("a right answer in spanish", "a.csv", f"Pregunta,Respuesta correcta\n{Q},{A}\n")
add(
    "argilla 1 corrected",
    "a.json",
    [
        {
            "fields": {"instruction": Q, "response": "No."},
            "responses": [{"values": {"corrected": {"value": A}}, "status": "submitted"}],
        }
    ],
)
