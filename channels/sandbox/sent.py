"""Everything that the platforms accepted, in order: the count that proofs of "at most once" are made with."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

Json = dict[str, Any]


class SentEntry(NamedTuple):
    """One accepted send. `body` is the request as it came, kept as bytes so that 100,000 of them stay small."""

    n: int
    at: float
    account_id: str
    id: str
    to: str
    kind: str
    callback: str
    body: bytes

    def to_json(self) -> Json:
        return {**self._asdict(), "body": json.loads(self.body)}


class SentLog:
    """In memory only: it belongs to one run of an experiment. `n` counts on after a clearing."""

    def __init__(self) -> None:
        self._entries: list[SentEntry] = []
        self._n = 0

    def add(self, *, at: float, account_id: str, line_id: str, to: str, kind: str, callback: str, body: bytes) -> None:
        self._n += 1
        self._entries.append(SentEntry(self._n, at, account_id, line_id, to, kind, callback, body))

    def entries(self, *, account_id: str = "", to: str = "", callback: str = "", after: int = 0) -> list[SentEntry]:
        return [
            entry
            for entry in self._entries
            if entry.n > after
            and account_id in ("", entry.account_id)
            and to in ("", entry.to)
            and callback in ("", entry.callback)
        ]

    def clear(self) -> None:
        self._entries.clear()
