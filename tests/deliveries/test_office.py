"""Workbooks, documents and TAR archives are read text by text, each sheet and member by name."""

import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.records import Refusal
from tests.deliveries.delivered import Delivered
from tests.deliveries.test_reading import read

Q, A = "What is a funding rate?", "A fee between longs and shorts."
Q2, A2 = "And when is it negative?", "When shorts pay\n longs & more."


def zipped(**members: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return sink.getvalue()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def found(delivered: Delivered) -> list[tuple[str, str, str]]:
    entries = delivered.entries
    return [(place, p.question, p.answer) for place, p in entries if isinstance(p, Pair)]


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def xlsx(sheets: dict[str, str], *, merged: str = "") -> bytes:
    """Return a workbook; a sheet is its rows as XML."""
    named = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1)
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in enumerate(sheets, 1)
    )
    related += f'<Relationship Id="s" Type="{_REL}/styles" Target="styles.xml"/>'
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
        for n, _ in enumerate(sheets, 1)
    )
    return zipped(
        **{
            "[Content_Types].xml": (
                f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
                ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
                f"{types}</Types>"
            ),
            "_rels/.rels": (
                f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="w"'
                f' Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ),
            "xl/workbook.xml": (
                f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{named}</sheets></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
            ),
            "xl/styles.xml": (
                f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
                '<xf numFmtId="14"/></cellXfs></styleSheet>'
            ),
            **{
                f"xl/worksheets/sheet{n}.xml": (
                    f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{merged}</worksheet>'
                )
                for n, rows in enumerate(sheets.values(), 1)
            },
        }
    )


def text_row(number: int, *texts: str) -> str:
    cells = "".join(
        f'<c r="{chr(65 + n)}{number}" t="inlineStr"><is><t xml:space="preserve">{escaped(text)}'
        "</t></is></c>"
        for n, text in enumerate(texts)
        if text
    )
    return f'<row r="{number}">{cells}</row>'


def test_sheets_of_a_workbook_are_read_by_name() -> None:
    """Titles above the header, empty rows and sheets without pairs are passed over."""
    faq = text_row(1, "All we know") + text_row(3, "Question", "Answer") + text_row(4, Q, A)
    content = xlsx(
        {
            "FAQ": faq + text_row(6, Q2, A2),
            "Notes": text_row(1, "nothing", "here"),
            "Mehr": text_row(1, "Frage", "Antwort") + text_row(2, "Was?", "Das."),
        }
    )
    delivered = read("faq.xlsx", content)
    assert found(delivered) == [("FAQ/4", Q, A), ("FAQ/6", Q2, A2), ("Mehr/2", "Was?", "Das.")]
    assert delivered.family == "xlsx"


def test_an_old_workbook_is_read_as_its_sheets() -> None:
    """XLS is read like XLSX; an old Office file that is no workbook is refused with what to do."""
    content = Path(__file__).with_name("old_workbook.xls").read_bytes()
    delivered = read("faq.xls", content)
    assert found(delivered) == [("Fragen/4", Q, A), ("Fragen/5", Q2, f"{A2[:-1]}: 0,5 %.")]
    assert delivered.mapping[0] == "Notizen: no columns of pairs"
    ((_, refusal),) = read("faq.doc", content[:2000]).entries
    assert isinstance(refusal, Refusal)
    assert refusal.message.startswith("no workbook that can be read, but an old Office file")


def test_formulas_dates_and_numbers_are_their_last_values() -> None:
    """A formula is what it gave, never what it says; whole numbers have no point."""
    head = text_row(1, "Question", "Answer", "Created")
    cells = (
        f'<row r="2"><c r="A2" t="str"><f>CONCATENATE("x","y")</f><v>{Q}</v></c>'
        '<c r="B2"><f>6*7</f><v>42</v></c><c r="C2" s="1"><v>45931</v></c></row>'
    )
    ((_, pair),) = read("faq.xlsx", xlsx({"S": head + cells})).entries
    assert isinstance(pair, Pair)
    assert (pair.question, pair.answer) == (Q, "42")
    assert (pair.created or "")[:10] == "2025-10-01"


def test_cells_merged_down_a_column_hold_for_their_rows() -> None:
    """A topic that is written once over several rows is the topic of each."""
    rows = text_row(1, "Topic", "Question", "Answer") + text_row(2, "Funding", Q, A)
    content = xlsx(
        {"S": rows + text_row(3, "", Q2, A2)},
        merged='<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>',
    )
    pairs = [pair for _, pair in read("faq.xlsx", content).entries if isinstance(pair, Pair)]
    assert [(pair.topic, pair.question) for pair in pairs] == [("Funding", Q), ("Funding", Q2)]


def test_a_row_with_more_cells_than_its_header_is_refused() -> None:
    """Nobody knows what a cell without a column is."""
    rows = text_row(1, "Question", "Answer") + text_row(2, Q, A, "more") + text_row(3, Q2, A2)
    delivered = read("faq.xlsx", xlsx({"S": rows}))
    assert found(delivered) == [("S/3", Q2, A2)]
    ((place, refusal),) = [e for e in delivered.entries if not isinstance(e[1], Pair)]
    assert (place, refusal.reason) == ("S/2", "ragged_row")


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(f'xmlns:{n}="{_ODF}:{n}:1.0"' for n in ("office", "text", "table"))
_KIND = "application/vnd.oasis.opendocument"


def open_document(kind: str, body: str) -> bytes:
    manifest = f'xmlns:manifest="{_ODF}:manifest:1.0"'
    return zipped(
        **{
            "mimetype": f"{_KIND}.{kind}",
            "META-INF/manifest.xml": (
                f"<manifest:manifest {manifest}><manifest:file-entry manifest:full-path='/'"
                f" manifest:media-type='{_KIND}.{kind}'/></manifest:manifest>"
            ),
            "content.xml": (
                f"<office:document-content {_SPACES}><office:body>{body}</office:body>"
                "</office:document-content>"
            ),
        }
    )


def open_row(*cells: str) -> str:
    each = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{escaped(text)}</text:p>'
        "</table:table-cell>"
        for text in cells
    )
    return f"<table:table-row>{each}</table:table-row>"


