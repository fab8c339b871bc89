"""Before a task is given to an agent, one line tells whether it can work here, and the mend."""

from pathlib import Path

import pytest

from pipeline.faucet.queues.storage import LocalBoard
from pipeline.faucet.settings import read_settings
from pipeline.faucet.work.agents_check import AgentState, agent_states
from pipeline.params.yaml_text import load_yaml
from tests.conftest import ROOT
from tests.faucet.tasks_only import queue, workspace

PRESETS = load_yaml(ROOT / "faucet.yaml")["presets"]


def states(root: Path, monkeypatch: pytest.MonkeyPatch, *programs: str) -> dict[str, AgentState]:
    """Return what is found out about an agent of each preset, where programs are installed."""
    folder = root / "bin"
    folder.mkdir()
    for name in programs:
        program = folder / name
        program.write_text("#!/bin/sh\necho $0 1.2.3\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin")
    monkeypatch.setenv("HOME", str(root))
    agents = {name: {"preset": name} for name in PRESETS}
    queues = [queue(name) for name in PRESETS]
    made = workspace(root / "w", *queues, agents=agents, presets=PRESETS)
    found = agent_states(LocalBoard(made), read_settings(made))
    return {state.agent: state for state in found}


def test_what_is_missing_is_named_with_its_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that are not there, logins that are not, and a faucet that cannot be called."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("GEMINI_API_KEY", "x")
    found = states(tmp_path, monkeypatch, "gemini", "codex")
    assert set(found) == {"gemini", "claude", "codex", "opencode", "llm", "aider"}
    gemini, codex, claude = (found[name] for name in ("gemini", "codex", "claude"))
    assert (gemini.found, gemini.version, gemini.logged_in) == (True, "1.2.3", True)
    assert (gemini.may_write, gemini.may_read, gemini.may_check) == (True, True, False)
    assert gemini.mend == "put .venv/bin on the PATH, so that it can call `faucet check`"
    assert (codex.logged_in, codex.may_write, codex.may_read) == (False, True, True)
    assert "log in with codex once" in codex.mend
    assert (claude.found, claude.version) == (False, None)
    assert claude.mend.startswith("install claude")
    assert "\n" not in claude.line()


def test_an_agent_that_is_set_up_has_nothing_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is asked for is there: the line ends without a mend."""
    monkeypatch.setenv("GEMINI_API_KEY", "x")
    found = states(tmp_path, monkeypatch, "gemini", "faucet")["gemini"]
    assert found.mend == ""
    assert found.line().endswith("may call faucet yes")


@pytest.mark.parametrize(
    ("content", "is_logged_in"),
    [
        ('{"numStartups": 3}', False),
        ("", False),
        ("[]", False),
        ('{"oauthAccount": null}', False),
        ('{"oauthAccount": {"emailAddress": "x"}}', True),
        ('{"primaryApiKey": "x"}', True),
    ],
)
def test_a_file_that_every_start_writes_is_no_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, *, is_logged_in: bool
) -> None:
    """A file in which more than a login stands shows one where it has the key of a login."""
    for name in PRESETS["claude"]["environment"]:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".claude.json").write_text(content)
    assert states(tmp_path, monkeypatch, "claude")["claude"].logged_in is is_logged_in
