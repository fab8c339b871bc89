"""qa.Workspace: a workspace as Python code opens it."""

from pathlib import Path
from typing import Any

import daft

from pipeline.api.inputs import Folder
from pipeline.api.search import search
from pipeline.rag.search import Hit
from pipeline.store.inputs import read_input
from pipeline.workspace.workspace import Workspace, find_workspace


class OpenWorkspace(Workspace):
    """The workspace that a folder is in; read, grade, dedupe and split take it as workspace=."""

    def __init__(self, folder: Folder = ".") -> None:
        """Find it from a folder upwards; raises UserError where there is none."""
        super().__init__(find_workspace(Path(folder).resolve()).root)

    def table(self, name: str) -> daft.DataFrame:
        """Return an output of the DAG as a table: "pairs", "scores", "kept", "decisions", ...

        Raises UserError where no stage makes such a table, or no run has made it yet.
        """
        path = self.output(f"{name}.parquet")
        table: daft.DataFrame = read_input(self, path)
        return table

    @property
    def params(self) -> dict[str, dict[str, Any]]:
        """Return params.yaml, checked: one section per stage."""
        return self.dag.params

    def search(self, question: str, **options: Any) -> list[Hit]:
        """Return the pairs of its data set that answer a question best (pipeline.api.search)."""
        return search(self.root, question, **options)
