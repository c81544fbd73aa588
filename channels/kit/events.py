"""Name events that have no id of their own, so that a repeated delivery is recognised."""

from hashlib import blake2b

import orjson


def event_key(*parts: object) -> str:
    """Return 32 hex digits, equal for equal JSON parts, whatever the order of their members.

    Raises TypeError for what is no JSON; pass foreign values through `tolerant.kept` first.
    """
    return blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
