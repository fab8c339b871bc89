"""How a workspace calls its data set, for pages that no stage makes."""

from pathlib import Path

from pipeline.workspace.git import Folder
from pipeline.workspace.layout import NAMES


def data_set_name(folder: Folder) -> str:
    """Return what the data set of a workspace is called, else the name of its folder.

    Raises UserError where the file that says so cannot be read whole.
    """
    from pipeline.store.inputs import read_input  # noqa: PLC0415 - most commands need no name

    words = read_input(folder, NAMES) if (Path(folder) / NAMES).is_file() else {}
    return str(words.get("title") or Path(folder).name)
