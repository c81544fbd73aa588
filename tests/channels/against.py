"""Lets an adapter and a sandbox meet: makes an intent's requests of it, and reads what it delivers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar

from channels.contract import (
    Account,
    Adapter,
    Delivery,
    Downloaded,
    InboundEvent,
    Intent,
    PlatformRequest,
    PlatformResponse,
    Result,
)
from tests.channels.harness import at
from tests.sandbox.conftest import Lab

E = TypeVar("E")
FAR_AHEAD = at(2_500_000_000)
"""A time of receipt after any moment of the sandbox, whose clock is the machine's."""


@dataclass
class Against:
    """`files`: the bytes behind each media handle, by its id."""

    adapter: Adapter
    lab: Lab
    files: dict[str, bytes]

    async def run(self, intent: Intent, **credentials: str) -> Result:
        """Make an intent's requests of the sandbox. Raises SendError."""
        shown = self.lab.account
        account = Account(shown["external_id"], "http://sandbox.test", shown["hawker_settings"])
        call = self.adapter.call(intent, account, {**shown["credentials"], **credentials})
        try:
            request = next(call)
            while True:
                request = call.send(await self._ask(request))
        except StopIteration as stop:
            result: Result = stop.value
            return result

    async def _ask(self, request: PlatformRequest) -> PlatformResponse:
        files = {
            part.name: (part.media.filename, self.files[part.media.media_id], part.media.mime) for part in request.files
        }
        answer = await self.lab.http.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            params=dict(request.query) or None,
            json=request.json,
            data=dict(request.form) if request.form else None,
            files=files or None,
        )
        file = None
        if request.download_max_bytes is not None and answer.status_code == 200:
            file = Downloaded("/tmp/x", len(answer.content), hashlib.sha256(answer.content).hexdigest())
        return PlatformResponse(answer.status_code, dict(answer.headers), answer.content, file)

    def events(self) -> list[InboundEvent]:
        """Return everything that the sandbox has delivered, its signatures checked."""
        opened = (
            self.adapter.open(Delivery("POST", "", headers, raw, FAR_AHEAD), self.lab.account["credentials"], FAR_AHEAD)
            for headers, raw in self.lab.business.deliveries
        )
        return [event for delivery in opened for event in self.adapter.parse(delivery)]

    async def next(self, kind: type[E], *, least: int = 1) -> E:
        """Wait for the newest event of a kind."""
        found = await self.lab.until(
            lambda: (seen := [event for event in self.events() if isinstance(event, kind)])[least - 1 :] and seen
        )
        newest: E = found[-1]
        return newest
