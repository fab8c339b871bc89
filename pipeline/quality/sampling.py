"""A part of the base that tells of the whole: the same rows whatever their order."""

import daft
from daft import col, lit

_ID_HEX = 8


def sampled(texts: daft.DataFrame, most_rows: int) -> daft.DataFrame:
    """Return about most_rows of texts at most: those of the lowest ids, which are hashes.

    texts has a column pair_id.
    """
    rows = texts.count_rows()
    if rows <= most_rows:
        return texts
    limit = int(16**_ID_HEX * most_rows / rows)
    return texts.where(col("pair_id") < lit(f"{limit:0{_ID_HEX}x}"))
