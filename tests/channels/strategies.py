"""Whatever a platform might send: any JSON, known names in any arrangement, good payloads with a strange part."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from channels.contract import Adapter, InboundEvent, PayloadMalformed, PlatformResponse
from tests.channels.harness import events_in

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["\ud83d", "\x00", "9" * 600, "text", "1763770000", "{", "image"]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


class Payloads:
    """The fixtures of a channel as the seeds of stranger ones."""

    def __init__(self, fixtures: Path) -> None:
        self._payloads = [json.loads(path.read_bytes()) for path in sorted(fixtures.glob("*.json"))]
        self._places = [list(_places(payload)) for payload in self._payloads]
        names = {name for payload in self._payloads for name in json.dumps(payload).split('"') if name.isidentifier()}
        self.named: st.SearchStrategy[Any] = st.recursive(
            LEAVES | st.sampled_from(sorted(names)),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(names)), inner, max_size=5)
            ),
            max_leaves=25,
        )
        self.mutated: st.SearchStrategy[Any] = st.integers(0, len(self._payloads) - 1).flatmap(self._mutated)

    def responses(self, n: int) -> st.SearchStrategy[list[PlatformResponse]]:
        """Return answers of a platform that has lost its mind."""
        body = (JSON | self.named).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=50)
        status = st.sampled_from([200, 201, 302, 400, 401, 404, 429, 500, 502])
        return st.lists(st.builds(PlatformResponse, status, st.just({}), body), min_size=n, max_size=n)

    def _mutated(self, index: int) -> st.SearchStrategy[Any]:
        payload = self._payloads[index]
        return st.builds(
            lambda place, part: _with_part(payload, place, part),
            st.sampled_from(self._places[index]),
            JSON | self.named,
        )


def parse(adapter: Adapter, body: bytes) -> list[InboundEvent]:
    """Return the events of a body, [] for a malformed one; what comes must be fit to be stored."""
    try:
        events = events_in(adapter, body)
    except PayloadMalformed:
        return []
    for event in events:
        assert is_dataclass(event)
        assert b"\\u0000" not in orjson.dumps(asdict(event))
        assert event.occurred_at.tzinfo is UTC
        assert datetime(2009, 1, 1, tzinfo=UTC) <= event.occurred_at
    return events


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every part of a JSON value."""
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from _places(inner, (*path, step))


def _with_part(value: Any, path: tuple[str | int, ...], part: Any) -> Any:
    """Return a copy with one part replaced."""
    if not path:
        return part
    first, *rest = path
    changed: Any = dict(value) if isinstance(value, dict) else list(value)
    changed[first] = _with_part(changed[first], tuple(rest), part)
    return changed
