"""Contacts that are one person: preview, merge, undo, suggestions, one timeline; who may, and who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from app import shapes
from app.contacts.matching import match_contacts
from app.ids import uuid7
from app.people import permissions
from app.runtime import Runtime

from .conftest import NOW, Add, LogIn, Person, Shop
from .test_verbs import events_after, newest_event


async def contact_of(runtime: Runtime, conversation_id: UUID) -> str:
    async with runtime.database.begin() as uow:
        return str(await uow.conn.fetchval("SELECT contact_id FROM conversation WHERE id = $1", conversation_id))


def fits(shape: Any, answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return TypeAdapter(shape).validate_json(answer.content)


async def test_a_merge_is_shown_before_made_and_undone(ann: Person, shop: Shop, runtime: Runtime) -> None:
    thread, other_thread = await shop.conversation("Ann Lee"), await shop.conversation("Annie", minutes=-5)
    stays, goes = await contact_of(runtime, thread), await contact_of(runtime, other_thread)
    await ann.send("PATCH", f"/contacts/{stays}", {"phone": "+852 9123 4567", "tags": ["VIP"]})
    given = {"phone": "+852 9000 0000", "email": "annie@example.com", "tags": ["Tea"], "attributes": {"size": "M"}}
    await ann.send("PATCH", f"/contacts/{goes}", given)
    before = (await ann.get(f"/contacts/{goes}")).json()
    wish = {"contact_id": goes, "choices": {"phone": goes}}

    preview = fits(shapes.MergePreview, await ann.send("POST", f"/contacts/{stays}/merge/preview", wish))
    shown = {one.field: (one.becomes, one.taken_from, one.conflict) for one in preview.fields}
    assert shown["phone"] == ("+85290000000", "goes", True)
    assert shown["name"] == ("Ann Lee", "stays", True)
    assert shown["email"] == ("annie@example.com", "goes", False)
    assert shown["attributes.size"] == ("M", "goes", False)
    assert [tag.name for tag in preview.tags] == ["Tea", "VIP"]
    assert ([str(one.id) for one in preview.moves], preview.hidden) == ([str(other_thread)], 0)
    assert (await ann.get(f"/contacts/{goes}")).json() == before

    since = await newest_event(runtime)
    merged = fits(shapes.ContactMerged, await ann.send("POST", f"/contacts/{stays}/merge", wish))
    assert {str(one.id) for one in merged.conversations} == {str(thread), str(other_thread)}
    assert (merged.phone, merged.email, merged.name) == ("+85290000000", "annie@example.com", "Ann Lee")
    events = await events_after(runtime, since)
    told = [one["data"]["contact"]["id"] for one in events if one["type"] == "conversation.updated"]
    assert told == [stays, stays]
    assert {one["data"]["id"] for one in events if one["type"] == "contact.updated"} == {stays}
    assert (await ann.get(f"/contacts/{goes}")).json()["id"] == stays
    line = (await ann.get(f"/conversations/{other_thread}/messages")).json()["items"][0]
    assert line["text"] == "Ann merged Annie into this contact"

    made = fits(shapes.Page[shapes.ContactMerge], await ann.get(f"/contacts/{stays}/merges")).items
    assert [(one.id, one.can_undo, str(one.by_agent_id)) for one in made] == [(merged.merge_id, True, str(ann.id))]
    undone = await ann.send("POST", f"/contacts/{stays}/merges/{merged.merge_id}/undo")
    assert (undone.json()["phone"], undone.json()["email"]) == ("+85291234567", None)
    assert (await ann.get(f"/contacts/{goes}")).json() == before | {
        "conversations": (await ann.get(f"/contacts/{goes}")).json()["conversations"]
    }
    assert (await ann.get(f"/contacts/{stays}/merges")).json()["items"][0]["can_undo"] is False
    history = fits(shapes.Page[shapes.HistoryEntry], await ann.get(f"/contacts/{stays}/history")).items
    assert [one.action for one in history] == ["contact.unmerged", "contact.merged", "contact.changed"]


async def test_merging_the_same_twice_is_a_conflict(ann: Person, shop: Shop, runtime: Runtime) -> None:
    ids = [await contact_of(runtime, await shop.conversation(name)) for name in ("Ann", "Ben", "Cat")]
    path = f"/contacts/{ids[0]}/merge"
    first = await ann.send("POST", path, {"contact_id": ids[1]}, Idempotency_Key="k")
    assert (await ann.send("POST", path, {"contact_id": ids[1]}, Idempotency_Key="k")).json() == first.json()
    for one, other in ((0, 1), (1, 2), (2, 1)):
        refused = await ann.send("POST", f"/contacts/{ids[one]}/merge", {"contact_id": ids[other]})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "already_merged")
    wrong = await ann.send("POST", f"/contacts/{ids[2]}/merges/{first.json()['merge_id']}/undo")
    assert wrong.status_code == 404
    assert (await ann.get(f"/contacts/{ids[0]}/merges")).json()["items"][0]["can_undo"] is True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"contact_id": "SELF"}, 422),
        ({"contact_id": str(uuid7())}, 404),
        ({}, 422),
        ({"contact_id": str(uuid7()), "choices": {"phone": str(uuid7())}}, 422),
        ({"contact_id": str(uuid7()), "choices": {"archived_at": "SELF"}}, 422),
        ({"contact_id": str(uuid7()), "choices": {"tags.1": "SELF"}}, 422),
    ],
)
async def test_what_cannot_be_merged(
    ann: Person, shop: Shop, runtime: Runtime, body: dict[str, Any], status: int
) -> None:
    contact_id = await contact_of(runtime, await shop.conversation("Ann"))
    filled = {key: contact_id if value == "SELF" else value for key, value in body.items()}
    if "choices" in body:
        filled["choices"] = {key: contact_id if value == "SELF" else value for key, value in body["choices"].items()}
    for path in ("merge", "merge/preview"):
        answer = await ann.send("POST", f"/contacts/{contact_id}/{path}", filled)
        assert answer.status_code == status, answer.text


async def test_one_timeline_of_all_threads_that_one_may_see(
    ann: Person, log_in: LogIn, shop: Shop, runtime: Runtime, add_team: Add
) -> None:
    team = await add_team("Sales")
    mine = await shop.conversation("Ann", texts=("a1", "a2"))
    theirs = await shop.conversation("Annie", minutes=-5, texts=("b1", "b2"), team_id=team)
    late = await shop.conversation("A.", texts=())
    async with runtime.database.begin() as uow:
        await shop.message(uow, late, text="c1", position_at=NOW + timedelta(seconds=0.5))
    stays = await contact_of(runtime, mine)
    for thread in (theirs, late):
        await ann.send("POST", f"/contacts/{stays}/merge", {"contact_id": await contact_of(runtime, thread)})

    async def said(person: Person, limit: int) -> list[str]:
        texts: list[str] = []
        cursor = None
        while True:
            wish = {"limit": limit} | ({"cursor": cursor} if cursor else {})
            page = fits(shapes.Page[shapes.Message], await person.get(f"/contacts/{stays}/timeline", **wish))
            texts += [one.text for one in page.items if one.direction == "inbound"]
            cursor = page.next_cursor
            if cursor is None:
                return texts

    for limit in (1, 2, 50):
        assert await said(ann, limit) == ["a2", "c1", "a1", "b2", "b1"]
    own = await log_in("Ben", role="agent", visibility="team")
    assert await said(own, 2) == ["a2", "c1", "a1"]
    first = (await ann.get(f"/contacts/{stays}/timeline")).json()["items"][-2]
    earlier = (await ann.get(f"/contacts/{stays}/timeline", before=first["id"])).json()["items"]
    assert [one["text"] for one in earlier] == ["b1"]
    assert (await ann.get(f"/contacts/{stays}/timeline", before=str(uuid7()))).status_code == 422


async def test_suggestions_are_shown_and_dismissed_for_good(ann: Person, runtime: Runtime) -> None:
    made = [
        (await ann.send("POST", "/contacts", {"name": name, "email": "a@example.com"})).json()["id"]
        for name in ("Ann", "Annie")
    ]
    await match_contacts(runtime)
    everywhere = fits(shapes.Page[shapes.ContactSuggestion], await ann.get("/contacts/suggestions")).items
    assert [{str(one.contact.id), str(one.other.id)} for one in everywhere] == [set(made)]
    for here, there in (made, made[::-1]):
        (one,) = fits(shapes.Page[shapes.ContactSuggestion], await ann.get(f"/contacts/{here}/suggestions")).items
        assert (str(one.contact.id), str(one.other.id), one.evidence) == (here, there, {"same_email": "a@example.com"})
    listed = (await ann.get("/contacts", alike=True)).json()["items"]
    assert {one["id"] for one in listed} == set(made)
    path = f"/contacts/{made[0]}/suggestions/{one.id}"
    assert (await ann.send("DELETE", f"/contacts/{uuid7()}/suggestions/{one.id}")).status_code == 404
    assert (await ann.send("DELETE", path)).status_code == 204
    await ann.send("PATCH", f"/contacts/{made[0]}", {"email": "A@example.com"})
    await match_contacts(runtime)
    assert (await ann.get("/contacts/suggestions")).json()["items"] == []
    assert (await ann.get("/contacts", alike=True)).json()["items"] == []


async def test_who_may_not_change_contacts_may_not_merge(
    ann: Person, client: Any, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact_id = await contact_of(runtime, await shop.conversation("Ann"))
    other = await contact_of(runtime, await shop.conversation("Ben"))
    without = permissions.PERMISSIONS["admin"] - {"contacts.write"}
    monkeypatch.setitem(permissions.PERMISSIONS, "admin", without)
    for method, path in (
        ("POST", "merge"),
        ("POST", "merge/preview"),
        ("POST", f"merges/{uuid7()}/undo"),
        ("DELETE", f"suggestions/{uuid7()}"),
    ):
        answer = await ann.send(method, f"/contacts/{contact_id}/{path}", {"contact_id": other})
        assert answer.status_code == 403, path
    assert (await client.get(f"/api/v1/contacts/{contact_id}/timeline")).status_code == 401
