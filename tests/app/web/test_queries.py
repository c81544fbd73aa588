"""How many questions the pages that everyone opens all day ask of the database, however many rows they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.ids import uuid7
from app.runtime import Runtime

from .conftest import NOW, Person, Shop

_FRAME = re.compile(
    r"\s*(BEGIN|COMMIT|ROLLBACK|SELECT\s+set_config|SELECT\s+current_setting\('jit'\)|WITH RECURSIVE typeinfo_tree)",
    re.IGNORECASE,
)
"""What frames a transaction, and what the driver asks once for each new connection about types."""
_LOOK_UP = "FROM session s JOIN agent a"
_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)
"""Per task: what runs beside the request asks for itself."""


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect what is asked within the block, without what frames a transaction and the one look-up of the session."""
    asked: list[str] = []
    token = _asked.set(asked)
    yield asked
    _asked.reset(token)
    (look_up,) = [query for query in asked if _LOOK_UP in query]
    asked.remove(look_up)


@pytest.fixture(autouse=True)
def listening(runtime: Runtime) -> None:
    listened = set()

    def note(query: Any) -> None:
        asked = _asked.get()
        if asked is not None and not _FRAME.match(query.query):
            asked.append(query.query)

    def listen(connection: Any, *_: Any) -> None:
        driver = connection.driver_connection
        if driver not in listened:
            listened.add(driver)
            driver.add_query_logger(note)

    sa.event.listen(runtime.database.engine.sync_engine, "checkout", listen)


LISTS: list[dict[str, object]] = [
    {},
    {"status": "open", "assignee": "me", "sort": "unread"},
    {"tag": "vip", "team": "none", "channel": "whatsapp", "priority": "normal"},
    {"q": "hello"},
    {"cursor": True},
]


@pytest.mark.parametrize("params", LISTS, ids=lambda params: " ".join(params) or "plain")
async def test_a_page_of_the_list_takes_at_most_three(ann: Person, shop: Shop, params: dict[str, object]) -> None:
    for number in range(12):
        await shop.conversation(f"c{number}", minutes=number, assignee_id=ann.id)
    if "cursor" in params:
        params = {"cursor": (await ann.get("/conversations", limit=1)).json()["next_cursor"]}
    with counted() as asked:
        answer = await ann.get("/conversations", limit=10, **params)
    assert answer.status_code == 200, answer.text
    assert 1 <= len(asked) <= 3, asked


@pytest.mark.parametrize("way", ["newest", "before", "after"])
async def test_a_page_of_messages_takes_at_most_three(ann: Person, shop: Shop, runtime: Runtime, way: str) -> None:
    conversation_id = await shop.conversation("c", texts=tuple(str(number) for number in range(12)))
    async with runtime.database.begin() as uow:
        quoted = await shop.message(uow, conversation_id, position_at=NOW + timedelta(seconds=6))
        media_id = uuid7()
        await uow.conn.execute("INSERT INTO media (id, state, mime) VALUES ($1, 'ready', 'image/png')", media_id)
        for _ in range(5):
            answer_id = await shop.message(
                uow, conversation_id, reply_to_id=quoted, position_at=NOW + timedelta(seconds=9)
            )
            await uow.conn.execute(
                "INSERT INTO attachment (message_id, position, media_id) VALUES ($1, 0, $2)", answer_id, media_id
            )
    await runtime.database.engine.dispose()  # a new connection learns types, which is no question of the page
    params = {} if way == "newest" else {way: str(quoted)}
    with counted() as asked:
        page = (await ann.get(f"/conversations/{conversation_id}/messages", **params)).json()
    assert len(page["items"]) > 4
    assert 1 <= len(asked) <= 3, asked
