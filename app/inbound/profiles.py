"""Ask who a newcomer is, where the platform tells names only when it is asked: at most once a day for one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import structlog

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from app.events import ConversationUpdated, record
from app.inbound.parties import claim
from app.inbound.people import settle
from app.inbound.threads import Threads
from app.outbound.service import run
from app.runtime import Runtime
from channels.contract import FetchProfile, Key, KeyScope, Person, ProfileSeen, SendError

AGAIN_AFTER_S = 24 * 3600
_WHO = """
SELECT i.channel_account_id, i.name, k.scope, k.kind, k.value FROM identity i JOIN identity_key k ON k.identity_id = i.id
WHERE i.id = $1 AND i.merged_into_id IS NULL ORDER BY k.value = i.external_id DESC, k.created_at DESC, k.kind, k.value
"""
_log = structlog.get_logger()


async def fetch_profile(runtime: Runtime, identity_id: UUID) -> None:
    """Learn a nameless person's name, and show it to the readers. What fails is asked again when they write another day."""
    async with runtime.database.begin() as uow:
        rows = await uow.conn.fetch(_WHO, identity_id)
    account = await runtime.accounts.get(rows[0]["channel_account_id"]) if rows else None
    if account is None or rows[0]["name"] or not account.capabilities.profiles:
        return
    if not await runtime.redis.set(f"profile:{identity_id}", b"1", nx=True, ex=AGAIN_AFTER_S):
        return
    scopes: dict[str, KeyScope] = {value: scope for scope, value in account.scopes.items()}
    keys = tuple(Key(scopes.get(row["scope"], "account"), row["kind"], row["value"]) for row in rows)
    try:
        seen = await run(runtime, account, FetchProfile(Person(keys)))
    except SendError as error:
        _log.info("profile_not_fetched", identity_id=str(identity_id), code=error.code)
        return
    assert isinstance(seen, ProfileSeen), "an adapter answers FetchProfile with ProfileSeen"
    async with runtime.database.begin() as uow:
        await _show(uow, account, replace(seen.person, keys=keys))


async def _show(uow: UnitOfWork, account: AccountView, person: Person) -> None:
    """Take over the name as a message would have brought it."""
    settled = await settle(uow, [claim(account, person)], datetime.now(UTC))
    threads = Threads()
    await threads.lock(uow, settled.renamed.values(), ())
    for thread in threads.all():
        data = {**thread.patch(), **thread.contact()}
        scope = thread.scope
        await record(uow, ConversationUpdated(data=data, conversation_id=thread.id, before=scope, after=scope))
