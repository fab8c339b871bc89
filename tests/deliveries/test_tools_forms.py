"""What tools, programs and public data sets write is read exactly, text by text."""

import io
import json
import zipfile
from typing import Any

import pytest

from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.records import Refusal
from tests.deliveries import (
    forms,
    forms_of_bots,
    forms_of_chats,
    forms_of_files,
    forms_of_models,
    forms_of_quizzes,
    forms_of_sets,
    forms_of_talks,
    forms_of_texts,
)
from tests.deliveries.test_reading import read
from tests.deliveries.tools_forms import A2, FORMS, A, Q

FILLED_BY = (
    forms_of_bots,
    forms_of_chats,
    forms_of_files,
    forms_of_models,
    forms_of_quizzes,
    forms_of_sets,
    forms_of_talks,
    forms_of_texts,
)
ALL = {**FORMS, **forms.FORMS}


@pytest.mark.parametrize("form", ALL)
def test_a_form_gives_exactly_its_pairs(form: str) -> None:
    """Question and answer are those that the file holds, in order, and nothing else is a pair."""
    name, content, expected = ALL[form]
    raw = content.encode() if isinstance(content, str) else content
    found = [entry for _, entry in read(name, raw).entries if isinstance(entry, Pair)]
    assert [(pair.question, pair.answer) for pair in found] == expected


def test_a_system_prompt_of_parts_is_context() -> None:
    """Gemini's systemInstruction and OpenAI's instructions stand in the context of a pair."""
    asked = {"contents": [{"role": "user", "parts": [{"text": Q}]}, {"role": "model", "text": A}]}
    output = [
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": A}]}
    ]
    for talk in (
        {**asked, "systemInstruction": {"parts": [{"text": "Be brief."}]}},
        {
            "object": "response",
            "instructions": "Be brief.",
            "input": [{"role": "user", "content": Q}],
            "output": output,
        },
    ):
        (entry,) = (entry for _, entry in read("a.json", talk).entries)
        assert isinstance(entry, Pair)
        assert entry.context == [{"role": "system", "text": "Be brief."}]


def test_choices_stand_in_an_order_that_does_not_tell_the_right_one() -> None:
    """A right answer beside wrong ones is a choice among them, in order of the alphabet."""
    ((_, entry),) = read(
        "a.csv", f"question,Correct Answer,Incorrect Answer 1\n{Q},Wage,Fee\n".encode()
    ).entries
    assert isinstance(entry, Pair)
    assert (entry.answer, entry.context) == (
        "Wage",
        [{"role": "choices", "text": "A. Fee\nB. Wage"}],
    )


def test_what_one_branch_answers_is_not_refused_for_another() -> None:
    """A branch of a tree that breaks off below a question costs nothing where another answers."""
    nodes = {
        "q": {"parentId": None, "role": "user", "content": Q},
        "x": {"parentId": "q", "role": "tool", "content": "note"},
        "a": {"parentId": "q", "role": "assistant", "content": A},
    }
    for current, answered in (("x", nodes), ("x", {k: nodes[k] for k in "qx"})):
        found = read("a.json", {"history": {"messages": answered, "currentId": current}}).entries
        assert [isinstance(entry, Pair) for _, entry in found] == ["a" in answered]


