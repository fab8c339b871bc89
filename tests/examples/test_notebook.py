"""The notebook of examples/ runs as it stands, and prints what it shows."""

from pathlib import Path
from typing import Any

from tests.lazy_modules import LazyModule
from tests.workspaces import ROOT

nbclient, nbformat = LazyModule("nbclient"), LazyModule("nbformat")
NOTEBOOK = ROOT / "examples/door.ipynb"


def printed(notebook: Any) -> list[str]:
    """Return what each cell of code prints."""
    return [
        "".join(out["text"] for out in cell.outputs if out.get("name") == "stdout")
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def pictures(notebook: Any) -> int:
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    return sum("image/png" in out.get("data", {}) for out in outputs)


def test_the_notebook_prints_what_it_shows(monkeypatch: Any, tmp_path: Path) -> None:
    """Its cells run one after the other, with the committed text and as many pictures."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    committed = nbformat.read(NOTEBOOK, as_version=4)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": ROOT / "examples"}},
    ).execute()
    assert printed(notebook) == printed(committed)
    assert pictures(notebook) == pictures(committed) == 3
