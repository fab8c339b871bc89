"""Tables of pairs with the group of each: Groups on a column, in Daft."""

import daft
import pyarrow as pa
from daft import col

from pipeline.plan.groups import Groups

_TEXT = daft.DataType.from_arrow_type(pa.large_string())


def with_groups(pairs: daft.DataFrame, groups: Groups) -> daft.DataFrame:
    """Return pairs, which have category and topic, with the column group."""

    @daft.func.batch(return_dtype=_TEXT, use_process=False)
    def group_of(category: daft.Series, topic: daft.Series) -> pa.Array:
        both = zip(category.to_pylist(), topic.to_pylist(), strict=True)
        return pa.array([groups.of(*one) for one in both], pa.large_string())

    return pairs.with_column("group", group_of(col("category"), col("topic")))
