"""Search: people first, then messages, newest first, three months at a time; what is shown is the message that matches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.conversations.indexing import write_index
from app.conversations.search import excerpt
from app.ids import uuid7
from app.months import months_before
from app.runtime import Runtime

from .conftest import LogIn, Person, Shop


async def index(runtime: Runtime) -> None:
    async with runtime.database.begin() as uow:
        await write_index(uow, await uow.conn.fetch("SELECT id, conversation_id, text, deleted_at FROM message"))


def id_of(months_ago: int) -> UUID:
    """Return a message id such as was made in the middle of a month."""
    month = months_before(datetime.now(UTC).date(), months_ago)
    at = datetime(month.year, month.month, 15, tzinfo=UTC)
    return UUID(int=int(at.timestamp() * 1000) << 80 | uuid7().int & (1 << 80) - 1)


async def pages(person: Person, **params: Any) -> list[dict[str, Any]]:
    found = [(await person.get("/conversations", **params)).json()]
    while cursor := found[-1]["next_cursor"]:
        assert len(found) < 20
        found.append((await person.get("/conversations", cursor=cursor, **params)).json())
    return found


def names(page: dict[str, Any]) -> list[str]:
    return [one["contact"]["name"] for one in page["items"]]


async def test_a_found_conversation_shows_its_newest_message_that_matches(
    ann: Person, shop: Shop, runtime: Runtime
) -> None:
    conversation_id = await shop.conversation("a", texts=("the kettle leaks", "the kettles LEAK badly", "thanks"))
    await index(runtime)
    ((one,),) = [page["items"] for page in await pages(ann, q="kettle leak")]
    async with runtime.database.begin() as uow:
        newest = await uow.conn.fetchval("SELECT id FROM message WHERE text LIKE '%badly'")
    assert one["id"] == str(conversation_id)
    assert one["match"]["message_id"] == str(newest)
    assert (one["match"]["text"], one["match"]["marks"]) == ("the kettles LEAK badly", [[4, 10], [12, 16]])


async def test_people_come_first_and_a_conversation_is_in_a_page_once(
    ann: Person, shop: Shop, runtime: Runtime
) -> None:
    await shop.conversation("Kettle Wong", minutes=1, texts=("my kettle",))
    await shop.conversation("b", minutes=2, texts=("a kettle",))
    await shop.conversation("Kettle Chan", minutes=3)
    await index(runtime)
    (page,) = await pages(ann, q="kettle")
    assert names(page) == ["Kettle Chan", "Kettle Wong", "b"]
    assert [one["match"] and one["match"]["text"] for one in page["items"]] == [None, None, "a kettle"]
    assert [names(page) for page in await pages(ann, q="kettle", limit=1)] == [["Kettle Chan"], ["Kettle Wong"], ["b"]]


async def test_three_months_are_looked_through_at_once_and_then_the_three_before(
    ann: Person, shop: Shop, runtime: Runtime
) -> None:
    for months_ago in (1, 2, 4, 8):
        conversation_id = await shop.conversation(f"{months_ago} ago", texts=())
        async with runtime.database.begin() as uow:
            await shop.message(uow, conversation_id, id=id_of(months_ago), text="celadon")
    await index(runtime)
    found = await pages(ann, q="celadon")
    assert [names(page) for page in found] == [["1 ago", "2 ago"], ["4 ago"], ["8 ago"]]
    this_month = datetime.now(UTC).date()
    assert [page["searched_since"][:10] for page in found] == [
        months_before(this_month, number).isoformat() for number in (2, 5, 8)
    ]
    within = (await ann.get("/conversations", q="celadon", limit=1)).json()
    assert (names(within), within["searched_since"]) == (["1 ago"], None)


@pytest.mark.parametrize("rare", [True, False], ids=["by the index", "among the newest"])
async def test_what_one_may_not_see_and_what_the_filter_leaves_out_is_not_found(
    log_in: LogIn, ann: Person, shop: Shop, runtime: Runtime, rare: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if rare:
        monkeypatch.setattr("app.conversations.finding._AMONG_NEWEST", _NOTHING)
    cat = await log_in("Cat", visibility="own")
    await shop.conversation("hers", texts=("celadon",), assignee_id=cat.id)
    await shop.conversation("not hers", texts=("celadon",), assignee_id=ann.id)
    await shop.conversation("closed", texts=("celadon",), assignee_id=cat.id, status="closed")
    await index(runtime)
    assert names((await cat.get("/conversations", q="celadon", status="open")).json()) == ["hers"]
    assert sorted(names((await ann.get("/conversations", q="celadon")).json())) == ["closed", "hers", "not hers"]


_NOTHING = """
(SELECT c.id AS conversation_id, s.message_id, c.last_message_at FROM message_search s JOIN conversation c ON c.id = s.conversation_id
WHERE FALSE AND {matches} AND {filters} AND s.month = ANY({months}::date[]) AND s.message_id < {before})
"""


@pytest.mark.parametrize(
    "cursor", ["x", "WyJhIl0", "W1sibWVzc2FnZXMiLCIyMDI2LTAxLTAxIiwieCJdXQ", "W1sieCIsIjEiLCIyIl1d"]
)
async def test_a_cursor_that_is_not_ours_is_refused(ann: Person, shop: Shop, cursor: str) -> None:
    answer = await ann.get("/conversations", q="celadon", cursor=cursor)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["cursor"])


LONG = "word " * 40


@pytest.mark.parametrize(
    ("text", "q", "shown"),
    [
        ("The kettle", "kett", "The [kett]le"),
        ("Éclair and ECLAIRS", "eclair", "[Éclair] and [ECLAIR]S"),
        ("可以退款嗎", "退款", "可以[退款]嗎"),
        ("可以退款嗎", "以退款", "可[以退款]嗎"),
        ("a\nkettle", "kettle", "a [kettle]"),
        ("ket of", "of", "ket of"),
        ("안녕하세요 여러분", "안녕하세요", "[안녕하세요] 여러분"),
        ("👋🏽 kettle", "kettle", "👋🏽 [kettle]"),
        (LONG + "kettle", "kettle", "…" + "word " * 7 + "[kettle]"),
        ("kettle " + LONG, "kettle", "[kettle] " + LONG[:153] + "…"),
    ],
)
def test_an_excerpt_shows_the_match_and_where_it_stands(text: str, q: str, shown: str) -> None:
    part, marks = excerpt(text, q)
    drawn = part
    for begin, end in reversed(marks):
        drawn = f"{drawn[:begin]}[{drawn[begin:end]}]{drawn[end:]}"
    assert drawn == shown
