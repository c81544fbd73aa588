"""Read fields of foreign JSON without ever raising: a wrong type reads as absent."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import orjson

from channels.contract import Json

_EARLIEST_S = 1_230_768_000  # 2009, before any of the platforms had an API
_AHEAD_S = 86_400
_NEXT_CENTURY_S = 4_102_444_800
_LONGEST_IDENTIFIER = 512
_MILLISECONDS_FROM = 100_000_000_000


def text(value: object) -> str:
    """Return a string or the digits of an integer; else ""."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def identifier(value: object) -> str:
    """Return a foreign id; "" for what no index could hold."""
    found = text(value)
    return found if len(found) <= _LONGEST_IDENTIFIER else ""


def obj(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def objects(value: object) -> list[Json]:
    """Return the objects of a list, leaving out what is none."""
    return [item for item in items(value) if isinstance(item, dict)]


def integer(value: object) -> int | None:
    """Return a whole number of at most 64 bits, also from a string of ASCII digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if -(2**63) <= value < 2**63 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else None


def number(value: object) -> float | None:
    """Return a finite number, also from a string."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        result = float(value)
    except (ValueError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def moment(value: object, otherwise: datetime) -> datetime:
    """Return a Unix time in seconds (or milliseconds) as aware UTC; `otherwise` when it is missing or implausible."""
    found = integer(value)
    if found is None:
        return otherwise
    seconds = found / 1000 if found >= _MILLISECONDS_FROM else float(found)
    if not _EARLIEST_S <= seconds <= otherwise.timestamp() + _AHEAD_S:
        return otherwise
    return datetime.fromtimestamp(seconds, UTC)


def rfc3339(value: object) -> str:
    """Return a Unix time in seconds, of this century, as RFC 3339 UTC; "" for anything else."""
    seconds = integer(value)
    if seconds is None or not _EARLIEST_S <= seconds < _NEXT_CENTURY_S:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def without_empty(fields: Json) -> Json:
    """Return the fields that say something; 0 and False do."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value != "" and value != [] and value != {}
    }


def kept(value: object) -> Json:
    """Return foreign JSON as an object that is safe to store: what our own encoder refuses (nested too deep) is left out."""
    raw = value if isinstance(value, dict) else {"value": value}
    try:
        orjson.dumps(raw)
    except TypeError:
        return {"unreadable": type(value).__name__}
    return raw
