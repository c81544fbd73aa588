"""Ask who a newcomer is, where the platform tells only when it is asked: at most once a day for one person.

Beside the name that may be a picture, and keys under which the person is known on other accounts too: those join contacts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import structlog

from app.channel_accounts.directory import AccountView
from app.db import UnitOfWork
from app.events import ConversationUpdated, record
from app.ids import uuid7
from app.inbound.joins import join_contacts
from app.inbound.messages import media_source
from app.inbound.parties import Party, claim
from app.inbound.people import settle
from app.inbound.threads import Threads
from app.outbound.service import run
from app.runtime import Runtime
from channels.contract import FetchProfile, Key, KeyScope, MediaRef, Person, ProfileSeen, SendError

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
        await _allow_once_more(runtime, identity_id)
        return
    assert isinstance(seen, ProfileSeen), "an adapter answers FetchProfile with ProfileSeen"
    async with runtime.database.begin() as uow:
        learned = tuple(key for key in seen.person.keys if key not in keys)
        await _show(uow, account, replace(seen.person, keys=(*keys, *learned)), runtime, seen.avatar)
    if learned:
        async with runtime.database.begin() as uow:
            await join_contacts(uow, account, identity_id, learned)


async def _allow_once_more(runtime: Runtime, identity_id: UUID) -> None:
    """Some platforms tell who somebody is only once they have written: ask a second time that day."""
    if await runtime.redis.set(f"profile-failed:{identity_id}", b"1", nx=True, ex=AGAIN_AFTER_S):
        await runtime.redis.delete(f"profile:{identity_id}")


async def _show(
    uow: UnitOfWork, account: AccountView, person: Person, runtime: Runtime, avatar: MediaRef | None
) -> None:
    """Take over name, picture and keys as a message would have brought them."""
    one = claim(account, person)
    settled = await settle(uow, [one], datetime.now(UTC))
    changed = dict(settled.renamed)
    if avatar is not None and await _picture(uow, runtime, one.found, avatar):
        changed[one.found.identity_id] = one.found
    threads = Threads()
    await threads.lock(uow, changed.values(), ())
    for thread in threads.all():
        data = {**thread.patch(), **thread.contact()}
        scope = thread.scope
        await record(uow, ConversationUpdated(data=data, conversation_id=thread.id, before=scope, after=scope))


_PICTURE = """
INSERT INTO media (id, mime, filename, channel_account_id, source, next_try_at) VALUES ($1, $2, '', $3, $4, now())
"""
_SHOW_PICTURE = """
UPDATE contact SET avatar_media_id = $2, updated_at = now() WHERE id = $1 AND avatar_media_id IS NULL RETURNING id
"""


async def _picture(uow: UnitOfWork, runtime: Runtime, party: Party, avatar: MediaRef) -> bool:
    """Give a contact without a picture this one, to be fetched after the commit. Say whether that was done."""
    media_id = uuid7()
    if await uow.conn.fetchval(_SHOW_PICTURE, party.contact_id, media_id) is None:
        return False
    source = runtime.vault.seal(media_source(avatar))
    await uow.conn.execute(_PICTURE, media_id, avatar.mime, party.account.id, source)
    uow.enqueue("fetch_media", str(media_id))
    party.avatar_media_id = media_id
    return True