@pytest.mark.parametrize("member", ["ppt/presentation.xml", "META-INF/container.xml"])
def test_a_zip_that_is_no_archive_is_refused_by_its_own_name(member: str) -> None:
    """A presentation or a an e-book is one refusal that says what to save it as."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(member, "x")
    ((_, refusal),) = read("a.zip", packed.getvalue()).entries
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "unknown_format"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("问题,答案\n多深?,三倍。\n", "gb18030"),
        ("質問,回答\n深さは?,三倍です。\n", "shift_jis"),
        ("질문,답변\n깊이는?,세 배입니다.\n", "euc_kr"),
        ("вопрос,ответ\nкак глубоко?,втрое.\n", "cp1251"),
        ("Frage,Antwort\nWie tief?,Für die Höhe groß.\n", "cp1252"),
    ],
)
def test_an_encoding_is_proposed_by_the_script_that_it_gives(text: str, encoding: str) -> None:
    """The refusal of what is no UTF-8 names the encoding that reads it, and shows what it reads."""
    ((_, refusal),) = read("a.csv", text.encode(encoding)).entries
    assert isinstance(refusal, Refusal)
    assert f"--encoding {encoding}" in refusal.message


@pytest.mark.parametrize("count", [2, 40])
def test_a_refusal_ends_in_the_change_that_mends_it(count: int) -> None:
    """However many columns or keys there are to be named, the sentence is not cut before --map."""
    names = [f"a_long_name_of_a_column_{n}" for n in range(count)]
    for name, content in (
        ("a.csv", ",".join(names) + "\n" + ",".join("x" for _ in names) + "\n"),
        ("a.json", json.dumps({"rows": [dict.fromkeys(names, "x")]})),
    ):
        ((_, refusal),) = read(name, content.encode()).entries
        assert isinstance(refusal, Refusal)
        assert all(word in refusal.message for word in ("a_long_name", "--map question="))


def test_an_answer_that_was_voted_down_is_quarantined() -> None:
    """It is no other answer of the question: its record says not to use it."""
    name, content, _ = ALL["an answer that was voted down"]
    assert isinstance(content, str)
    entries = [entry for _, entry in read(name, content.encode()).entries]
    (pair,) = (entry for entry in entries if isinstance(entry, Pair))
    (refusal,) = (entry for entry in entries if isinstance(entry, Refusal))
    assert refusal.reason == "marked_unwanted"
    assert A2 not in pair.metadata


_CHUNKS = {"chunks": [{"role": "user", "text": Q}, {"role": "model", "text": A}]}
_NOTE = "The note says who pays the fee of an open position."
_FILE = {"file_name": "note.txt", "extracted_content": _NOTE}


@pytest.mark.parametrize(
    ("value", "context"),
    [
        ({"systemInstruction": {"text": "Be brief."}, "chunkedPrompt": _CHUNKS}, "Be brief."),
        ({"system_prompt": "Be brief.", "data": [{"question": Q, "answer": A}]}, "Be brief."),
        ({"passage": _NOTE, "questions": [{"question": Q, "answer": A}]}, _NOTE),
        ([{"document": _NOTE, "qa_pairs": [{"question": Q, "answer": A}]}], _NOTE),
        (
            {
                "chat_messages": [
                    {"sender": "human", "text": Q, "attachments": [_FILE]},
                    {"sender": "assistant", "text": A},
                ]
            },
            _NOTE,
        ),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": Q,
                        "files": [{"file": {"data": {"content": _NOTE}}}],
                    },
                    {"role": "assistant", "content": A},
                ]
            },
            _NOTE,
        ),
    ],
)
def test_what_encloses_a_pair_or_goes_with_it_is_its_context(value: Any, context: str) -> None:
    """Prompts and passages around pairs, and the texts of attached files, are what a reader saw."""
    (entry,) = (entry for _, entry in read("a.json", value).entries)
    assert isinstance(entry, Pair)
    assert [part["text"] for part in entry.context] == [context]


def test_a_record_with_a_passage_of_its_own_takes_none_from_around() -> None:
    """The nearest passage is the one that was read."""
    own = {"question": Q, "answer": A, "context": "Its own passage is here."}
    (entry,) = (entry for _, entry in read("a.json", {"context": _NOTE, "data": [own]}).entries)
    assert isinstance(entry, Pair)
    assert [part["text"] for part in entry.context] == ["Its own passage is here."]


def test_an_answer_made_again_stays_beside_the_one_shown() -> None:
    """Nothing of an export vanishes: what was chosen against is known of the pair."""
    name, content, _ = ALL["an answer made again and a question edited"]
    assert isinstance(content, str)
    first, *_ = (entry for _, entry in read(name, content.encode()).entries)
    assert isinstance(first, Pair)
    assert json.loads(first.extra)["other_answers"] == ["Made again."]


def test_talk_between_agents_in_a_log_is_no_refusal() -> None:
    """A branch in which nothing is seen says nothing; what is typed in the session is read."""
    both = ({"role": "user", "content": Q}, {"role": "assistant", "content": A})
    aside = ({"role": "user", "content": "Search."}, {"role": "assistant", "content": "Found."})
    lines = [
        {"uuid": f"{side}{n}", "parentUuid": f"{side}{n - 1}" if n else None, "sessionId": "s",
         "isSidechain": side == "s", "type": one["role"], "message": one}
        for side, talk in (("s", aside), ("m", both))
        for n, one in enumerate(talk)
    ]  # fmt: skip
    raw = "\n".join(map(json.dumps, lines)).encode()
    (entry,) = (entry for _, entry in read("a.jsonl", raw).entries)
    assert isinstance(entry, Pair)
