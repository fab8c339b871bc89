"""What an agent does not need to know it is not given."""

import pytest

from pipeline.faucet.work.environment import inherited


def test_tokens_stay_here_unless_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only names of the list and of the settings go on; a star stands for any ending."""
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "u")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    given = inherited(())
    assert given["LC_ALL"] == "C.UTF-8"
    assert "PATH" in given
    assert not {"GITHUB_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"} & set(given)
    named = inherited(("ANTHROPIC_API_KEY",))
    assert (named["ANTHROPIC_API_KEY"], "ANTHROPIC_BASE_URL" in named) == ("k", False)
    assert {"ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"} < set(inherited(("ANTHROPIC_*",)))
