"""Reads of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from app.api import decode_cursor, encode_cursor, page, storable_text
from app.conversations.present import media_path, time_json
from app.conversations.queries import conversations_of_contact
from app.conversations.search import contact_condition
from app.errors import NotFound
from app.folding import fold
from app.people.permissions import Actor
from app.where import Where

Json = dict[str, Any]

_CONTACT = """
SELECT p.*,
    (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'hue', t.hue) ORDER BY t.folded_name), '[]')
        FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id WHERE ct.contact_id = p.id) AS tags,
    (SELECT coalesce(json_agg(json_build_object('channel', a.channel, 'channel_account_id', a.id, 'external_id', i.external_id,
        'username', nullif(i.username, ''), 'phone', (SELECT '+' || k.value FROM identity_key k
            WHERE k.identity_id = i.id AND k.kind = 'phone' ORDER BY k.created_at DESC LIMIT 1)) ORDER BY i.created_at, i.id), '[]')
        FROM identity i JOIN channel_account a ON a.id = i.channel_account_id
        WHERE i.contact_id = p.id AND i.merged_into_id IS NULL) AS identities,
    (SELECT coalesce(json_agg(json_build_object('purpose', s.purpose, 'channel', s.channel, 'granted', s.granted,
        'source', s.source, 'at', to_char(s.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))), '[]')
        FROM (SELECT DISTINCT ON (purpose, channel) * FROM consent WHERE contact_id = p.id
            ORDER BY purpose, channel, occurred_at DESC, id DESC) s) AS consents
"""


async def list_contacts(conn: asyncpg.Connection, *, q: str, tag: str | None, limit: int, cursor: str | None) -> Json:
    """Return a page of the living contacts by name."""
    where = Where()
    where.add("p.archived_at IS NULL AND p.merged_into_id IS NULL")
    if q.strip():
        where.add(contact_condition(where, q))
    if tag is not None:
        where.add(
            """p.id IN (SELECT ct.contact_id FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id
            WHERE t.id::text = {} OR t.folded_name = {})""",
            tag,
            fold(tag),
        )
    if cursor is not None:
        where.add("(p.folded_name, p.id) > ({}::text, {}::uuid)", *decode_cursor(cursor, storable_text, UUID))
    order = "ORDER BY p.folded_name, p.id"
    rows = await conn.fetch(
        f"{_CONTACT} FROM (SELECT * FROM contact p WHERE {where.sql} {order} LIMIT {limit + 1}) p {order}",
        *where.params,
    )
    more = encode_cursor(rows[limit - 1]["folded_name"], rows[limit - 1]["id"]) if len(rows) > limit else None
    return page([contact_json(row) for row in rows[:limit]], more)


async def get_contact(conn: asyncpg.Connection, actor: Actor, contact_id: UUID) -> Json:
    """Return a contact with those of its conversations that the actor may see. A merged one is that it was merged into.

    Raises NotFound.
    """
    known = await contacts_by_id(conn, [contact_id])
    if not known:
        raise no_contact()
    (contact,) = known.values()
    conversations = await conversations_of_contact(conn, actor, UUID(contact["id"]))
    return contact | {"conversations": conversations}


def no_contact() -> NotFound:
    return NotFound("No contact has this id.")


async def contacts_by_id(conn: asyncpg.Connection, ids: Sequence[UUID]) -> dict[UUID, Json]:
    """Return contacts by id, those that were merged as what they were merged into."""
    rows = await conn.fetch(
        f"""{_CONTACT}, w.asked FROM (SELECT id AS asked, coalesce(merged_into_id, id) AS id FROM contact
        WHERE id = ANY($1::uuid[])) w JOIN contact p ON p.id = w.id""",
        list(ids),
    )
    return {row["asked"]: contact_json(row) for row in rows}


def contact_json(row: asyncpg.Record) -> Json:
    """Return the contract's contact."""
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "phone": row["phone"],
        "email": row["email"],
        "language": row["language"],
        "birthday": row["birthday"] and row["birthday"].isoformat(),
        "gender": row["gender"],
        "time_zone": row["time_zone"],
        "country": row["country"],
        "avatar_url": media_path(row["avatar_media_id"]),
        "tags": row["tags"],
        "attributes": row["attributes"],
        "source": row["source"],
        "identities": row["identities"],
        "consent": _consent(row["consents"]),
        "blocked_at": time_json(row["blocked_at"]),
        "archived_at": time_json(row["archived_at"]),
        "created_at": time_json(row["created_at"]),
    }


def _consent(lines: Sequence[Json]) -> Json:
    """Return {purpose: {granted, source, at, channels}}: the newest word of each purpose, and the newest of each channel."""
    summary: Json = {}
    for line in sorted(lines, key=lambda line: line["at"]):
        known = summary.setdefault(line["purpose"], {"channels": {}})
        known |= {"granted": line["granted"], "source": line["source"], "at": line["at"]}
        if line["channel"]:
            known["channels"][line["channel"]] = {"granted": line["granted"], "at": line["at"]}
    return summary
