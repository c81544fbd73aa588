"""What the pages of a hosted channel may ask of the app: `channels.hosting.Host`, on this process's runtime."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from gettext import NullTranslations
from typing import TypeVar
from uuid import UUID

import orjson
from starlette.responses import Response

from app.channel_accounts.directory import AccountView
from app.errors import Unavailable
from app.hosted import facts, files, handover, sessions, threads
from app.hosted.limits import meter_on
from app.hosted.live import Visitors
from app.hosted.telling import tell_visitors
from app.inbound import arrivals
from app.inbound.lanes import Ingest
from app.realtime.hub import Hub
from app.runtime import Runtime
from app.transient import is_transient
from channels.contract import Delivery, Json
from channels.hosting import (
    SIGNATURE,
    SIGNING_KEY,
    Guest,
    HandOver,
    History,
    HostedAccount,
    Refused,
    Upload,
    Visitor,
    signature,
)

T = TypeVar("T")


class AppHost:
    """Serves the visitors of this process."""

    def __init__(
        self,
        runtime: Runtime,
        ingest: Ingest,
        hub: Hub,
        visitors: Visitors,
        translations: Callable[[str], NullTranslations],
    ) -> None:
        self._runtime = runtime
        self._ingest = ingest
        self._hub = hub
        self._visitors = visitors
        self._translations = translations

    async def account(self, channel: str, account_id: str) -> HostedAccount:
        view = await self._view(account_id)
        if view.channel != channel or view.state != "active":
            raise Refused(404, "unknown_account")
        return HostedAccount(account_id, view.name, view.settings, view.credentials)

    async def enter(self, account_id: str, token: str) -> Visitor:
        found = await _patiently(sessions.find(self._runtime, UUID(account_id), token)) if token else None
        if found is None:
            raise Refused(401, "session_ended")
        return found

    async def begin(self, account_id: str, guest: Guest) -> tuple[Visitor, str]:
        return await _patiently(sessions.begin(self._runtime, UUID(account_id), guest))

    async def recognise(self, visitor: Visitor, guest: Guest) -> Visitor:
        async with self._runtime.database.begin_lean() as uow:
            found = await sessions.recognise(uow, visitor, guest)
        if found is None:
            raise Refused(401, "session_ended")
        if found.facts != visitor.facts or found.user != visitor.user:
            await facts.tell(self._runtime, found)
        return found

    async def end(self, visitor: Visitor) -> None:
        async with self._runtime.database.begin_lean() as uow:
            await sessions.end(uow, visitor)
        frame = {"type": "closed", "code": "session_ended"}
        await tell_visitors(self._runtime, UUID(visitor.account_id), [], frame, session_id=visitor.session_id)

    async def limit(self, action: str, *, visitor: str, address: str) -> None:
        await meter_on(self._runtime.redis).count(action, visitor=visitor, address=address)

    async def receive(self, visitor: Visitor, words: Json) -> None:
        account = await self._view(visitor.account_id)
        raw = orjson.dumps(words)
        headers = {SIGNATURE: signature(raw, account.credentials[SIGNING_KEY])}
        now = datetime.now(UTC)
        opened = account.adapter.open(Delivery("POST", "", headers, raw, now), account.credentials, now)
        try:
            await self._ingest.take(arrivals.read(account, opened, self._runtime.accounts))
        except Unavailable:
            raise Refused(503, "unavailable", retry_after_s=5) from None
        if visitor.facts:
            await facts.tell(self._runtime, visitor)

    async def is_known(self, visitor: Visitor) -> bool:
        async with self._runtime.database.begin_lean() as uow:
            return await threads.identity_of(uow.conn, visitor) is not None

    async def position_of(self, visitor: Visitor, message_id: str) -> str:
        found = _uuid(message_id)
        if found is None:
            return ""
        async with self._runtime.database.begin_lean() as uow:
            return await threads.position_of(uow.conn, visitor, found)

    async def history(self, visitor: Visitor, *, after: str = "") -> History:
        async def read() -> History:
            async with self._runtime.database.begin() as uow:
                return await threads.history_of(uow, visitor, _uuid(after))

        return await _patiently(read())

    @asynccontextmanager
    async def follow(self, visitor: Visitor) -> AsyncIterator[AsyncIterator[Json]]:
        async with self._visitors.attached(visitor) as follower:
            yield follower.frames()

    async def type(self, visitor: Visitor) -> None:
        await self._tell_agents(visitor, "typing", {"contact": True})

    async def look(self, visitor: Visitor, page: Json) -> None:
        async with self._runtime.database.begin_lean() as uow:
            await sessions.look(uow, visitor, page)
        await self._tell_agents(visitor, "visit", {"page": page})

    async def _tell_agents(self, visitor: Visitor, kind: str, data: Json) -> None:
        """Show the agents who see the visitor's thread what happens there now."""
        async with self._runtime.database.begin_lean() as uow:
            found = await threads.threads_of(uow.conn, visitor)
        if found:
            await self._hub.tell(None, kind, threads.place_of(found[0]), data)

    async def upload(
        self,
        visitor: Visitor,
        chunks: AsyncIterator[bytes],
        *,
        filename: str,
        mime: str,
        mimes: frozenset[str],
        max_bytes: int,
    ) -> Upload:
        return await files.take(
            self._runtime, visitor, chunks, filename=filename, mime=mime, mimes=mimes, max_bytes=max_bytes
        )

    async def uploaded(self, visitor: Visitor, token: str) -> Json:
        return await files.find(self._runtime, visitor, token)

    def file_path(self, media_id: str) -> str:
        return files.path_of(self._runtime, media_id)

    async def file(self, token: str) -> Response:
        return await files.serve(self._runtime, token)

    async def hand_over(self, visitor: Visitor, *, number: str, words: str) -> HandOver:
        return await handover.offer(self._runtime, visitor, number=number, words=words)

    def words(self, language: str) -> Callable[[str], str]:
        return self._translations(language).gettext

    @property
    def time_zone(self) -> str:
        return self._runtime.settings.time_zone

    @property
    def own_origin(self) -> str:
        return self._runtime.settings.base_url or ""

    async def _view(self, account_id: str) -> AccountView:
        found = _uuid(account_id)
        view = await _patiently(self._runtime.accounts.get(found)) if found else None
        if view is None:
            raise Refused(404, "unknown_account")
        return view


async def _patiently(work: Awaitable[T]) -> T:
    """Wait for work in the database; while that is away, the visitor is told to come back."""
    try:
        return await work
    except Exception as error:
        if not is_transient(error):
            raise
        raise Refused(503, "unavailable", retry_after_s=5) from error


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
