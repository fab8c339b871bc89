"""Charts are held to Vega-Lite's schema here, so that runs need not do it again each time."""

from typing import Any

import altair as alt
import pytest

from pipeline.charts import picture


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every chart that a test draws checked whole, as it is handed to the renderer."""
    plain = picture._printable

    def of_schema(spec: Any) -> Any:
        if isinstance(spec, dict) and "$schema" in spec:
            alt.Chart.from_dict(spec)
        return plain(spec)

    monkeypatch.setattr(picture, "_printable", of_schema)
