"""The outbox: what may go in, what it becomes, how it comes out again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.channel_accounts.directory import AccountView
from app.errors import AppError, Conflict, Invalid, NotFound
from app.ids import uuid7
from app.outbound.sender import send_conversation
from app.outbound.service import Outgoing, cancel, queue_message, resend
from tests.app.outbound.conftest import Shop


async def account_of(shop: Shop) -> AccountView:
    account = await shop.runtime.accounts.get(shop.account_id)
    assert account is not None
    return account


async def post(shop: Shop, kind: str = "text", *, client_id: str | None = None, **fields: Any) -> list[dict[str, Any]]:
    account = await account_of(shop)
    async with shop.runtime.database.begin() as uow:
        return await queue_message(
            uow,
            account,
            conversation_id=shop.conversation_id,
            outgoing=Outgoing(kind=kind, **fields),
            agent_id=None,
            client_id=client_id,
        )


async def again(shop: Shop, message_id: UUID, *, client_id: str | None = None) -> dict[str, Any]:
    account = await account_of(shop)
    async with shop.runtime.database.begin() as uow:
        return await resend(uow, account, message_id=message_id, agent_id=None, client_id=client_id)


async def upload(shop: Shop, mime: str = "image/png", size_bytes: int = 100) -> UUID:
    media_id = uuid7()
    await shop.execute(
        "INSERT INTO media (id, state, mime, filename, size_bytes, sha256) VALUES ($1, 'ready', $2, 'f', $3, $4)",
        media_id,
        mime,
        size_bytes,
        "0" * 64,
    )
    return media_id


async def test_a_queued_text_is_shown_at_once_in_thread_list_and_to_live_readers(shop: Shop) -> None:
    (message,) = await post(shop, text="hello", client_id="c1")
    assert (message["status"], message["text"], message["client_id"]) == ("queued", "hello", "c1")
    ((kind, data),) = await shop.events()
    assert (kind, data["id"]) == ("message.created", message["id"])
    assert data["conversation"]["last_message"]["id"] == message["id"]
    assert data["conversation"]["waiting_since"] is None


async def test_the_same_client_id_and_body_is_one_message_and_another_body_is_refused(shop: Shop) -> None:
    first = await post(shop, text="hello", client_id="c1")
    assert await post(shop, text="hello", client_id="c1") == first
    with pytest.raises(Conflict) as refused:
        await post(shop, text="good bye", client_id="c1")
    assert refused.value.code == "client_id_used"
    assert len(await shop.execute("SELECT 1 FROM message")) == 1


async def test_a_text_over_the_limit_becomes_messages_of_one_group_that_together_say_it(shop: Shop) -> None:
    text = "\n\n".join(f"Paragraph {n}: " + "word " * 200 for n in range(9))
    parts = await post(shop, text=text, client_id="c1")
    assert len(parts) > 1
    assert "".join(part["text"] for part in parts) == text
    assert all(len(part["text"]) <= 4096 for part in parts)
    assert {part["group_id"] for part in parts} == {parts[0]["id"]}
    assert await post(shop, text=text, client_id="c1") == parts
    await send_conversation(shop.runtime, shop.conversation_id)
    assert await shop.sent_texts() == [part["text"] for part in parts]


async def test_a_caption_that_the_channel_does_not_take_follows_as_a_text(shop: Shop) -> None:
    audio = await upload(shop, "audio/ogg")
    parts = await post(shop, "audio", media_id=audio, text="listen", voice=True)
    assert [(part["kind"], part["text"]) for part in parts] == [("audio", ""), ("text", "listen")]
    assert parts[0]["attachments"][0]["voice"] is True


BUTTONS = [{"id": "y", "title": "Yes"}, {"id": "n", "title": "No"}]
ROWS = [{"id": "r1", "title": "Row 1", "description": "first"}]


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("text", {"text": "  "}, "text"),
        ("poem", {"text": "x"}, "kind"),
        ("image", {}, "media_id"),
        ("image", {"media_id": uuid7()}, "media_id"),
        ("buttons", {"text": "?", "content": {"buttons": []}}, "buttons"),
        (
            "buttons",
            {"text": "?", "content": {"buttons": [{"id": str(n), "title": str(n)} for n in range(4)]}},
            "buttons",
        ),
        ("buttons", {"text": "?", "content": {"buttons": [BUTTONS[0], BUTTONS[0]]}}, "buttons"),
        ("buttons", {"text": "?", "content": {"buttons": [{"id": "a", "title": "t" * 21}]}}, "buttons.0.title"),
        ("buttons", {"text": "", "content": {"buttons": BUTTONS}}, "text"),
        ("buttons", {"text": "x" * 1025, "content": {"buttons": BUTTONS}}, "text"),
        ("list", {"text": "?", "content": {"button": "Go", "sections": []}}, "sections"),
        ("list", {"text": "?", "content": {"button": "", "sections": [{"rows": ROWS}]}}, "button"),
        (
            "list",
            {"text": "?", "content": {"button": "Go", "sections": [{"rows": ROWS}, {"rows": ROWS}]}},
            "sections.0.title",
        ),
        ("location", {"content": {"latitude": 91, "longitude": 0}}, "latitude"),
        ("location", {"content": {"latitude": 1, "longitude": "x"}}, "longitude"),
        ("reaction", {"content": {"emoji": "👍"}}, "message_id"),
        ("reaction", {"content": {"emoji": "👍"}, "reply_to_id": uuid7()}, "message_id"),
        ("text", {"text": "x", "reply_to_id": uuid7()}, "reply_to_id"),
    ],
)
async def test_what_the_channel_would_refuse_is_refused_with_the_field(
    shop: Shop, kind: str, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await post(shop, kind, **fields)
    assert list(refused.value.fields) == [field]
    assert await shop.execute("SELECT 1 FROM message") == []


@pytest.mark.parametrize(
    ("kind", "mime", "size_bytes", "code"),
    [
        ("image", "application/pdf", 10, "media_type_refused"),
        ("image", "image/png", 6_000_000, "media_too_large"),
    ],
)
async def test_a_file_must_be_of_a_type_and_size_that_the_channel_takes(
    shop: Shop, kind: str, mime: str, size_bytes: int, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await post(shop, kind, media_id=await upload(shop, mime, size_bytes))
    assert refused.value.code == code


async def test_every_kind_of_whatsapp_reaches_the_customer(shop: Shop) -> None:
    (target,) = await post(shop, text="first")
    await send_conversation(shop.runtime, shop.conversation_id)
    await post(shop, text="answer", reply_to_id=UUID(target["id"]))
    await post(shop, "buttons", text="?", content={"buttons": BUTTONS})
    await post(shop, "list", text="?", content={"button": "Go", "sections": [{"title": "", "rows": ROWS}]})
    await post(
        shop, "location", content={"latitude": 22.3, "longitude": 114.2, "name": "Shop", "address": "Nathan Road"}
    )
    await post(shop, "reaction", content={"emoji": "👍"}, reply_to_id=UUID(target["id"]))
    await send_conversation(shop.runtime, shop.conversation_id)
    kinds = [entry["body"]["type"] for entry in await shop.sent()]
    assert kinds == ["text", "text", "interactive", "interactive", "location", "reaction"]
    rows = await shop.execute("SELECT DISTINCT status FROM message")
    assert [row["status"] for row in rows] == ["sent"]


async def test_a_reaction_shows_on_its_target_at_once_and_is_taken_back_by_an_empty_one(shop: Shop) -> None:
    (target,) = await post(shop, text="first")
    await send_conversation(shop.runtime, shop.conversation_id)
    (shown,) = await post(shop, "reaction", content={"emoji": "👍"}, reply_to_id=UUID(target["id"]))
    assert (shown["id"], [item["emoji"] for item in shown["reactions"]]) == (target["id"], ["👍"])
    (shown,) = await post(shop, "reaction", content={"emoji": "❤️"}, reply_to_id=UUID(target["id"]))
    assert [item["emoji"] for item in shown["reactions"]] == ["❤️"]
    (shown,) = await post(shop, "reaction", content={"emoji": ""}, reply_to_id=UUID(target["id"]))
    assert shown["reactions"] == []


async def test_a_refused_reaction_disappears_from_its_target(shop: Shop) -> None:
    (target,) = await post(shop, text="first")
    await send_conversation(shop.runtime, shop.conversation_id)
    await post(shop, "reaction", content={"emoji": "👍"}, reply_to_id=UUID(target["id"]))
    await shop.faults(fail_code=131026)
    await send_conversation(shop.runtime, shop.conversation_id)
    assert (await shop.message(UUID(target["id"])))["reactions"] == []


async def test_outside_the_reply_window_nothing_is_queued(shop: Shop) -> None:
    await shop.execute("UPDATE reply_grant SET ends_at = now() - interval '1 second'")
    with pytest.raises(Conflict) as refused:
        await post(shop, text="too late")
    assert refused.value.code == "window_closed"


async def test_a_queued_message_can_be_cancelled_and_a_sent_one_not(shop: Shop) -> None:
    (message,) = await post(shop, text="oops")
    async with shop.runtime.database.begin() as uow:
        assert (await cancel(uow, message_id=UUID(message["id"])))["status"] == "cancelled"
    await send_conversation(shop.runtime, shop.conversation_id)
    assert await shop.sent() == []
    (message,) = await post(shop, text="fine")
    await send_conversation(shop.runtime, shop.conversation_id)
    assert await _refusal(shop, UUID(message["id"])) == "not_cancellable"


async def _refusal(shop: Shop, message_id: UUID) -> str:
    with pytest.raises(AppError) as refused:
        async with shop.runtime.database.begin() as uow:
            await cancel(uow, message_id=message_id)
    return refused.value.code


@pytest.mark.parametrize("status", ["failed", "unknown"])
async def test_a_message_that_did_not_arrive_is_sent_again_once_by_a_persons_word(shop: Shop, status: str) -> None:
    message_id = await shop.queue("hello", status=status)
    shape = await again(shop, message_id, client_id="again")
    assert await again(shop, message_id, client_id="again") == shape
    assert (await shop.message(message_id))["resent_as_id"] == UUID(shape["id"])
    with pytest.raises(Conflict):
        await again(shop, message_id)
    await send_conversation(shop.runtime, shop.conversation_id)
    assert await shop.sent_texts() == ["hello"]


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "read", "cancelled"])
async def test_what_was_sent_or_still_waits_is_not_sent_again(shop: Shop, status: str) -> None:
    with pytest.raises(Conflict) as refused:
        await again(shop, await shop.queue(status=status))
    assert refused.value.code == "not_resendable"


async def test_what_does_not_exist_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await again(shop, uuid7())
    shop.conversation_id = uuid7()
    with pytest.raises(NotFound):
        await post(shop, text="x")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE channel_account SET state = 'removed'", "account_removed"),
        ("UPDATE conversation SET merged_into_id = id", "conversation_merged"),
    ],
)
async def test_a_conversation_that_has_ended_takes_no_more(shop: Shop, change: str, code: str) -> None:
    await account_of(shop)
    await shop.execute(change)
    with pytest.raises(Conflict) as refused:
        await post(shop, text="x")
    assert refused.value.code == code


async def test_what_is_queued_while_the_account_is_stopped_says_why_it_waits(shop: Shop) -> None:
    await shop.execute("UPDATE channel_account SET sending_stopped_reason = 'token_expired'")
    (message,) = await post(shop, text="x")
    assert message["error"]["code"] == "sending_stopped"
    assert message["error"]["params"] == {"reason": "token_expired"}


async def test_messages_of_one_instant_keep_their_order(shop: Shop) -> None:
    shapes: Sequence[dict[str, Any]] = [(await post(shop, text=str(n)))[0] for n in range(5)]
    rows = await shop.execute("SELECT id, position_at FROM message ORDER BY position_at, id")
    assert [str(row["id"]) for row in rows] == [shape["id"] for shape in shapes]
    assert rows[-1]["position_at"] - rows[0]["position_at"] > timedelta(0)
