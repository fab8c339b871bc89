"""A review in an annotation tool: what goes out comes back as verdicts, by the book's own rules."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.faucet.review.exchange import FORMS, export_records, read_answers
from pipeline.faucet.review.items import open_items
from pipeline.faucet.review.shown import SHOWN
from pipeline.faucet.review.spreadsheet import import_verdicts
from pipeline.faucet.verdicts.book import read_book
from pipeline.reviews.records import OF_ONE, OF_TWO
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.faucet.made_up import DOUBTED, PROPOSED, REJECTED

BOTH = sorted((DOUBTED, PROPOSED))
LATER = "2026-03-04T05:06:07.890000Z"


def argilla_answer(record: dict[str, Any], word: str, who: str, note: str = "") -> None:
    """Answer as Argilla's export has it: a list of values by question, each with its user."""
    told = record["responses"]
    told.setdefault("verdict", []).append({"value": word, "user_id": who})
    if note:
        told.setdefault("note", []).append({"value": note, "user_id": who})


def label_studio_answer(record: dict[str, Any], word: str, who: str, note: str = "") -> None:
    """Answer as Label Studio's export has it: an annotation with a result for each control."""
    chosen = {"choices": [word]}
    result = [{"from_name": "verdict", "to_name": "question", "type": "choices", "value": chosen}]
    if note:
        text = {"text": [note]}
        result.append(
            {"from_name": "note", "to_name": "question", "type": "textarea", "value": text}
        )
    annotation = {"id": 7, "completed_by": {"id": 1, "email": who}, "result": result}
    annotation |= {"created_at": "2026-01-01T00:00:00Z", "updated_at": LATER}
    record.setdefault("annotations", []).append({**annotation, "was_cancelled": False})


ANSWERING = {"argilla": argilla_answer, "label-studio": label_studio_answer}
forms = pytest.mark.parametrize("form", FORMS)


def exported(workspace: Workspace, path: Path, form: str) -> list[dict[str, Any]]:
    items = open_items(workspace)
    assert export_records(items, path, form) == len(items) == 3
    records: list[dict[str, Any]] = json.loads(path.read_bytes())
    path.unlink()
    return records


@forms
def test_answers_of_several_come_back_as_their_verdicts(
    finished: Workspace, tmp_path: Path, form: str
) -> None:
    """Each annotator's verdict and note stand in the book under its own name; items close."""
    path, answer = tmp_path / "open.json", ANSWERING[form]
    records = exported(finished, path, form)
    answer(records[0], "reject", "eva", "a refusal")
    answer(records[2], "keep_apart", "eva")
    answer(records[2], "keep_both", "tom")
    path.write_text(json.dumps(records))
    result = import_verdicts(finished, path, "somebody")
    assert [(one.verdict, one.who, one.note, one.subject) for one in result.taken] == [
        ("reject", "eva", "a refusal", (REJECTED,)),
        ("keep_apart", "eva", "", tuple(BOTH)),
        ("keep_both", "tom", "", tuple(BOTH)),
    ]
    assert (result.known, result.left_open, result.refused) == (0, 1, [])
    assert [item.pair_id for item in open_items(finished)] == [DOUBTED]
    if form == "label-studio":
        assert {one.when for one in result.taken} == {LATER}
    again = import_verdicts(finished, path, "somebody")
    assert (again.taken, again.known, len(read_book(finished))) == ([], 3, 3)


@forms
def test_what_a_reviewer_is_shown_is_plain_text(
    finished: Workspace, tmp_path: Path, form: str
) -> None:
    """All texts are there, none with a control character; suggestions are verdicts of the rules."""
    records = exported(finished, tmp_path / "open.json", form)
    for record in records:
        texts = record["fields" if form == "argilla" else "data"]
        assert set(SHOWN) <= texts.keys()
        assert all(texts[name].replace("\n", "").isprintable() for name in SHOWN)
    said = [record.get("suggestions", record.get("predictions")) for record in records]
    assert [bool(one) for one in said] == [True, False, False]
    assert "reject" in json.dumps(said[0])


