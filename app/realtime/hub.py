"""The live side of one web process: follows the events, fans them out, keeps its agents present, passes typing and viewing on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.assignment.service import assign_soon
from app.conversations import present
from app.conversations.queries import Place, place_of, whole_conversations
from app.people.permissions import Actor, may_see
from app.people.service import RIGHTS_CHANNEL
from app.people.sessions import rights_now
from app.queue import WAKE_CHANNEL
from app.realtime import presence
from app.realtime.frames import Frames, LiveEvent, Sight, control, revealed_to
from app.realtime.socket import NOT_ALLOWED, RESTARTING, Send, Socket
from app.realtime.tail import Tail
from app.runtime import Runtime

EPHEMERAL_CHANNEL = "hawker:ephemeral"
"""Redis channel for what is shown for a moment and kept nowhere: typing and viewing."""
POLL_S = 1.0
"""The net under the wake-ups."""
Listener = Callable[[LiveEvent], None]
_log = structlog.get_logger()


class Hub:
    """All live sockets of this process. Made by `open_hub`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._sockets: dict[UUID, Socket] = {}
        self._tail = Tail()
        self._wake = asyncio.Event()
        self._occupied = asyncio.Event()
        self._look_again = asyncio.Event()
        self._started = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._leaving: set[asyncio.Task[None]] = set()
        self._listeners: Counter[Listener] = Counter()

    @property
    def newest(self) -> int:
        """The id that a reader who connects now has seen everything up to, once its lists are loaded."""
        return self._tail.newest

    @property
    def sockets(self) -> int:
        return len(self._sockets)

    def start(self) -> None:
        self._runtime.queue.on_events.append(self._wake.set)
        self._tasks = [
            asyncio.create_task(_for_ever("live_events", self._follow)),
            asyncio.create_task(_for_ever("live_listener", self._listen)),
            asyncio.create_task(_for_ever("live_presence", self._keep_present)),
        ]

    async def stop(self) -> None:
        """End all sockets, with the word to come back, and give the agents' leases back."""
        self._runtime.queue.on_events.remove(self._wake.set)
        here = self._agents()
        for socket in list(self._sockets.values()):
            socket.close(RESTARTING)
        await _cancel_all([*self._tasks, *self._leaving])
        if here:
            async with self._runtime.database.begin() as uow:
                await presence.leave(uow, process_id=self._runtime.process_id, agent_ids=here)

    @asynccontextmanager
    async def attached(self, actor: Actor, send: Send) -> AsyncIterator[Socket]:
        """Offer a new socket every event from now on, and show its agent as online while it lasts."""
        socket = Socket(actor, send)
        self._sockets[socket.id] = socket
        self._occupied.set()
        try:
            await self._started.wait()
            await self._arrive(actor)
            yield socket
        finally:
            self._remove(socket)
            if socket.viewing:
                self._later(self.view(socket, None))
            if actor.agent_id and actor.agent_id not in self._agents():
                self._later(self._leave(actor.agent_id))

    def _remove(self, socket: Socket) -> None:
        """Take a socket off. When nobody reads any more, the following ends; whoever comes next begins anew where the events are then."""
        del self._sockets[socket.id]
        self._rest_if_alone()

    def _rest_if_alone(self) -> None:
        if not self._sockets and not self._listeners:
            self._occupied.clear()
            self._started.clear()

    @asynccontextmanager
    async def overheard(self, listener: Listener) -> AsyncIterator[None]:
        """Call `listener`, which must not raise, once with every event from now on. The same one may come in several times."""
        self._listeners[listener] += 1
        self._occupied.set()
        try:
            await self._started.wait()
            yield
        finally:
            self._listeners[listener] -= 1
            self._listeners += Counter()  # drops those that nobody uses any more
            self._rest_if_alone()

    async def _arrive(self, actor: Actor) -> None:
        if actor.agent_id is None:
            return
        async with self._runtime.database.begin() as uow:
            await presence.renew(uow, process_id=self._runtime.process_id, agent_ids=[actor.agent_id])
        assign_soon(self._runtime)

    async def _leave(self, agent_id: UUID) -> None:
        await asyncio.sleep(presence.GRACE_S)
        if agent_id in self._agents():
            return
        async with self._runtime.database.begin() as uow:
            await presence.leave(uow, process_id=self._runtime.process_id, agent_ids=[agent_id])

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._leaving.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        self._leaving.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.warning("lease_not_given_back", error=type(error).__name__)

    def _agents(self) -> set[UUID]:
        return {socket.actor.agent_id for socket in self._sockets.values() if socket.actor.agent_id}

    async def _follow(self) -> None:
        """Fan out what was committed, when woken and at least every POLL_S. Nothing is read while nobody listens."""
        while True:
            await self._occupied.wait()
            if self._started.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_S)
            else:
                await self._begin()
            self._wake.clear()
            while await self._take_events():
                pass

    async def _begin(self) -> None:
        tail = Tail()
        async with self._runtime.database.begin_lean() as uow:
            await tail.start(uow.conn)
        self._tail = tail
        if self._occupied.is_set():
            self._started.set()

    async def _take_events(self) -> bool:
        """Fan out what was committed since the last time; say whether there is more."""
        async with self._runtime.database.reading() as conn:
            poll = await self._tail.poll(conn)
            actors = list({socket.actor for socket in self._sockets.values()})
            revealed = revealed_to(poll.events, actors)
            whole = await whole_conversations(conn, revealed) if revealed else {}
        for event in poll.events:
            self._fan_out(Frames(event, whole.get(event.conversation_id) if event.conversation_id else None))
            for listener in tuple(self._listeners):
                listener(event)
        self._tail.advance(poll)
        return poll.more

    def _fan_out(self, frames: Frames) -> None:
        for socket in self._sockets.values():
            sight = frames.event.sight(socket.actor)
            if sight is not Sight.NONE:
                socket.offer(frames.text(sight))

    async def _listen(self) -> None:
        """Take wake-ups, ephemeral frames and changed rights from the other processes."""
        async with self._runtime.redis.pubsub() as pubsub:
            await pubsub.subscribe(WAKE_CHANNEL, EPHEMERAL_CHANNEL, RIGHTS_CHANNEL)
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5.0)
                if message is not None:
                    self._hear(message["channel"].decode(), message["data"])

    def _hear(self, channel: str, data: bytes) -> None:
        if channel == WAKE_CHANNEL:
            if data != self._runtime.queue.id:
                self._wake.set()
        elif channel == RIGHTS_CHANNEL:
            self._look_again.set()
        else:
            told = orjson.loads(data)
            if told["process_id"] != str(self._runtime.process_id):
                self._show(told)

    async def _keep_present(self) -> None:
        """Renew leases, end those of killed processes, and close the sockets whose rights are not what they were."""
        while True:
            async with self._runtime.database.begin() as uow:
                await presence.renew(uow, process_id=self._runtime.process_id, agent_ids=self._agents())
                await presence.sweep(uow)
                now = await rights_now(uow.conn, {socket.actor for socket in self._sockets.values()})
            for socket in list(self._sockets.values()):
                if socket.actor in now and now[socket.actor] != socket.actor.rights:
                    socket.close(NOT_ALLOWED)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look_again.wait(), presence.RENEW_S)
            self._look_again.clear()

    async def view(self, socket: Socket, conversation_id: UUID | None) -> None:
        """Show others which conversation this reader looks at; None = none any more."""
        place = await self._find(socket, conversation_id)
        if socket.viewing and socket.viewing != place:
            await self.tell(socket.actor, "viewing", socket.viewing, {"viewing": False})
        socket.viewing = place
        if place:
            await self.tell(socket.actor, "viewing", place, {"viewing": True})

    async def type_in(self, socket: Socket, conversation_id: UUID | None) -> None:
        """Show others that this reader writes in a conversation."""
        if place := await self._find(socket, conversation_id):
            await self.tell(socket.actor, "typing", place, {"name": socket.actor.name})

    async def _find(self, socket: Socket, conversation_id: UUID | None) -> Place | None:
        if conversation_id is None or socket.actor.agent_id is None:
            return None
        async with self._runtime.database.begin() as uow:
            return await place_of(uow.conn, socket.actor, conversation_id)

    async def tell(self, actor: Actor | None, kind: str, place: Place, data: dict[str, Any]) -> None:
        """Show the others who see this place, in all processes, what the actor does there now; nothing is kept of it.

        No actor = the customer does it; then `data` says so.
        """
        agent_id = present.text_id(actor.agent_id) if actor else "customer"
        told = {
            "process_id": str(self._runtime.process_id),
            "agent_id": agent_id,
            "team_id": present.text_id(place.team_id),
            "assignee_id": present.text_id(place.assignee_id),
            "frame": control(
                kind, conversation_id=str(place.id), data={"agent_id": agent_id, **data} if actor else data
            ),
        }
        self._show(told)
        with suppress(RedisError, OSError):  # while Redis is away, only this process shows it
            await self._runtime.redis.publish(EPHEMERAL_CHANNEL, orjson.dumps(told))

    def _show(self, told: dict[str, Any]) -> None:
        team_id, assignee_id = (told[name] and UUID(told[name]) for name in ("team_id", "assignee_id"))
        for socket in self._sockets.values():
            is_other = present.text_id(socket.actor.agent_id) != told["agent_id"]
            if is_other and may_see(socket.actor, team_id=team_id, assignee_id=assignee_id):
                socket.offer(told["frame"])


async def _cancel_all(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel, again until it is heard: drivers now and then take a cancellation that meets the end of a wait for their own."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=0.2)


async def _for_ever(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a loop again whatever ends it: an engine that is away comes back, and a bug must not silence all readers.

    A cancelled Redis subscription raises its own error instead of the cancellation; hence the look at `cancelling`.
    """
    task = asyncio.current_task()
    while task is not None and not task.cancelling():
        try:
            await work()
        except (OSError, RedisError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if task.cancelling():
                return
            _log.warning("live_interrupted", task=name, error=type(error).__name__)
        except Exception:  # noqa: BLE001 - this is the edge of the live tasks
            _log.exception("live_failed", task=name)
        await asyncio.sleep(POLL_S)


@asynccontextmanager
async def open_hub(runtime: Runtime) -> AsyncIterator[Hub]:
    """Run a hub for the life of a web process."""
    hub = Hub(runtime)
    hub.start()
    try:
        yield hub
    finally:
        await hub.stop()
