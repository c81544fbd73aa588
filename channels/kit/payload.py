"""Read a webhook body into JSON that every later step can store."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from channels.contract import Json, PayloadMalformed

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_payload(body: bytes) -> Json:
    r"""Parse a JSON object. NUL and lone surrogates, which no database text can hold, become U+FFFD.

    Platforms cut texts at a number of UTF-16 units, so half an emoji (`\ud83d`) does arrive; orjson refuses the whole body for it.
    Raises PayloadMalformed.
    """
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        payload = _read_leniently(body)
    else:
        if b"\\u0000" in body:
            payload = _storable(payload)
    if not isinstance(payload, dict):
        raise PayloadMalformed("the body is no JSON object")
    return payload


def _read_leniently(body: bytes) -> Any:
    try:
        return _storable(json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as error:
        raise PayloadMalformed("the body is no JSON") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value
