"""How a workspace calls its data set and its plan's entries, for pages that no stage makes."""

from pathlib import Path

from pipeline.core.json_values import Json
from pipeline.domain.nouns import Nouns, nouns_of
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import NAMES


def data_set_name(folder: Folder) -> str:
    """Return what the data set of a workspace is called, else the name of its folder.

    Raises UserError where the file that says so cannot be read whole.
    """
    return str(_words(folder).get("title") or Path(folder).name)


def read_nouns(folder: Folder) -> Nouns:
    """Return what an entry of the plan is called; raises UserError as data_set_name does."""
    return nouns_of(_words(folder))


def _words(folder: Folder) -> Json:
    from pipeline.store.inputs import read_input  # noqa: PLC0415 - most commands need no name

    found: Json = read_input(folder, NAMES) if (Path(folder) / NAMES).is_file() else {}
    return found
