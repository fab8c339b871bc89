import logging
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from tests.faucet.batches.asking import PROTOCOLS, asked, fetched, workspace
from tests.providers.loopback import KEY, VARIABLE, Fault, Loopback


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_no_key_is_in_a_file_a_log_or_a_message(
    tmp_path: Path,
    loopback: Loopback,
    protocol: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The key goes to the provider's headers and nowhere else, though its answers repeat it."""
    caplog.set_level(logging.DEBUG)
    root = workspace(tmp_path, loopback, protocol)
    monkeypatch.chdir(root)
    error = {"code": 400, "message": f"you said {KEY}"}
    loopback.results = lambda lines: [{**lines[0], "response": None, "error": error}, *lines[1:]]
    loopback.faults = [Fault("POST", 1, status=400), Fault("GET", 1, status=500)]
    shown = ""
    for words in ("plan", "submit", "submit", "status", "collect", "status", "retry"):
        result = CliRunner().invoke(faucet, ["embed", words])
        shown += result.output + repr(result.exception)
    assert "bad request of [key]" in shown
    assert any(KEY in request for request in loopback.seen)
    assert KEY not in shown + caplog.text
    held = [path for path in root.root.rglob("*") if path.is_file()]
    assert [path for path in held if KEY.encode() in path.read_bytes()] == []


def test_a_missing_key_is_named_by_its_variable(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says which variable to set; one with a line end is refused unseen."""
    root = workspace(tmp_path, loopback, "gemini")
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(UserError, match=f"{VARIABLE} is not set"):
        asked(root)
    monkeypatch.setenv(VARIABLE, "one\ntwo")
    with pytest.raises(UserError, match="holds characters that no key has") as raised:
        asked(root)
    assert "two" not in str(raised.value)


def test_a_key_is_not_sent_in_clear_over_a_network(tmp_path: Path, loopback: Loopback) -> None:
    """Plain http is for this machine alone where a key is sent."""
    root = workspace(tmp_path, loopback, "openai", base_url="http://models.example/v1")
    with pytest.raises(UserError, match="https://"):
        asked(root)


def test_a_wrong_key_is_said_in_a_sentence(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """401 names the place and what to mend."""
    root = workspace(tmp_path, loopback, "openai")
    monkeypatch.setenv(VARIABLE, "another")
    with pytest.raises(UserError, match="401 no such key: mend key"):
        asked(root)
    monkeypatch.setenv(VARIABLE, KEY)
    assert [one.job.step for one in fetched(root)] == ["planned"]


def test_commands_print_what_they_did(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command says in lines for people, and in JSON for programs, how the texts stand."""
    root = workspace(tmp_path, loopback, "gemini")
    monkeypatch.chdir(root)

    def said(*words: str) -> str:
        result = CliRunner().invoke(faucet, ["embed", *words])
        assert result.exit_code == 0, result.output
        return result.output

    assert "8 texts wanted = 0 collected + 0 failed + 8 missing (0 of them in open" in said("plan")
    assert "8 texts: submitted" in said("submit")
    assert "nothing is left to ask for" in said("submit")
    assert "succeeded, 8 done: `faucet embed collect` fetches" in said("status")
    assert "8 texts = 8 collected + 0 failed + 0 missing" in said("collect")
    assert "no batch is open" in said("collect")
    assert '"collected": 8' in said("status", "--json")
    assert "no text failed" in said("retry")
