"""Jupyter notebooks: their text cells as one text; code and what it printed are no text."""

from typing import Any

from pipeline.deliveries.records import Duplicated, TextDocument
from pipeline.deliveries.streamed import in_memory


def text_of_notebook(value: Any) -> TextDocument | None:
    """Return the Markdown of a notebook's cells, apart by empty lines; None where it is none.

    None, too, for one that names a key twice: it is refused for that.
    """
    if not isinstance(value, dict) or "nbformat" not in value or isinstance(value, Duplicated):
        return None
    cells = in_memory(value).get("cells")
    texts = []
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown":
            source = cell.get("source")
            lines = source if isinstance(source, list) else [source]
            texts.append("".join(line for line in lines if isinstance(line, str)))
    return TextDocument("\n\n".join(texts), ".md") if texts else None
