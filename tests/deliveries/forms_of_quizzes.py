"""Deliveries of learning platforms, of programs for cards, and of sets with choices."""

import io
import json
import zipfile
from typing import Any

from tests.deliveries.forms import add
from tests.deliveries.tools_forms import A2, BOTH, CHOICES, Q2, A, Q


def packed(members: dict[str, str]) -> bytes:
    """Return a ZIP of texts by name."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return sink.getvalue()


def _qti2(asked: str, wrong: str, right: str) -> str:
    return (
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i">'
        '<responseDeclaration identifier="R"><correctResponse><value>B</value></correctResponse>'
        "</responseDeclaration><itemBody><choiceInteraction responseIdentifier='R'>"
        f"<prompt>{asked}</prompt><simpleChoice identifier='A'>{wrong}</simpleChoice>"
        f"<simpleChoice identifier='B'><p>{right}</p></simpleChoice></choiceInteraction>"
        "</itemBody></assessmentItem>"
    )


def _label(name: str, text: str) -> str:
    return (
        f'<response_label ident="{name}"><material><mattext>{text}</mattext></material>'
        "</response_label>"
    )


def _qti1(conditions: str) -> str:
    return (
        '<questestinterop><item ident="i"><presentation><material>'
        f'<mattext texttype="text/html">&lt;p&gt;{Q}&lt;/p&gt;</mattext></material>'
        '<response_lid ident="r"><render_choice>'
        f"{_label('1', CHOICES[0])}{_label('2', CHOICES[1])}{_label('3', CHOICES[2])}"
        "</render_choice></response_lid></presentation><resprocessing><respcondition>"
        f"<conditionvar>{conditions}</conditionvar><setvar action='Set'>100</setvar>"
        "</respcondition><respcondition><conditionvar><varequal>2</varequal></conditionvar>"
        "<setvar action='Set'>0</setvar></respcondition></resprocessing></item></questestinterop>"
    )


def _moodle(kind: str, asked: str, *answers: tuple[int, str]) -> str:
    listed = "".join(
        f'<answer fraction="{points}"><text><![CDATA[<p>{text}</p>]]></text></answer>'
        for points, text in answers
    )
    return (
        f'<question type="{kind}"><name><text>n</text></name><questiontext format="html">'
        f"<text><![CDATA[<p>{asked}</p>]]></text></questiontext>{listed}</question>"
    )


_MOODLE = (
    "<quiz><question type='category'><category><text>$course$/Fees</text></category></question>"
    f"{_moodle('multichoice', Q, (0, CHOICES[1]), (100, CHOICES[0]))}"
    f"{_moodle('shortanswer', Q2, (50, 'now'), (100, A2))}{_moodle('essay', 'Discuss.')}</quiz>"
)

add("qti 2", "item.xml", _qti2(Q, CHOICES[1], CHOICES[0]), [(Q, CHOICES[0])])
add(
    "qti 2 package",
    "a.zip",
    packed({"imsmanifest.xml": "<manifest/>", "i1.xml": _qti2(Q, CHOICES[1], CHOICES[0])}),
    [(Q, CHOICES[0])],
)
add("qti 1.2", "quiz.xml", _qti1("<varequal respident='r'>1</varequal>"), [(Q, CHOICES[0])])
add(
    "qti 1.2 of several right ones",
    "quiz.xml",
    _qti1(
        "<and><varequal>1</varequal><not><varequal>2</varequal></not><varequal>3</varequal></and>"
    ),
    [(Q, f"{CHOICES[0]}\n{CHOICES[2]}")],
)
add("moodle as it is", "quiz.xml", _MOODLE, [(Q, CHOICES[0]), (Q2, A2)])
add(
    "aiml as it is",
    "bot.aiml",
    "<?xml version='1.0'?><aiml><category><pattern>WHAT IS IT</pattern>"
    f"<template>{A}</template></category><category><pattern>HELLO *</pattern>"
    "<template>Hi <star/></template></category></aiml>",
    [("WHAT IS IT", A)],
)
add(
    "gift of several right answers",
    "a.gift",
    f"::1:: {Q} {{={A} ={A2}}}\n\n{Q2} {{={A2} ~{A}}}\n\nMatch {{=a -> b =c -> d}}\n",
    BOTH,
)
add(
    "mochi as it is",
    "a.json",
    {"decks": [{"cards": [{"content": f"{Q}\n\n---\n\n{A}", "name": ""}]}]},
)
add(
    "cards of logseq one below the other",
    "a.md",
    f"- {Q} #card\n  card-last-interval:: 4\n  - {A}\n- {Q2} #card\n\t- {A2}\n",
    BOTH,
)
_TEMPLATE = (
    "Question - max 120 characters,Answer 1 - max 75 characters,Answer 2,Answer 3 (Optional),"
    "Correct answer(s) - choose at least one\n"
)
add(
    "kahoot as it is",
    "a.csv",
    f"{_TEMPLATE}{Q},{CHOICES[1]},{CHOICES[0]},{CHOICES[2]},2\n",
    [(Q, CHOICES[0])],
)
add("a number of questions", "a.csv", f"Question #,Question Text,Answer\n1,{Q},{A}\n")
add(
    "race as it is",
    "a.json",
    {"article": "Long ago.", "questions": [Q], "options": [CHOICES], "answers": ["A"]},
    [(Q, CHOICES[0])],
)
add(
    "drop as it is", "a.jsonl", {"passage": "x y z", "question": Q, "answers_spans": {"spans": [A]}}
)
add(
    "hc3 as it is",
    "a.jsonl",
    {"question": Q, "human_answers": [A], "chatgpt_answers": ["As an AI"]},
)
add("camel as it is", "a.json", {"role_1": "x", "message_1": Q, "message_2": A})
add(
    "a second table below the first",
    "a.csv",
    f"question,answer\n{Q},{A}\n,\nQuestion,Answer\n{Q2},{A2}\n",
    BOTH,
)
_TEXT = {"type": "string"}
add("a schema", "a.json", {"properties": {"question": _TEXT, "answer": _TEXT}}, [])
add("columns of unequal length", "a.json", {"question": [Q, Q2, "c?"], "answer": [A, A2]}, [])
add("an empty answer and a body", "a.json", [{"title": Q, "body": "?", "answer": None}], [])
add(
    "what follows a pair up",
    "a.json",
    [{"q": Q, "a": A, "follow_ups": [{"q": Q2, "a": A2}]}],
    BOTH,
)
add(
    "rows of texts a line",
    "a.jsonl",
    f'["{Q}", "{A}"]\n["{Q2}", "{A2}"]\n',
    BOTH,
)
add("json in a text of json", "a.json", json.dumps(json.dumps([{"question": Q, "answer": A}])))


def _marked(name: str, **pair: Any) -> None:
    add(name, "a.json", [{"question": Q, "answer": A}, {"question": Q2, "answer": A2, **pair}])


_marked("not passed in review", 审核状态="不通过")
_marked("a draft", draft=True)
_marked("an inactive one", is_active=0)
_marked("not published", Veröffentlicht="nein")
_marked("a test that failed", success=False)
_marked("an answer that is not correct", is_correct_answer=False)
add("struck out", "a.md", f"## {Q}\n\n{A}\n\n## ~~{Q2}~~\n\n{A2}\n")