def test_an_ods_is_read_as_its_sheets() -> None:
    """The rows of each sheet below its header are pairs."""
    table = f'<table:table table:name="FAQ">{open_row("Question", "Answer")}{open_row(Q, A)}'
    body = f"<office:spreadsheet>{table}</table:table></office:spreadsheet>"
    delivered = read("faq.ods", open_document("spreadsheet", body))
    assert found(delivered) == [("FAQ/2", Q, A)]


def test_an_odt_is_read_as_a_reader_sees_it() -> None:
    """Breaks, tabs and spaces are kept, deleted text and comments are not there."""
    body = (
        "<office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>Q: Gone?"
        "</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        f"<text:h text:outline-level='2'>{Q}</text:h>"
        "<text:p>A fee<office:annotation><text:p>Really?</text:p></office:annotation> between"
        "<text:s text:c='3'/>longs<text:line-break/>and\n shorts.</text:p>"
        f"<text:h text:outline-level='2'>{Q2}</text:h><text:p>When <text:span>shorts</text:span>"
        " pay.</text:p></office:text>"
    )
    delivered = read("faq.odt", open_document("text", body))
    texts = [(question, answer) for _, question, answer in found(delivered)]
    assert texts == [(Q, "A fee between   longs\nand shorts."), (Q2, "When shorts pay.")]


def test_a_table_in_an_odt_is_a_table() -> None:
    """Its first row names the columns."""
    table = f"<table:table>{open_row('Question', 'Answer')}{open_row(Q, A)}</table:table>"
    delivered = read("faq.odt", open_document("text", f"<office:text>{table}</office:text>"))
    assert [(question, answer) for _, question, answer in found(delivered)] == [(Q, A)]


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str) -> bytes:
    document = f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
    return zipped(**{"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def paragraph(text: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    runs = "<w:br/>".join(f"<w:t>{escaped(line)}</w:t>" for line in text.split("\n"))
    return f"<w:p>{named}<w:r>{runs}</w:r></w:p>"


WORD_BODIES: dict[str, str] = {
    "headings": paragraph(Q, "Heading2") + paragraph(A) + paragraph(Q2, "Heading2") + paragraph(A2),
    "marked paragraphs": "".join(
        paragraph(text) for text in (f"Q: {Q}", f"A: {A}", f"Q: {Q2}", f"A: {A2}")
    ),
    "table": "<w:tbl>"
    + "".join(
        f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in row)}</w:tr>"
        for row in (("Question", "Answer"), (Q, A), (Q2, A2))
    )
    + "</w:tbl>",
    "table and marks": f"<w:tbl><w:tr><w:tc>{paragraph('Question')}</w:tc>"
    f"<w:tc>{paragraph('Answer')}</w:tc></w:tr><w:tr><w:tc>{paragraph(Q)}</w:tc>"
    f"<w:tc>{paragraph(A)}</w:tc></w:tr></w:tbl>{paragraph(f'Q: {Q2}')}{paragraph(f'A: {A2}')}",
}


@pytest.mark.parametrize("form", WORD_BODIES)
def test_a_docx_is_read_by_headings_tables_and_marks(form: str) -> None:
    """Line breaks inside a paragraph stay; text that was deleted is not there."""
    gone = "<w:p><w:del><w:r><w:delText>Q: Gone?</w:delText></w:r></w:del></w:p>"
    delivered = read("faq.docx", docx(WORD_BODIES[form] + gone))
    assert [(question, answer) for _, question, answer in found(delivered)] == [(Q, A), (Q2, A2)]


def tar(**members: Any) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def test_members_of_a_tar_are_deliveries_by_name() -> None:
    """Links and names that lead out of it are told and not followed."""
    content = tar(
        **{
            "a/one.json": f'[{{"question": "{Q}", "answer": "{A}"}}]'.encode(),
            "b.csv": b"Question,Answer\nWhat?,That.\n",
            "link.json": None,
            "../out.json": b'{"question": "a?", "answer": "b"}',
        }
    )
    delivered = read("all.tar.gz", content)
    assert found(delivered) == [("a/one.json!/0", Q, A), ("b.csv!row 2", "What?", "That.")]
    refused = {place: e.reason for place, e in delivered.entries if not isinstance(e, Pair)}
    assert refused == {"link.json": "not_read", "../out.json": "not_read"}


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.docx", "a.odt", "a.tar"])
def test_a_damaged_file_is_one_refusal(name: str) -> None:
    """What is cut off is no archive; nothing of it is taken."""
    whole = {
        "a.xlsx": xlsx({"S": text_row(1, "Question", "Answer") + text_row(2, Q, A)}),
        "a.ods": open_document("spreadsheet", "<office:spreadsheet/>"),
        "a.docx": docx(paragraph(f"Q: {Q}")),
        "a.odt": open_document("text", "<office:text/>"),
        "a.tar": tar(**{"a.json": b"{}" * 400}),
    }[name]
    ((place, refusal),) = read(name, whole[: len(whole) // 2]).entries
    assert place == ""
    assert refusal.reason in {"bad_archive", "bad_gzip"}
