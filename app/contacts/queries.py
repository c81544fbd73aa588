"""Reads of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import asyncpg

from app.api import decode_cursor, encode_cursor, page, storable_text
from app.conversations.present import media_path, text_id, time_json
from app.conversations.queries import conversations_of_contact
from app.conversations.search import contact_condition
from app.errors import NotFound
from app.folding import fold
from app.people.permissions import Actor
from app.where import Where

Json = dict[str, Any]
State = Literal["living", "archived", "blocked"]

_CONTACT = """
SELECT p.*,
    (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'hue', t.hue) ORDER BY t.folded_name), '[]')
        FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id WHERE ct.contact_id = p.id) AS tags,
    (SELECT coalesce(json_agg(json_build_object('id', i.id, 'channel', a.channel, 'channel_account_id', a.id,
        'external_id', i.external_id, 'unreachable_reason', i.unreachable_reason,
        'username', nullif(i.username, ''), 'phone', (SELECT '+' || k.value FROM identity_key k
            WHERE k.identity_id = i.id AND k.kind = 'phone' ORDER BY k.created_at DESC LIMIT 1)) ORDER BY i.created_at, i.id), '[]')
        FROM identity i JOIN channel_account a ON a.id = i.channel_account_id
        WHERE i.contact_id = p.id AND i.merged_into_id IS NULL) AS identities,
    (SELECT coalesce(json_agg(json_build_object('purpose', s.purpose, 'channel', s.channel, 'granted', s.granted,
        'source', s.source, 'at', to_char(s.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))), '[]')
        FROM (SELECT DISTINCT ON (purpose, channel) * FROM consent WHERE contact_id = p.id
            ORDER BY purpose, channel, occurred_at DESC, id DESC) s) AS consents,
    (SELECT count(*) FROM contact_suggestion s WHERE s.dismissed_at IS NULL AND (s.one_id = p.id OR s.other_id = p.id)) AS alike
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list of contacts is narrowed to; None and "" = not at all. `tag` is an id or a name, `consent` a purpose."""

    q: str = ""
    tag: str | None = None
    channel: str | None = None
    consent: str | None = None
    alike: bool | None = None
    state: State = "living"


async def list_contacts(conn: asyncpg.Connection, wanted: Filter, *, limit: int, cursor: str | None) -> Json:
    """Return a page of contacts by name. Raises Invalid for a cursor that cannot be."""
    where = Where()
    _narrow(where, wanted)
    if cursor is not None:
        where.add("(p.folded_name, p.id) > ({}::text, {}::uuid)", *decode_cursor(cursor, storable_text, UUID))
    order = "ORDER BY p.folded_name, p.id"
    rows = await conn.fetch(
        f"{_CONTACT} FROM (SELECT * FROM contact p WHERE {where.sql} {order} LIMIT {limit + 1}) p {order}",
        *where.params,
    )
    more = encode_cursor(rows[limit - 1]["folded_name"], rows[limit - 1]["id"]) if len(rows) > limit else None
    return page([contact_json(row) for row in rows[:limit]], more)


_STATES: dict[State, str] = {
    "living": "p.archived_at IS NULL",
    "archived": "p.archived_at IS NOT NULL",
    "blocked": "p.archived_at IS NULL AND p.blocked_at IS NOT NULL",
}


def _narrow(where: Where, wanted: Filter) -> None:
    where.add(f"p.merged_into_id IS NULL AND {_STATES[wanted.state]}")
    if wanted.q.strip():
        where.add(contact_condition(where, wanted.q))
    if wanted.tag is not None:
        where.add(
            """p.id IN (SELECT ct.contact_id FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id
            WHERE t.id::text = {} OR t.folded_name = {})""",
            wanted.tag,
            fold(wanted.tag),
        )
    if wanted.channel is not None:
        where.add(
            """EXISTS (SELECT FROM identity i JOIN channel_account a ON a.id = i.channel_account_id
            WHERE i.contact_id = p.id AND i.merged_into_id IS NULL AND a.channel = {})""",
            wanted.channel,
        )
    if wanted.consent is not None:
        where.add(
            """(SELECT s.granted FROM consent s WHERE s.contact_id = p.id AND s.purpose = {}
            ORDER BY s.occurred_at DESC, s.id DESC LIMIT 1)""",
            wanted.consent,
        )
    if wanted.alike:
        where.add(
            "p.id IN (SELECT unnest(ARRAY[s.one_id, s.other_id]) FROM contact_suggestion s WHERE s.dismissed_at IS NULL)"
        )


async def get_contact(conn: asyncpg.Connection, actor: Actor, contact_id: UUID) -> Json:
    """Return a contact with those of its conversations that the actor may see. A merged one is that it was merged into.

    Raises NotFound.
    """
    contact = await get_brief(conn, contact_id)
    conversations = await conversations_of_contact(conn, actor, UUID(contact["id"]))
    return contact | {"conversations": conversations}


async def get_brief(conn: asyncpg.Connection, contact_id: UUID) -> Json:
    """Return a contact without its conversations. A merged one is that it was merged into. Raises NotFound."""
    known = await contacts_by_id(conn, [contact_id])
    if not known:
        raise no_contact()
    return known[contact_id]


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
        "alike": row["alike"],
        "merged_into_id": text_id(row["merged_into_id"]),
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
