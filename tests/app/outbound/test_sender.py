"""What becomes of queued messages, against the sandbox of a real platform's rules."""

from __future__ import annotations

from app.outbound.sender import send_conversation
from tests.app.outbound.conftest import Shop


async def test_a_queued_message_reaches_the_platform_and_is_sent_with_its_id(shop: Shop) -> None:
    message_id = await shop.queue("good morning")
    await send_conversation(shop.runtime, shop.conversation_id)
    (entry,) = await shop.sent()
    row = await shop.message(message_id)
    assert (row["status"], row["external_id"]) == ("sent", entry["id"])
    assert entry["callback"] == str(message_id)


async def test_messages_of_a_conversation_leave_in_their_order(shop: Shop) -> None:
    for text in ("one", "two", "three"):
        await shop.queue(text)
    await send_conversation(shop.runtime, shop.conversation_id)
    assert await shop.sent_texts() == ["one", "two", "three"]
