"""What happens in visitors' threads, to their open pages: messages by the event stream, typing and reading by Redis."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import orjson
import structlog
from redis.exceptions import RedisError

from app.hosted.telling import CHANNEL
from app.hosted.threads import SHOWN, key_of, threads_of
from app.realtime.frames import LiveEvent
from app.realtime.hub import Hub
from app.runtime import Runtime
from channels.contract import Json
from channels.hosting import Visitor

MOST_FRAMES = 200
_AGAIN_AFTER_S = 1.0
_MESSAGES = ("message.created", "message.updated")
_log = structlog.get_logger()

Name = tuple[str, str, str]
"""account id, kind and value of a key."""


class Follower:
    """One open page. A reader that lets the buffer fill up is told to read the history again."""

    def __init__(self, visitor: Visitor) -> None:
        self.name: Name = (visitor.account_id, *key_of(visitor))
        self.session_id = visitor.session_id
        self.threads: frozenset[UUID] = frozenset()
        self._frames: deque[Json] = deque()
        self._filled = asyncio.Event()

    def offer(self, frame: Json) -> None:
        if len(self._frames) >= MOST_FRAMES:
            self._frames.clear()
            frame = {"type": "sync"}
        self._frames.append(frame)
        self._filled.set()

    async def frames(self) -> AsyncIterator[Json]:
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._frames:
                yield self._frames.popleft()


class Visitors:
    """The open pages of this process. Made by `open_visitors`; hears events from the hub."""

    def __init__(self, runtime: Runtime, hub: Hub) -> None:
        self._runtime = runtime
        self._hub = hub
        self._followers: set[Follower] = set()

    @asynccontextmanager
    async def attached(self, visitor: Visitor) -> AsyncIterator[Follower]:
        """Offer a page everything from now on."""
        follower = Follower(visitor)
        self._followers.add(follower)
        try:
            async with self._hub.overheard(self.hear):
                await self._find_threads(follower, visitor)
                yield follower
        finally:
            self._followers.discard(follower)

    async def _find_threads(self, follower: Follower, visitor: Visitor) -> None:
        async with self._runtime.database.begin_lean() as uow:
            follower.threads |= {row["id"] for row in await threads_of(uow.conn, visitor)}

    def is_here(self, account_id: UUID, kind: str, value: str) -> bool:
        return any(one.name == (str(account_id), kind, value) for one in self._followers)

    def hear(self, event: LiveEvent) -> None:
        """Take an event from the hub."""
        if not self._followers or event.conversation_id is None:
            return
        if event.type == "conversation.created":
            self._adopt(event.conversation_id, orjson.loads(event.data))
        elif event.type in _MESSAGES:
            self._pass_on(event.conversation_id, event.data)

    def _adopt(self, conversation_id: UUID, conversation: Json) -> None:
        """Give a first thread to those whose it is. They read the history: its first message may stand in an event that was before."""
        whose = (conversation["channel_account_id"], conversation["identity"]["external_id"])
        for follower in self._followers:
            if (follower.name[0], follower.name[2]) == whose:
                follower.threads |= {conversation_id}
                follower.offer({"type": "sync"})

    def _pass_on(self, conversation_id: UUID, data: str) -> None:
        readers = [one for one in self._followers if conversation_id in one.threads]
        if not readers:
            return
        message = orjson.loads(data)
        if not is_shown(message):
            return
        for follower in readers:
            follower.offer({"type": "message", "message": message})

    def show(self, told: Json) -> None:
        """Show a moment's frame to the pages of a person, or end those of a session."""
        names = {(told["account_id"], kind, value) for kind, value in told["keys"]}
        for follower in self._followers:
            if follower.name in names or follower.session_id == told.get("session_id"):
                follower.offer(told["frame"])

    async def listen(self) -> None:
        """Take what other processes show, for ever."""
        while True:
            try:
                async with self._runtime.redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    while True:
                        message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5.0)
                        if message is not None:
                            self.show(orjson.loads(message["data"]))
            except (RedisError, OSError) as error:
                _log.warning("visitors_interrupted", error=type(error).__name__)
                await asyncio.sleep(_AGAIN_AFTER_S)


def is_shown(message: Json) -> bool:
    """Is it the visitor's to see?"""
    if message["kind"] == "reaction" or message["campaign_id"] is not None:
        return False
    return message["direction"] == "inbound" or (message["direction"] == "outbound" and message["status"] in SHOWN)


@asynccontextmanager
async def open_visitors(runtime: Runtime, hub: Hub) -> AsyncIterator[Visitors]:
    """Hear other processes for the life of a web process."""
    visitors = Visitors(runtime, hub)
    task = asyncio.create_task(visitors.listen(), name="visitors")
    try:
        yield visitors
    finally:
        while not task.done():  # the Redis client swallows a cancellation now and then
            task.cancel()
            await asyncio.wait({task}, timeout=0.2)
