"""Live events: what a socket is told, what it is not, and that nothing is missed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
import pytest
from fastapi import FastAPI

from app.conversations.activity import scope_of
from app.conversations.queries import whole_conversations
from app.db import Database, UnitOfWork
from app.events import AgentPresence, ConversationUpdated, Scope, record
from app.main import create_app
from app.people.service import create_token
from app.realtime import socket as sockets
from app.realtime.tail import Tail
from app.runtime import Runtime

from .conftest import LogIn, Person, Shop
from .reader import Frame, Reader

Connect = Callable[..., Awaitable[Reader]]


@pytest.fixture
async def connect(app: FastAPI) -> AsyncIterator[Connect]:
    """Open a socket as a person and take its hello."""
    async with AsyncExitStack() as stack:

        async def connect(person: Person, query: str = "") -> Reader:
            cookie = f"hawker_session={person.client.cookies['hawker_session']}"
            reader = Reader(app, {"cookie": cookie, "origin": "http://testserver", "host": "testserver"}, query)
            stack.push_async_callback(reader.leave)
            hello = await reader.next()
            assert (hello["type"], hello["agent_id"]) == ("hello", str(person.id))
            return reader

        yield connect


async def move(runtime: Runtime, conversation_id: UUID, **columns: Any) -> None:
    """Change whose a conversation is, as a verb would, and tell."""
    async with runtime.database.begin() as uow:
        before = await uow.conn.fetchrow("SELECT * FROM conversation WHERE id = $1 FOR UPDATE", conversation_id)
        for name, value in columns.items():
            await uow.conn.execute(f"UPDATE conversation SET {name} = $2 WHERE id = $1", conversation_id, value)
        after = await uow.conn.fetchrow("SELECT * FROM conversation WHERE id = $1", conversation_id)
        changed = {name: str(value) if value else None for name, value in columns.items()}
        await record(
            uow,
            ConversationUpdated(
                conversation_id=conversation_id,
                before=scope_of(before),
                after=scope_of(after),
                data={"id": str(conversation_id), **changed},
            ),
        )


async def test_only_a_session_with_our_origin_or_a_token_is_let_in(app: FastAPI, ann: Person) -> None:
    cookie = f"hawker_session={ann.client.cookies['hawker_session']}"
    made = (await ann.send("POST", "/tokens", {"name": "till"})).json()
    cases = [
        ({}, 4401),
        ({"cookie": "hawker_session=wrong", "origin": "http://testserver"}, 4401),
        ({"cookie": cookie}, 4403),
        ({"cookie": cookie, "origin": "https://evil.example"}, 4403),
        ({"authorization": "Bearer wrong"}, 4401),
    ]
    for headers, code in cases:
        refused = Reader(app, headers, "")
        assert await asyncio.wait_for(refused.closed, 10) == code
        assert refused.frames.empty()
    program = Reader(app, {"authorization": f"Bearer {made['token']}"}, "")
    assert (await program.next())["agent_id"] is None
    await program.leave()


async def test_an_event_reaches_its_readers_as_one_text(
    connect: Connect, ann: Person, ben: Person, shop: Shop, runtime: Runtime
) -> None:
    conversation_id = await shop.conversation("a")
    readers = [await connect(ann), await connect(ann), await connect(ben)]
    await move(runtime, conversation_id, priority=0, unread_count=3)
    texts = []
    for reader in readers:
        frame = await reader.next("conversation.updated")
        assert frame["data"] == {"id": str(conversation_id), "priority": None, "unread_count": "3"}
        texts.append(reader.texts[-1])
    assert texts[0] is texts[1] is texts[2]


async def test_who_loses_sight_is_told_to_forget_and_who_gains_it_gets_the_whole(
    connect: Connect, log_in: LogIn, shop: Shop, runtime: Runtime
) -> None:
    cat, dan = await log_in("Cat", visibility="own"), await log_in("Dan", visibility="own")
    eve = await log_in("Eve", visibility="own")
    conversation_id = await shop.conversation("a", assignee_id=cat.id)
    hers, his, others = await connect(cat), await connect(dan), await connect(eve)
    await move(runtime, conversation_id, assignee_id=dan.id)
    assert (await hers.next("conversation.removed"))["data"] == {"id": str(conversation_id)}
    gained = await his.next("conversation.updated")
    async with runtime.database.begin() as uow:
        whole = await whole_conversations(uow.conn, [conversation_id])
    assert gained["data"] == whole[conversation_id]
    async with runtime.database.begin() as uow:  # something that all may see, to know that nothing came before it
        await record(uow, AgentPresence(data={"id": "mark", "state": "busy", "online": True}))
    while (frame := await others.next())["data"].get("id") != "mark":
        assert frame["type"] == "agent.presence"


async def test_a_late_commit_with_a_smaller_id_is_told_too(
    connect: Connect, ann: Person, shop: Shop, runtime: Runtime, database: Database
) -> None:
    first, second = await shop.conversation("a"), await shop.conversation("b")
    reader = await connect(ann)

    async def tell(uow: UnitOfWork, conversation_id: UUID) -> None:
        scope = Scope(shop.account_id)
        await record(
            uow,
            ConversationUpdated(
                conversation_id=conversation_id, before=scope, after=scope, data={"id": str(conversation_id)}
            ),
        )

    async with database.begin() as slow:
        await tell(slow, first)
        async with database.begin() as quick:
            await tell(quick, second)
        ahead = await reader.next("conversation.updated")
        assert ahead["conversation_id"] == str(second)
    late = await reader.next("conversation.updated")
    assert late["conversation_id"] == str(first)
    assert late["id"] < ahead["id"]

    again = await connect(ann, f"since={ahead['id']}")  # it had left after the first of the two
    missed = await again.next("conversation.updated")
    assert (missed["id"], missed["conversation_id"]) == (late["id"], str(first))
    assert (await again.next("caught_up"))["id"] >= ahead["id"]


async def test_many_writers_whose_commits_cross_lose_no_event(runtime: Runtime, database: Database) -> None:
    tail, seen = Tail(), []
    async with database.begin() as uow:
        await tail.start(uow.conn)

    async def write(number: int) -> None:
        async with database.begin() as uow:
            await record(uow, AgentPresence(data={"id": number}))
            await asyncio.sleep(0.001 * (number * 7 % 11))

    async def follow() -> None:
        while len(seen) < 120:
            async with database.begin() as uow:
                poll = await tail.poll(uow.conn)
            tail.advance(poll)
            seen.extend(orjson.loads(event.data)["id"] for event in poll.events)

    await asyncio.gather(asyncio.wait_for(follow(), 30), *(write(number) for number in range(120)))
    assert sorted(seen) == list(range(120))


async def test_a_reader_who_comes_back_gets_what_it_missed_and_no_more_than_it_may_see(
    connect: Connect, log_in: LogIn, shop: Shop, runtime: Runtime
) -> None:
    cat = await log_in("Cat", visibility="own")
    mine, other = await shop.conversation("a", assignee_id=cat.id), await shop.conversation("b")
    reader = await connect(cat)
    since = (await reader.next("agent.presence"))["id"]
    await reader.leave()
    for conversation_id in (mine, other, mine):
        await move(runtime, conversation_id, unread_count=1)
    again = await connect(cat, f"since={since}")
    told = []
    while (frame := await again.next())["type"] != "caught_up":
        if frame["type"] != "agent.presence":
            told.append((frame["type"], frame["conversation_id"]))
    assert told == [("conversation.updated", str(mine))] * 2


async def test_a_since_that_was_never_given_out_or_is_too_old_asks_for_a_fresh_load(
    connect: Connect, ann: Person, shop: Shop, runtime: Runtime
) -> None:
    await move(runtime, await shop.conversation("a"), unread_count=1)
    async with runtime.database.begin() as uow:
        await uow.conn.execute("SELECT setval('event_id_seq', 100000)")
    await move(runtime, await shop.conversation("b"), unread_count=1)
    for since in (10**9, 10**30):
        assert (await (await connect(ann, f"since={since}")).next())["type"] == "reset"
    async with runtime.database.begin() as uow:
        await uow.conn.execute("DELETE FROM event WHERE id < 100000")
    reader = await connect(ann, "since=1")
    assert (await reader.next())["type"] == "reset"
    junk = await connect(ann, "since=yesterday")
    await move(runtime, await shop.conversation("c"), unread_count=1)
    assert (await junk.next("conversation.updated"))["data"]["unread_count"] == "1"


async def test_a_slow_reader_is_dropped_and_slows_nobody(
    connect: Connect, ann: Person, ben: Person, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "MOST_FRAMES", 5)
    conversation_id = await shop.conversation("a")
    slow, quick = await connect(ann), await connect(ben)
    slow.stuck.clear()
    for number in range(12):
        await move(runtime, conversation_id, unread_count=number)
        frame = await quick.next("conversation.updated")
    slow.stuck.set()
    assert await asyncio.wait_for(slow.closed, 10) == sockets.TOO_SLOW
    assert not quick.closed.done()
    assert frame["data"]["unread_count"] == "11"


@pytest.mark.parametrize("change", [{"visibility": "own"}, {"role": "marketer"}, {"disabled": True}])
async def test_changed_rights_close_the_socket(connect: Connect, ann: Person, ben: Person, change: Frame) -> None:
    reader = await connect(ben)
    assert (await ann.send("PATCH", f"/agents/{ben.id}", change)).status_code == 200
    assert await asyncio.wait_for(reader.closed, 10) == sockets.NOT_ALLOWED


async def test_logging_out_closes_the_sockets_of_that_session_only(connect: Connect, ann: Person, ben: Person) -> None:
    his, hers = await connect(ben), await connect(ann)
    await ben.send("POST", "/logout")
    assert await asyncio.wait_for(his.closed, 10) == sockets.NOT_ALLOWED
    assert not hers.closed.done()


async def test_typing_and_viewing_are_shown_to_others_who_may_see_and_kept_nowhere(
    connect: Connect, ann: Person, ben: Person, log_in: LogIn, shop: Shop, runtime: Runtime
) -> None:
    cat = await log_in("Cat", visibility="own")
    conversation_id = await shop.conversation("a", assignee_id=ben.id)
    hers, his, outside = await connect(ann), await connect(ben), await connect(cat)
    hers.say(type="viewing", conversation_id=str(conversation_id))
    seen = await his.next("viewing")
    assert seen == {
        "type": "viewing",
        "conversation_id": str(conversation_id),
        "data": {"agent_id": str(ann.id), "viewing": True},
    }
    hers.say(type="viewing", conversation_id=None)
    assert (await his.next("viewing"))["data"]["viewing"] is False
    hers.say(type="typing", conversation_id=str(conversation_id))
    assert (await his.next("typing"))["data"] == {"agent_id": str(ann.id), "name": "Ann"}
    outside.say(type="typing", conversation_id=str(conversation_id))
    hers.say(nonsense=[1])
    hers.say(type="viewing", conversation_id="junk")
    await ben.send("POST", f"/conversations/{conversation_id}/typing")
    assert (await hers.next("typing"))["data"]["name"] == "Ben"
    assert outside.frames.empty() or all(
        frame["type"] == "agent.presence"
        for frame in [outside.frames.get_nowait() for _ in range(outside.frames.qsize())]
    )


async def test_an_agent_is_online_while_a_socket_of_any_process_lives(
    connect: Connect, ann: Person, ben: Person, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.realtime.presence.GRACE_S", 0.05)
    watcher = await connect(ann)
    reader = await connect(ben)
    while (frame := await watcher.next("agent.presence"))["data"]["id"] != str(ben.id):
        pass
    assert frame["data"]["online"] is True
    await reader.leave()
    assert (await watcher.next("agent.presence"))["data"] == {"id": str(ben.id), "state": "available", "online": False}
    agents = (await ann.get("/agents")).json()["items"]
    assert {one["name"]: one["presence"]["online"] for one in agents} == {"Ann": True, "Ben": False}


async def test_a_killed_process_leaves_nobody_online(
    connect: Connect, ann: Person, ben: Person, runtime: Runtime
) -> None:
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO agent_socket VALUES ($1, gen_random_uuid(), now() - interval '1 second')", ben.id
        )
    agents = (await ann.get("/agents")).json()["items"]
    assert not any(one["presence"]["online"] for one in agents)


@asynccontextmanager
async def second_process(runtime: Runtime) -> AsyncIterator[FastAPI]:
    from app.main import create_app
    from app.runtime import open_runtime

    async with open_runtime(runtime.settings) as other:
        app = create_app(runtime=other)
        async with app.router.lifespan_context(app):
            yield app


async def test_what_one_process_does_is_told_by_the_other(
    connect: Connect, ann: Person, ben: Person, shop: Shop, runtime: Runtime
) -> None:
    conversation_id = await shop.conversation("a")
    here = await connect(ann)
    async with second_process(runtime) as app:
        cookie = f"hawker_session={ben.client.cookies['hawker_session']}"
        there = Reader(app, {"cookie": cookie, "origin": "http://testserver"}, "")
        await there.next("hello")
        await move(runtime, conversation_id, unread_count=5)
        assert (await there.next("conversation.updated"))["data"]["unread_count"] == "5"
        there.say(type="typing", conversation_id=str(conversation_id))
        assert (await here.next("typing"))["data"]["name"] == "Ben"
        await there.leave()


async def test_a_hundred_sockets_all_hear_all(
    connect: Connect, ann: Person, ben: Person, shop: Shop, runtime: Runtime
) -> None:
    conversation_id = await shop.conversation("a")
    readers = [await connect(person) for _ in range(50) for person in (ann, ben)]
    for number in range(20):
        await move(runtime, conversation_id, unread_count=number)
    for reader in readers:
        heard = [(await reader.next("conversation.updated"))["data"]["unread_count"] for _ in range(20)]
        assert heard == [str(number) if number else None for number in range(20)]


@pytest.mark.parametrize("emptied", [False, True], ids=["never an event", "all events out of their time"])
async def test_the_first_hello_on_an_empty_table_can_be_resumed_from(
    runtime: Runtime, shop: Shop, emptied: bool
) -> None:
    conversation_id = await shop.conversation("a")
    if emptied:
        await move(runtime, conversation_id, unread_count=1)
        async with runtime.database.begin() as uow:
            await uow.conn.execute("DELETE FROM event")
    async with program(runtime) as connect:
        first = await connect("")
        since = (await first.next("hello"))["id"]
        assert since > 0, "0 is what a reader has who was never here"
        await first.leave()
        await move(runtime, conversation_id, unread_count=2)
        again = await connect(f"since={since}")
        told = [(await again.next())["type"] for _ in range(3)]
        await again.leave()
    assert told == ["hello", "conversation.updated", "caught_up"]


@asynccontextmanager
async def program(runtime: Runtime) -> AsyncIterator[Callable[[str], Awaitable[Reader]]]:
    """Connect with an API token, which makes no events of its own, to a web process that starts now."""
    async with runtime.database.begin() as uow:
        _, token = await create_token(uow, runtime, name="till", role="admin")
    app = create_app(runtime=runtime)
    async with app.router.lifespan_context(app):

        async def connect(query: str) -> Reader:
            return Reader(app, {"authorization": f"Bearer {token}"}, query)

        yield connect


async def test_who_comes_after_a_time_without_readers_begins_with_what_is_newest_then(
    shop: Shop, runtime: Runtime
) -> None:
    conversation_id = await shop.conversation("a")
    async with program(runtime) as connect:
        first = await connect("")
        before = (await first.next("hello"))["id"]
        await first.leave()
        await move(runtime, conversation_id, unread_count=1)
        second = await connect("")
        assert (await second.next("hello"))["id"] > before
        await move(runtime, conversation_id, unread_count=2)
        assert (await second.next())["data"]["unread_count"] == "2"
        await second.leave()


async def test_a_ping_is_answered(connect: Connect, ann: Person) -> None:
    reader = await connect(ann)
    reader.say(type="ping")
    assert await reader.next("pong") == {"type": "pong"}
