"""Deliveries of bots' builders in several files, of chats row by row, and of people who talk."""

from tests.deliveries.forms import add
from tests.deliveries.forms_of_quizzes import packed
from tests.deliveries.tools_forms import A2, BOTH, Q2, A, Q

_NLU = f"nlu:\n- intent: fee\n  examples: |\n    - {Q}\n    - fee please\n"
_DOMAIN = f"responses:\n  utter_help:\n  - text: '{A}'\n  utter_hi:\n  - text: 'Hi.'\n"
_RULES = "rules:\n- rule: x\n  steps:\n  - intent: fee\n  - action: utter_help\n"
_SAID = '[{"data": [{"text": "%s "}, {"text": "%s"}], "isTemplate": false, "count": 0}]'
_HOURS = (
    '{"name": "H", "responses": [{"messages": [{"lang": "en", "speech": ["%s"]},'
    ' {"lang": "de", "speech": ["Nein."]}]}]}'
)

_RASA = {"domain.yml": _DOMAIN, "nlu.yml": _NLU, "rules.yml": _RULES}

add("rasa in three files", "a.zip", packed(_RASA))
add("rasa without replies", "nlu.yml", _NLU, [])
add(
    "dialogflow as it is",
    "a.zip",
    packed(
        {
            "intents/H.json": _HOURS % A,
            "intents/H_usersays_en.json": _SAID % tuple(Q.rsplit(" ", 1)),
            "intents/H_usersays_de.json": _SAID % ("Ist das", "alles?"),
        }
    ),
    [("Ist das alles?", "Nein."), (Q, A)],
)
add(
    "lex as it is",
    "a.json",
    {
        "sampleUtterances": [{"utterance": Q}, {"utterance": "fee"}],
        "intentClosingSetting": {
            "closingResponse": {
                "messageGroupsList": [{"message": {"plainTextMessage": {"value": A}}}]
            }
        },
    },
)
add(
    "messages in a table",
    "a.csv",
    f"ticket_id,sender,message\n1,customer,{Q}\n2,customer,{Q2}\n1,agent,{A}\n2,agent,{A2}\n",
    BOTH,
)
add(
    "copilot newest first",
    "a.csv",
    f"Conversation,Time,Author,Message\nx,2024-01-02,AI,{A}\nx,2024-01-01,Human,{Q}\n",
)
add(
    "a text that holds marked pairs",
    "a.jsonl",
    {"page_content": f"Q: {Q}\nA: {A}\n\nQ: {Q2}\nA: {A2}", "metadata": {"page": 1}},
    BOTH,
)
add(
    "a prompt answered by pairs",
    "a.csv",
    f'prompt,response\nTwo pairs.,"[{{""question"": ""{Q}"", ""answer"": ""{A}""}}]"\n',
)
add("phi as it is", "a.jsonl", {"text": f"Instruct: {Q}\nOutput: {A}"})
add(
    "cursor as it is",
    "a.md",
    f"# Fees\n\n---\n\n**User**\n\n{Q}\n\n---\n\n**Cursor**\n\n{A}\n\n---\n\n**User**\n\n{Q2}\n\n"
    f"---\n\n**Cursor**\n\n{A2}\n",
    BOTH,
)
add(
    "copilot in vs code",
    "a.json",
    {
        "requests": [
            {
                "message": {"text": Q},
                "response": [
                    {"kind": "thinking", "value": "Hm."},
                    {"value": A[:10]},
                    {"value": A[10:]},
                ],
            }
        ]
    },
)
add(
    "aider as it is",
    "a.md",
    f"\n# aider chat started at 2024-05-01 10:00:00\n\n> Aider v0\n\n#### {Q}  \n\n{A}\n\n"
    f"> Tokens: 1k sent.\n\n#### {Q2}\n\n{A2}\n",
    BOTH,
)
add(
    "whatsapp of two who ask and answer",
    "a.txt",
    f"12/03/2024, 10:14 - Messages are encrypted.\n12/03/2024, 10:15 - Anna: {Q}\n"
    f"12/03/2024, 10:16 - Ben: {A}\n12/03/2024, 10:17 - Anna: {Q2}\n"
    f"12/03/2024, 10:18 - Ben: {A2}\n12/03/2024, 10:19 - Ben: <Media omitted>\n",
    BOTH,
)
add(
    "speakers above what they say",
    "a.txt",
    f"Speaker 1  0:03\n{Q}\n\nSpeaker 2  0:09\n{A}\n\nSpeaker 1  0:20\n{Q2}\n\n"
    f"Speaker 2  0:25\n{A2}\n",
    BOTH,
)
add(
    "a panel",
    "a.txt",
    f"Host: {Q}\nAnna: {A}\n\nHost: {Q2}\nBen: {A2}\n\n"
    "Host: And then?\nAnna: x\nBen: y\nHost: Bye.\n",
    BOTH,
)
add("three who ask", "a.txt", "Anna: Shall we?\nBen: Where?\nCleo: At home?\nAnna: Fine.\n", [])
add("marks with a point", "a.txt", f"Question 1.\n{Q}\n\nAnswer 1.\n{A}\n")
add("boxes", "a.txt", f"╔════╗\nQ: {Q}\n╚════╝\nA: {A}\n════\nQ: {Q2}\nA: {A2}\n════\n", BOTH)
add(
    "a heading in an item",
    "a.md",
    f"## {Q}\n1. {A}\n\n   # Note\n\n2. b\n\n## {Q2}\n{A2}\n",
    [(Q, f"1. {A}\n\n   # Note\n\n2. b"), (Q2, A2)],
)
add("arabic as it is", "a.txt", "س: متى؟\nج: غدا.\n", [("متى؟", "غدا.")])
add("russian on one line", "a.txt", "Вопрос: Когда? Ответ: Завтра.\n", [("Когда?", "Завтра.")])
add("a heading with its number", "a.md", f"## Q1: {Q}\n\n{A}\n\n## Q2: {Q2}\n\n{A2}\n", BOTH)
add("terms of a wiki", "a.txt", f"; {Q}\n: {A}\n; {Q2}\n: {A2}\n", BOTH)
add("definitions in rest", "a.rst", f"FAQ\n===\n\n{Q}\n    {A}\n\n{Q2}\n    {A2}\n", BOTH)
add("what a file says of itself", "a.txt", f"Q: {Q}\nA: {A}\n\n-----\nLast updated: 2024-05-01\n")
add(
    "front matter as it is",
    "a.md",
    f'+++\n[[faq]]\nquestion = "{Q}"\nanswer = "{A}"\n+++\n\nOur shop.\n',
)
add(
    "a module",
    "a.ts",
    f"// shown\nexport const faqs: F[] = [\n  {{ q: '{Q}', a: `{A}` }}, // x\n] as const;\n"
    "export default faqs;\n",
)
add("a module that computes", "a.js", f"const faqs = [{{q: '{Q}', a: 'x' + 'y'}}];\n", [])
add("a program", "a.py", f'"""\nQ: {Q}\nA: {A}\n"""\n', [])
