"""Contacts, and finding them and what was said."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.conversations.indexing import index_new
from app.conversations.search import grams, words
from app.runtime import Runtime

from .conftest import LogIn, Person, Shop
from .test_lists import names
from .test_verbs import events_after, newest_event


async def test_a_contact_is_added_changed_and_archived(ann: Person) -> None:
    made = await ann.send(
        "POST",
        "/contacts",
        {
            "name": " Chan  Tai Man ",
            "phone": "9123 4567",
            "email": "Chan@Example.com",
            "birthday": "1990-05-01",
            "tags": ["VIP"],
        },
    )
    assert made.status_code == 201, made.text
    contact = made.json()
    assert (contact["name"], contact["phone"], contact["email"]) == ("Chan Tai Man", "+85291234567", "chan@example.com")
    assert ([one["name"] for one in contact["tags"]], contact["birthday"]) == (["VIP"], "1990-05-01")
    path = f"/contacts/{contact['id']}"
    changed = await ann.send("PATCH", path, {"email": None, "attributes": {"size": "M", "old": None}, "tags": []})
    assert (changed.json()["email"], changed.json()["attributes"], changed.json()["tags"]) == (None, {"size": "M"}, [])
    assert changed.json()["phone"] == "+85291234567"
    assert (await ann.get(path)).json() == changed.json()
    assert (await ann.send("DELETE", path)).status_code == 204
    assert (await ann.get("/contacts")).json()["items"] == []
    assert (await ann.get(path)).json()["archived_at"] is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "a", "phone": "12"}, "phone"),
        ({"name": "a", "phone": "call me"}, "phone"),
        ({"name": "a", "email": "nobody"}, "email"),
        ({"name": "a", "language": "??"}, "language"),
        ({"name": "a", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": "a", "birthday": "yesterday"}, "birthday"),
        ({"name": "a", "birthday": "0000-00-00"}, "birthday"),
        ({"name": "a", "attributes": {"a": "\x00"}}, "body"),
        ({"name": "a", "attributes": []}, "attributes"),
    ],
)
async def test_what_a_contact_cannot_have(ann: Person, body: dict[str, Any], field: str) -> None:
    answer = await ann.send("POST", "/contacts", body)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
    if body:
        made = (await ann.send("POST", "/contacts", {"name": "a"})).json()
        change = await ann.send("PATCH", f"/contacts/{made['id']}", body)
        assert change.status_code == 422


async def test_a_change_is_told_once_for_each_conversation(ann: Person, shop: Shop, runtime: Runtime) -> None:
    conversation_id = await shop.conversation("Chan")
    contact_id = (await ann.get(f"/conversations/{conversation_id}")).json()["contact"]["id"]
    before = await newest_event(runtime)
    changed = (await ann.send("PATCH", f"/contacts/{contact_id}", {"name": "Chan Tai Man"})).json()
    (event,) = await events_after(runtime, before)
    conversations = changed.pop("conversations")
    assert (event["type"], event["data"]) == ("contact.updated", changed)
    assert [one["contact"]["name"] for one in conversations] == ["Chan Tai Man"]


async def test_a_contact_shows_only_the_conversations_that_one_may_see(ann: Person, log_in: LogIn, shop: Shop) -> None:
    cat = await log_in("Cat", visibility="own")
    conversation_id = await shop.conversation("Chan", assignee_id=ann.id)
    contact_id = (await ann.get(f"/conversations/{conversation_id}")).json()["contact"]["id"]
    assert len((await ann.get(f"/contacts/{contact_id}")).json()["conversations"]) == 1
    assert (await cat.get(f"/contacts/{contact_id}")).json()["conversations"] == []


async def test_consent_shows_the_newest_word(ann: Person, shop: Shop, runtime: Runtime) -> None:
    conversation_id = await shop.conversation("Chan")
    contact_id = (await ann.get(f"/conversations/{conversation_id}")).json()["contact"]["id"]
    async with runtime.database.begin() as uow:
        for granted, day in ((True, 1), (False, 3), (True, 2)):
            await uow.conn.execute(
                """INSERT INTO consent (id, contact_id, purpose, channel, granted, source, wording, occurred_at)
                VALUES (gen_random_uuid(), $1, 'marketing', 'whatsapp', $2, 'keyword', '', make_timestamptz(2026, 1, $3, 0, 0, 0, 'UTC'))""",
                contact_id,
                granted,
                day,
            )
    consent = (await ann.get(f"/contacts/{contact_id}")).json()["consent"]
    assert consent["marketing"]["granted"] is False
    assert consent["marketing"]["at"] == "2026-01-03T00:00:00.000Z"


async def test_contacts_page_by_name(ann: Person) -> None:
    for name in ("Éric", "anna", "Zoë", "陳大文"):
        await ann.send("POST", "/contacts", {"name": name})
    seen, cursor = [], None
    while True:
        page = (await ann.get("/contacts", limit=1, **({"cursor": cursor} if cursor else {}))).json()
        seen += [one["name"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["anna", "Éric", "Zoë", "陳大文"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("chan", ["Chan Tai Man"]),
        ("TAI MAN", ["Chan Tai Man"]),
        ("eric", ["Éric"]),
        ("陳大", ["陳大文"]),
        ("陳", ["陳大文"]),
        ("4567", ["Chan Tai Man"]),
        ("+852 9123", ["Chan Tai Man"]),
        ("refund", ["Éric"]),
        ("REFUN", ["Éric"]),
        ("refund shipping", ["Éric"]),
        ("退款", ["陳大文"]),
        ("可以退款嗎", ["陳大文"]),
        ("shipping 退款", []),
        ("nothing like it", []),
        ("%", []),
        ("_", []),
        ("' & !", []),
        ("\\", []),
    ],
)
async def test_search_finds_names_phones_words_and_han(
    ann: Person, shop: Shop, runtime: Runtime, q: str, expected: list[str]
) -> None:
    await shop.conversation("Chan Tai Man", phone="+85291234567", texts=("hello",))
    await shop.conversation("Éric", texts=("Where is my refund?", "And the refund of shipping"))
    await shop.conversation("陳大文", texts=("請問可以退款嗎？",))
    async with runtime.database.begin() as uow:
        for row in await uow.conn.fetch("SELECT id FROM message"):
            await uow.conn.execute(
                "INSERT INTO event (type, data) VALUES ('message.created', $1)",
                orjson.dumps({"id": str(row["id"])}).decode(),
            )
    assert await index_new(runtime.database) == 4
    assert await names(ann, q=q) == expected


async def test_a_deleted_message_is_found_no_more(ann: Person, shop: Shop, runtime: Runtime) -> None:
    await shop.conversation("a", texts=("secret words",))

    async def tell(kind: str) -> None:
        async with runtime.database.begin() as uow:
            message_id = await uow.conn.fetchval("SELECT id FROM message")
            await uow.conn.execute(
                "INSERT INTO event (type, data) VALUES ($1, $2)", kind, orjson.dumps({"id": str(message_id)}).decode()
            )
        await index_new(runtime.database)

    await tell("message.created")
    assert await names(ann, q="secret") == ["a"]
    async with runtime.database.begin() as uow:
        await uow.conn.execute("UPDATE message SET deleted_at = now()")
    await tell("message.updated")
    assert await names(ann, q="secret") == []


def test_words_and_grams() -> None:
    assert words("Hello, WORLD! l'été 3kg 你好") == ["hello", "world", "l", "ete", "3kg"]
    assert grams("可以退款嗎 ok 好") == ["以退", "可以", "好", "款嗎", "退款"]
