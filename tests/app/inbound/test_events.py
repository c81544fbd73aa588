"""Every kind of event, and what becomes of it in the database."""

from __future__ import annotations

from typing import Any

import asyncpg
import orjson
import pytest

from app.channel_accounts.directory import AccountView
from app.runtime import Runtime
from tests.app.inbound.conftest import PHONES, START, Post, payload, text, value

Accounts = dict[str, AccountView]


async def rows(db: asyncpg.Connection, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await db.fetch(query, *arguments)]


async def test_a_first_message_makes_contact_identity_keys_conversation_and_a_request(
    post: Post, db: asyncpg.Connection
) -> None:
    await post(payload(value(text("wamid.1"), bsuid="PT.1")))
    assert await rows(db, "SELECT name, folded_name, phone FROM contact") == [
        ("Ana Pires", "ana pires", "+351900000001")
    ]
    assert await rows(db, "SELECT external_id, name FROM identity") == [("PT.1", "Ana Pires")]
    assert await rows(db, "SELECT kind, value FROM identity_key ORDER BY kind") == [
        ("bsuid", "PT.1"),
        ("phone", "351900000001"),
    ]
    found = await db.fetchrow("SELECT * FROM conversation")
    assert (found["status"], found["listed"], found["unread_count"]) == ("open", True, 1)
    assert found["last_inbound_external_id"] == "wamid.1"
    assert found["waiting_since"] == found["last_message_at"]
    assert orjson.loads(found["last_message"])["text"] == "Hello"
    assert (found["reply_window_ends_at"] - found["last_message_at"]).total_seconds() == 86400
    assert await db.fetchval("SELECT ends_at FROM reply_grant") == found["reply_window_ends_at"]
    assert await rows(db, "SELECT code FROM assignment_request") == [("new",)]


