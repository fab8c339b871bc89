"""Deliveries in odd envelopes, pages, tables and archives."""

# ruff: noqa: E501 - a form is seen best on the lines that it has

import bz2
import io
import json
import lzma
import sqlite3
import tarfile
import zipfile

from tests.deliveries.forms import add
from tests.deliveries.tools_forms import A2, BOTH, Q2, A, Q, _lines

P = {"question": Q, "answer": A}
P2 = {"question": Q2, "answer": A2}
add(
    "graphql",
    "a.json",
    {
        "data": {
            "faqs": {
                "edges": [{"cursor": "x", "node": P}, {"node": P2}],
                "pageInfo": {"hasNextPage": False},
            }
        }
    },
    BOTH,
)
add(
    "elastic",
    "a.json",
    {
        "took": 1,
        "hits": {
            "total": {"value": 2},
            "hits": [
                {"_index": "faq", "_id": "1", "_score": 1.0, "_source": P},
                {"_index": "faq", "_id": "2", "_source": P2},
            ],
        },
    },
    BOTH,
)
add(
    "mongo",
    "a.jsonl",
    _lines(
        {"_id": {"$oid": "65"}, **P, "created": {"$date": "2024-01-01T00:00:00Z"}},
        {"_id": {"$oid": "66"}, **P2},
    ),
    BOTH,
)
add("firebase", "a.json", {"faq": {"-Mx1": P, "-Mx2": P2}}, BOTH)
add(
    "dynamodb",
    "a.jsonl",
    _lines(
        {"Item": {"question": {"S": Q}, "answer": {"S": A}, "id": {"N": "1"}}},
        {"Item": {"question": {"S": Q2}, "answer": {"S": A2}, "id": {"N": "2"}}},
    ),
    BOTH,
)
add(
    "airtable",
    "a.json",
    {
        "records": [
            {
                "id": "rec1",
                "createdTime": "2024-01-01T00:00:00.000Z",
                "fields": {"Question": Q, "Answer": A},
            }
        ]
    },
)
add(
    "strapi",
    "a.json",
    {
        "data": [{"id": 1, "attributes": P}, {"id": 2, "attributes": P2}],
        "meta": {"pagination": {"total": 2}},
    },
    BOTH,
)
add(
    "contentful",
    "a.json",
    {
        "entries": [
            {"sys": {"id": "x"}, "fields": {"question": {"en-US": Q}, "answer": {"en-US": A}}}
        ]
    },
)
add("odata", "a.json", {"@odata.context": "x", "value": [{"Title": Q, "Question": Q, "Answer": A}]})
add(
    "json in string",
    "a.jsonl",
    _lines({"statusCode": 200, "body": json.dumps({"faqs": [P, P2]})}),
    BOTH,
)
add(
    "mcp result",
    "a.json",
    {"content": [{"type": "text", "text": json.dumps([P, P2])}], "isError": False},
    BOTH,
)
add("numbered keys", "a.json", {"q1": Q, "a1": A, "q2": Q2, "a2": A2}, BOTH)
add(
    "numbered keys long",
    "a.json",
    {"topic": "Funding", "question_1": Q, "answer_1": A, "question_2": Q2, "answer_2": A2},
    BOTH,
)
add("json seq", "a.json", f"\x1e{json.dumps(P)}\n\x1e{json.dumps(P2)}\n", BOTH)
add(
    "js module", "faq.js", f"export const faqs = [\n  {{ question: '{Q}', answer: \"{A}\" }},\n];\n"
)
add("sql dump", "a.sql", f"INSERT INTO faq (question, answer) VALUES ('{Q}', '{A}');\n", [])
add(
    "locales",
    "a.json",
    {"en": [P], "de": [{"question": "Was ist eine Finanzierungsrate?", "answer": "Eine Gebühr."}]},
    [(Q, A), ("Was ist eine Finanzierungsrate?", "Eine Gebühr.")],
)
add(
    "localized fields",
    "a.json",
    [{"question_en": Q, "answer_en": A, "question_de": "Was?", "answer_de": "Eine Gebühr."}],
    [(Q, A)],
)
add(
    "jupyter",
    "a.ipynb",
    {
        "cells": [
            {
                "cell_type": "markdown",
                "metadata": {},
                "source": ["# FAQ\n", "\n", "## " + Q + "\n", "\n", A],
            },
            {
                "cell_type": "code",
                "execution_count": 1,
                "metadata": {},
                "outputs": [{"output_type": "stream", "name": "stdout", "text": ["Q: x\n"]}],
                "source": ["1+1"],
            },
            {"cell_type": "markdown", "metadata": {}, "source": ["## " + Q2 + "\n", "\n", A2]},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    },
    BOTH,
)
# --- XML, HTML
add(
    "docbook",
    "a.xml",
    f"<?xml version='1.0'?><article xmlns='http://docbook.org/ns/docbook'><qandaset><qandaentry><question><para>{Q}</para></question><answer><para>{A}</para></answer></qandaentry><qandaentry><question><para>{Q2}</para></question><answer><para>{A2}</para></answer></qandaentry></qandaset></article>",
    BOTH,
)
add(
    "rss",
    "a.xml",
    f"<?xml version='1.0'?><rss version='2.0'><channel><title>FAQ</title><link>http://x</link><item><title>{Q}</title><description>{A}</description></item><item><title>{Q2}</title><description><![CDATA[{A2}]]></description></item></channel></rss>",
    BOTH,
)
add(
    "xml attributes",
    "a.xml",
    f"<faq><qa question='{Q}' answer='{A}'/><qa question='{Q2}' answer='{A2}'/></faq>",
    BOTH,
)
add(
    "bootstrap accordion",
    "a.html",
    f"<!DOCTYPE html><html><body><div class='accordion'><div class='accordion-item'><h2 class='accordion-header'><button class='accordion-button' type='button'>{Q}</button></h2><div class='accordion-collapse'><div class='accordion-body'>{A}</div></div></div><div class='accordion-item'><h2 class='accordion-header'><button class='accordion-button'>{Q2}</button></h2><div class='accordion-body'><p>{A2}</p></div></div></div></body></html>",
    BOTH,
)
add(
    "button accordion",
    "a.html",
    f"<html><body><button class='accordion'>{Q}</button><div class='panel'><p>{A}</p></div><button class='accordion'>{Q2}</button><div class='panel'><p>{A2}</p></div></body></html>",
    BOTH,
)
add(
    "yoast",
    "a.html",
    f"<html><body><div class='schema-faq'><div class='schema-faq-section'><strong class='schema-faq-question'>{Q}</strong> <p class='schema-faq-answer'>{A}</p></div><div class='schema-faq-section'><strong class='schema-faq-question'>{Q2}</strong> <p class='schema-faq-answer'>{A2}</p></div></div></body></html>",
    BOTH,
)
add(
    "strong br",
    "a.html",
    f"<html><body><p><strong>{Q}</strong><br>{A}</p><p><strong>{Q2}</strong><br/>{A2}</p></body></html>",
    BOTH,
)
add(
    "b Q marks",
    "a.html",
    f"<html><body><p><b>Q:</b> {Q}</p><p><b>A:</b> {A}</p><p><b>Q:</b> {Q2}</p><p><b>A:</b> {A2}</p></body></html>",
    BOTH,
)
add(
    "headings html",
    "a.htm",
    f"<html><body><h1>FAQ</h1><h3>{Q}</h3><p>{A}</p><h3>{Q2}</h3><p>{A2}</p></body></html>",
    BOTH,
)
add(
    "headless table",
    "a.html",
    f"<html><body><table><tr><td>{Q}</td><td>{A}</td></tr><tr><td>{Q2}</td><td>{A2}</td></tr></table></body></html>",
    BOTH,
)
add(
    "ol html",
    "a.html",
    f"<html><body><ol><li><strong>{Q}</strong><p>{A}</p></li><li><strong>{Q2}</strong><p>{A2}</p></li></ol></body></html>",
    BOTH,
)
# --- CSV
add("csv pipe", "a.csv", f"question|answer\n{Q}|{A}\n{Q2}|{A2}\n", BOTH)
add("csv tabs", "a.csv", f"question\tanswer\n{Q}\t{A}\n{Q2}\t{A2}\n", BOTH)
add(
    "csv newline in cell",
    "a.csv",
    f'Frage;Antwort\n"{Q}";"Zeile 1\nZeile 2; ""x"""\n',
    [(Q, 'Zeile 1\nZeile 2; "x"')],
)
add("csv single quotes", "a.csv", f"'question','answer'\n'{Q}','A fee, say'\n", [(Q, "A fee, say")])
add("csv backslash", "a.csv", f'question,answer\n"{Q}","A \\"fee\\", say"\n', [(Q, 'A "fee", say')])
add("csv comment", "a.csv", f"# exported 2024-11-01\nquestion,answer\n{Q},{A}\n")
add("csv title rows", "a.csv", f"FAQ of the desk,\n,\nQuestion,Answer\n{Q},{A}\n{Q2},{A2}\n", BOTH)
add("csv no header", "a.csv", f"{Q},{A}\n{Q2},{A2}\n", BOTH)
add("csv trailing", "a.csv", f"question,answer,,\n{Q},{A},,\n{Q2},{A2},,\n", BOTH)
add("csv cp1252", "a.csv", f"Frage;Antwort\n{Q};Gebühr\n".encode("cp1252"), [])
add("csv utf16", "a.csv", f"question,answer\r\n{Q},{A}\r\n".encode("utf-16"))
add("csv index col", "a.csv", f",question,answer\n0,{Q},{A}\n1,{Q2},{A2}\n", BOTH)
add(
    "csv answers numbered",
    "a.csv",
    f"question,option_a,option_b,option_c,option_d,correct_option\n{Q},A fee,A tax,A loan,A swap,option_b\n",
    [(Q, "A tax")],
)
add("csv cr only", "a.csv", f"question,answer\r{Q},{A}\r{Q2},{A2}\r", BOTH)
add(
    "kahoot",
    "a.csv",
    f"Question,Answer 1,Answer 2,Answer 3,Answer 4,Time limit,Correct answer(s)\n{Q},A tax,A fee,A loan,A swap,20,2\n",
    [(Q, "A fee")],
)


# --- archives
def _zip(**members: str | bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def _tar(name: str, content: bytes) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return sink.getvalue()


def _anki(*notes: tuple[str, str]) -> bytes:
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE TABLE notes (id INTEGER, guid TEXT, mid INTEGER, tags TEXT, flds TEXT, sfld TEXT)"
    )
    rows = [(n, f"g{n}", 1, " fund ", "\x1f".join(note), note[0]) for n, note in enumerate(notes)]
    database.executemany("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?)", rows)
    database.commit()
    image = database.serialize()
    database.close()
    return image


add(
    "zip macosx",
    "a.zip",
    _zip(
        **{
            "faq/one.json": json.dumps([P]),
            "__MACOSX/faq/._one.json": b"\x00\x05\x16\x07".decode("latin1"),
            "faq/.DS_Store": "x",
            "faq/two.csv": f"question,answer\n{Q2},{A2}\n",
        }
    ),
    BOTH,
)
add("zip in zip", "a.zip", _zip(**{"in.zip": _zip(**{"a.yaml": f"- q: {Q}\n  a: {A}\n"})}))
add("tgz", "a.tgz", _tar("x/a.jsonl", _lines(P, P2).encode()), BOTH)
req = {
    "custom_id": "1",
    "method": "POST",
    "url": "/v1/responses",
    "body": {"model": "m", "input": Q},
}
res = {
    "id": "b",
    "custom_id": "1",
    "response": {
        "status_code": 200,
        "body": {
            "object": "response",
            "output": [
                {"type": "reasoning", "summary": []},
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "output_text", "text": A}],
                },
            ],
        },
    },
    "error": None,
}
add(
    "zip responses batch", "a.zip", _zip(**{"req.jsonl": _lines(req), "res.jsonl": _lines(res)}), []
)
add(
    "apkg",
    "deck.apkg",
    _zip(**{"collection.anki2": _anki((Q, A), (Q2, f"<b>{A2}</b>")), "media": "{}"}),
    BOTH,
)
for _packed in (bz2.compress, lzma.compress):
    add(_packed.__module__, "a.json", _packed(json.dumps([P]).encode()))
for _asked, _answered in (
    ("input_question", "output_answer"),
    ("User query", "Bot reply"),
    ("Question posée", "Réponse attendue"),
    ("Pregunta del usuario", "Respuesta esperada"),
    ("Kundenfrage", "Musterantwort"),
    ("用户提问", "模型回答"),
):
    add(f"headers {_asked}", "a.csv", f"{_asked};{_answered};answer_length\n{Q};{A};9\n")
add("one question as title", "a.md", f"# {Q}\n\n{A}\n")
add(
    "callouts",
    "a.md",
    f"> [!question] {Q}\n> {A}\n\n> [!question] {Q2[4:]}\n> {A2}\n",
    [(Q, A), (Q2[4:], A2)],
)
