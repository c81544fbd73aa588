"""What people do to conversations: the change, its line in the thread, its event; and who may not."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.conversations.queries import whole_conversations
from app.conversations.service import wake_snoozed
from app.ids import uuid7
from app.runtime import Runtime

from .conftest import NOW, Add, LogIn, Person, Shop

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()


async def lines(person: Person, conversation_id: UUID) -> list[str]:
    items = (await person.get(f"/conversations/{conversation_id}/messages")).json()["items"]
    return [one["text"] for one in reversed(items) if one["direction"] == "activity"]


async def events_after(runtime: Runtime, event_id: int) -> list[dict[str, Any]]:
    async with runtime.database.begin() as uow:
        rows = await uow.conn.fetch(
            "SELECT id, type, data::text AS data FROM event WHERE id > $1 AND type <> 'mark' ORDER BY id", event_id
        )
    return [{"id": row["id"], "type": row["type"], "data": orjson.loads(row["data"])} for row in rows]


async def newest_event(runtime: Runtime) -> int:
    async with runtime.database.begin() as uow:
        return await uow.conn.fetchval("SELECT coalesce(max(id), 0) FROM event")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"status": "closed"}, "Closed by Ann"),
        ({"snoozed_until": TOMORROW}, "Ann snoozed it until {until}"),
        ({"status": "snoozed", "snoozed_until": TOMORROW}, "Ann snoozed it until {until}"),
        ({"priority": "urgent"}, None),
        ({"tags": ["VIP"]}, "Ann added the tag VIP"),
    ],
)
async def test_old_state_and_event_make_the_fresh_state(
    ann: Person, shop: Shop, runtime: Runtime, body: dict[str, Any], line: str | None
) -> None:
    conversation_id = await shop.conversation("a", waiting_since=NOW, unread_count=1)
    old = (await ann.get(f"/conversations/{conversation_id}")).json()
    before = await newest_event(runtime)
    answer = await ann.send("PATCH", f"/conversations/{conversation_id}", body)
    assert answer.status_code == 200, answer.text
    fresh = (await ann.get(f"/conversations/{conversation_id}")).json()
    assert fresh == answer.json() != old
    told = await events_after(runtime, before)
    patched = old
    for event in told:
        patched = patched | (
            event["data"] if event["type"] == "conversation.updated" else event["data"]["conversation"]
        )
    assert patched == fresh
    thread = await lines(ann, conversation_id)
    assert thread == ([line.replace("{until}", fresh["snoozed_until"] or "")] if line else [])
    again = await newest_event(runtime)
    assert (await ann.send("PATCH", f"/conversations/{conversation_id}", body)).status_code == 200
    assert await events_after(runtime, again) == []


async def test_closing_and_opening_again(ann: Person, shop: Shop) -> None:
    conversation_id = await shop.conversation("a", waiting_since=NOW)
    closed = (await ann.send("PATCH", f"/conversations/{conversation_id}", {"status": "closed"})).json()
    assert (closed["status"], closed["waiting_since"]) == ("closed", None)
    opened = (await ann.send("PATCH", f"/conversations/{conversation_id}", {"status": "open"})).json()
    assert opened["status"] == "open"
    assert await lines(ann, conversation_id) == ["Closed by Ann", "Opened again by Ann"]


async def test_a_snooze_ends_by_itself_and_by_null(ann: Person, shop: Shop, runtime: Runtime) -> None:
    due = await shop.conversation("due", status="snoozed", snoozed_until=NOW - timedelta(minutes=1))
    later = await shop.conversation("later", status="snoozed", snoozed_until=NOW + timedelta(days=1))
    assert await wake_snoozed(runtime) == 1
    assert (await ann.get(f"/conversations/{due}")).json()["status"] == "open"
    assert await lines(ann, due) == ["Opened again: the snooze ended"]
    assert (await ann.get(f"/conversations/{later}")).json()["status"] == "snoozed"
    ended = await ann.send("PATCH", f"/conversations/{later}", {"snoozed_until": None})
    assert (ended.json()["status"], ended.json()["snoozed_until"]) == ("open", None)


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "", {"status": "gone"}, "status"),
        ("PATCH", "", {"priority": "9"}, "priority"),
        ("PATCH", "", {"status": "snoozed"}, "snoozed_until"),
        ("PATCH", "", {"snoozed_until": "2020-01-01T00:00:00Z"}, "snoozed_until"),
        ("PATCH", "", {"snoozed_until": "9999-12-31T23:59:59-12:00"}, "snoozed_until"),
        ("PATCH", "", {"snoozed_until": "tomorrow"}, "snoozed_until"),
        ("PATCH", "", {"snoozed_until": "2026-12-01T00:00:00"}, "snoozed_until"),
        ("PATCH", "", {"status": "closed", "snoozed_until": TOMORROW}, "snoozed_until"),
        ("PATCH", "", {"tags": [str(uuid7())]}, "tags.0"),
        ("PATCH", "", {"tags": [""]}, "tags.0"),
        ("PATCH", "", {"tags": ["\ud800"]}, "body"),
        ("PATCH", "", {"else": 1}, "else"),
        ("PUT", "/assignment", {"agent_id": "x"}, "agent_id"),
        ("PUT", "/assignment", {"agent_id": str(uuid7())}, "agent_id"),
        ("PUT", "/assignment", {"team_id": str(uuid7())}, "team_id"),
        ("PUT", "/read", {"message_id": str(uuid7())}, "message_id"),
        ("PUT", "/read", {}, "message_id"),
        ("PUT", "/draft", {"text": "a\x00"}, "body"),
        ("POST", "/messages", {"kind": "fax"}, ""),
        ("POST", "/messages", {"kind": "note", "text": " "}, "note.text"),
        ("POST", "/messages", {"kind": "note", "text": "a", "mentions": [str(uuid7())]}, "mentions"),
    ],
)
async def test_what_cannot_be_taken_says_which_field(
    ann: Person, shop: Shop, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    conversation_id = await shop.conversation("a")
    headers = {"X-CSRF-Token": ann.csrf_token, "Content-Type": "application/json"}
    sent = json.dumps(body)
    answer = await ann.client.request(
        method, f"/api/v1/conversations/{conversation_id}{path}", content=sent, headers=headers
    )
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["error"]["fields"] or not field


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"[" * 100_000, b'{"priority": 1e999}', b"\xff", b'{"priority": ' + b"9" * 5000 + b"}"]
)
async def test_junk_is_refused_and_is_no_fault_of_ours(ann: Person, shop: Shop, sent: bytes) -> None:
    conversation_id = await shop.conversation("a")
    headers = {"X-CSRF-Token": ann.csrf_token, "Content-Type": "application/json"}
    answer = await ann.client.patch(f"/api/v1/conversations/{conversation_id}", content=sent, headers=headers)
    assert answer.status_code in (400, 422)
    assert "code" in answer.json()["error"]


async def test_outsiders_and_readers_change_nothing(ann: Person, log_in: LogIn, shop: Shop) -> None:
    cat, eve = await log_in("Cat", visibility="own"), await log_in("Eve", role="marketer")
    conversation_id = await shop.conversation("a", assignee_id=ann.id)
    path = f"/conversations/{conversation_id}"
    message_id = (await ann.get(path + "/messages")).json()["items"][0]["id"]
    requests: list[tuple[str, str, Any]] = [
        ("PATCH", path, {"status": "closed"}),
        ("PUT", path + "/assignment", {"agent_id": None}),
        ("PUT", path + "/read", {"message_id": message_id}),
        ("POST", path + "/typing", None),
        ("PUT", path + "/draft", {"text": "a"}),
        ("POST", path + "/messages", {"kind": "note", "text": "a"}),
        ("POST", path + "/messages", {"kind": "text", "text": "a"}),
        ("POST", f"/messages/{message_id}/resend", {}),
        ("POST", f"/messages/{message_id}/cancel", None),
    ]
    for method, where, body in requests:
        outside = await cat.send(method, where, body)
        assert (outside.status_code, outside.json()["error"]["code"]) == (404, "not_found"), (method, where)
        reading = await eve.send(method, where, body)
        assert (reading.status_code, reading.json()["error"]["code"]) == (403, "not_allowed"), (method, where)


async def test_assigning_by_hand_is_told_with_its_line(
    ann: Person, ben: Person, shop: Shop, add_team: Add, runtime: Runtime
) -> None:
    conversation_id = await shop.conversation("a")
    path = f"/conversations/{conversation_id}/assignment"
    before = await newest_event(runtime)
    given = await ann.send("PUT", path, {"agent_id": str(ben.id)})
    assert given.json()["assignee_id"] == str(ben.id)
    changed, line = await events_after(runtime, before)
    assert (changed["type"], line["type"]) == ("assignment.changed", "message.created")
    assert changed["data"]["assignment"] == {
        "agent_id": str(ben.id),
        "team_id": None,
        "by_agent_id": str(ann.id),
        "reason": {"code": "manual", "params": {}},
    }
    assert changed["data"]["conversation"]["assignee_id"] == str(ben.id)
    assert (await ben.send("PUT", path, {"agent_id": str(ben.id)})).status_code == 200
    team_id = await add_team("Sales")
    moved = await ben.send("PUT", path, {"agent_id": None, "team_id": str(team_id)})
    assert (moved.json()["assignee_id"], moved.json()["team_id"]) == (None, str(team_id))
    assert await lines(ann, conversation_id) == ["Assigned to Ben · by Ann", "Ben took the assignment back"]
    async with runtime.database.begin() as uow:
        rows = await uow.conn.fetch("SELECT agent_id, ended_at IS NULL AS current FROM assignment ORDER BY id")
    assert [(row["agent_id"], row["current"]) for row in rows] == [(ben.id, False), (None, True)]


async def test_reading_is_shared_never_goes_back_and_tells_the_customer_only_for_the_assignee(
    ann: Person, ben: Person, shop: Shop, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, tuple[Any, ...]]] = []
    monkeypatch.setattr("app.db.UnitOfWork.enqueue", lambda uow, name, *args, **_: told.append((name, args)))
    conversation_id = await shop.conversation("a", assignee_id=ben.id, unread_count=3, texts=("1", "2", "3"))
    path = f"/conversations/{conversation_id}"
    third, second, first = [one["id"] for one in (await ann.get(path + "/messages")).json()["items"]]
    for person, message_id, unread in (
        (ann, first, 2),
        (ann, third, 0),
        (ann, second, 0),
        (ben, second, 0),
        (ben, third, 0),
    ):
        answer = await person.send("PUT", path + "/read", {"message_id": message_id})
        assert answer.json() == {"id": str(conversation_id), "unread_count": unread}
        assert (await ben.get(path)).json()["unread_count"] == unread
    assert set(told) == {("mark_read", (str(conversation_id),))}


async def test_a_draft_is_ones_own_and_goes_when_it_is_empty(ann: Person, ben: Person, shop: Shop) -> None:
    conversation_id = await shop.conversation("a")
    path = f"/conversations/{conversation_id}"
    saved = (await ann.send("PUT", path + "/draft", {"text": "Hi, "})).json()["draft"]
    assert (await ann.get(path)).json()["draft"] == saved
    assert (await ben.get(path)).json()["draft"] is None
    await ann.send("PUT", path + "/draft", {"text": "  "})
    assert (await ann.get(path)).json()["draft"] is None


async def test_a_note_is_kept_once_and_moves_no_list(ann: Person, ben: Person, shop: Shop, runtime: Runtime) -> None:
    conversation_id = await shop.conversation("a")
    path = f"/conversations/{conversation_id}/messages"
    body = {"kind": "note", "text": "Ask @Ben", "mentions": [str(ben.id)], "client_id": "c1"}
    before = await newest_event(runtime)
    answers = await asyncio.gather(*(ann.send("POST", path, body) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    (event,) = await events_after(runtime, before)
    note = answers[0].json()
    assert event["data"] == {**note, "conversation": event["data"]["conversation"]}
    shown = (await ben.get(path)).json()["items"][0]
    assert shown == note
    assert (shown["direction"], shown["content"], shown["agent_id"]) == (
        "note",
        {"mentions": [str(ben.id)]},
        str(ann.id),
    )
    other = await ann.send("POST", path, body | {"text": "Ask Ben"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "client_id_used")
    async with runtime.database.begin() as uow:
        whole = await whole_conversations(uow.conn, [conversation_id])
    assert whole[conversation_id]["last_message"]["text"] == "hello"


async def test_a_text_is_queued_and_takes_the_draft_with_it(ann: Person, shop: Shop, runtime: Runtime) -> None:
    conversation_id = await shop.conversation("a", waiting_since=NOW)
    async with runtime.database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO reply_grant VALUES ($1, $2, now(), now() + interval '1 day', NULL)", conversation_id, "service"
        )
    path = f"/conversations/{conversation_id}"
    await ann.send("PUT", path + "/draft", {"text": "Of course"})
    answer = await ann.send("POST", path + "/messages", {"kind": "text", "text": "Of course", "client_id": "c1"})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["client_id"]) == ("queued", "c1")
    fresh = (await ann.get(path)).json()
    assert (fresh["draft"], fresh["waiting_since"], fresh["last_message"]["id"]) == (None, None, answer.json()["id"])
    again = await ann.send("POST", path + "/messages", {"kind": "text", "text": "Of course", "client_id": "c1"})
    assert again.json()["id"] == answer.json()["id"]
    back = await ann.send("POST", f"/messages/{answer.json()['id']}/cancel")
    assert (back.status_code, back.json()["status"]) == (200, "cancelled")
    refused = await ann.send("POST", f"/messages/{answer.json()['id']}/resend", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_resendable")
