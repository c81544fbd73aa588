"""Erasing a person: nothing that tells who it was is left in any table, and a delivery from before is not taken in again."""

from __future__ import annotations

from uuid import UUID

import orjson
import pytest

from app.contacts.erasing import ERASED, KEPT, digest_of, erase_contact
from app.contacts.merging import Pair, merge_contacts
from app.errors import NotFound
from app.ids import uuid7
from app.runtime import Runtime
from app.tables import METADATA

from .conftest import NOW, People

IMPERSONAL = {
    "agent",
    "agent_socket",
    "api_token",
    "assignment",
    "brand",
    "bulk_act",
    "bulk_item",
    "channel_account",
    "conversation_tag",
    "password_link",
    "platform_account",
    "pull",
    "qr_code",
    "search_cursor",
    "second_factor",
    "session",
    "tag",
    "team",
    "team_member",
    "template",
    "template_file",
    "template_version",
}
"""Tables without a word of or about a contact. A new table is named here, or erased."""
SECRETS = ("Ann Lee", "85291234567", "ann@example.com", "secret words", "wamid.1", "size XL")


def test_every_table_is_known_to_erasing() -> None:
    unknown = set(METADATA.tables) - ERASED.keys() - KEPT.keys() - IMPERSONAL
    assert unknown == set(), "say in app/contacts/erasing.py what erasing does to it"
    assert not (ERASED.keys() | KEPT.keys()) & IMPERSONAL


async def test_nothing_of_a_person_is_left(runtime: Runtime, people: People) -> None:
    key = ("world", "phone", "85291234567")
    async with runtime.database.begin() as uow:
        ann = await people.contact(uow, "Ann Lee", phone="+85291234567", tags=["VIP"], attributes={"size": "size XL"})
        other = await people.contact(uow, "Ann Lee", email="ann@example.com")
        identity_id = await people.identity(uow, ann, keys=[key], thread=False)
        thread = await people.thread(uow, identity_id, ann)
        await people.identity(uow, other, "messenger")
        await merge_contacts(uow, Pair(ann, other), actor=None, reason="by_hand", evidence={"same_phone": key[2]})
        await people.consent(uow, ann, "marketing", granted=False)
        message_id = uuid7()
        await uow.conn.execute(
            """INSERT INTO message (id, conversation_id, channel_account_id, direction, kind, text, content, external_id, position_at)
            VALUES ($1, $2, $3, 'inbound', 'text', 'secret words', '{"said": "secret words"}', 'wamid.1', $4)""",
            *(message_id, thread, people.accounts["whatsapp"], NOW),
        )
        await uow.conn.execute(
            "UPDATE conversation SET last_message = $2 WHERE id = $1", thread, '{"text": "secret words"}'
        )
        await uow.conn.execute(
            "INSERT INTO message_search (message_id, month, conversation_id, words, grams) VALUES ($1, now(), $2, to_tsvector('secret words'), '{}')",
            message_id,
            thread,
        )
        stranger = await people.contact(uow, "Ben", phone="+85290000000")
    async with runtime.database.begin() as uow:
        assert "secret words" in await everything(uow.conn)
    await erase_contact(runtime, ann, actor=None)
    async with runtime.database.begin() as uow:
        left = await everything(uow.conn)
        assert [secret for secret in SECRETS if secret in left] == []
        assert "Ben" in left
        assert await uow.conn.fetchval("SELECT count(*) FROM message WHERE conversation_id = $1", thread) >= 1
        assert await uow.conn.fetchval("SELECT name FROM contact WHERE id = $1", stranger) == "Ben"
        erased = await uow.conn.fetchrow("SELECT * FROM erased_key WHERE digest = $1", digest_of(runtime.vault, *key))
        assert erased["withdrawn"] == ["marketing"]


async def everything(conn: object) -> str:
    """Return all rows of all tables as one text."""
    rows = []
    for table in sorted(METADATA.tables):
        rows += await conn.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} t")  # type: ignore[attr-defined]
    return orjson.dumps([row["row"] for row in rows]).decode()


@pytest.mark.parametrize("contact_id", [uuid7()])
async def test_nobody_is_erased_who_is_not_there(runtime: Runtime, contact_id: UUID) -> None:
    with pytest.raises(NotFound):
        await erase_contact(runtime, contact_id, actor=None)