@forms
def test_a_wrong_answer_is_refused_by_its_record_and_stops_no_other(
    finished: Workspace, tmp_path: Path, form: str
) -> None:
    """Words of the other kind, unknown pairs and odd values get a sentence; the rest counts."""
    path, answer = tmp_path / "open.json", ANSWERING[form]
    records = exported(finished, path, form)
    answer(records[0], "merge", "eva")
    answer(records[1], "accept", "eva")
    strange = json.loads(json.dumps(records[1]))
    strange["metadata" if form == "argilla" else "data"]["pair_id"] = "f" * 32
    odd = json.loads(json.dumps(records[1]).replace('"accept"', "3"))
    path.write_text(json.dumps([*records, strange, odd, 7, {"text": "x"}]))
    result = import_verdicts(finished, path, "somebody")
    assert [(one.verdict, one.pair_id) for one in result.taken] == [("accept", DOUBTED)]
    assert [sentence.split(":")[0] for sentence in sorted(result.refused)] == [
        f"record {number}" for number in (1, 4, 5, 6, 7)
    ]
    told = " ".join(result.refused)
    assert "merge is about two pairs" in told
    assert f"no pair has the id {'f' * 32}" in told


@forms
def test_what_was_put_off_leaves_the_item_open(
    finished: Workspace, tmp_path: Path, form: str
) -> None:
    """A draft, a discarded answer and a skipped task are no verdict."""
    path, answer = tmp_path / "open.json", ANSWERING[form]
    records = exported(finished, path, form)
    answer(records[0], "reject", "eva")
    if form == "argilla":
        records[0]["responses"]["verdict"][0]["status"] = "discarded"
    else:
        records[0]["annotations"][0]["was_cancelled"] = True
    path.write_text(json.dumps(records))
    result = import_verdicts(finished, path, "somebody")
    assert (result.taken, result.left_open, result.refused) == ([], 3, [])


@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_no_file_ends_in_a_traceback(
    value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever stands where records and their parts should be, there is an answer or a sentence."""
    path = tmp_path_factory.mktemp("odd") / "odd.json"
    odd = [
        value,
        {"fields": {}, "responses": value, "metadata": {}},
        {"fields": {}, "responses": {"verdict": value}, "metadata": value},
        {"data": {}, "annotations": value},
        {"data": {"pair_id": value}, "annotations": [{"result": value, "completed_by": value}]},
    ]
    path.write_text(json.dumps(odd))
    assert len(list(read_answers(path))) >= len(odd)
    path.write_text(json.dumps(value))
    if isinstance(value, list):
        assert list(read_answers(path)) or not value
    else:
        with pytest.raises(UserError, match="is no JSON array"):
            list(read_answers(path))


def test_the_labeling_interface_has_every_field_and_verdict() -> None:
    """docs/label_studio.xml shows each text of a task, and offers exactly the book's verdicts."""
    interface = ET.parse(ROOT / "docs/label_studio.xml").getroot()
    assert {one.get("value") for one in interface.iter("Text")} == {
        f"${name}" for name in SHOWN if name != "indicator"
    }
    choices = next(interface.iter("Choices"))
    assert (choices.get("name"), choices.get("toName")) == ("verdict", "question")
    assert [one.get("value") for one in choices] == [*OF_ONE, *OF_TWO]
    assert next(interface.iter("TextArea")).get("name") == "note"


def test_the_command_writes_and_takes_a_tools_file(
    finished: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--export --form` and `--import` are the same round, and an old file is never overwritten."""
    monkeypatch.chdir(finished.root)
    path = tmp_path / "open.json"
    arguments = ["review", "--export", str(path), "--form", "argilla", "--json"]
    assert json.loads(CliRunner().invoke(faucet, arguments).output)["rows"] == 3
    assert CliRunner().invoke(faucet, arguments).exit_code == 1
    taken = CliRunner().invoke(faucet, ["review", "--import", str(path), "--who", "eva", "--json"])
    assert json.loads(taken.output) == {"known": 0, "left_open": 3, "refused": [], "taken": 0}
