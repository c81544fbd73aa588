"""People on several channels, as ingest would leave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.db import UnitOfWork
from app.folding import fold
from app.ids import uuid7
from app.runtime import Runtime

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANNELS = ("whatsapp", "messenger")


@dataclass
class People:
    """Writes contacts with identities, threads, tags and consents; tells all that merging may touch."""

    accounts: dict[str, UUID] = field(default_factory=dict)

    async def open(self, uow: UnitOfWork) -> None:
        for channel in CHANNELS:
            self.accounts[channel] = uuid7()
            await uow.conn.execute(
                "INSERT INTO channel_account (id, channel, external_id, name) VALUES ($1, $2, $3, $2)",
                *(self.accounts[channel], channel, f"account-{channel}"),
            )

    async def contact(
        self, uow: UnitOfWork, name: str = "", *, tags: Sequence[str] = (), attributes: Any = None, **columns: Any
    ) -> UUID:
        values = {"id": uuid7(), "name": name, "folded_name": fold(name), **columns}
        values["attributes"] = orjson.dumps(attributes or {}).decode()
        names, marks = ", ".join(values), ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await uow.conn.execute(f"INSERT INTO contact ({names}) VALUES ({marks})", *values.values())
        for tag in tags:
            tag_id = await uow.conn.fetchval("SELECT id FROM tag WHERE name = $1", tag)
            if tag_id is None:
                tag_id = uuid7()
                await uow.conn.execute("INSERT INTO tag (id, name, folded_name) VALUES ($1, $2, $2)", tag_id, tag)
            await uow.conn.execute("INSERT INTO contact_tag (contact_id, tag_id) VALUES ($1, $2)", values["id"], tag_id)
        return values["id"]

    async def identity(
        self,
        uow: UnitOfWork,
        contact_id: UUID,
        channel: str = "whatsapp",
        *,
        keys: Sequence[tuple[str, str, str]] = (),
        thread: bool = True,
    ) -> UUID:
        """Add an identity, with a thread of one message unless told otherwise. `keys` are (scope, kind, value)."""
        identity_id, account_id = uuid7(), self.accounts[channel]
        await uow.conn.execute(
            "INSERT INTO identity (id, channel_account_id, contact_id, external_id) VALUES ($1, $2, $3, $4)",
            *(identity_id, account_id, contact_id, str(identity_id)),
        )
        for key in keys:
            await uow.conn.execute(
                "INSERT INTO identity_key VALUES ($1, $2, $3, $4, $5)", account_id, *key, identity_id
            )
            await uow.conn.execute(
                "INSERT INTO contact_key VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", *key, contact_id
            )
        if thread:
            await self.thread(uow, identity_id, contact_id, channel)
        return identity_id

    async def thread(self, uow: UnitOfWork, identity_id: UUID, contact_id: UUID, channel: str = "whatsapp") -> UUID:
        conversation_id = uuid7()
        await uow.conn.execute(
            """INSERT INTO conversation (id, channel_account_id, identity_id, contact_id, last_message_at)
            VALUES ($1, $2, $3, $4, $5)""",
            *(conversation_id, self.accounts[channel], identity_id, contact_id, NOW),
        )
        return conversation_id

    async def consent(
        self, uow: UnitOfWork, contact_id: UUID, purpose: str, *, granted: bool, at: datetime = NOW, channel: str = ""
    ) -> None:
        await uow.conn.execute(
            """INSERT INTO consent (id, contact_id, purpose, channel, granted, source, occurred_at)
            VALUES ($1, $2, $3, $4, $5, 'test', $6)""",
            *(uuid7(), contact_id, purpose, channel, granted, at),
        )

    async def all(self, uow: UnitOfWork) -> dict[str, Any]:
        """Return everything that a merge may change, but for the time of the last change."""
        return {
            name: await uow.conn.fetchval(f"SELECT coalesce(json_agg(to_jsonb(t) - 'updated_at'), '[]') FROM ({sql}) t")
            for name, sql in _ALL.items()
        }


_ALL = {
    "contact": "SELECT * FROM contact ORDER BY id",
    "identity": "SELECT * FROM identity ORDER BY id",
    "conversation": "SELECT id, contact_id FROM conversation ORDER BY id",
    "tags": "SELECT contact_id, tag_id FROM contact_tag ORDER BY 1, 2",
    "consent": "SELECT id, contact_id, granted FROM consent WHERE source <> 'merge_undone' ORDER BY id",
    "keys": "SELECT * FROM contact_key ORDER BY scope, kind, value",
}


@pytest.fixture
async def people(runtime: Runtime) -> People:
    people = People()
    async with runtime.database.begin() as uow:
        await people.open(uow)
    return people
