"""Acts on many conversations: done, told and taken back, for those in sight and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.conversations import bulk
from app.runtime import Runtime

from .conftest import LogIn, Person, Shop

UNTIL = (datetime.now(UTC) + timedelta(days=1)).isoformat()
Json = dict[str, Any]


async def act(person: Person, body: Json, status: int = 201) -> Json:
    answer = await person.send("POST", "/conversations/bulk", body)
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def shown(person: Person) -> dict[str, Json]:
    items = (await person.get("/conversations", limit=200)).json()["items"]
    names = ("status", "assignee_id", "team_id", "snoozed_until", "waiting_since")
    return {
        one["contact"]["name"]: {name: one[name] for name in names} | {"tags": [tag["name"] for tag in one["tags"]]}
        for one in items
    }


async def three(shop: Shop, ann: Person) -> list[UUID]:
    now = datetime.now(UTC)
    return [
        await shop.conversation("open", waiting_since=now, assignee_id=ann.id),
        await shop.conversation("closed", status="closed", closed_at=now),
        await shop.conversation(
            "snoozed", status="snoozed", snoozed_until=now + timedelta(hours=2), assignee_id=ann.id
        ),
    ]


@pytest.mark.parametrize(
    ("action", "changed", "field", "value"),
    [
        ({"do": "close"}, 2, "status", "closed"),
        ({"do": "open"}, 2, "status", "open"),
        ({"do": "snooze", "until": UNTIL}, 3, "status", "snoozed"),
        ({"do": "assign", "agent_id": None}, 2, "assignee_id", None),
        ({"do": "tag", "tags": ["VIP", "tea"]}, 3, "tags", ["tea", "VIP"]),
    ],
    ids=lambda value: value["do"] if isinstance(value, dict) else "",
)
async def test_an_act_changes_all_and_its_undoing_gives_all_back(
    ann: Person, shop: Shop, runtime: Runtime, action: Json, changed: int, field: str, value: object
) -> None:
    ids = await three(shop, ann)
    before = await shown(ann)
    done = await act(ann, {"ids": [str(id_) for id_ in ids], "action": action})
    assert (done["state"], done["total"], done["done"], done["changed"]) == ("done", 3, 3, changed)
    after = await shown(ann)
    assert [one[field] for one in after.values()] == [value] * 3
    async with runtime.database.begin() as uow:
        told = await uow.conn.fetch("SELECT DISTINCT conversation_id FROM event WHERE conversation_id IS NOT NULL")
        lines = await uow.conn.fetchval("SELECT count(DISTINCT conversation_id) FROM message WHERE kind = 'activity'")
    assert (len(told), lines) == (changed, changed)
    undone = await ann.send("POST", "/conversations/bulk/undo", {"undo_token": done["undo_token"]})
    assert (undone.status_code, undone.json()["state"], undone.json()["changed"]) == (200, "undone", changed)
    assert await shown(ann) == before
    again = await ann.send("POST", "/conversations/bulk/undo", {"undo_token": done["undo_token"]})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "undone_before")


async def test_tags_are_taken_away_and_given_back(ann: Person, shop: Shop) -> None:
    ids = [str(id_) for id_ in await three(shop, ann)]
    await act(ann, {"ids": ids[:2], "action": {"do": "tag", "tags": ["tea"]}})
    done = await act(ann, {"ids": ids, "action": {"do": "untag", "tags": ["tea"]}})
    assert done["changed"] == 2
    await ann.send("POST", "/conversations/bulk/undo", {"undo_token": done["undo_token"]})
    assert {name: one["tags"] for name, one in (await shown(ann)).items()} == {
        "open": ["tea"],
        "closed": ["tea"],
        "snoozed": [],
    }


async def test_what_somebody_changed_since_stays(ann: Person, shop: Shop) -> None:
    ids = await three(shop, ann)
    done = await act(ann, {"ids": [str(id_) for id_ in ids], "action": {"do": "close"}})
    await ann.send("PATCH", f"/conversations/{ids[2]}", {"status": "open"})
    await ann.send("POST", "/conversations/bulk/undo", {"undo_token": done["undo_token"]})
    assert {name: one["status"] for name, one in (await shown(ann)).items()} == {
        "open": "open",
        "closed": "closed",
        "snoozed": "open",
    }


async def test_only_what_one_sees_is_changed_and_only_ones_own_act_is_shown(
    log_in: LogIn, ann: Person, shop: Shop
) -> None:
    cat = await log_in("Cat", visibility="own")
    ids = [await shop.conversation("hers", assignee_id=cat.id), await shop.conversation("not hers", assignee_id=ann.id)]
    done = await act(cat, {"ids": [str(id_) for id_ in ids], "action": {"do": "close"}})
    assert done["total"] == 1
    assert {name: one["status"] for name, one in (await shown(ann)).items()} == {"hers": "closed", "not hers": "open"}
    assert (await ann.get(f"/conversations/bulk/{done['id']}")).status_code == 404
    stolen = await ann.send("POST", "/conversations/bulk/undo", {"undo_token": done["undo_token"]})
    assert stolen.status_code == 404


async def test_a_filter_chooses_all_and_jobs_do_what_a_request_does_not(
    ann: Person, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_NEXT", bulk._NEXT.replace("LIMIT 200", "LIMIT 2"))
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    for number in range(5):
        await shop.conversation(f"c{number}", assignee_id=ann.id)
    await shop.conversation("closed before", status="closed")
    begun = await act(ann, {"filter": {"status": "open", "assignee": "me"}, "action": {"do": "close"}})
    assert (begun["state"], begun["total"], begun["done"]) == ("running", 5, 2)
    await bulk.go_on(runtime, UUID(begun["id"]), most=10)
    done = (await ann.get(f"/conversations/bulk/{begun['id']}")).json()
    assert (done["state"], done["changed"]) == ("done", 5)
    await ann.send("POST", "/conversations/bulk/undo", {"undo_token": done["undo_token"]})
    await bulk.go_on(runtime, UUID(begun["id"]), most=10)
    assert sum(one["status"] == "open" for one in (await shown(ann)).values()) == 5


async def test_a_repeat_with_the_same_key_is_the_same_act(ann: Person, shop: Shop) -> None:
    ids = [str(id_) for id_ in await three(shop, ann)]
    body = {"ids": ids, "action": {"do": "close"}}
    first = await ann.send("POST", "/conversations/bulk", body, Idempotency_Key="k")
    again = await ann.send("POST", "/conversations/bulk", body, Idempotency_Key="k")
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": {"do": "close"}}, "body"),
        ({"ids": [], "action": {"do": "close"}}, "ids"),
        ({"ids": ["x"], "action": {"do": "close"}}, "ids.0"),
        ({"filter": {"assignee": "x"}, "action": {"do": "close"}}, "assignee"),
        ({"filter": {}, "action": {"do": "dance"}}, "action.do"),
        ({"filter": {}, "action": {"do": "snooze", "until": "2020-01-01T00:00:00Z"}}, "action.until"),
        ({"filter": {}, "action": {"do": "assign", "agent_id": "00000000-0000-7000-8000-000000000000"}}, "agent_id"),
        ({"filter": {}, "action": {"do": "tag", "tags": []}}, "action.tag.tags"),
    ],
)
async def test_what_cannot_be_is_refused(ann: Person, shop: Shop, body: Json, field: str) -> None:
    answer = await act(ann, body, 422)
    assert field in answer["error"]["fields"]
