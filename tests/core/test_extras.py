"""What lacks an extra ends in one sentence with the command that installs it here."""

from pathlib import Path

import pytest

from pipeline.core import extras
from pipeline.core.errors import UserError
from pipeline.core.extras import installing, of_extra


def test_a_missing_package_names_its_extra() -> None:
    """The sentence says who needs what, and how it gets here; other faults stay what they are."""
    says = r"^the desk needs the package no_such_package, which is not .*: `make extra NAME=desk`$"
    with pytest.raises(UserError, match=says), of_extra("desk", "the desk"):
        import no_such_package.part  # type: ignore[import-not-found]  # noqa: F401, PLC0415
    with pytest.raises(ModuleNotFoundError), of_extra("desk", "the desk"):
        import pipeline.no_such_module  # type: ignore[import-not-found]  # noqa: F401, PLC0415


def test_beside_a_wheel_pip_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no checkout there is no Makefile: pip adds to the engine that is installed."""
    monkeypatch.setattr(extras, "_PACKAGE", tmp_path / "site-packages" / "pipeline")
    assert installing("mcp") == 'pip install "qa-data-factory[mcp]"'
