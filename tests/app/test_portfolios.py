"""WABAs of one portfolio: people known in one of them are known in all, and nobody is forgotten on the way."""

from __future__ import annotations

from uuid import UUID

from app.channel_accounts.portfolios import join_portfolio
from app.contacts.matching import match_contacts
from app.db import Database
from app.ids import uuid7
from app.runtime import Runtime
from channels.contract import PlatformObject

PORTFOLIO = PlatformObject("portfolio", "159813103206365")


async def waba(database: Database, external_id: str) -> tuple[UUID, UUID]:
    """Add a WABA with one number; return both ids."""
    waba_id, account_id = uuid7(), uuid7()
    async with database.begin() as uow:
        await uow.conn.execute(
            "INSERT INTO platform_account (id, channel, kind, external_id) VALUES ($1, 'whatsapp', 'waba', $2)",
            waba_id,
            external_id,
        )
        await uow.conn.execute(
            """INSERT INTO channel_account (id, platform_account_id, channel, external_id, name)
            VALUES ($1, $2, 'whatsapp', $3, 'Number')""",
            account_id,
            waba_id,
            f"number of {external_id}",
        )
    return waba_id, account_id


async def person(database: Database, waba_id: UUID, account_id: UUID, bsuid: str, phone: str = "") -> UUID:
    """Add somebody who is known by a BSUID, unique in the WABA as far as anybody knows, and maybe a phone number."""
    contact_id, identity_id = uuid7(), uuid7()
    keys = [(str(waba_id), "bsuid", bsuid)] + ([("world", "phone", phone)] if phone else [])
    async with database.begin() as uow:
        await uow.conn.execute("INSERT INTO contact (id, name, folded_name) VALUES ($1, 'Ana', 'ana')", contact_id)
        await uow.conn.execute(
            "INSERT INTO identity (id, channel_account_id, contact_id, external_id) VALUES ($1, $2, $3, $4)",
            identity_id,
            account_id,
            contact_id,
            bsuid,
        )
        for scope, kind, value in keys:
            await uow.conn.execute(
                "INSERT INTO identity_key (channel_account_id, scope, kind, value, identity_id) VALUES ($1, $2, $3, $4, $5)",
                account_id,
                scope,
                kind,
                value,
                identity_id,
            )
            await uow.conn.execute(
                "INSERT INTO contact_key (scope, kind, value, contact_id) VALUES ($1, $2, $3, $4)",
                scope,
                kind,
                value,
                contact_id,
            )
    return contact_id


async def scopes(database: Database, table: str, value: str) -> list[str]:
    async with database.begin() as uow:
        return [row[0] for row in await uow.conn.fetch(f"SELECT scope FROM {table} WHERE value = $1 ORDER BY 1", value)]


async def test_a_persons_name_moves_to_the_portfolio_and_no_other_does(runtime: Runtime, database: Database) -> None:
    waba_id, account_id = await waba(database, "201")
    await person(database, waba_id, account_id, "HK.1", phone="85291234567")
    await join_portfolio(runtime, waba_id, PORTFOLIO)
    async with database.begin() as uow:
        parent_id = await uow.conn.fetchval("SELECT parent_id FROM platform_account WHERE id = $1", waba_id)
    view = await runtime.accounts.get(account_id)
    assert view is not None
    assert view.scopes["portfolio"] == str(parent_id), "what is written from now on"
    for table in ("identity_key", "contact_key"):
        assert await scopes(database, table, "HK.1") == sorted([str(waba_id), str(parent_id)]), (
            "known by both meanwhile"
        )
        assert await scopes(database, table, "85291234567") == ["world"]
    await join_portfolio(runtime, waba_id, PORTFOLIO)
    for table in ("identity_key", "contact_key"):
        assert await scopes(database, table, "HK.1") == [str(parent_id)]


async def test_the_same_person_of_two_wabas_becomes_one_contact(runtime: Runtime, database: Database) -> None:
    contacts = []
    for external_id in ("201", "202"):
        waba_id, account_id = await waba(database, external_id)
        contacts.append(await person(database, waba_id, account_id, "HK.1"))
        await join_portfolio(runtime, waba_id, PORTFOLIO)
    await match_contacts(runtime)
    async with database.begin() as uow:
        merged = await uow.conn.fetchval(
            "SELECT count(*) FROM contact WHERE merged_into_id = ANY($1::uuid[])", contacts
        )
        parents = await uow.conn.fetchval("SELECT count(DISTINCT parent_id) FROM platform_account WHERE kind = 'waba'")
    assert (merged, parents) == (1, 1)
