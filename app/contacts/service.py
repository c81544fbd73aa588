"""The public verbs about contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import orjson

from app.contacts.dismissals import dismiss_suggestion
from app.contacts.erasing import digest_of, erase_contact
from app.contacts.joining import join_identities
from app.contacts.merging import Pair, lock_belongings, merge_contacts
from app.contacts.phones import current_spelling, phone_e164, spellings
from app.contacts.queries import no_contact
from app.contacts.requests import request_matches
from app.contacts.telling import announce_contact, tell_threads
from app.contacts.unmerging import undo_merge
from app.conversations.tags import resolve_tags
from app.db import UnitOfWork
from app.errors import Invalid
from app.folding import fold
from app.ids import uuid7
from app.people.permissions import Actor
from app.people.service import write_audit

__all__ = [
    "Pair",
    "announce_contact",
    "archive_contact",
    "block_contact",
    "change_contact",
    "create_contact",
    "current_spelling",
    "digest_of",
    "dismiss_suggestion",
    "erase_contact",
    "join_identities",
    "merge_contacts",
    "note_export",
    "phone_e164",
    "request_matches",
    "spellings",
    "undo_merge",
]

_COLUMNS = ("name", "phone", "email", "language", "birthday", "gender", "time_zone")
_NAMING = {"phone", "email"}
"""What may tell that two contacts are one person."""


async def create_contact(uow: UnitOfWork, given: Mapping[str, Any], *, region: str, actor: Actor | None = None) -> UUID:
    """Add a person. Raises Invalid."""
    contact_id = uuid7()
    await uow.conn.execute(
        "INSERT INTO contact (id, name, folded_name, named_by) VALUES ($1, '', '', 'agent')", contact_id
    )
    await _set(uow, contact_id, given, region)
    await request_matches(uow, [contact_id] if _NAMING & given.keys() else [])
    await write_audit(uow, actor, "contact.created", "contact", contact_id, {})
    await announce_contact(uow, contact_id)
    return contact_id


async def change_contact(
    uow: UnitOfWork, contact_id: UUID, given: Mapping[str, Any], *, region: str, actor: Actor | None = None
) -> None:
    """Change what is given; None clears. Everyone who sees one of its conversations is told. Raises NotFound, Invalid."""
    await _lock(uow, contact_id)
    await _set(uow, contact_id, given, region)
    await request_matches(uow, [contact_id] if _NAMING & given.keys() else [])
    await write_audit(uow, actor, "contact.changed", "contact", contact_id, {"fields": ", ".join(sorted(given))})
    await announce_contact(uow, contact_id)


async def archive_contact(uow: UnitOfWork, contact_id: UUID, *, actor: Actor | None = None) -> None:
    """Take a contact out of the lists; its history stays. Raises NotFound."""
    await _lock(uow, contact_id)
    await uow.conn.execute("UPDATE contact SET archived_at = coalesce(archived_at, now()) WHERE id = $1", contact_id)
    await write_audit(uow, actor, "contact.archived", "contact", contact_id, {})
    await announce_contact(uow, contact_id)


async def block_contact(uow: UnitOfWork, contact_id: UUID, *, blocked: bool, actor: Actor | None = None) -> None:
    """Let what a contact writes call nobody any more, or again. Open conversations stay as they are. Raises NotFound."""
    await _lock(uow, contact_id)
    changed = await uow.conn.fetchval(
        """UPDATE contact SET blocked_at = CASE WHEN $2 THEN now() END, updated_at = now()
        WHERE id = $1 AND (blocked_at IS NULL) = $2 RETURNING id""",
        contact_id,
        blocked,
    )
    if changed is None:
        return
    await lock_belongings(uow, [contact_id])
    verb = "blocked" if blocked else "unblocked"
    await tell_threads(uow, contact_id, f"contact_{verb}", {}, actor)
    await write_audit(uow, actor, f"contact.{verb}", "contact", contact_id, {})
    await announce_contact(uow, contact_id)


async def note_export(uow: UnitOfWork, actor: Actor) -> None:
    """Leave a trace of who took contacts out of here."""
    await write_audit(uow, actor, "contacts.exported", "", None, {})


async def _lock(uow: UnitOfWork, contact_id: UUID) -> None:
    found = await uow.conn.fetchval(
        "SELECT id FROM contact WHERE id = $1 AND merged_into_id IS NULL FOR NO KEY UPDATE", contact_id
    )
    if found is None:
        raise no_contact()


async def _set(uow: UnitOfWork, contact_id: UUID, given: Mapping[str, Any], region: str) -> None:
    columns = {name: given[name] for name in _COLUMNS if name in given}
    if columns.get("phone"):
        columns["phone"] = phone_e164(columns["phone"], region)
    if columns.get("email"):
        columns["email"] = columns["email"].strip().casefold()
    if columns.get("time_zone") and columns["time_zone"] not in available_timezones():
        raise Invalid("Choose another time zone.", fields={"time_zone": "an IANA name, such as Asia/Hong_Kong"})
    if "name" in columns:
        name = " ".join((columns["name"] or "").split())
        columns |= {"name": name, "folded_name": fold(name), "named_by": "agent" if name else "platform"}
    for name, value in columns.items():
        await uow.conn.execute(f"UPDATE contact SET {name} = $2 WHERE id = $1", contact_id, value)
    if "attributes" in given:
        attributes = orjson.dumps(given["attributes"] or {}).decode()
        cleared = "'{}'" if given["attributes"] is None else "jsonb_strip_nulls(attributes || $2::jsonb)"
        await uow.conn.execute(
            f"UPDATE contact SET attributes = {cleared} WHERE id = $1 AND $2::jsonb IS NOT NULL", contact_id, attributes
        )
    if "tags" in given:
        await _tag(uow, contact_id, given["tags"] or [])
    await uow.conn.execute("UPDATE contact SET updated_at = now() WHERE id = $1", contact_id)


async def _tag(uow: UnitOfWork, contact_id: UUID, wanted: list[str]) -> None:
    tag_ids = sorted(tag["id"] for tag in await resolve_tags(uow, wanted))
    await uow.conn.execute(
        "DELETE FROM contact_tag WHERE contact_id = $1 AND tag_id <> ALL($2::uuid[])", contact_id, tag_ids
    )
    await uow.conn.execute(
        "INSERT INTO contact_tag (contact_id, tag_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING",
        contact_id,
        tag_ids,
    )
