"""Values of typed tables (Parquet, SQLite) as the JSON values that records are made of."""

import math
from typing import Any

_INT64 = range(-(2**63), 2**64)


def plain(value: Any) -> Any:
    """Return value as JSON knows it: what JSON has no word for is its text.

    Bytes that are UTF-8 are their text, and other bytes hexadecimal digits; dates are ISO 8601.
    """
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (str, bool)) else _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, int):
        return value if value in _INT64 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return _text(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
