"""What went over the line lately, both ways, for the page and for whoever looks for a mistake."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Json = dict[str, Any]

ENTRIES_KEPT = 500
BODY_KEPT = 16_384


@dataclass(slots=True)
class WireEntry:
    """One exchange. `webhook` = posted by the platform, `call` = made by the business. status None: no answer came.

    `code` is the platform's error code in the answer of a call. `again`: the same bytes had been posted before.
    """

    n: int
    at: float
    way: Literal["webhook", "call"]
    account_id: str
    label: str
    url: str
    status: int | None
    code: int | None = None
    again: int = 0
    took_ms: float = 0.0
    request: str = ""
    response: str = ""
    note: str = ""


class Wire:
    """A ring of the last exchanges and the count of the last minute."""

    def __init__(self, *, now: Callable[[], float], tell: Callable[[str, Json], None]) -> None:
        self._now = now
        self._tell = tell
        self._entries: deque[WireEntry] = deque(maxlen=ENTRIES_KEPT)
        self._seconds: deque[list[int]] = deque()
        self._n = 0

    def log(
        self,
        way: Literal["webhook", "call"],
        account_id: str,
        label: str,
        *,
        url: str,
        status: int | None,
        code: int | None = None,
        again: int = 0,
        took_ms: float = 0.0,
        request: bytes = b"",
        response: bytes = b"",
        note: str = "",
    ) -> None:
        self._n += 1
        entry = WireEntry(
            self._n, self._now(), way, account_id, label, url, status, code, again, round(took_ms, 1),
            _shown(request), _shown(response), note,
        )  # fmt: skip
        self._entries.append(entry)
        self._count(int(entry.at))
        self._tell("wire", {"entry": summary(entry), "last_minute": self.last_minute()})

    def last_minute(self) -> int:
        oldest = int(self._now()) - 60
        while self._seconds and self._seconds[0][0] <= oldest:
            self._seconds.popleft()
        return sum(count for _, count in self._seconds)

    def entries(self, *, account_id: str = "", limit: int = ENTRIES_KEPT) -> list[Json]:
        """Return the newest first, bodies included."""
        found = [asdict(entry) for entry in reversed(self._entries) if account_id in ("", entry.account_id)]
        return found[:limit]

    def entry(self, n: int) -> Json | None:
        return next((asdict(entry) for entry in self._entries if entry.n == n), None)

    def _count(self, second: int) -> None:
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1][1] += 1
        else:
            self._seconds.append([second, 1])


def summary(entry: WireEntry) -> Json:
    """Return the entry without its bodies."""
    return {name: getattr(entry, name) for name in WireEntry.__slots__ if name not in ("request", "response")}


def _shown(body: bytes) -> str:
    cut = body[:BODY_KEPT].decode("utf-8", "replace")
    return cut if len(body) <= BODY_KEPT else f"{cut}… ({len(body)} bytes)"