async def test_events_tell_the_new_conversation_before_its_message(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await post(payload(value(text("wamid.2", at=60))))
    events = await db.fetch("SELECT type, existed, data FROM event ORDER BY id")
    assert [(event["type"], event["existed"]) for event in events] == [
        ("conversation.created", False),
        ("message.created", True),
        ("message.created", True),
    ]
    whole, _, last = (orjson.loads(event["data"]) for event in events)
    assert whole["contact"]["name"] == "Ana Pires"
    assert whole["identity"]["phone"] == "+351900000001"
    assert whole["reply_windows"][0]["kind"] == "service"
    assert last["conversation"]["unread_count"] == 2


async def test_a_person_without_a_phone_is_known_again_and_keys_learnt_later_are_the_same_identity(
    post: Post, db: asyncpg.Connection
) -> None:
    await post(payload(value(text("wamid.1"), phone=None, bsuid="PT.1")))
    await post(payload(value(text("wamid.2"), phone="351900000001", bsuid="PT.1")))
    await post(payload(value(text("wamid.3"), phone="351900000001")))
    assert await db.fetchval("SELECT count(*) FROM identity") == 1
    assert await db.fetchval("SELECT count(*) FROM conversation") == 1
    assert await db.fetchval("SELECT count(*) FROM message") == 3


async def test_one_person_on_two_accounts_is_one_contact_with_two_conversations(
    post: Post, db: asyncpg.Connection
) -> None:
    await post(payload(value(text("wamid.1"))))
    await post(payload(value(text("wamid.2"), to="hotline")), to="hotline")
    assert await db.fetchval("SELECT count(*) FROM contact") == 1
    assert await db.fetchval("SELECT count(*) FROM conversation") == 2


async def test_a_payload_may_name_another_account_that_shares_the_secret(
    post: Post, db: asyncpg.Connection, accounts: Accounts
) -> None:
    await post(payload(value(text("wamid.1")), value(text("wamid.2"), to="hotline")))
    found = await rows(db, "SELECT external_id, channel_account_id FROM message ORDER BY 1")
    assert found == [("wamid.1", accounts["shop"].id), ("wamid.2", accounts["hotline"].id)]


async def test_an_account_that_is_not_connected_here_is_kept_without_what_was_said(
    post: Post, db: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PHONES, "stranger", "999")
    await post(payload(value(text("wamid.1", "secret"), to="stranger")))
    assert await db.fetchval("SELECT count(*) FROM message") == 0
    found = await db.fetchrow("SELECT kind, field, data FROM platform_event")
    assert (found["kind"], found["field"]) == ("unrecognised", "foreign_account")
    assert "secret" not in found["data"]


async def test_an_imported_contact_is_joined_when_only_one_has_the_phone(
    post: Post, db: asyncpg.Connection, runtime: Runtime
) -> None:
    await db.execute(
        "INSERT INTO contact (id, name, phone, named_by) VALUES (gen_random_uuid(), 'A. Pires', '+351900000001', 'agent')"
    )
    await post(payload(value(text("wamid.1"))))
    assert await rows(db, "SELECT name FROM contact") == [("A. Pires",)]


async def test_a_phone_that_went_to_somebody_else_makes_another_identity(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"), bsuid="PT.1")))
    await post(payload(value(text("wamid.2"), bsuid="PT.2", name="Bruno")))
    await post(payload(value(text("wamid.3"), bsuid="PT.1", phone=None)))
    assert await rows(db, "SELECT name FROM contact ORDER BY name") == [("Ana Pires",), ("Bruno",)]
    assert await rows(
        db, "SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id GROUP BY c.id ORDER BY 1"
    ) == [(1,), (2,)]


async def test_a_changed_profile_name_shows_unless_a_person_gave_the_name(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await post(payload(value(text("wamid.2"), name="Ana P.")))
    assert await db.fetchval("SELECT name FROM contact") == "Ana P."
    await db.execute("UPDATE contact SET named_by = 'agent', name = 'VIP Ana'")
    await post(payload(value(text("wamid.3"), name="Ana")))
    assert await db.fetchval("SELECT name FROM contact") == "VIP Ana"
    assert await db.fetchval("SELECT name FROM identity") == "Ana"


async def test_a_closed_conversation_reopens_with_a_line_before_the_message(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await db.execute("UPDATE conversation SET status = 'closed', closed_at = now()")
    await db.execute("DELETE FROM assignment_request")
    await post(payload(value(text("wamid.2", at=60))))
    assert await rows(db, "SELECT status, closed_at FROM conversation") == [("open", None)]
    kinds = await rows(db, "SELECT kind FROM message ORDER BY position_at, id")
    assert kinds == [("text",), ("activity",), ("text",)]
    assert await rows(db, "SELECT code FROM assignment_request") == [("reopened",)]


@pytest.mark.parametrize(
    ("label", "first_at", "second_at", "order", "late"),
    [
        ("in order", 0, 10, ["wamid.1", "wamid.2"], False),
        ("the same second keeps the order of arrival", 5, 5, ["wamid.1", "wamid.2"], False),
        ("a second too early is raised", 5, 4, ["wamid.1", "wamid.2"], False),
        ("found much later sorts into the past", 60, 0, ["wamid.2", "wamid.1"], True),
    ],
)
async def test_thread_order(
    label: str, first_at: int, second_at: int, order: list[str], late: bool, post: Post, db: asyncpg.Connection
) -> None:
    await post(payload(value(text("wamid.1", at=first_at))))
    await post(payload(value(text("wamid.2", at=second_at))))
    found = await db.fetch("SELECT external_id, arrived_late FROM message ORDER BY position_at, id")
    assert [row["external_id"] for row in found] == order
    assert {row["external_id"]: row["arrived_late"] for row in found}["wamid.2"] is late
    newest = orjson.loads(await db.fetchval("SELECT last_message FROM conversation"))
    assert newest["created_at"] == await db.fetchval(
        """SELECT to_char(max(position_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') FROM message"""
    )


async def test_a_reply_points_to_the_message_it_answers(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await post(payload(value(text("wamid.2", context={"id": "wamid.1"}))))
    found = await db.fetchrow(
        "SELECT a.id = b.reply_to_id AS right FROM message a, message b WHERE a.external_id = 'wamid.1' AND b.external_id = 'wamid.2'"
    )
    assert found["right"]
    data = orjson.loads(await db.fetchval("SELECT data FROM event ORDER BY id DESC LIMIT 1"))
    assert data["reply_to"]["text"] == "Hello"


async def test_media_is_a_placeholder_to_be_fetched(post: Post, db: asyncpg.Connection) -> None:
    image = {"id": "wamid.1", "timestamp": str(START), "type": "image"}
    await post(payload(value({**image, "image": {"id": "media-4711", "mime_type": "image/jpeg", "caption": "look"}})))
    found = await db.fetchrow("SELECT m.*, a.position FROM media m JOIN attachment a ON a.media_id = m.id")
    assert (found["state"], found["mime"], found["position"]) == ("pending", "image/jpeg", 0)
    assert found["next_try_at"] is not None
    assert b"media-4711" not in found["source"]


def reaction(external_id: str, target: str, emoji: str, at: int = 1) -> dict[str, Any]:
    content = {"message_id": target, "emoji": emoji}
    return {"id": external_id, "timestamp": str(START + at), "type": "reaction", "reaction": content}


def edit(external_id: str, target: str, body: str, at: int) -> dict[str, Any]:
    message = {"type": "text", "text": {"body": body}}
    content = {"original_message_id": target, "message": message}
    return {"id": external_id, "timestamp": str(START + at), "type": "edit", "edit": content}


def revoke(external_id: str, target: str, at: int) -> dict[str, Any]:
    content = {"original_message_id": target}
    return {"id": external_id, "timestamp": str(START + at), "type": "revoke", "revoke": content}


async def test_the_newest_reaction_of_a_person_counts_and_is_no_message(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await post(payload(value(reaction("wamid.2", "wamid.1", "👍", 1))))
    await post(payload(value(reaction("wamid.3", "wamid.1", "❤️", 2))))
    assert await db.fetchval("SELECT count(*) FROM message") == 1
    shown = orjson.loads(await db.fetchval("SELECT reactions FROM message"))
    assert [(one["emoji"], one["by"]) for one in shown] == [("❤️", "contact")]
    await post(payload(value(reaction("wamid.4", "wamid.1", "", 3))))
    assert await db.fetchval("SELECT reactions FROM message") == "[]"
    assert await db.fetchval("SELECT type FROM event ORDER BY id DESC LIMIT 1") == "message.updated"


async def test_edits_and_deletions_keep_the_original(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1", "first"))))
    await post(payload(value(edit("wamid.3", "wamid.1", "third", 20))))
    await post(payload(value(edit("wamid.2", "wamid.1", "second", 10))))
    assert await rows(db, "SELECT text, edited_at IS NOT NULL FROM message") == [("third", True)]
    befores = await rows(db, "SELECT DISTINCT before ->> 'text' FROM message_change")
    assert befores == [("first",)]
    await post(payload(value(revoke("wamid.4", "wamid.1", 30))))
    assert await rows(db, "SELECT deleted_at IS NOT NULL FROM message") == [(True,)]
    assert orjson.loads(await db.fetchval("SELECT last_message FROM conversation"))["text"] == ""


async def test_a_reaction_before_its_message_waits_for_it(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(reaction("wamid.2", "wamid.1", "👍"))))
    assert await rows(db, "SELECT message_id FROM message_change") == [(None,)]
    await post(payload(value(text("wamid.1"))))
    shown = orjson.loads(await db.fetchval("SELECT reactions FROM message"))
    assert [one["emoji"] for one in shown] == ["👍"]


async def test_a_reaction_in_the_same_delivery_before_its_message(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(reaction("wamid.2", "wamid.1", "👍"), text("wamid.1"))))
    assert orjson.loads(await db.fetchval("SELECT reactions FROM message"))[0]["emoji"] == "👍"


async def test_a_status_for_an_unknown_message_waits(post: Post, db: asyncpg.Connection) -> None:
    status = {"id": "wamid.out", "status": "delivered", "timestamp": str(START), "recipient_id": "351900000001"}
    await post(payload(value(statuses=(status,))))
    assert await rows(db, "SELECT external_id, status FROM pending_status") == [("wamid.out", "delivered")]


async def test_a_status_moves_our_message(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await db.execute(
        """INSERT INTO message (id, conversation_id, channel_account_id, direction, kind, text, external_id, status, position_at)
        SELECT gen_random_uuid(), id, channel_account_id, 'outbound', 'text', 'hi', 'wamid.out', 'sent', now() FROM conversation"""
    )
    status = {"id": "wamid.out", "status": "read", "timestamp": str(START + 9), "recipient_id": "351900000001"}
    await post(payload(value(statuses=(status,))))
    assert await db.fetchval("SELECT status FROM message WHERE external_id = 'wamid.out'") == "read"


def echo(external_id: str, body: str, *, at: int = 5) -> dict[str, Any]:
    message = {"id": external_id, "timestamp": str(START + at), "type": "text", "text": {"body": body}}
    return {
        "metadata": {"display_phone_number": "85221234567", "phone_number_id": PHONES["shop"]},
        "message_echoes": [{**message, "from": "85221234567", "to": "351900000001"}],
    }


async def test_what_the_phone_app_wrote_is_ours_and_ends_the_waiting(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await post(payload(echo("wamid.9", "from the phone"), field="smb_message_echoes"))
    assert await rows(db, "SELECT text, status FROM message WHERE direction = 'outbound'") == [
        ("from the phone", "sent")
    ]
    assert await rows(db, "SELECT unread_count, waiting_since FROM conversation") == [(0, None)]


async def test_the_echo_of_a_message_that_is_being_sent_settles_it(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await db.execute(
        """INSERT INTO message
        (id, conversation_id, channel_account_id, direction, kind, text, status, position_at, claimed_at)
        SELECT gen_random_uuid(), id, channel_account_id, 'outbound', 'text', 'our words', 'unknown', now(), $1 FROM conversation""",
        (await db.fetchval("SELECT sent_at FROM message")),
    )
    await post(payload(echo("wamid.9", "our words"), field="smb_message_echoes"))
    found = await rows(db, "SELECT external_id, status FROM message WHERE direction = 'outbound'")
    assert found == [("wamid.9", "sent")]


def system(external_id: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"id": external_id, "timestamp": str(START + 5), "type": "system", "system": {"type": kind, **fields}}


async def test_a_changed_number_is_the_same_identity_with_a_line(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    await post(payload(value(system("wamid.2", "user_changed_number", wa_id="351900000099"))))
    await post(payload(value(text("wamid.3", at=9), phone="351900000099")))
    assert await db.fetchval("SELECT count(*) FROM identity") == 1
    assert await rows(db, "SELECT phone FROM contact") == [("+351900000099",)]
    assert await rows(db, "SELECT content ->> 'code' FROM message WHERE kind = 'activity'") == [("identity_changed",)]
    assert await db.fetchval("SELECT count(*) FROM message WHERE kind = 'text'") == 2


async def test_two_known_identities_that_are_one_merge_into_the_older(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"), phone="351900000001")))
    await post(payload(value(text("wamid.2"), phone="351900000099", name="Ana again")))
    await post(payload(value(system("wamid.3", "user_changed_number", wa_id="351900000099"))))
    merged = await rows(db, "SELECT i.external_id, i.merged_into_id IS NULL FROM identity i ORDER BY i.created_at")
    assert [kept for _, kept in merged] == [True, False]
    found = await db.fetch("SELECT status, merged_into_id FROM conversation ORDER BY created_at, id")
    assert sorted((row["status"], row["merged_into_id"] is None) for row in found) == [
        ("closed", False),
        ("open", True),
    ]
    assert await db.fetchval("SELECT count(*) FROM contact WHERE merged_into_id IS NULL") == 1
    await post(payload(value(text("wamid.4", at=9), phone="351900000099")))
    assert await db.fetchval("SELECT count(*) FROM message WHERE kind = 'text'") == 3
    assert await db.fetchval("SELECT count(*) FROM conversation") == 2


async def test_consent_withdrawn_at_the_platform_is_a_ledger_line_and_shown(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value(text("wamid.1"))))
    preference = {"wa_id": "351900000001", "category": "marketing_messages", "value": "stop", "timestamp": START}
    change = {
        "metadata": {"phone_number_id": PHONES["shop"]},
        "contacts": [{"wa_id": "351900000001"}],
        "user_preferences": [preference],
    }
    for _ in range(2):
        await post(payload(change, field="user_preferences"))
    assert await rows(db, "SELECT purpose, granted, channel FROM consent") == [("marketing", False, "whatsapp")]
    assert await db.fetchval("SELECT count(*) FROM message WHERE content ->> 'code' = 'consent_changed'") == 1


async def test_a_chat_opened_opens_the_window_without_calling_anybody(post: Post, db: asyncpg.Connection) -> None:
    await post(payload(value({"id": "wamid.1", "timestamp": str(START), "type": "request_welcome"})))
    found = await db.fetchrow("SELECT status, unread_count, reply_window_ends_at FROM conversation")
    assert (found["status"], found["unread_count"]) == ("closed", 0)
    assert found["reply_window_ends_at"] is not None
    assert await db.fetchval("SELECT content ->> 'code' FROM message") == "chat_opened"


async def test_events_about_account_and_templates_are_kept_once_and_told_of_health(
    post: Post, db: asyncpg.Connection, accounts: Accounts
) -> None:
    quality = {"display_phone_number": "85221234567", "event": "FLAGGED", "current_limit": "TIER_1K"}
    template = {"event": "APPROVED", "message_template_id": 1, "message_template_name": "hello"}
    for _ in range(2):
        await post(payload(quality, field="phone_number_quality_update"))
        await post(payload(template, field="message_template_status_update"))
        await post(payload({"nobody": "knows"}, field="brand_new"))
    kinds = await rows(db, "SELECT kind FROM platform_event ORDER BY kind")
    assert kinds == [("account_changed",), ("template_changed",), ("unrecognised",)]
    health = orjson.loads(await db.fetchval("SELECT health FROM channel_account WHERE id = $1", accounts["shop"].id))
    assert health["told"]["phone_number_quality_update"]["value"] == "flagged"
