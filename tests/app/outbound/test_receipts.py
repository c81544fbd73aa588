"""What the customer sees of the agent: read, and typing."""

from __future__ import annotations

import pytest

from app.outbound import receipts
from app.outbound.receipts import mark_read, show_typing
from channels.contract import Done, MarkRead
from tests.app.outbound.conftest import Json, Shop


async def customer_wrote(shop: Shop) -> str:
    """Let the newest message of the customer's phone be the newest inbound one of the conversation."""
    lines = (await shop.sandbox.get(f"/sandbox/customers/{shop.customer['id']}/messages")).json()
    external_id = str(next(line["id"] for line in reversed(_items(lines))))
    await shop.execute("UPDATE conversation SET last_inbound_external_id = $1", external_id)
    return external_id


def _items(lines: object) -> list[Json]:
    if isinstance(lines, dict):
        return list(lines.get("items") or lines.get("messages") or [])
    assert isinstance(lines, list)
    return lines


async def requests_made(shop: Shop) -> int:
    return len([item for item in (await shop.sandbox.get("/sandbox/wire")).json()["items"] if "/messages" in str(item)])


async def test_reading_is_told_once_for_each_newest_message(shop: Shop) -> None:
    external_id = await customer_wrote(shop)
    before = await requests_made(shop)
    await mark_read(shop.runtime, shop.conversation_id)
    await mark_read(shop.runtime, shop.conversation_id)
    assert await requests_made(shop) == before + 1
    (row,) = await shop.execute("SELECT read_receipt_external_id FROM conversation")
    assert row["read_receipt_external_id"] == external_id


async def test_typing_is_shown_once_in_a_while(shop: Shop) -> None:
    await customer_wrote(shop)
    before = await requests_made(shop)
    for _ in range(3):
        await show_typing(shop.runtime, shop.conversation_id)
    assert await requests_made(shop) == before + 1


@pytest.mark.parametrize("change", ["state = 'paused'", "sending_stopped_reason = 'token_expired'"])
async def test_a_paused_or_stopped_account_shows_nothing(shop: Shop, change: str) -> None:
    await customer_wrote(shop)
    await shop.execute(f"UPDATE channel_account SET {change}")
    await shop.runtime.accounts.refresh()
    before = await requests_made(shop)
    await mark_read(shop.runtime, shop.conversation_id)
    await show_typing(shop.runtime, shop.conversation_id)
    assert await requests_made(shop) == before


async def test_nobody_wrote_so_nothing_is_read(shop: Shop) -> None:
    before = await requests_made(shop)
    await mark_read(shop.runtime, shop.conversation_id)
    await show_typing(shop.runtime, shop.conversation_id)
    assert await requests_made(shop) == before


async def test_a_refused_receipt_is_let_go(shop: Shop) -> None:
    await shop.execute("UPDATE conversation SET last_inbound_external_id = 'wamid.unknown'")
    await mark_read(shop.runtime, shop.conversation_id)
    (row,) = await shop.execute("SELECT read_receipt_external_id FROM conversation")
    assert row["read_receipt_external_id"] is None


async def test_a_receipt_names_the_message_and_the_person(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    async def run(runtime: object, account: object, intent: object) -> Done:
        asked.append(intent)
        return Done()

    monkeypatch.setattr(receipts, "run", run)
    external_id = await customer_wrote(shop)
    await mark_read(shop.runtime, shop.conversation_id)
    (receipt,) = asked
    assert isinstance(receipt, MarkRead)
    assert receipt.to is not None
    assert (receipt.external_id, receipt.to.keys[0].value) == (external_id, shop.customer["phone"])
