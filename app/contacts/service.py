"""The public verbs about contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import orjson
import phonenumbers

from app.contacts.queries import contacts_by_id, no_contact
from app.conversations.activity import scope_of
from app.conversations.tags import resolve_tags
from app.db import UnitOfWork
from app.errors import Invalid
from app.events import ContactUpdated, record_all
from app.folding import fold
from app.ids import uuid7

_COLUMNS = ("name", "phone", "email", "language", "birthday", "gender", "time_zone")


def phone_e164(text: str, region: str) -> str:
    """Return a phone number as +<country code><number>. Raises Invalid for one that cannot exist."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Invalid("Write another phone number.", fields={"phone": "with country code, such as +852 9123 4567"})
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


async def create_contact(uow: UnitOfWork, given: Mapping[str, Any], *, region: str) -> UUID:
    """Add a person. Raises Invalid."""
    contact_id = uuid7()
    await uow.conn.execute(
        "INSERT INTO contact (id, name, folded_name, named_by) VALUES ($1, '', '', 'agent')", contact_id
    )
    await _set(uow, contact_id, given, region)
    return contact_id


async def change_contact(uow: UnitOfWork, contact_id: UUID, given: Mapping[str, Any], *, region: str) -> None:
    """Change what is given; None clears. Everyone who sees one of its conversations is told. Raises NotFound, Invalid."""
    await _lock(uow, contact_id)
    await _set(uow, contact_id, given, region)
    await announce_contact(uow, contact_id)


async def archive_contact(uow: UnitOfWork, contact_id: UUID) -> None:
    """Take a contact out of the lists; its history stays. Raises NotFound."""
    await _lock(uow, contact_id)
    await uow.conn.execute("UPDATE contact SET archived_at = coalesce(archived_at, now()) WHERE id = $1", contact_id)
    await announce_contact(uow, contact_id)


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


async def announce_contact(uow: UnitOfWork, contact_id: UUID) -> None:
    """Record the contact as it is now, once for each of its conversations, whose rights decide who is told."""
    rows = await uow.conn.fetch(
        "SELECT id, channel_account_id, team_id, assignee_id FROM conversation WHERE contact_id = $1 ORDER BY id",
        contact_id,
    )
    if not rows:
        return
    contact = (await contacts_by_id(uow.conn, [contact_id]))[contact_id]
    await record_all(
        uow,
        [
            ContactUpdated(conversation_id=row["id"], before=scope_of(row), after=scope_of(row), data=contact)
            for row in rows
        ],
    )
